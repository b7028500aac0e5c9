"""What each column of a file holds: kind, range, blanks, values, date form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cxstats.files.columns import Column
from cxstats.files.dates import DateForm
from cxstats.files.tables import TableFile
from cxstats.files.tallies import ColumnTally

__all__ = ["ColumnProfile", "ValueCount", "ValueKind", "scan"]

_MOSTLY = 0.9
_NEARLY_ALL = 0.98
_CODE_KINDS = 5
_FEW_VALUES = 60
_SHORT = 40
_ENOUGH = 20
_SERIALS = (20_000.0, 80_000.0)
_DATE_WORDS = ("date", "time", "日期", "时间", "時間", "day")


class ValueKind(StrEnum):
    """What the values of a column are."""

    BLANK = "blank"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    IDENTIFIER = "identifier"
    CATEGORY = "category"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ValueCount:
    """One value as it stands in the file, and how many rows have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column described from all of its rows.

    `values` are the distinct values, most frequent first; where there are more than
    the limit, `distinct_capped` is true and `distinct` is the limit. `minimum` and
    `maximum` are numbers for numeric kinds and ISO text for dates. `exceptions` are
    the values of a numeric column that are not numbers (such as "BLANK"). Two
    `date_forms` mean that the data do not decide between day first and month first.
    """

    column: Column
    kind: ValueKind
    rows: int
    blanks: int
    distinct: int
    distinct_capped: bool
    values: tuple[ValueCount, ...]
    numbers: int
    minimum: float | str | None
    maximum: float | str | None
    mean_length: float
    date_forms: tuple[DateForm, ...] = ()
    exceptions: tuple[ValueCount, ...] = ()

    @property
    def name(self) -> str:
        """The column's unique name."""
        return self.column.name

    @property
    def filled(self) -> int:
        """Rows that are not blank."""
        return self.rows - self.blanks

    @property
    def examples(self) -> tuple[str, ...]:
        """Up to five of the most frequent values."""
        return tuple(item.value for item in self.values[:5])

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers, exceptions aside."""
        return self.kind in {ValueKind.INTEGER, ValueKind.NUMBER}


def scan(table: TableFile) -> tuple[ColumnProfile, ...]:
    """Describe every column of a file in one reading of all its rows.

    Raises
    ------
    FileError
        If the file turns out to be unreadable on the way.
    """
    cap = table.limits.distinct_values
    tallies = [ColumnTally(cap) for _ in table.columns]
    for batch in table.batches():
        arrays = batch.columns[-len(tallies) :]
        for tally, array in zip(tallies, arrays, strict=True):
            tally.add(array)
    return tuple(
        _profile(column, tally)
        for column, tally in zip(table.columns, tallies, strict=True)
    )


def _profile(column: Column, tally: ColumnTally) -> ColumnProfile:
    values = tuple(ValueCount(*item) for item in tally.counts.most_common())
    forms = _date_forms(column, tally)
    kind = _kind(tally, forms)
    numeric = kind in {ValueKind.INTEGER, ValueKind.NUMBER}
    minimum: float | str | None = tally.minimum
    maximum: float | str | None = tally.maximum
    if forms and DateForm.SERIAL not in forms:
        minimum = tally.dates.first.isoformat(" ") if tally.dates.first else None
        maximum = tally.dates.last.isoformat(" ") if tally.dates.last else None
    return ColumnProfile(
        column=column,
        kind=kind,
        rows=tally.rows,
        blanks=tally.blanks,
        distinct=len(values),
        distinct_capped=tally.capped,
        values=values,
        numbers=tally.numbers,
        minimum=minimum,
        maximum=maximum,
        mean_length=tally.characters / max(tally.filled, 1),
        date_forms=forms,
        exceptions=_exceptions(values) if numeric else (),
    )


def _date_forms(column: Column, tally: ColumnTally) -> tuple[DateForm, ...]:
    fits = tally.dates.fits
    best = max(fits.values(), default=0)
    if best and best >= _MOSTLY * tally.filled:
        return tuple(form for form, count in fits.items() if count == best)
    low, high = _SERIALS
    dated = any(word in column.name.casefold() for word in _DATE_WORDS)
    all_numbers = tally.filled > 0 and tally.numbers == tally.filled
    if dated and all_numbers and tally.minimum is not None and tally.minimum > low:
        return (DateForm.SERIAL,) if (tally.maximum or 0) < high else ()
    return ()


def _kind(tally: ColumnTally, forms: tuple[DateForm, ...]) -> ValueKind:
    if not tally.filled:
        return ValueKind.BLANK
    if forms:
        timed = tally.dates.timed or (DateForm.SERIAL in forms and tally.fractions)
        return ValueKind.DATETIME if timed else ValueKind.DATE
    if _is_numeric(tally):
        if tally.padded or _is_numbering(tally):
            return ValueKind.IDENTIFIER
        return ValueKind.NUMBER if tally.fractions else ValueKind.INTEGER
    return _text_kind(tally)


def _is_numeric(tally: ColumnTally) -> bool:
    if tally.numbers == tally.filled:
        return True
    others = len(tally.counts) - sum(_number(value) for value in tally.counts)
    mostly = tally.numbers >= _MOSTLY * tally.filled
    return mostly and not tally.capped and others <= _CODE_KINDS


def _is_numbering(tally: ColumnTally) -> bool:
    """Whether whole numbers were given out, one to a row, rather than measured."""
    unique = tally.uniques == tally.filled and tally.filled >= _ENOUGH
    return unique and not tally.fractions and (tally.minimum or 0.0) >= 0.0


def _text_kind(tally: ColumnTally) -> ValueKind:
    unique = tally.uniques >= _NEARLY_ALL * tally.filled and tally.filled >= _ENOUGH
    mean_length = tally.characters / tally.filled
    spaced = sum(count for value, count in tally.counts.items() if " " in value)
    worded = sum(any(c > "\u2e80" for c in value) for value in tally.counts)
    code = spaced < tally.filled / 10 and worded < len(tally.counts) / 10
    if unique and mean_length <= _SHORT and code:
        return ValueKind.IDENTIFIER
    few = not tally.capped and len(tally.counts) <= max(_FEW_VALUES, tally.filled // 50)
    if few and mean_length <= _SHORT and len(tally.counts) <= tally.filled / 2:
        return ValueKind.CATEGORY
    return ValueKind.TEXT


def _number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return value.strip().lower().lstrip("+-") not in {"nan", "inf", "infinity"}


def _exceptions(values: tuple[ValueCount, ...]) -> tuple[ValueCount, ...]:
    return tuple(item for item in values if not _number(item.value))
