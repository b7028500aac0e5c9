"""From a text to the parts that are billed: encoding, segments, signature, price.

Sizes are those of 3GPP TS 23.040: a message carries 140 octets, so 160 characters of
the GSM alphabet or 70 of UCS-2; a concatenated part gives up 6 octets for its header
and carries 153 or 67. Characters beyond the basic plane (most emoji) are two of UCS-2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from zhiyin.channels.sms import gsm
from zhiyin.channels.sms.contract import PermanentSmsError

MOST_PARTS = 20
LONGEST_SIGNATURE = 20
AT_FRONT = re.compile(r"\A\s*【([^【】]*)】")
AT_END = re.compile(r"【([^【】]*)】\s*\Z")


class Encoding(StrEnum):
    """How the characters of a text travel."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


WHOLE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
PART = {Encoding.GSM7: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Composed:
    """A text ready to send; `segments` is what the operator bills."""

    text: str
    encoding: Encoding
    parts: tuple[str, ...]
    segments: int
    characters: int
    """Characters as the operator counts them, with a signature the gateway adds."""

    def price(self, per_segment: Decimal) -> Decimal:
        """Price of the text to one number, in the unit of `per_segment`."""
        return per_segment * self.segments


def compose(
    text: str,
    *,
    signature: str = "",
    gateway_adds_signature: bool = False,
    is_ascii_only: bool = False,
    most_parts: int = MOST_PARTS,
) -> Composed:
    """Choose the encoding and cut the text into parts.

    Parameters
    ----------
    text
        What the customer reads, with or without its signature.
    signature
        Name to stand in 【】 before the text. A text that carries it already keeps it
        where it is.
    gateway_adds_signature
        The gateway puts the signature there itself: it is billed but not sent.
    is_ascii_only
        The protocol has ASCII in place of the GSM alphabet: what is not in both goes
        as UCS-2.
    most_parts
        Longer texts are refused.

    Raises
    ------
    PermanentSmsError
        Empty, too long, or signed with another name.

    """
    if not text.strip():
        raise PermanentSmsError("The text is empty. Give a text to send.")
    signed = sign(text, signature) if signature else text
    sent = strip_signature(signed) if gateway_adds_signature and signature else signed
    encoding = encoding_of(signed, is_ascii_only=is_ascii_only)
    billed = cut(signed, encoding)
    if len(billed) > most_parts:
        raise PermanentSmsError(
            f"The text needs {len(billed)} parts; at most {most_parts} are sent. "
            "Shorten it."
        )
    return Composed(
        text=sent,
        encoding=encoding,
        parts=cut(sent, encoding),
        segments=len(billed),
        characters=sum(map(_weigher(encoding), signed)),
    )


def encoding_of(text: str, *, is_ascii_only: bool = False) -> Encoding:
    """GSM 7 where its alphabet has every character, else UCS-2."""
    is_narrow = gsm.is_gsm(text) and (text.isascii() or not is_ascii_only)
    return Encoding.GSM7 if is_narrow else Encoding.UCS2


def cut(text: str, encoding: Encoding | None = None) -> tuple[str, ...]:
    """Parts of a text; no character is cut in two."""
    encoding = encoding or encoding_of(text)
    weigh = _weigher(encoding)
    if sum(map(weigh, text)) <= WHOLE[encoding]:
        return (text,)
    parts: list[str] = []
    begin = weight = 0
    for position, letter in enumerate(text):
        weight += weigh(letter)
        if weight > PART[encoding]:
            parts.append(text[begin:position])
            begin, weight = position, weigh(letter)
    return (*parts, text[begin:])


def sign(text: str, signature: str) -> str:
    """Put the signature before a text that does not carry it at its front or end.

    Raises
    ------
    PermanentSmsError
        The signature is not one, or the text is signed with another name.

    """
    name = signature.strip().removeprefix("【").removesuffix("】").strip()
    if not name or len(name) > LONGEST_SIGNATURE or re.search("[【】]", name):
        raise PermanentSmsError(
            f"{signature!r} is not a signature. Give a name of 1 to "
            f"{LONGEST_SIGNATURE} characters, without 【】 inside."
        )
    found = signature_of(text)
    if found == name:
        return text
    if found:
        raise PermanentSmsError(
            f"The text is signed 【{found}】 but goes out as 【{name}】. Gateways "
            "refuse names that are not registered: remove one of the two."
        )
    return f"【{name}】{text}"


def signature_of(text: str) -> str:
    """Name in 【】 at the front of a text, or else at its end; empty without one."""
    found = AT_FRONT.search(text) or AT_END.search(text)
    return found.group(1).strip() if found else ""


def strip_signature(text: str) -> str:
    """Text without the signature at its front, or else at its end."""
    pattern = AT_FRONT if AT_FRONT.search(text) else AT_END
    return pattern.sub("", text, count=1)


def _weigher(encoding: Encoding) -> Callable[[str], int]:
    return gsm.septets if encoding is Encoding.GSM7 else _code_units


def _code_units(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1  # noqa: PLR2004 - end of the basic plane
