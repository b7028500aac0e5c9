"""Personal data out of comments, before anyone else reads them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from cxstats.text.reading import as_texts, fold

__all__ = ["PERSONAL_KINDS", "Redacted", "redact", "redact_all"]

PERSONAL_KINDS: Final = (
    "email",
    "id_card",
    "bank_card",
    "mobile",
    "landline",
    "licence_plate",
    "address",
)
"""What is found, in the order in which it is looked for."""

# A digit may stand apart from the next by a space or hyphen; no digit beside a number.
_GAP = r"[ \-]?"
_NOT_AFTER, _NOT_BEFORE = r"(?<![0-9])", r"(?![0-9])"

_EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{0,63}@"
    r"(?:[a-z0-9\-]{1,63}\.){1,8}[a-z]{2,24}(?![a-z0-9])"
)
_ID_CARD = re.compile(
    rf"{_NOT_AFTER}[1-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9x](?![0-9a-z])"
)
_BANK_CARD = re.compile(rf"{_NOT_AFTER}[3-6](?:{_GAP}[0-9]){{14,18}}{_NOT_BEFORE}")
_MOBILE = re.compile(
    rf"(?:(?<![0-9])(?:\+|00)?86{_GAP}|{_NOT_AFTER})"
    rf"1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}{_NOT_BEFORE}"
)
_LANDLINE = re.compile(
    rf"{_NOT_AFTER}\(?0(?:10|2[0-9]|[3-9][0-9]{{2}})\)?[ \-]?[1-9][0-9]{{2,3}}[ \-]?"
    rf"[0-9]{{4}}(?:[ \-](?:转)?[0-9]{{1,5}})?{_NOT_BEFORE}"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z]"
    r"[ ·]?(?=[a-z0-9]{0,5}[0-9])[a-hj-np-z0-9]{5,6}(?![a-z0-9])"
)
_LATIN_ADDRESS = re.compile(
    r"(?<![0-9a-z])[0-9]{1,5}[a-z]? (?:[a-z]{2,20} ){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|drive|boulevard|blvd)(?![a-z])"
)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"


@dataclass(frozen=True)
class Redacted:
    """A text without personal data.

    Parameters
    ----------
    text
        The text with ``[mobile]``, ``[email]`` and so on in their places.
    found
        How many of each kind were taken out.
    """

    text: str
    found: dict[str, int]


def redact(text: Any) -> Redacted:
    """Take personal data out of one text.

    Parameters
    ----------
    text
        Any text; missing values become an empty one.

    Returns
    -------
    Redacted
        Mainland mobile and landline numbers, identity cards (with a right check
        digit), bank cards (with a right Luhn digit), e-mail addresses, licence plates
        and street addresses are replaced by their kind in brackets.

    Notes
    -----
    Names of people are not found: rules cannot tell them from other words.

    Examples
    --------
    >>> redact("打我电话 138 0013 8000，邮箱 li@example.com").text
    '打我电话 [mobile]，邮箱 [email]'
    """
    written = as_texts([text])[0]
    # Folding keeps every place, so full-width digits are found where they stand.
    folded = fold(written)
    parts, upto = [], 0
    found: Counter[str] = Counter()
    for start, end, kind in sorted(_spans(folded)):
        parts += [written[upto:start], f"[{kind}]"]
        found[kind] += 1
        upto = end
    parts.append(written[upto:])
    return Redacted("".join(parts), dict(found))


def redact_all(texts: Iterable[Any]) -> tuple[list[str], dict[str, int]]:
    """Take personal data out of many texts.

    Returns
    -------
    list of str, dict
        The texts, and how many of each kind were taken out of all of them together.
    """
    total: Counter[str] = Counter()
    clean = []
    for text in as_texts(texts):
        one = redact(text)
        clean.append(one.text)
        total.update(one.found)
    return clean, {kind: total[kind] for kind in PERSONAL_KINDS if total[kind]}


def _spans(folded: str) -> list[tuple[int, int, str]]:
    """Find what does not overlap; kinds looked for first win."""
    taken = bytearray(len(folded))
    spans = []
    for start, end, kind in _candidates(folded):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            spans.append((start, end, kind))
    return spans


def _candidates(folded: str) -> Iterator[tuple[int, int, str]]:
    if "@" in folded:
        yield from ((*m.span(), "email") for m in _EMAIL.finditer(folded))
    for found in _ID_CARD.finditer(folded):
        if is_id_card(found[0]):
            yield *found.span(), "id_card"
    for found in _BANK_CARD.finditer(folded):
        if is_bank_card(found[0]):
            yield *found.span(), "bank_card"
    yield from ((*m.span(), "mobile") for m in _MOBILE.finditer(folded))
    yield from ((*m.span(), "landline") for m in _LANDLINE.finditer(folded))
    yield from ((*m.span(), "licence_plate") for m in _PLATE.finditer(folded))
    yield from ((*span, "address") for span in _addresses(folded))


_UNITS = "号楼|号院|单元|号|弄|栋|幢|座|层|楼|室|房|户"
_HOUSE = re.compile(rf"[0-9一二三四五六七八九十](?:{_UNITS})")
_RUN = re.compile(r"[\u4e00-\u9fff0-9a-z\-]+\Z")
_STREET = re.compile(r"大道|小区|花园|大厦|广场|公寓|新村|街道|路|街|巷|弄|道|里|苑|村")
_REGION = re.compile(r"[\u4e00-\u9fff]{2,7}?(?:省|市|自治区|区|县|镇|乡)")
_LEAD = re.compile(r"(?:地址|收货|我们|我|家|住|在|的|是|就|送|到|寄|请|来|从)*")
_TAIL = re.compile(rf"(?:[0-9a-z一二三四五六七八九十\-]{{1,6}}(?:{_UNITS})?){{0,5}}")
_BEFORE_HOUSE, _NAME_OF_STREET = 40, 6


def _addresses(folded: str) -> Iterator[tuple[int, int]]:
    """Look around each house number, a bounded way: the time stays proportional."""
    upto = 0
    for house in _HOUSE.finditer(folded):
        low = max(upto, house.start() - _BEFORE_HOUSE)
        run = _RUN.search(folded[low : house.start() + 1])
        street = _STREET.search(run[0]) if run and house.start() >= upto else None
        if run is None or street is None:
            continue
        region = _REGION.search(run[0], 0, street.start() + 1)
        first = region.start() if region else max(0, street.start() - _NAME_OF_STREET)
        lead = _LEAD.match(run[0], first)
        start = low + run.start() + (lead.end() if lead else first)
        tail = _TAIL.match(folded, house.end())
        upto = tail.end() if tail else house.end()
        yield start, upto
    yield from (found.span() for found in _LATIN_ADDRESS.finditer(folded))


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def is_id_card(text: str) -> bool:
    """Tell whether 18 characters are a mainland identity number (GB 11643-1999)."""
    number = _digits(text.lower())
    month, day = int(number[10:12]), int(number[12:14])
    if not (1 <= month <= 12 and 1 <= day <= 31 and number[6:8] in {"18", "19", "20"}):  # noqa: PLR2004 - a date
        return False
    total = sum(w * int(d) for w, d in zip(_ID_WEIGHTS, number[:17], strict=True))
    return _ID_CHECKS[total % 11] == number[17]


def is_bank_card(text: str) -> bool:
    """Tell whether the last digit fits the others (Luhn, ISO/IEC 7812-1)."""
    number = _digits(text)
    doubled = [
        int(d) if at % 2 == 0 else sum(divmod(2 * int(d), 10))
        for at, d in enumerate(reversed(number))
    ]
    return sum(doubled) % 10 == 0 and len(set(number)) > 1
