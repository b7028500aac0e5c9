"""Masking what customers wrote: numbers, addresses and names inside other words.

Whoever needs them in clear asks where a reason is written down.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from zhiyin.common.confidential import FULL_STARS, mask

_MAIL = re.compile(r"[\w.+\-]+@(?:[\w\-]+\.)+[A-Za-z]{2,24}", re.ASCII)
# Telephone, identity and card numbers: digits that may stand a little apart.
_NUMBER = re.compile(
    r"(?<![\d.])(?:"
    r"(?:\+|00)?86[ \-]?1[ \-]?[3-9](?:[ \-]?\d){9}"
    r"|1[ \-]?[3-9](?:[ \-]?\d){9}"
    r"|\+[1-9](?:[ \-]?\d){7,14}"
    r"|0\d{2,3}[ \-]?[1-9]\d{2,3}[ \-]?\d{4}"
    r"|[1-9]\d{5}(?:18|19|20)\d{9}[\dXx]"
    r"|(?:62|[45]\d)(?:[ \-]?\d){14,17}"
    r")(?![\d.]*\d)"
)
# The shortest such number: a sign or a digit, and eight digits.
_SHORTEST = b"0" * 9
_ALIKE = bytes.maketrans(b"+123456789", b"0" * 10)
_WIDE = tuple(chr(0xFF10 + digit).encode() for digit in range(10))
# Digits as Chinese keyboards may write them.
_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMES = re.compile(
    r"姓名|名字|称呼|联系人|机主|户主|客户名称?$"
    r"|^(?:full|first|last|sur|customer|contact)?[\W_]?name$|contact[\W_]?person",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"手机号|电话号|联系电话|邮箱|证件号|身份证|微信号|住址|详细地址|^(?:手机|电话|地址)$"
    r"|(?:phone|mobile)(?:[\W_]?number)?$|e-?mail|(?:home|street)[\W_]?address"
    r"|id[\W_]?card",
    re.IGNORECASE,
)


def mask_words(text: str) -> str:
    """Return a text with every number and mail address in it masked."""
    if not text:
        return text
    if "@" in text:
        text = _MAIL.sub(lambda found: mask(found[0]), text)
    narrow = text.translate(_NARROW)
    return _NUMBER.sub(_masked_number, narrow) if _NUMBER.search(narrow) else text


def _masked_number(found: re.Match[str]) -> str:
    return mask(re.sub(r"[ \-]", "", found[0]))


def mask_name(text: str) -> str:
    """Return a name of which the first character is left: 钱**."""
    return f"{text[:1]}{'*' * min(FULL_STARS, max(1, len(text) - 1))}" if text else ""


def is_personal(label: str) -> bool:
    """Tell whether a field of this name holds a name or an address of a person."""
    return bool(_NAMES.search(label) or _ADDRESSES.search(label))


def mask_field(label: str, value: Any) -> Any:
    """Return the value of a field as it may be shown; names and addresses masked."""
    if value in (None, "") or isinstance(value, bool):
        return value
    if _NAMES.search(label):
        return mask_name(str(value))
    if _ADDRESSES.search(label):
        text = str(value)
        masked = mask_words(text)
        return masked if masked != text else mask(text)
    return mask_words(value) if isinstance(value, str) else value


def mask_fields(values: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    """Return all fields as they may be shown; `labels` says what a code is called."""
    return {
        code: mask_field(labels.get(code, code), value)
        for code, value in values.items()
    }


def mask_json(text: str) -> str:
    """Return JSON with every string in it masked; numbers stay numbers."""
    if mask_words(text) == text:
        return text
    return _STRING.sub(_masked_string, text)


def _masked_string(found: re.Match[str]) -> str:
    said = json.loads(found[0])
    masked = mask_words(said)
    return found[0] if masked == said else json.dumps(masked, ensure_ascii=False)


def masked_lines(data: bytes, masked: Callable[[str], str]) -> bytes:
    """Return lines of a file, masked by a function of one line.

    Few lines hold anything to mask, and looking for it closely costs more than reading
    the whole file; so a glance says which are worth a look.
    """
    if not _may_hold_something(data):
        return data
    return b"".join(
        masked(line.decode()).encode() if _may_hold_something(line) else line
        for line in data.splitlines(keepends=True)
    )


def _may_hold_something(data: bytes) -> bool:
    alike = data.translate(_ALIKE, b" -")
    return _SHORTEST in alike or b"@" in data or any(each in data for each in _WIDE)
