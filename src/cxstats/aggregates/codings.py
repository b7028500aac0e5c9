"""How raw values become scores, or reasons why they do not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from cxstats.scales import Scale

__all__ = ["REASONS", "ChoiceCoding", "Coding", "ScaleCoding", "to_number"]

REASONS = (
    "blank",
    "missing_code",
    "not_a_number",
    "not_whole",
    "out_of_range",
    "no_weight",
    "no_stratum",
    "no_cluster",
)
"""Why a row is left out of an estimate; one reason per row, the first that fits."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def to_number(value: Any) -> float | None:
    """Read a raw value as a number: plain numerals only, None otherwise.

    Text is stripped; thousands separators, full-width digits, units and
    exponents are not guessed at.
    """
    if isinstance(value, str):
        text = value.strip()
        return float(text) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool | int | float | Decimal):
        return float(value)
    return None


class Coding(Protocol):
    """How a raw value becomes a score, or the reason why it does not."""

    def code(self, value: Any) -> tuple[float | None, str]:
        """Return the number (None if there is none) and the reason ("" if valid)."""


def _missing_keys(missing: Iterable[Any]) -> frozenset[str | float]:
    keys: set[str | float] = set()
    for value in missing:
        number = to_number(value)
        keys.add(str(value).strip().casefold() if number is None else number)
    return frozenset(keys)


def _absent(value: Any, missing: frozenset[str | float]) -> str:
    """Return ``blank``, ``missing_code`` or an empty text."""
    number = to_number(value)
    text = str(value).strip()
    if value is None or not text or (number is not None and math.isnan(number)):
        return "blank"
    key = text.casefold() if number is None else number
    return "missing_code" if key in missing else ""


@dataclass(frozen=True)
class ScaleCoding:
    """Reads answers on a rating scale.

    Parameters
    ----------
    scale
        Answers outside it are ``out_of_range``.
    missing
        Codes of "no answer", as numbers or text; text matches in any case.
    whole
        Whether a score between two points is excluded as ``not_whole``.
    """

    scale: Scale
    missing: tuple[Any, ...] = ()
    whole: bool = False

    @cached_property
    def _missing(self) -> frozenset[str | float]:
        return _missing_keys(self.missing)

    def code(self, value: Any) -> tuple[float | None, str]:
        """Return the number and the reason of exclusion."""
        number = to_number(value)
        reason = _absent(value, self._missing)
        if not reason and number is None:
            reason = "not_a_number"
        if reason or number is None:
            return number, reason
        if not self.scale.minimum <= number <= self.scale.maximum:
            return number, "out_of_range"
        if self.whole and not number.is_integer():
            return number, "not_whole"
        return number, ""


@dataclass(frozen=True)
class ChoiceCoding:
    """Reads any column as 1 (one of the chosen values) or 0 (another value).

    Parameters
    ----------
    chosen
        Values that count, as numbers or text; text matches in any case.
    missing
        Codes of "no answer".
    """

    chosen: tuple[Any, ...]
    missing: tuple[Any, ...] = ()

    @cached_property
    def _keys(self) -> tuple[frozenset[str | float], frozenset[str | float]]:
        return _missing_keys(self.chosen), _missing_keys(self.missing)

    def code(self, value: Any) -> tuple[float | None, str]:
        """Return 1 or 0 and the reason of exclusion."""
        chosen, missing = self._keys
        reason = _absent(value, missing)
        if reason:
            return None, reason
        number = to_number(value)
        key = str(value).strip().casefold() if number is None else number
        return float(key in chosen), ""
