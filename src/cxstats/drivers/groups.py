"""Moments and simulated samples of every group of one column."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cxstats.drivers.analysis import Analysis
from cxstats.drivers.cells import numbers_of
from cxstats.drivers.collecting import Desk, collect, literal
from cxstats.drivers.moments import SecondMoments
from cxstats.drivers.replicates import Replicates, replicate
from cxstats.engine import HistogramQuery
from cxstats.errors import InputError
from cxstats.filters import And, Compare, Filter, IsNull

__all__ = ["MOST_GROUPS", "GroupMoments", "group_moments"]

MOST_GROUPS = 50
"""Groups at most: each is collected on its own."""


@dataclass(frozen=True, eq=False)
class GroupMoments:
    """One group: its value of the column, its moments and simulated samples."""

    key: Any
    moments: SecondMoments
    replicates: Replicates = field(repr=False)


def group_moments(desk: Desk, analysis: Analysis, by: str) -> list[GroupMoments]:
    """Collect every group of complete rows, in the order of their keys.

    Raises
    ------
    InputError
        If there are more than 50 groups.
    """
    keys = _keys(desk, by)
    if len(keys) > MOST_GROUPS:
        raise InputError(
            f"{by!r} has {len(keys):,} groups; contributions are told apart for "
            f"{MOST_GROUPS} at most: choose a coarser column or filter"
        )
    found = []
    simulation = analysis.simulation
    for at, key in enumerate(keys):
        kept = _of(desk, by, key)
        collected = collect(
            desk.source, replace(desk.question, where=kept), desk.engine
        )
        moments = collected.moments.select(analysis.moments.names)
        seed = simulation.seed + 1 + at
        drawn = replicate(
            moments, collected.cells, collected.parts, len(analysis.replicates), seed
        )
        found.append(GroupMoments(key, moments, drawn))
    fewest = min(len(group.replicates) for group in found)
    return [
        replace(group, replicates=group.replicates.first(fewest)) for group in found
    ]


def _of(desk: Desk, by: str, key: Any) -> Filter:
    condition: Filter = IsNull(by) if key is None else Compare(by, "=", literal(key))
    where = desk.question.where
    return condition if where is None else And((where, condition))


def _keys(desk: Desk, by: str) -> list[Any]:
    weight = desk.question.weight
    query = HistogramQuery(by, weight=weight, where=desk.complete)
    table = desk.engine.score_histogram(desk.source, query)
    counts = numbers_of(table["n" if weight is None else "n_weighted"])
    pairs = zip(table["score"].to_pylist(), counts, strict=True)
    keys = [key for key, count in pairs if count > 0]
    return sorted(keys, key=lambda key: (key is None, str(key)))
