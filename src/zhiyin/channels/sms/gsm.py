"""The alphabet of GSM 03.38 (3GPP TS 23.038, 6.2.1), one octet for each septet.

SMPP gateways take the default alphabet unpacked; packing to seven bits is theirs.
"""

from __future__ import annotations

ESCAPE = 0x1B
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F,
    "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
OCTETS = {
    **{letter: bytes([code]) for code, letter in enumerate(BASIC) if code != ESCAPE},
    **{letter: bytes([ESCAPE, code]) for letter, code in EXTENSION.items()},
}
LETTER_OF_EXTENSION = {code: letter for letter, code in EXTENSION.items()}


def is_gsm(text: str) -> bool:
    """Whether the alphabet has every character of the text."""
    return all(letter in OCTETS for letter in text)


def septets(letter: str) -> int:
    """1, or 2 for the characters behind the escape."""
    return len(OCTETS[letter])


def encode(text: str) -> bytes:
    """Octets of a text that `is_gsm` accepts."""
    return b"".join(OCTETS[letter] for letter in text)


def decode(octets: bytes) -> str:
    """Text of unpacked septets; what the alphabet does not know becomes U+FFFD."""
    letters: list[str] = []
    escaped = False
    for octet in octets:
        if escaped:
            # An extension this table does not have is shown by its basic character.
            letters.append(LETTER_OF_EXTENSION.get(octet) or _basic(octet))
            escaped = False
        elif octet == ESCAPE:
            escaped = True
        else:
            letters.append(_basic(octet))
    return "".join(letters)


def _basic(octet: int) -> str:
    return BASIC[octet] if octet < len(BASIC) and octet != ESCAPE else "\ufffd"
