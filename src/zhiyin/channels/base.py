"""SEAM: what every way to reach people can do, whatever its protocol.

A kind is a folder with protocol code and one `Kind` that describes it, named in
`registry.py`. Kinds know no table, no page and no other kind, and not Django either:
they are given a `Config` and raise one of the four errors below. The conformance
suite holds all of them to the same manners.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


def gettext_noop(text: str) -> str:
    """Mark a text for translation; who shows it translates it."""
    return text


class ChannelError(Exception):
    """A message was not handed over; the text says why, for the health page.

    `is_account_wide` tells that the fault is the sender's and not the message's (a
    wrong password, an unreachable server): then the message waits unharmed, and the
    sender rests before the next try.
    """

    def __init__(self, text: str, *, is_account_wide: bool = False) -> None:
        super().__init__(text)
        self.is_account_wide = is_account_wide


class TemporaryError(ChannelError):
    """It was certainly not taken, and may be taken later."""


class PermanentError(ChannelError):
    """It was certainly not taken, and never will be."""


class UncertainError(ChannelError):
    """Nobody can tell whether it was taken: it must not be sent again by itself."""


class CallbackRefusedError(ChannelError):
    """A call from outside that does not prove whom it comes from."""


@dataclass(frozen=True)
class Outgoing:
    """One message on its way out.

    `reference` is ours, the same at every attempt, and comes back in reports where
    the protocol allows.
    """

    reference: str
    to: str
    body: str
    subject: str = ""
    html: str = ""
    signature: str = ""
    template_code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str = ""


@dataclass(frozen=True)
class Handover:
    """The other side took the message."""

    provider_id: str
    segments: int = 1


@dataclass(frozen=True)
class Inbound:
    """Something that came back: `kind` is reply, opt_out, report or bounce.

    A report or bounce carries `state`: delivered, failed, or nothing while the
    other side still tries. `external_id` is the same when the same event is told
    twice.
    """

    kind: str
    sender: str = ""
    text: str = ""
    provider_id: str = ""
    reference: str = ""
    state: str = ""
    error: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class Callback:
    """A call from outside: what a provider posted to us."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    now: dt.datetime


@dataclass(frozen=True)
class CallbackAnswer:
    """What the call told us, and what its caller wants to read back.

    Where a caller wants a plain text instead of JSON, `text` is that.
    """

    inbound: tuple[Inbound, ...]
    reply: Mapping[str, object] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True)
class Config:
    """What a sender's account says; `folder` is the account's own place on disk."""

    sender: str
    sender_name: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    folder: Path
    may_reach_private: bool = False
    callback_key: str = ""


@dataclass(frozen=True)
class Setting:
    """One thing an account must or may say."""

    name: str
    label: str
    help_text: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = True
    is_secret: bool = False
    is_number: bool = False
    is_long: bool = False
    length: int | None = None


class Channel(Protocol):
    """One open way out, used by one worker at a time."""

    def send(self, outgoing: Outgoing) -> Handover:
        """Hand one message over; raises one of the four errors."""

    def poll(self) -> Iterable[Inbound]:
        """Give what came back; each is forgotten once the next is asked for."""

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Read a provider's call; raises CallbackRefusedError for a stranger's."""

    def close(self) -> None:
        """Let go of the connection."""


@dataclass(frozen=True)
class Kind:
    """A kind of channel, as the registry knows it.

    `medium` is email, sms, wechat or wecom, which decides what a template must say;
    None fits them all.
    `read_address` returns the one spelling or raises ValueError; `count_segments`
    says how many units a body is charged as; `check` names what is wrong with an
    account's settings as a whole, by the setting's name; `finish` puts the signature
    to a body, as the customer will read it, or raises ValueError. Whoever
    `signs_callbacks` needs no key in the address it calls.
    """

    code: str
    label: str
    medium: str | None
    settings: tuple[Setting, ...]
    open: Callable[[Config], Channel]
    read_address: Callable[[str], str]
    count_segments: Callable[[str], int]
    most_segments: int
    check: Callable[[Mapping[str, str]], dict[str, str]] = lambda _settings: {}
    finish: Callable[[str, str], str] = lambda body, _signature: body
    about: str = ""
    takes_callbacks: bool = False
    signs_callbacks: bool = False
