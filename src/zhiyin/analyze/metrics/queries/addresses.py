"""From an address to a selection, and what is wrong with an address.

A page shows what it can of any address: what cannot be read is left out. The API
refuses instead, and says what it knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from zhiyin.accounts.models import Permission, Person
from zhiyin.analyze.metrics.queries.labels import Dimension
from zhiyin.analyze.metrics.queries.periods import (
    DEFAULT_PRESET,
    PRESETS,
    parse_period,
)
from zhiyin.analyze.metrics.queries.selection import (
    CLASSES,
    NOT_GIVEN,
    NPS_LIKE,
    Condition,
    Selection,
    is_path,
    parse_range,
)
from zhiyin.analyze.metrics.queries.series import Series

_NAMES = ("q", "metric", "period", "from", "to", "class", "score", "weighted")
_MOST_VALUES = 500


class Query:
    """What an address says: every name with its values."""

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        found = values or {}
        # A NUL is in no stored text, and no database takes it as a value.
        self._values = {
            name: [value for value in each if "\x00" not in value]
            for name, each in found.items()
        }

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a name."""
        return (self._values.get(name) or [default])[-1]

    def getlist(self, name: str) -> list[str]:
        """Return every value of a name."""
        return list(self._values.get(name, []))

    def names(self) -> list[str]:
        """Return every name given."""
        return list(self._values)


def scope_of(
    person: Person,
    permission: Permission = Permission.SEE_SCORES,
) -> tuple[str, ...] | None:
    """Return the departments a person is limited to, or None for all of them."""
    paths = person.reach(permission) if person.may(permission) else []
    return None if paths is None else tuple(sorted(set(paths)))


def choose_series(every: list[Series], key: str, kind: str = "") -> Series | None:
    """Return the series an address names, else the most answered one of the kind."""
    for series in every:
        if series.key == key:
            return series
    wanted = [series for series in every if not kind or series.kind == kind]
    return next(iter(wanted or every), None)


def read_conditions(
    query: Query,
    dimensions: Iterable[Dimension],
) -> tuple[Condition, ...]:
    """Read the conditions on dimensions and attributes; leave out what is no value."""
    found = []
    for known in dimensions:
        given = dict.fromkeys(query.getlist(known.name)[:_MOST_VALUES])
        values = tuple(v for v in given if v == NOT_GIVEN or is_value(known, v))
        if known.is_number:
            values = tuple(v if v == NOT_GIVEN else str(parse_range(v)) for v in values)
        if values:
            found.append(Condition(known.name, known.column, values, known.is_number))
    return tuple(found)


def is_value(dimension: Dimension, text: str) -> bool:
    """Tell whether a text can be a value of a dimension."""
    if dimension.is_number:
        return parse_range(text) is not None
    return is_path(text) if dimension.is_tree else True


def metrics_of(series: Series) -> tuple[str, ...]:
    """Return the numbers a series can show besides its own."""
    has_classes = series.scale.promoter_min is not None
    return (NPS_LIKE,) if series.kind == "csat" and has_classes else ()


def read_score(text: str, series: Series) -> int | None:
    """Return a point of the series' scale, or None."""
    scale = series.scale
    if not text.isdecimal() or len(text) > len(str(scale.maximum)):
        return None
    return int(text) if scale.minimum <= int(text) <= scale.maximum else None


def read_selection(
    query: Query,
    series: Series,
    person: Person,
    dimensions: Iterable[Dimension],
    permission: Permission = Permission.SEE_SCORES,
) -> Selection:
    """Read a selection from an address, limited to what the person may see."""
    period = parse_period(
        query.get("from"),
        query.get("to"),
        query.get("period") or DEFAULT_PRESET,
        person.time_zone,
    )
    metric, answer_class = query.get("metric"), query.get("class")
    return Selection(
        organisation_id=person.organisation_id or 0,
        series=series,
        period=period,
        conditions=read_conditions(query, dimensions),
        metric=metric if metric in metrics_of(series) else "",
        answer_class=answer_class if answer_class in CLASSES else "",
        answer_score=read_score(query.get("score"), series),
        is_weighted=query.get("weighted") == "1",
        scope=scope_of(person, permission),
    )


def faults_of(
    query: Query,
    series: Series,
    every: Sequence[Series],
    dimensions: Sequence[Dimension],
    also: Sequence[str] = (),
) -> list[str]:
    """Say in English what of an address cannot be read, and what is known instead."""
    names = [*_NAMES, *also, *(known.name for known in dimensions)]
    found = [
        f"unknown parameter {name!r}; known are {', '.join(names)}"
        for name in query.names()
        if name not in names
    ]
    allowed: dict[str, Sequence[str]] = {
        "q": [one.key for one in every],
        "metric": [series.definition.code, *metrics_of(series)],
        "period": list(PRESETS),
        "class": CLASSES if series.scale.promoter_min is not None else (),
        "weighted": ("0", "1"),
    }
    found += [
        f"{name}={value!r} is not known; known are {', '.join(known) or 'none'}"
        for name, known in allowed.items()
        if (value := query.get(name)) and value not in known
    ]
    if query.get("score") and read_score(query.get("score"), series) is None:
        found.append(f"score={query.get('score')!r} is no point of {series.scale}")
    return [*found, *_period_faults(query), *_value_faults(query, dimensions)]


def _period_faults(query: Query) -> list[str]:
    given = {name: query.get(name) for name in ("from", "to")}
    if not any(given.values()):
        return []
    found = []
    for name, value in given.items():
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            found.append(f"{name}={value!r} is no day; write YYYY-MM-DD, both ends")
    return found


def _value_faults(query: Query, dimensions: Iterable[Dimension]) -> list[str]:
    return [
        f"{known.name}={value!r} is no value of it; write "
        + ("5..9, 5.., ..9 or -" if known.is_number else "a path such as /1/4/, or -")
        for known in dimensions
        for value in query.getlist(known.name)
        if value != NOT_GIVEN and not is_value(known, value)
    ]
