"""Reading single cells: scores, numbers, codes. Every result is remembered."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from zhiyin.listen.imports.models import ColumnRule

_REMEMBERED = 20_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is rejected: the column, what stood there, a stable reason."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A score that was not given: `rule` is "blank" or the code that says so."""

    rule: str


class Remembered(dict[str | None, _T], Generic[_T]):
    """Cells already read, so that a million equal ones are read once.

    It forgets everything when it grows too large, which a column of free values makes
    it do; memory stays bounded and only speed is lost.
    """

    def __init__(self, read: Callable[[str | None], _T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: str | None) -> _T:
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[raw] = self._read(raw)
        return value


def canonical(raw: str | None) -> str:
    """Return a cell as it is compared: full-width forms, spaces and 9.0 settled."""
    if raw is None:
        return ""
    text = unicodedata.normalize("NFKC", raw).strip()
    number = as_number(text)
    if number is not None and number.is_integer() and abs(number) < 1e15:  # noqa: PLR2004
        return str(int(number))
    return text


def as_number(text: str) -> float | None:
    """Return a plain decimal number, or None; thousands may be set off by commas."""
    if not text or text[-1] not in "0123456789.":
        return None
    try:
        # Underscores are digits to Python and to nobody else.
        number = float(text.replace(",", "") if "_" not in text else "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def score_reader(rule: ColumnRule) -> Remembered[float | Missing | Fault]:
    """Return what reads a score column: a number on its scale, missing, or a fault."""
    low, high = rule.scale()
    missing = {canonical(code).casefold() for code in rule.missing}
    labels = {canonical(k).casefold(): v for k, v in rule.labels.items()}

    def read(raw: str | None) -> float | Missing | Fault:
        text = canonical(raw)
        if not text:
            return Missing("blank")
        folded = text.casefold()
        if folded in missing:
            return Missing(text)
        number = as_number(canonical(labels.get(folded, text)))
        if number is None:
            return Fault(rule.name, raw or "", "not_a_score")
        if not low <= number <= high:
            return Fault(rule.name, raw or "", "out_of_range")
        return number

    return Remembered(read)


def _recorder(rule: ColumnRule) -> Callable[[str | None], str]:
    """Return what turns a cell into the text that is recorded, "" for none."""
    missing = {canonical(code).casefold() for code in rule.missing}
    labels = {canonical(k).casefold(): v for k, v in rule.labels.items()}

    def read(raw: str | None) -> str:
        folded = canonical(raw).casefold()
        if not folded or folded in missing:
            return ""
        return labels.get(folded, (raw or "").strip())

    return read


def text_reader(rule: ColumnRule, longest: int) -> Remembered[str | Fault]:
    """Return what reads a short code or name; "" where there is none."""
    record = _recorder(rule)

    def read(raw: str | None) -> str | Fault:
        text = record(raw)
        return text if len(text) <= longest else Fault(rule.name, text, "too_long")

    return Remembered(read)


def comment_reader(rule: ColumnRule) -> Remembered[str]:
    """Return what reads the customer's own words, as she wrote them."""
    return Remembered(_recorder(rule))


def field_reader(rule: ColumnRule) -> Remembered[str | float | None]:
    """Return what reads a field; None where blank or, for a number, unreadable."""
    record = _recorder(rule)

    def read(raw: str | None) -> str | float | None:
        text = record(raw)
        return as_number(canonical(text)) if rule.is_number else text or None

    return Remembered(read)


def weight_reader(rule: ColumnRule) -> Remembered[float | Fault | None]:
    """Return what reads a weight: a number of 0 or more, None where blank."""
    record = _recorder(rule)

    def read(raw: str | None) -> float | Fault | None:
        text = record(raw)
        number = as_number(canonical(text))
        if text and (number is None or number < 0):
            return Fault(rule.name, text, "not_a_weight")
        return number

    return Remembered(read)
