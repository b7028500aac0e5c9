"""Template messages and customer-service texts to the followers of an account."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from zhiyin.channels.base import (
    Callback,
    CallbackAnswer,
    Config,
    Handover,
    Inbound,
    Kind,
    Outgoing,
    Setting,
)
from zhiyin.channels.base import gettext_noop as _
from zhiyin.channels.weixin import Faults, Keys, Line, TokenRequest, read_call

ADDRESS = "https://api.weixin.qq.com"
BYTES_PER_TEXT = 2048
KEY_CHARACTERS = 43
OPEN_ID = re.compile(r"[A-Za-z0-9_-]{20,64}")
LINK = "link"
# A field's kind is its name without the number: it decides how long a value may be.
FIELD_KIND = re.compile(r"[0-9]*$")
LONGEST_VALUES = {"thing": 20, "phrase": 5, "name": 10, "character_string": 32}
FAULTS = Faults(
    # Quotas of the day, the minute and the month: the whole account has to wait.
    resting=frozenset({45009, 45011, 50002}),
    temporary=frozenset({-1}),
    own=frozenset(
        {
            *(40008, 40037, 40048, 43019, 43101, 44002, 44004, 45002),
            *(45015, 45047, 47001, 47003),
        },
    ),
    gone=frozenset({40003, 43004, 46004}),
)


class WechatChannel:
    """An official account."""

    def __init__(self, config: Config) -> None:
        settings, secrets = config.settings, config.secrets
        wanted = {
            "grant_type": "client_credential",
            "appid": settings["app_id"],
            "secret": secrets.get("app_secret", ""),
        }
        request = TokenRequest("/cgi-bin/stable_token", wanted, is_posted=True)
        address = settings.get("address") or ADDRESS
        self._line = Line(config, address, request, FAULTS)
        self._keys = Keys(
            token=secrets.get("token", ""),
            aes_key=secrets.get("aes_key", ""),
            receiver=settings["app_id"],
        )

    def send(self, outgoing: Outgoing) -> Handover:
        """Send an approved template, or a text to whoever wrote within 48 hours."""
        if outgoing.template_code:
            path = "/cgi-bin/message/template/send"
            told = self._line.call(path, template_message(outgoing))
        else:
            path = "/cgi-bin/message/custom/send"
            wanted = {
                "touser": outgoing.to,
                "msgtype": "text",
                "text": {"content": outgoing.body},
            }
            told = self._line.call(path, wanted)
        # Texts are given no number, and nothing is reported about them.
        return Handover(str(told.get("msgid") or outgoing.reference))

    def poll(self) -> Sequence[Inbound]:
        """Return nothing: the platform calls back."""
        return ()

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Read a signed call: the check of the address, or a notice."""
        call = read_call(callback, self._keys, is_always_encrypted=False)
        if call.notice is None:
            return CallbackAnswer((), text=call.echo)
        return CallbackAnswer(events_of(call.notice), text="success")

    def close(self) -> None:
        """Nothing is held open."""


def template_message(outgoing: Outgoing) -> dict[str, Any]:
    """Return a template message; the parameter `link` is what a tap opens."""
    wanted: dict[str, Any] = {
        "touser": outgoing.to,
        "template_id": outgoing.template_code,
        "client_msg_id": outgoing.reference,
        "data": {
            name: {"value": _fitting(name, value)}
            for name, value in outgoing.parameters.items()
            if name != LINK
        },
    }
    link = outgoing.parameters.get(LINK, "")
    if urlsplit(link).scheme in {"http", "https"}:
        wanted["url"] = link
    return wanted


def _fitting(name: str, value: str) -> str:
    """Return the value, shortened to what its kind of field takes."""
    longest = LONGEST_VALUES.get(FIELD_KIND.sub("", name))
    if longest is None or len(value) <= longest:
        return value
    return f"{value[: longest - 1]}…"


def events_of(notice: Mapping[str, str]) -> tuple[Inbound, ...]:
    """Return what a notice tells: words, a report, or coming and going."""
    sender, kind = notice.get("FromUserName", ""), notice.get("MsgType", "")
    if kind == "text":
        return (
            Inbound(
                kind="reply",
                sender=sender,
                text=notice.get("Content", ""),
                external_id=_once(notice),
            ),
        )
    event = notice.get("Event", "") if kind == "event" else ""
    if event == "TEMPLATESENDJOBFINISH":
        return (_report(notice, sender),)
    if event in {"subscribe", "unsubscribe"}:
        is_gone = event == "unsubscribe"
        # Who leaves is not asked here any more, and may still be asked elsewhere.
        return (
            Inbound(
                kind="bounce" if is_gone else "report",
                sender=sender,
                text=event,
                error="unfollowed" if is_gone else "",
                external_id=_once(notice),
            ),
        )
    return ()


def _report(notice: Mapping[str, str], sender: str) -> Inbound:
    number, status = notice.get("MsgID", ""), notice.get("Status", "")
    is_delivered = status == "success"
    return Inbound(
        kind="report",
        sender=sender,
        provider_id=number,
        state="delivered" if is_delivered else "failed",
        error="" if is_delivered else status,
        external_id=f"report {number} {status}"[:200],
    )


def _once(notice: Mapping[str, str]) -> str:
    """Return the same name for the same notice told again."""
    if notice.get("MsgId"):
        return f"message {notice['MsgId']}"
    names = ("FromUserName", "CreateTime", "Event")
    told = "\x1f".join(notice.get(name, "") for name in names)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:40]


def read_open_id(text: str) -> str:
    """Return an open id; raises ValueError."""
    plain = text.strip()
    if not OPEN_ID.fullmatch(plain):
        raise ValueError(
            _("A WeChat open id has 20 to 64 letters, digits, - and _."),
        )
    return plain


def count_texts(text: str) -> int:
    """Return how many texts of 2048 bytes a body would need."""
    return max(1, -(-len(text.encode()) // BYTES_PER_TEXT))


def check(settings: Mapping[str, str]) -> dict[str, str]:
    """Name what is wrong with the settings."""
    address = settings.get("address", "")
    if address and urlsplit(address).scheme not in {"http", "https"}:
        return {"address": _("An address begins with https://.")}
    return {}


KIND = Kind(
    code="wechat",
    label=_("WeChat official account"),
    medium="wechat",
    settings=(
        Setting("app_id", _("AppID")),
        Setting("app_secret", _("AppSecret"), is_secret=True),
        Setting(
            "token",
            _("Token for callbacks"),
            _("The same as in the account's server configuration."),
            is_required=False,
            is_secret=True,
        ),
        Setting(
            "aes_key",
            _("EncodingAESKey"),
            _("43 characters. With it, only encrypted notices are taken."),
            is_required=False,
            is_secret=True,
            length=KEY_CHARACTERS,
        ),
        Setting(
            "address",
            _("Address of the platform"),
            _("Empty: the public address."),
            is_required=False,
        ),
    ),
    open=WechatChannel,
    read_address=read_open_id,
    count_segments=count_texts,
    most_segments=1,
    check=check,
    about=_(
        "Template messages to followers, and texts to those who wrote within 48 "
        "hours. Made from the public description and tested against a server of our "
        "own; WeChat itself was not called.",
    ),
    takes_callbacks=True,
    signs_callbacks=True,
)
