"""One request per message, and the callbacks that tell what became of it."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from zhiyin.channels.base import (
    Callback,
    CallbackAnswer,
    CallbackRefusedError,
    Config,
    Handover,
    Inbound,
    Kind,
    Outgoing,
    PermanentError,
    Setting,
    TemporaryError,
    UncertainError,
)
from zhiyin.channels.base import gettext_noop as _
from zhiyin.channels.sms.http.providers import PROVIDERS
from zhiyin.channels.sms.http.signing import is_signed
from zhiyin.channels.sms.numbers import (
    MOST_SEGMENTS,
    count_segments,
    read_number,
    signed,
)
from zhiyin.common import http

# The gateway says that it did not look at the request.
NOT_LOOKED_AT = frozenset({429, 503})
FAULTY, BROKEN = 400, 500
MOST_EVENTS = 1000
ADDRESSES = {
    "aliyun": "https://dysmsapi.aliyuncs.com",
    "tencent": "https://sms.tencentcloudapi.com",
}


class HttpChannel:
    """A cloud, addressed message by message."""

    def __init__(self, config: Config) -> None:
        provider = config.settings["provider"]
        address = config.settings.get("address") or ADDRESSES.get(provider, "")
        self._config = Config(
            sender=config.sender,
            sender_name=config.sender_name,
            settings={**config.settings, "address": address.rstrip("/")},
            secrets=config.secrets,
            folder=config.folder,
            may_reach_private=config.may_reach_private,
            callback_key=config.callback_key,
        )
        self._provider = PROVIDERS[provider]

    def send(self, outgoing: Outgoing) -> Handover:
        """Post one message and read the answer."""
        request = self._provider.request(
            outgoing, self._config, dt.datetime.now(dt.UTC)
        )
        try:
            answer = http.post(
                request.url,
                request.body,
                request.headers,
                may_reach_private=self._config.may_reach_private,
            )
        except http.AddressRefusedError as error:
            raise PermanentError(str(error), is_account_wide=True) from error
        except http.UnreachableError as error:
            raise TemporaryError(str(error), is_account_wide=True) from error
        except http.NoAnswerError as error:
            raise UncertainError(str(error)) from error
        return self._provider.handover(self._read(answer), outgoing)

    @staticmethod
    def _read(answer: http.Answer) -> dict[str, Any]:
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        said = f"the gateway answered with status {answer.status}"
        if answer.status in NOT_LOOKED_AT:
            raise TemporaryError(said, is_account_wide=True)
        if isinstance(told, dict) and ("Code" in told or "Response" in told):
            # The clouds say what happened in the body, whatever the status is.
            return told
        if answer.status >= BROKEN:
            raise UncertainError(said)
        if answer.status >= FAULTY:
            raise PermanentError(said, is_account_wide=answer.status in {401, 403, 404})
        if not isinstance(told, dict):
            message = "the gateway answered with something that is no JSON object"
            raise UncertainError(message)
        return told

    def poll(self) -> Sequence[Inbound]:
        """Return nothing: clouds call back."""
        return ()

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Read a call, after its signature or the key in its address proved it.

        Neither cloud signs its calls; theirs come to an address with a key in it.
        """
        if self._config.settings["provider"] == "own":
            secret = self._config.secrets.get("key_secret", "")
            is_known = is_signed(callback.body, secret, callback.headers, callback.now)
        else:
            given = callback.query.get("key", "")
            is_known = given.isascii() and hmac.compare_digest(
                given, self._config.callback_key
            )
        if not is_known:
            message = "the signature or key of this call is missing or wrong"
            raise CallbackRefusedError(message)
        return self._provider.events(self._told(callback.body))

    @staticmethod
    def _told(body: bytes) -> list[dict[str, Any]]:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError) as error:
            message = "a callback carries JSON in UTF-8"
            raise ValueError(message) from error
        events = told if isinstance(told, list) else [told]
        if len(events) > MOST_EVENTS or not all(isinstance(e, dict) for e in events):
            message = f"a callback carries one object, or a list of up to {MOST_EVENTS}"
            raise ValueError(message)
        return events

    def close(self) -> None:
        """Nothing is held open."""


def check(settings: Mapping[str, str]) -> dict[str, str]:
    """Name what the chosen cloud still needs."""
    faults = {}
    provider, address = settings.get("provider"), settings.get("address", "")
    if provider == "own" and not address:
        faults["address"] = _("A gateway of your own needs its address.")
    if address and urlsplit(address).scheme not in {"http", "https"}:
        faults["address"] = _("An address begins with https://.")
    if provider != "own" and not settings.get("key_id"):
        faults["key_id"] = _("The cloud knows you by this key.")
    if provider == "tencent" and not settings.get("app_id"):
        faults["app_id"] = _("Tencent Cloud asks for the SdkAppId.")
    return faults


KIND = Kind(
    code="sms_http",
    label=_("SMS through a cloud (HTTP)"),
    medium="sms",
    settings=(
        Setting(
            "provider",
            _("Cloud"),
            default="aliyun",
            choices=(
                ("aliyun", _("Aliyun (SendSms)")),
                ("tencent", _("Tencent Cloud (SendSms)")),
                ("own", _("a gateway of your own (signed JSON)")),
            ),
        ),
        Setting(
            "address",
            _("Address of the gateway"),
            _("Empty: the public address of the chosen cloud."),
            is_required=False,
        ),
        Setting("key_id", _("Access key ID or SecretId"), is_required=False),
        Setting("key_secret", _("Access key secret"), is_secret=True),
        Setting("app_id", _("SdkAppId (Tencent Cloud)"), is_required=False),
        Setting("region", _("Region (Tencent Cloud)"), is_required=False),
    ),
    open=HttpChannel,
    read_address=read_number,
    count_segments=count_segments,
    most_segments=MOST_SEGMENTS,
    finish=signed,
    check=check,
    about=_(
        "Made from the clouds' public descriptions and tested against a server of "
        "our own; the clouds themselves were not called.",
    ),
    takes_callbacks=True,
)
