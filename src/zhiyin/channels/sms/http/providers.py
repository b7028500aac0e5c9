"""What each cloud wants to be sent, and what it answers and calls back with.

Written from the clouds' public descriptions. Neither cloud was ever called by the
tests: they meet a server of ours on loopback that checks the signatures.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from zhiyin.channels.base import (
    CallbackAnswer,
    Config,
    Handover,
    Inbound,
    Outgoing,
    PermanentError,
    TemporaryError,
    UncertainError,
)
from zhiyin.channels.sms.http.signing import sign_acs3, sign_own, sign_tc3
from zhiyin.channels.sms.numbers import count_segments

LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Request:
    """One request: where, what, and its headers."""

    url: str
    body: bytes
    headers: dict[str, str]


class Provider(Protocol):
    """A cloud's shape."""

    def request(
        self, outgoing: Outgoing, config: Config, now: dt.datetime
    ) -> Request: ...
    def handover(self, answer: dict[str, Any], outgoing: Outgoing) -> Handover: ...
    def events(self, told: list[dict[str, Any]]) -> CallbackAnswer: ...


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    # JSON may carry halves of characters, which nothing else can hold.
    text = "" if value is None else str(value)[:LONGEST_TEXT]
    return text.encode("utf-8", "replace").decode()


def _once(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def _refuse(
    code: str, text: str, temporary: tuple[str, ...], own: tuple[str, ...]
) -> None:
    """Raise what an error code means; `own` are faults of the message alone."""
    said = f"the cloud answered {code}: {text}"[:500]
    if code.startswith(temporary):
        raise TemporaryError(said)
    raise PermanentError(said, is_account_wide=not code.startswith(own))


class Aliyun:
    """SendSms of 2017-05-25, its SmsReport and its SmsUp."""

    temporary = ("isv.BUSINESS_LIMIT_CONTROL", "Throttling", "isp.RAM_PERMISSION_DENY")
    own = (
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_CONTENT_ILLEGAL",
    )

    def request(self, outgoing: Outgoing, config: Config, now: dt.datetime) -> Request:
        host = urlsplit(config.settings["address"]).netloc
        query = {
            "PhoneNumbers": outgoing.to,
            "SignName": outgoing.signature,
            "TemplateCode": outgoing.template_code,
            "TemplateParam": json.dumps(dict(outgoing.parameters), ensure_ascii=False),
            "OutId": outgoing.reference,
        }
        action = {
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
        }
        credential = (config.settings["key_id"], config.secrets.get("key_secret", ""))
        text, headers = sign_acs3(host, action, query, credential)
        return Request(f"{config.settings['address']}/?{text}", b"", headers)

    def handover(self, answer: dict[str, Any], outgoing: Outgoing) -> Handover:
        code = _text(answer, "Code")
        if code != "OK":
            _refuse(code, _text(answer, "Message"), self.temporary, self.own)
        return Handover(_text(answer, "BizId"), count_segments(outgoing.body))

    def events(self, told: list[dict[str, Any]]) -> CallbackAnswer:
        found = tuple(self._event(each) for each in told)
        return CallbackAnswer(found, {"code": 0, "msg": "成功"})

    @staticmethod
    def _event(told: dict[str, Any]) -> Inbound:
        sender = _text(told, "phone_number")
        if "content" in told:
            once = _text(told, "sequence_id") or _text(told, "send_time")
            return Inbound(
                kind="reply",
                sender=sender,
                text=_text(told, "content"),
                external_id=_once("up", sender, once, _text(told, "content")),
            )
        state = "delivered" if told.get("success") is True else "failed"
        biz_id = _text(told, "biz_id")
        return Inbound(
            kind="report",
            sender=sender,
            text=_text(told, "err_msg"),
            provider_id=biz_id,
            reference=_text(told, "out_id"),
            state=state,
            error="" if state == "delivered" else _text(told, "err_code"),
            external_id=_once("report", biz_id, sender, state),
        )


class Tencent:
    """SendSms of 2021-01-11, its delivery callback and its reply callback."""

    temporary = ("LimitExceeded", "RequestLimitExceeded", "InternalError.Timeout")
    own = (
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.PhoneNumberOnBlacklist",
        "FailedOperation.ContainSensitiveWord",
        "FailedOperation.TemplateIncorrectOrUnapproved",
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        "InvalidParameterValue",
        "UnsupportedOperation",
    )

    def request(self, outgoing: Outgoing, config: Config, now: dt.datetime) -> Request:
        to = outgoing.to if outgoing.to.startswith("+") else f"+86{outgoing.to}"
        wanted = {
            "PhoneNumberSet": [to],
            "SmsSdkAppId": config.settings["app_id"],
            "SignName": outgoing.signature,
            "TemplateId": outgoing.template_code,
            "TemplateParamSet": list(outgoing.parameters.values()),
            "SessionContext": outgoing.reference,
        }
        body = json.dumps(wanted, ensure_ascii=False).encode()
        host = urlsplit(config.settings["address"]).netloc
        credential = (config.settings["key_id"], config.secrets.get("key_secret", ""))
        headers = sign_tc3(host, "sms", body, credential, now) | {
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": config.settings.get("region") or "ap-guangzhou",
        }
        return Request(config.settings["address"], body, headers)

    def handover(self, answer: dict[str, Any], outgoing: Outgoing) -> Handover:
        response = answer.get("Response") or {}
        error = response.get("Error") or {}
        statuses = response.get("SendStatusSet") or [{}]
        code = _text(error, "Code") or _text(statuses[0], "Code")
        if code != "Ok":
            text = _text(error, "Message") or _text(statuses[0], "Message")
            _refuse(code, text, self.temporary, self.own)
        fee = statuses[0].get("Fee")
        segments = fee if isinstance(fee, int) else count_segments(outgoing.body)
        return Handover(_text(statuses[0], "SerialNo"), max(1, segments))

    def events(self, told: list[dict[str, Any]]) -> CallbackAnswer:
        found = tuple(self._event(each) for each in told)
        return CallbackAnswer(found, {"result": 0, "errmsg": "OK"})

    @staticmethod
    def _event(told: dict[str, Any]) -> Inbound:
        sender = _text(told, "mobile")
        if "report_status" not in told:
            once = _text(told, "time")
            return Inbound(
                kind="reply",
                sender=sender,
                text=_text(told, "text"),
                external_id=_once("up", sender, once, _text(told, "text")),
            )
        state = "delivered" if told["report_status"] == "SUCCESS" else "failed"
        sid = _text(told, "sid")
        return Inbound(
            kind="report",
            sender=sender,
            text=_text(told, "description"),
            provider_id=sid,
            state=state,
            error="" if state == "delivered" else _text(told, "errmsg"),
            external_id=_once("report", sid, sender, state),
        )


class Own:
    """A gateway of one's own: plain JSON with our signature, both ways."""

    def request(self, outgoing: Outgoing, config: Config, now: dt.datetime) -> Request:
        wanted = {
            "reference": outgoing.reference,
            "to": outgoing.to,
            "text": outgoing.body,
            "sender": config.sender,
        }
        body = json.dumps(wanted, ensure_ascii=False).encode()
        headers = sign_own(body, config.secrets.get("key_secret", ""), now)
        headers["Content-Type"] = "application/json; charset=utf-8"
        return Request(config.settings["address"], body, headers)

    def handover(self, answer: dict[str, Any], outgoing: Outgoing) -> Handover:
        provider_id = _text(answer, "id")
        if not provider_id:
            message = "the gateway answered without the id of the message"
            raise UncertainError(message)
        segments = answer.get("segments")
        counted = count_segments(outgoing.body)
        return Handover(provider_id, segments if isinstance(segments, int) else counted)

    def events(self, told: list[dict[str, Any]]) -> CallbackAnswer:
        return CallbackAnswer(tuple(self._event(each) for each in told), {"ok": True})

    @staticmethod
    def _event(told: dict[str, Any]) -> Inbound:
        kind = _text(told, "kind")
        return Inbound(
            kind=kind if kind in {"reply", "opt_out", "report"} else "report",
            sender=_text(told, "from"),
            text=_text(told, "text"),
            provider_id=_text(told, "id"),
            reference=_text(told, "reference"),
            state=_text(told, "state"),
            error=_text(told, "error"),
            external_id=_text(told, "event")[:200],
        )


PROVIDERS: dict[str, Provider] = {
    "aliyun": Aliyun(),
    "tencent": Tencent(),
    "own": Own(),
}
