"""Every slice that may be tried, with its sums, kept where it has enough answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cxstats.discovery.axes import Axis, Ints, Run
from cxstats.discovery.scan import CodeTable
from cxstats.discovery.sums import shifted
from cxstats.estimates import Floats

__all__ = ["Candidates", "Totals", "total_up"]


@dataclass(frozen=True, eq=False)
class Totals:
    """Sums per candidate and per table of codes, in the order they were made.

    ``marginals`` holds the sums by code of each single axis; ``bases`` the sums of
    all rows with a value on the axes of a table.
    """

    sums: Floats
    bases: Floats
    marginals: tuple[Floats, ...]

    def __add__(self, other: Totals) -> Totals:
        """Put disjoint rows together."""
        return Totals(
            self.sums + other.sums,
            self.bases + other.bases,
            tuple(a + b for a, b in zip(self.marginals, other.marginals, strict=True)),
        )

    def shifted(self, difference: float) -> Totals:
        """Subtract a difference from every coded value."""
        return Totals(
            shifted(self.sums, difference),
            shifted(self.bases, difference),
            tuple(shifted(table, difference) for table in self.marginals),
        )

    def __sub__(self, other: Totals) -> Totals:
        """Take rows out of every slice."""
        return Totals(
            self.sums - other.sums,
            self.bases - other.bases,
            tuple(a - b for a, b in zip(self.marginals, other.marginals, strict=True)),
        )


@dataclass
class Candidates:
    """Slices to try.

    ``places`` has the kept candidates of each table as positions among all runs of
    its axes; it is filled by the first totals and reused by later ones, because rows
    are only ever taken out.
    """

    axes: Sequence[Axis]
    support: float
    most_share: float
    tables: list[tuple[int, int]] = field(default_factory=list)
    places: list[Ints] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the slices."""
        return sum(map(len, self.places))

    @property
    def table_of(self) -> Ints:
        """Number of its table, per candidate."""
        sizes = [len(kept) for kept in self.places]
        return np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)

    def runs(self, at: int) -> tuple[Run, ...]:
        """Return the conditions of one candidate."""
        ends = np.cumsum([len(kept) for kept in self.places])
        table = int(np.searchsorted(ends, at, side="right"))
        place = int(self.places[table][at - (ends[table] - len(self.places[table]))])
        first, second = self.tables[table]
        if second < 0:
            return (self._run(first, place),)
        one, other = divmod(place, len(self.axes[second].runs))
        return self._run(first, one), self._run(second, other)

    def _run(self, axis: int, at: int) -> Run:
        low, high = self.axes[axis].runs[at].tolist()
        return Run(self.axes[axis], low, high)

    def overlapping(self, runs: Sequence[Run]) -> npt.NDArray[np.bool_]:
        """Whether each candidate shares codes with runs of just the same axes."""
        named = {run.axis.column: run for run in runs}
        parts = []
        for pair, places in zip(self.tables, self.places, strict=True):
            axes = [self.axes[at] for at in pair if at >= 0]
            shared = np.full(len(places), {axis.column for axis in axes} == set(named))
            if shared.any():
                sides = np.unravel_index(places, [len(axis.runs) for axis in axes])
                for axis, side in zip(axes, sides, strict=True):
                    run, tried = named[axis.column], axis.runs[side]
                    shared &= (tried[:, 0] <= run.last) & (tried[:, 1] >= run.first)
            parts.append(shared)
        return np.concatenate(parts)

    def using(self, axes: Iterable[int]) -> npt.NDArray[np.bool_]:
        """Whether each candidate has a condition on one of these axes."""
        wanted = set(axes)
        has = [bool(wanted & set(pair)) for pair in self.tables]
        made: npt.NDArray[np.bool_] = np.array(has, dtype=bool)[self.table_of]
        return made


def total_up(tables: Iterable[CodeTable], candidates: Candidates) -> Totals:
    """Sum the runs of every table; the first time also choose the candidates."""
    is_first = not candidates.tables
    known = dict(zip(candidates.tables, candidates.places, strict=True))
    found: dict[tuple[int, int], tuple[Floats, Floats]] = {}
    marginals: dict[int, Floats] = {}
    for table in tables:
        pair = (table.first, table.second)
        runs, base = _run_sums(table, candidates.axes)
        if is_first:
            n, whole = runs[:, 0], base[0]
            enough = (n >= candidates.support) & (n <= candidates.most_share * whole)
            enough &= whole - n >= candidates.support
            known[pair] = np.flatnonzero(enough)
        found[pair] = (runs[known[pair]], base)
        if table.second < 0:
            marginals[table.first] = table.sums
    if is_first:
        candidates.tables, candidates.places = list(known), list(known.values())
    # Few rows and many are counted in different orders; candidates keep their first.
    ordered = [found[pair] for pair in candidates.tables]
    return Totals(
        np.concatenate([sums for sums, _ in ordered]),
        np.stack([base for _, base in ordered]),
        tuple(marginals[at] for at in range(len(candidates.axes))),
    )


def _run_sums(table: CodeTable, axes: Sequence[Axis]) -> tuple[Floats, Floats]:
    """Sums of every run (or pair of runs), flat, and of all rows with values."""
    first, width = axes[table.first], table.sums.shape[-1]
    known = table.sums[: first.size + 1]
    if table.second < 0:
        ends = np.zeros((first.size + 1, width))
        np.cumsum(known[:-1], axis=0, out=ends[1:])
        return _between(ends, first), known.sum(axis=0)
    second = axes[table.second]
    known = known[:, : second.size + 1]
    ends = np.zeros((first.size + 1, second.size + 1, width))
    np.cumsum(known[:-1, :-1], axis=0, out=ends[1:, 1:])
    np.cumsum(ends[1:, 1:], axis=1, out=ends[1:, 1:])
    rows = _between(ends, first)
    grid = rows[:, second.runs[:, 1] + 1] - rows[:, second.runs[:, 0]]
    return grid.reshape(-1, width), known.sum(axis=(0, 1))


def _between(ends: Floats, axis: Axis) -> Floats:
    """Sums of the runs of an axis from running sums along it."""
    made: Floats = ends[axis.runs[:, 1] + 1] - ends[axis.runs[:, 0]]
    return made
