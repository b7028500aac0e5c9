"""Series: one question on one scale in one stream. Numbers never cross a series."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from cxstats.engine import Column, HistogramQuery
from cxstats.filters import Compare, Filter, IsNull
from cxstats.scales import Scale
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.definitions import Definition, definition_for
from zhiyin.analyze.metrics.queries.engine import shared_engine

# The item first: it is what mostly tells series apart.
_COLUMNS = ("item", "stream", "metric", "scale_min", "scale_max")
_CUTS = ("detractor_max", "promoter_min")
KINDS = ("nps", "csat", "ces")


@dataclass(frozen=True)
class Series:
    """One question, on one scale, in one stream.

    `told_by` names the columns that tell it from every other series of the same lake:
    a question that is asked in one stream on one scale needs no further condition.
    """

    stream: str
    kind: str
    item: str
    scale: Scale
    n: int = 0
    told_by: tuple[str, ...] = (*_COLUMNS, *_CUTS)

    @property
    def key(self) -> str:
        """Return what stands for the series in an address."""
        return f"{self.stream}.{self.kind}.{self.item}.{self.scale_key}"

    @property
    def scale_key(self) -> str:
        """Return the scale with its cuts, as an address carries it."""
        cuts = [self.scale.detractor_max, self.scale.promoter_min]
        tail = "" if None in cuts else f"~{cuts[0]}~{cuts[1]}"
        return f"{self.scale.minimum}~{self.scale.maximum}{tail}"

    @property
    def definition(self) -> Definition:
        """Return the dictionary's entry of the series' main number."""
        is_nps = self.scale.is_nps
        return definition_for(self.kind, self.stream, is_nps_scale=is_nps)

    @property
    def values(self) -> dict[str, str | int | None]:
        """Return what the lake's columns hold on every answer of the series."""
        scale = self.scale
        return {
            "item": self.item,
            "stream": self.stream,
            "metric": self.kind,
            "scale_min": scale.minimum,
            "scale_max": scale.maximum,
            "detractor_max": scale.detractor_max,
            "promoter_min": scale.promoter_min,
        }

    def filter(self) -> Filter:
        """Return the condition that keeps exactly this series' answers."""
        parts: list[Filter] = []
        for name in self.told_by:
            value = self.values[name]
            parts.append(
                IsNull(name) if value is None else Compare(name, "=", value),
            )
        return reduce(lambda a, b: a & b, parts)


def list_series(snapshot: LakeSnapshot) -> list[Series]:
    """Return every series that has answers, the most answered first."""
    if not snapshot.rows:
        return []
    columns = (*_COLUMNS, *_CUTS)
    keys = (*(Column(name) for name in columns), Column("excluded"))
    query = HistogramQuery("metric", keys)
    table = shared_engine().score_histogram(snapshot.source, query)
    counts: dict[tuple[Any, ...], int] = {}
    for row in table.to_pylist():
        place = tuple(row[name] for name in columns)
        counts[place] = counts.get(place, 0) + row["n"] * (row["excluded"] is None)
    found = [
        _series(dict(zip(columns, place, strict=True)), n, told_by(place, counts))
        for place, n in counts.items()
        if n and is_scored(dict(zip(columns, place, strict=True)))
    ]
    return sorted(found, key=lambda one: (-one.n, one.key))


def told_by(
    place: tuple[Any, ...], places: Collection[tuple[Any, ...]]
) -> tuple[str, ...]:
    """Return the first columns by which a combination is the only one of its kind."""
    columns = (*_COLUMNS, *_CUTS)
    for length in range(1, len(columns)):
        alike = [other for other in places if other[:length] == place[:length]]
        if len(alike) == 1:
            return columns[:length]
    return columns


def is_scored(row: dict[str, Any]) -> bool:
    """Tell whether a combination has a number.

    Without cuts there are no promoters; a comment to a questionnaire without any
    score lies in the lake too.
    """
    if row["metric"] == "nps":
        return row["detractor_max"] is not None and row["promoter_min"] is not None
    return row["metric"] in KINDS


def _series(row: dict[str, Any], n: int, columns: tuple[str, ...]) -> Series:
    low, high = row["detractor_max"], row["promoter_min"]
    scale = Scale(
        int(row["scale_min"]),
        int(row["scale_max"]),
        None if low is None else int(low),
        None if high is None else int(high),
    )
    return Series(row["stream"], row["metric"], row["item"], scale, n, columns)


def within(
    snapshot: LakeSnapshot,
    every: list[Series],
    scope: Filter | None,
) -> list[Series]:
    """Return the series that have answers in a scope, counted there."""
    if scope is None:
        return every
    counted = (replace(one, n=_count(snapshot, one, scope)) for one in every)
    found = [one for one in counted if one.n]
    return sorted(found, key=lambda one: (-one.n, one.key))


def _count(snapshot: LakeSnapshot, series: Series, scope: Filter) -> int:
    where = series.filter() & IsNull("excluded") & scope
    query = HistogramQuery(score="metric", where=where)
    table = shared_engine().score_histogram(snapshot.source, query)
    return sum(table.column("n").to_pylist())
