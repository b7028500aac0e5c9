"""From the cells of a file to answers: read, judged, never guessed."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhiyin.listen.customers.services import normalise_key
from zhiyin.listen.imports.models import ColumnRule, ImportMapping, Role
from zhiyin.listen.imports.models.mappings import FIELD_ROLES, plain
from zhiyin.listen.imports.services.cells import (
    Fault,
    Missing,
    Remembered,
    comment_reader,
    field_reader,
    score_reader,
    text_reader,
    weight_reader,
)
from zhiyin.listen.imports.services.identity import RowIdentity
from zhiyin.listen.imports.services.times import TimeReader

Cells = Sequence[str | None]

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
LONGEST = {
    Role.CUSTOMER: 200,
    Role.TOUCHPOINT: 120,
    Role.CHANNEL: 20,
    Role.DEPARTMENT: 60,
    Role.STRATUM: 80,
    Role.CLUSTER: 80,
}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row that can be stored, or the fault for which it is rejected.

    `scores` holds a number or None per score column, the main one first, and
    `missing` for each why it is None ("" where it is not). `codes` are the short
    texts by role.
    """

    line: int
    fault: Fault | None = None
    source_key: str = ""
    responded_at: dt.datetime = _NEVER
    scores: tuple[float | None, ...] = ()
    missing: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    weight: float | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def is_excluded(self) -> bool:
        """Tell whether the main score is missing by rule."""
        return bool(self.missing[0])

    @property
    def has_answers(self) -> bool:
        """Tell whether anything at all was said."""
        return any(score is not None for score in self.scores) or any(self.comments)


@dataclass(slots=True)
class _Column:
    """A column of the file with what reads its cells."""

    key: str
    name: str
    reader: Remembered[Any]


class RowReader:
    """Reads the rows of one file by its mapping.

    `field_codes` are the stable codes of the mapping's field columns in their order,
    `departments` the codes that exist.
    """

    def __init__(
        self,
        mapping: ImportMapping,
        identity: RowIdentity,
        *,
        field_codes: Sequence[str],
        departments: frozenset[str],
    ) -> None:
        self._identity = identity
        self._scores = [
            _Column("", rule.name, score_reader(rule)) for rule in mapping.scores
        ]
        self._comments = [
            _Column("", rule.name, comment_reader(rule))
            for rule in mapping.with_role(Role.COMMENT)
        ]
        self._codes = [
            _Column(role, rule.name, _code_reader(rule, longest, departments))
            for role, longest in LONGEST.items()
            if (rule := mapping.one(role))
        ]
        self._fields = [
            _Column(code, rule.name, field_reader(rule))
            for code, rule in zip(
                field_codes, mapping.with_role(*FIELD_ROLES), strict=True
            )
        ]
        self._time = _time_column(mapping)
        self._moment = None if self._time else _moment_of_date(mapping)
        weight = mapping.one(Role.WEIGHT)
        self._weight = (
            _Column("", weight.name, weight_reader(weight)) if weight else None
        )

    def read(
        self, lines: Sequence[int], columns: Mapping[str, Cells]
    ) -> Iterator[ReadRow]:
        """Yield the rows of one batch; a column the file lacks is blank throughout."""
        given = _Batch(len(lines), columns)
        scores = [given.through(column) for column in self._scores]
        codes = {column.key: given.through(column) for column in self._codes}
        times = given.one(self._time, self._moment)
        weights = given.one(self._weight, None)
        comments = given.rows([given.through(column) for column in self._comments])
        fields = [(column.key, given.through(column)) for column in self._fields]
        faults = _first_faults([*scores, times, weights, *codes.values()])
        keys = self._identity.keys(lines, columns)
        code_rows = given.rows(list(codes.values()))
        score_rows = given.rows(scores)
        for place, line in enumerate(lines):
            if place in faults:
                yield ReadRow(line, faults[place])
                continue
            numbers, missing = _split(score_rows[place])
            yield ReadRow(
                line,
                None,
                keys[place],
                times[place],
                numbers,
                missing,
                comments[place],
                weights[place],
                dict(zip(codes, code_rows[place], strict=True)),
                {
                    code: cells[place]
                    for code, cells in fields
                    if cells[place] is not None
                },
            )


class _Batch:
    """The columns of one batch of rows."""

    def __init__(self, size: int, columns: Mapping[str, Cells]) -> None:
        self._size = size
        self._columns = columns
        self._blank: Cells = [None] * size

    def through(self, column: _Column) -> list[Any]:
        """Read every cell of a column."""
        reader = column.reader
        cells = self._columns.get(plain(column.name), self._blank)
        return [reader[raw] for raw in cells]

    def one(self, column: _Column | None, otherwise: object) -> list[Any]:
        """Read a column, or repeat one value where there is none."""
        return self.through(column) if column else [otherwise] * self._size

    def rows(self, columns: list[list[Any]]) -> list[tuple[Any, ...]]:
        """Turn columns into one tuple per row, empty where there are none."""
        return list(zip(*columns, strict=True)) if columns else [()] * self._size


def _first_faults(columns: list[list[Any]]) -> dict[int, Fault]:
    faults: dict[int, Fault] = {}
    for cells in columns:
        for place, value in enumerate(cells):
            if type(value) is Fault:
                faults.setdefault(place, value)
    return faults


def _split(
    scores: Sequence[float | Missing],
) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    numbers = tuple(None if isinstance(each, Missing) else each for each in scores)
    missing = tuple(each.rule if isinstance(each, Missing) else "" for each in scores)
    return numbers, missing


def _code_reader(
    rule: ColumnRule, longest: int, departments: frozenset[str]
) -> Remembered[str | Fault]:
    read = text_reader(rule, longest)
    if rule.role == Role.CUSTOMER:
        return _key_reader(rule, read)
    if rule.role != Role.DEPARTMENT:
        return read

    def known(raw: str | None) -> str | Fault:
        found = read[raw]
        if isinstance(found, Fault) or not found or found in departments:
            return found
        return Fault(rule.name, found, "no_department")

    return Remembered(known)


def _key_reader(
    rule: ColumnRule, read: Remembered[str | Fault]
) -> Remembered[str | Fault]:
    def usable(raw: str | None) -> str | Fault:
        found = read[raw]
        try:
            if isinstance(found, str) and found:
                normalise_key(found)
        except ValueError:
            return Fault(rule.name, str(found), "too_long")
        return found

    return Remembered(usable)


def _time_column(mapping: ImportMapping) -> _Column | None:
    rule = mapping.one(Role.TIME)
    if rule is None:
        return None
    reader = TimeReader(rule, mapping.date_order, mapping.time_zone)
    return _Column("", rule.name, reader.cells)


def _moment_of_date(mapping: ImportMapping) -> dt.datetime:
    """Return noon of the one date given for the whole file: in no zone another day."""
    noon = dt.time(12, tzinfo=zoneinfo.ZoneInfo(mapping.time_zone))
    date = dt.date.fromisoformat(mapping.date)
    return dt.datetime.combine(date, noon).astimezone(dt.UTC)
