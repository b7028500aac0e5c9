"""Which answers a number is made of: what the address of a page says.

The same selection is read from the page, the export, the API and a saved view, and
turned into one filter, so that the same address always means the same answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from urllib.parse import urlencode

from cxstats.filters import Between, Compare, Filter, In, IsNull, Like
from zhiyin.accounts.models import Person
from zhiyin.analyze.metrics.queries.periods import DEFAULT_PRESET, Period, parse_period
from zhiyin.analyze.metrics.queries.series import Series
from zhiyin.listen.customers.models import AttributeField, FieldKind

# The columns every answer has that people filter by: query name -> lake column.
DIMENSIONS = {
    "touchpoint": "touchpoint",
    "wave": "wave",
    "channel": "channel",
    "language": "language",
    "instrument": "instrument",
}
NOT_GIVEN = "-"
CLASSES = ("promoter", "passive", "detractor")


class Query:
    """What an address says: every name with its values."""

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self._values = dict(values or {})

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a name."""
        return (self._values.get(name) or [default])[-1]

    def getlist(self, name: str) -> list[str]:
        """Return every value of a name."""
        return list(self._values.get(name, []))


@dataclass(frozen=True)
class Condition:
    """One column of the lake narrowed to some values (`NOT_GIVEN` means null)."""

    name: str
    column: str
    values: tuple[str, ...]
    is_number: bool = False

    def filter(self) -> Filter:
        """Return the condition for the engine."""
        if self.is_number:
            return reduce(lambda a, b: a | b, map(self._range, self.values))
        given = tuple(value for value in self.values if value != NOT_GIVEN)
        parts: list[Filter] = [In(self.column, given)] if given else []
        if NOT_GIVEN in self.values:
            parts.append(IsNull(self.column))
        return reduce(lambda a, b: a | b, parts)

    def _range(self, value: str) -> Filter:
        low, _, high = value.partition("..")
        try:
            if low and high:
                return Between(self.column, float(low), float(high))
            return Compare(self.column, ">=" if low else "<=", float(low or high))
        except ValueError:
            return IsNull(self.column)


@dataclass(frozen=True)
class Selection:
    """A series, a period, and conditions; weighted or not."""

    organisation_id: int
    series: Series
    period: Period
    conditions: tuple[Condition, ...] = ()
    answer_class: str = ""
    is_weighted: bool = False
    scope: tuple[str, ...] | None = field(default=None)

    def filter(self, *, with_excluded: bool = False) -> Filter:
        """Return everything this selection asks of a row of the lake."""
        parts: list[Filter] = [self.series.filter()]
        if not with_excluded:
            parts.append(IsNull("excluded"))
        start, end = self.period.bounds
        if start:
            parts.append(Compare("responded_at", ">=", start.isoformat()))
        if end:
            parts.append(Compare("responded_at", "<", end.isoformat()))
        parts += [condition.filter() for condition in self.conditions]
        parts += self._class_filter()
        if self.scope is not None:
            parts.append(scope_filter(self.scope))
        return reduce(lambda a, b: a & b, parts)

    def _class_filter(self) -> list[Filter]:
        scale = self.series.scale
        if not self.answer_class or scale.promoter_min is None:
            return []
        low, high = scale.cuts()
        ranges = {
            "promoter": (high, scale.maximum),
            "passive": (low + 1, high - 1),
            "detractor": (scale.minimum, low),
        }
        return [Between("score", *ranges[self.answer_class])]

    def during(self, period: Period) -> Selection:
        """Return the same answers of another period."""
        return replace(self, period=period)

    def narrowed(self, condition: Condition) -> Selection:
        """Return the selection with one more condition."""
        return replace(self, conditions=(*self.conditions, condition))

    def query(self) -> str:
        """Return the query string that means this selection."""
        pairs: list[tuple[str, str]] = [("q", self.series.key)]
        if self.period.preset:
            pairs.append(("period", self.period.preset))
        elif self.period.first and self.period.last:
            pairs.append(("from", self.period.first.isoformat()))
            pairs.append(("to", self.period.last.isoformat()))
        for condition in self.conditions:
            pairs += [(condition.name, value) for value in condition.values]
        if self.answer_class:
            pairs.append(("class", self.answer_class))
        if self.is_weighted:
            pairs.append(("weighted", "1"))
        return urlencode(pairs)

    def cache_key(self) -> str:
        """Return what tells this selection from every other one."""
        zone = f"{self.period.zone}|{self.period.first}|{self.period.last}"
        return f"{self.query()}|{zone}|{self.scope}"


def scope_filter(paths: tuple[str, ...]) -> Filter:
    """Keep answers of these department subtrees; without any, keep none."""
    if not paths:
        return IsNull("response_id")
    parts: list[Filter] = [Like("department", f"{path}%") for path in paths]
    return reduce(lambda a, b: a | b, parts)


def scope_of(person: Person) -> tuple[str, ...] | None:
    """Return the departments a person is limited to, or None for all of them."""
    if person.sees_whole_organisation():
        return None
    return tuple(sorted(set(person.department_paths())))


def choose_series(every: list[Series], key: str, kind: str = "") -> Series | None:
    """Return the series an address names, else the most answered one of the kind."""
    for series in every:
        if series.key == key:
            return series
    wanted = [series for series in every if not kind or series.kind == kind]
    return (wanted or every or [None])[0]  # type: ignore[list-item]


def read_conditions(
    query: Query,
    fields: list[AttributeField],
) -> tuple[Condition, ...]:
    """Read the conditions on dimensions and attributes from an address."""
    found = [
        Condition(name, column, tuple(query.getlist(name)))
        for name, column in DIMENSIONS.items()
        if query.getlist(name)
    ]
    for known in fields:
        values = tuple(query.getlist(known.column))
        if query.get("range_of", "") == known.column:
            ends = (query.get("low", "").strip(), query.get("high", "").strip())
            values = ("..".join(ends),) if any(ends) else ()
        if values:
            is_number = known.kind == FieldKind.NUMBER
            found.append(Condition(known.column, known.column, values, is_number))
    return tuple(found)


def read_selection(
    query: Query,
    series: Series,
    person: Person,
    fields: list[AttributeField],
) -> Selection:
    """Read a selection from an address, limited to what the person may see."""
    preset = query.get("period", "") or DEFAULT_PRESET
    period = parse_period(
        query.get("from", ""),
        query.get("to", ""),
        preset,
        person.time_zone,
    )
    answer_class = query.get("class", "")
    return Selection(
        organisation_id=person.organisation_id or 0,
        series=series,
        period=period,
        conditions=read_conditions(query, fields),
        answer_class=answer_class if answer_class in CLASSES else "",
        is_weighted=query.get("weighted", "") == "1",
        scope=scope_of(person),
    )
