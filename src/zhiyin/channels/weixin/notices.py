"""Calls of the platforms: proven, decrypted, and read into names and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from zhiyin.channels.base import Callback, CallbackRefusedError
from zhiyin.channels.weixin.codec import CodecError, decrypt, is_signed

TOLERANCE_SECONDS = 300
LONGEST_STAMP = 15
MOST_DEPTH = 8
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Keys:
    """What proves a call: a token and, for encrypted ones, a key and a receiver."""

    token: str
    aes_key: str
    receiver: str


@dataclass(frozen=True)
class Call:
    """A proven call: an echo to send back, or a notice."""

    echo: str = ""
    notice: Mapping[str, str] | None = None


class _Notice:
    """Gathers the children of the document and their texts."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._path: list[str] = []
        self._length = 0

    def begin(self, name: str, _attributes: Any) -> None:
        self._path.append(name)
        if len(self._path) > MOST_DEPTH:
            message = f"a notice has at most {MOST_DEPTH} levels"
            raise ValueError(message)

    def end(self, _name: str) -> None:
        self._path.pop()

    def text(self, data: str) -> None:
        self._length += len(data)
        if self._length > LONGEST_TEXT:
            message = f"a notice has at most {LONGEST_TEXT} characters"
            raise ValueError(message)
        if len(self._path) == 2:  # noqa: PLR2004 - a child of the document
            name = self._path[1]
            self.texts[name] = self.texts.get(name, "") + data

    def refuse(self, *_declaration: object) -> None:
        message = "a notice declares no types and no entities"
        raise ValueError(message)


def read_notice(document: bytes | str) -> dict[str, str]:
    """Return the texts of a notice by name; raises ValueError."""
    notice, parser = _Notice(), expat.ParserCreate()
    parser.StartElementHandler = notice.begin
    parser.EndElementHandler = notice.end
    parser.CharacterDataHandler = notice.text
    parser.StartDoctypeDeclHandler = notice.refuse
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat takes it by place
    except (expat.ExpatError, LookupError) as error:
        message = f"a notice is XML in UTF-8: {error}"
        raise ValueError(message) from error
    return notice.texts


def read_call(callback: Callback, keys: Keys, *, is_always_encrypted: bool) -> Call:
    """Prove a call and read it.

    With an EncodingAESKey only encrypted notices are read, because a plain one is
    signed without its content. Raises CallbackRefusedError for a stranger's call, and
    ValueError for a proven one that cannot be read.
    """
    query = callback.query
    stamp = query.get("timestamp", "")
    _check_stamp(stamp, callback)
    signed = (stamp, query.get("nonce", ""))
    if "echostr" in query and not callback.body:
        echo = query["echostr"]
        if is_always_encrypted:
            return Call(echo=_opened(echo, query, signed, keys))
        _prove(query.get("signature", ""), keys.token, signed)
        return Call(echo=echo)
    if not keys.aes_key and not is_always_encrypted:
        _prove(query.get("signature", ""), keys.token, signed)
        return Call(notice=read_notice(callback.body))
    try:
        encrypted = read_notice(callback.body).get("Encrypt", "")
    except ValueError as error:
        raise CallbackRefusedError(str(error)) from error
    return Call(notice=read_notice(_opened(encrypted, query, signed, keys)))


def _check_stamp(stamp: str, callback: Callback) -> None:
    is_number = stamp.isascii() and stamp.isdecimal() and len(stamp) <= LONGEST_STAMP
    age = abs(callback.now.timestamp() - int(stamp)) if is_number else None
    if age is None or age > TOLERANCE_SECONDS:
        message = "a call carries a timestamp of the last five minutes"
        raise CallbackRefusedError(message)


def _prove(given: str, token: str, parts: tuple[str, ...]) -> None:
    if not is_signed(given, token, *parts):
        message = "the signature of this call is missing or wrong"
        raise CallbackRefusedError(message)


def _opened(
    encrypted: str, query: Mapping[str, str], signed: tuple[str, str], keys: Keys
) -> str:
    _prove(query.get("msg_signature", ""), keys.token, (*signed, encrypted))
    try:
        return decrypt(encrypted, keys.aes_key, keys.receiver)
    except CodecError as error:
        raise CallbackRefusedError(str(error)) from error
