"""What is counted about a column while its batches stream by, in bounded memory."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from cxstats.files.dates import DateForm, parse_date

__all__ = ["NUMBER", "PADDED", "ColumnTally", "DateTally"]

NUMBER = r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$"
_FRACTION = r"\.\d*[1-9]|[eE]"
PADDED = r"^\s*0\d"
_HALF = 0.5
_GUESSED = tuple(form for form in DateForm if form is not DateForm.SERIAL)


@dataclass(slots=True)
class DateTally:
    """How many values are dates in each form; forms that fit too few are given up."""

    fits: dict[DateForm, int] = field(
        default_factory=lambda: dict.fromkeys(_GUESSED, 0)
    )
    seen: int = 0
    timed: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None

    def add(self, values: Sequence[str], counts: Sequence[int]) -> None:
        """Count distinct values with how often each occurs."""
        if not self.fits:
            return
        self.seen += sum(counts)
        best: dict[DateForm, list[dt.datetime]] = {}
        for form in self.fits:
            moments = [_tolerant(value, form) for value in values]
            self.fits[form] += sum(
                count
                for count, moment in zip(counts, moments, strict=True)
                if moment is not None
            )
            best[form] = [moment for moment in moments if moment is not None]
        self.fits = {
            form: fits for form, fits in self.fits.items() if fits > _HALF * self.seen
        }
        if self.fits:
            self._widen(best[max(self.fits, key=lambda form: self.fits[form])])

    def _widen(self, moments: Iterable[dt.datetime]) -> None:
        for moment in moments:
            self.timed += moment.time() != dt.time(0)
            plain = moment.replace(tzinfo=None)
            self.first = min(self.first or plain, plain)
            self.last = max(self.last or plain, plain)


def _tolerant(value: str, form: DateForm) -> dt.datetime | None:
    try:
        return parse_date(value, form)
    except ValueError:
        return None


@dataclass(slots=True)
class ColumnTally:
    """Counts of one column; `counts` stops taking new values at the cap."""

    cap: int
    rows: int = 0
    blanks: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    capped: bool = False
    uniques: int = 0
    numbers: int = 0
    fractions: bool = False
    padded: bool = False
    minimum: float | None = None
    maximum: float | None = None
    characters: int = 0
    dates: DateTally = field(default_factory=DateTally)

    @property
    def filled(self) -> int:
        """Rows that are not blank."""
        return self.rows - self.blanks

    def add(self, array: pa.Array) -> None:
        """Count one batch of the column."""
        text = _as_text(array)
        self.rows += len(text)
        self.blanks += text.null_count
        counted = pc.value_counts(text.drop_null())
        values, counts = counted.field("values"), counted.field("counts")
        if not len(values):
            return
        self.uniques += len(values)
        lengths = pc.multiply(pc.utf8_length(values), counts)
        self.characters += pc.sum(lengths).as_py()
        self._add_numbers(values, counts)
        if not self.capped or self.dates.fits:
            self._add_values(values.to_pylist(), counts.to_pylist())

    def _add_numbers(self, values: pa.Array, counts: pa.Array) -> None:
        mask = pc.match_substring_regex(values, NUMBER)
        numbers = values.filter(mask)
        if not len(numbers):
            return
        self.numbers += pc.sum(counts.filter(mask)).as_py()
        found = pc.min_max(pc.utf8_trim_whitespace(numbers).cast(pa.float64()))
        low, high = found["min"].as_py(), found["max"].as_py()
        self.minimum = low if self.minimum is None else min(self.minimum, low)
        self.maximum = high if self.maximum is None else max(self.maximum, high)
        self.fractions |= _any(numbers, _FRACTION)
        self.padded |= _any(numbers, PADDED)

    def _add_values(self, values: list[str], counts: list[int]) -> None:
        self.dates.add(values, counts)
        for value, count in zip(values, counts, strict=True):
            if value in self.counts or len(self.counts) < self.cap:
                self.counts[value] += count
            else:
                self.capped = True


def _any(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _as_text(array: pa.Array) -> pa.Array:
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_floating(array.type):
        # Not-a-number is how data frames write a blank.
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array.cast(pa.string())
