"""Messages of an application to a member: text, markdown, or a card with a link."""

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
    PermanentError,
    Setting,
    TemporaryError,
)
from zhiyin.channels.base import gettext_noop as _
from zhiyin.channels.wecom.pacing import Pace
from zhiyin.channels.weixin import Faults, Keys, Line, TokenRequest, read_call

ADDRESS = "https://qyapi.weixin.qq.com"
BYTES_PER_TEXT = 2048
KEY_CHARACTERS = 43
LONGEST_TITLE, LONGEST_DESCRIPTION = 128, 512
LINK = "link"
MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
# Ids of customers and of groups of customers, as the platform hands them out.
CUSTOMER = re.compile(r"w[mor][A-Za-z0-9_-]{28,34}")
FAULTS = Faults(
    resting=frozenset({45009, 45033}),
    temporary=frozenset({-1}),
    own=frozenset({40008, 40031, 40033, 44004, 45002, 47001, 82001}),
    gone=frozenset({40003, 60111, 81013}),
)
_pace = Pace()


class WecomChannel:
    """An application of the enterprise."""

    def __init__(self, config: Config) -> None:
        settings, secrets = config.settings, config.secrets
        self._agent = settings["agent_id"]
        self._format = settings.get("format") or "text"
        wanted = {
            "corpid": settings["corp_id"],
            "corpsecret": secrets.get("app_secret", ""),
        }
        request = TokenRequest("/cgi-bin/gettoken", wanted, is_posted=False)
        address = settings.get("address") or ADDRESS
        self._line = Line(config, address, request, FAULTS)
        self._keys = Keys(
            token=secrets.get("token", ""),
            aes_key=secrets.get("aes_key", ""),
            receiver=settings["corp_id"],
        )

    def send(self, outgoing: Outgoing) -> Handover:
        """Send to one member, unless the member had 30 within the last minute."""
        if not _pace.has_room(self._line.name, outgoing.to):
            message = "this member was sent 30 messages within the last minute"
            raise TemporaryError(message)
        wanted = {
            "touser": outgoing.to,
            "agentid": int(self._agent),
            **content_of(outgoing, self._format),
        }
        told = self._line.call("/cgi-bin/message/send", wanted)
        unknown = str(told.get("invaliduser") or "").split("|")
        if outgoing.to.casefold() in {each.casefold() for each in unknown}:
            message = "no such user here: the platform does not know this member"
            raise PermanentError(message)
        return Handover(str(told.get("msgid") or outgoing.reference))

    def poll(self) -> Sequence[Inbound]:
        """Return nothing: the platform calls back."""
        return ()

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Read an encrypted call: the check of the address, or a member's words."""
        call = read_call(callback, self._keys, is_always_encrypted=True)
        if call.notice is None:
            return CallbackAnswer((), text=call.echo)
        return CallbackAnswer(events_of(call.notice), text="success")

    def close(self) -> None:
        """Nothing is held open."""


def content_of(outgoing: Outgoing, form: str) -> dict[str, Any]:
    """Return the message in the wanted form; a card needs a title and a link."""
    link = outgoing.parameters.get(LINK, "")
    is_link = urlsplit(link).scheme in {"http", "https"}
    if form == "textcard" and is_link and outgoing.subject:
        card = {
            "title": outgoing.subject[:LONGEST_TITLE],
            "description": outgoing.body[:LONGEST_DESCRIPTION],
            "url": link,
        }
        return {"msgtype": "textcard", "textcard": card}
    if form == "markdown":
        return {"msgtype": "markdown", "markdown": {"content": outgoing.body}}
    return {"msgtype": "text", "text": {"content": outgoing.body}}


def events_of(notice: Mapping[str, str]) -> tuple[Inbound, ...]:
    """Return a member's words; other notices tell nothing about messages."""
    if notice.get("MsgType") != "text":
        return ()
    sender, number = notice.get("FromUserName", ""), notice.get("MsgId", "")
    told = "\x1f".join((sender, number, notice.get("CreateTime", "")))
    return (
        Inbound(
            kind="reply",
            sender=sender,
            text=notice.get("Content", ""),
            external_id=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest(),
        ),
    )


def read_member(text: str) -> str:
    """Return a member's id; raises ValueError."""
    plain = text.strip()
    if CUSTOMER.fullmatch(plain):
        raise ValueError(
            _(
                "This is the id of a customer or a group. WeCom sends to customers "
                "only after a member has confirmed each message by hand, so it is "
                "not supported.",
            ),
        )
    if not MEMBER.fullmatch(plain):
        raise ValueError(
            _("A member's id in WeCom has 1 to 64 letters, digits and . _ - @."),
        )
    return plain


def count_texts(text: str) -> int:
    """Return how many texts of 2048 bytes a body would need."""
    return max(1, -(-len(text.encode()) // BYTES_PER_TEXT))


def check(settings: Mapping[str, str]) -> dict[str, str]:
    """Name what is wrong with the settings."""
    faults, address = {}, settings.get("address", "")
    agent = settings.get("agent_id", "")
    if address and urlsplit(address).scheme not in {"http", "https"}:
        faults["address"] = _("An address begins with https://.")
    if agent and not (agent.isascii() and agent.isdecimal()):
        faults["agent_id"] = _("An AgentId is a number.")
    return faults


KIND = Kind(
    code="wecom",
    label=_("WeCom application"),
    medium="wecom",
    settings=(
        Setting("corp_id", _("CorpID")),
        Setting("agent_id", _("AgentId")),
        Setting("app_secret", _("Secret of the application"), is_secret=True),
        Setting(
            "format",
            _("Form of messages"),
            _("A card needs a subject and a link; without them it is sent as text."),
            default="text",
            choices=(
                ("text", _("plain text")),
                ("markdown", _("Markdown")),
                ("textcard", _("card with a link")),
            ),
        ),
        Setting(
            "token",
            _("Token for callbacks"),
            _("The same as in the application's settings for receiving messages."),
            is_required=False,
            is_secret=True,
        ),
        Setting(
            "aes_key",
            _("EncodingAESKey"),
            _("43 characters, from the same settings."),
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
    open=WecomChannel,
    read_address=read_member,
    count_segments=count_texts,
    most_segments=1,
    check=check,
    about=_(
        "To members of your own enterprise, at most 30 a minute each. Messages to "
        "customers and groups are not supported: WeCom has a member confirm each by "
        "hand. Made from the public description and tested against a server of our "
        "own; WeCom itself was not called.",
    ),
    takes_callbacks=True,
    signs_callbacks=True,
)
