"""Peel-off: take the slice that stands out most, remove its rows, begin again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from cxstats.discovery.axes import Axis, Run
from cxstats.discovery.candidates import Candidates, Totals, total_up
from cxstats.discovery.conditions import Condition, both, holds, outside
from cxstats.discovery.levelling import Offset, Offsets
from cxstats.discovery.scan import code_tables, is_joint
from cxstats.discovery.shaping import Limits, Measured, measured, pruned, sharpened
from cxstats.discovery.study import Study
from cxstats.discovery.sums import contrast
from cxstats.estimates import Floats
from cxstats.filters import Filter

__all__ = ["Found", "Peeling"]

Flags = npt.NDArray[np.bool_]

REMOVED_SHARE = 0.1
"""Rows of groups up to this share are removed; larger groups are levelled."""


@dataclass(frozen=True, eq=False)
class Found:
    """A slice that was found, in the rows that earlier ones had left.

    ``plain`` has the sums of its scores as they were given; ``earlier`` and
    ``offsets`` say which rows were left and who had been levelled; ``q`` is the false
    discovery rate at which it was found.
    """

    slice: Measured
    plain: Floats
    q: float
    earlier: Filter | None
    offsets: Offsets
    is_suspect: bool

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the rows of the slice have in common."""
        return self.slice.conditions


@dataclass(frozen=True)
class _Winner:
    runs: tuple[Run, ...]
    q: float
    most_p: float


class Peeling:
    """A search over all slices of some axes, round by round.

    Parameters
    ----------
    study, axes
        What is searched.
    rows
        Valid answers.
    max_conditions
        1 to 3; a third condition is only looked for below a significant pair.
    limits
        What a slice must satisfy.
    """

    def __init__(
        self,
        study: Study,
        axes: Sequence[Axis],
        rows: float,
        max_conditions: int,
        limits: Limits,
    ) -> None:
        self.study, self.axes, self.limits = study, axes, limits
        self.max_conditions = max_conditions
        self.rows = rows
        self.order = min(max_conditions, 2, max(len(axes), 1))
        self.candidates = Candidates(axes, limits.support, limits.most_share)
        self.totals = self._totals(rows, None)
        self.tested = len(self.candidates)
        self.allowed = list(axes)
        self.found: list[Found] = []
        self.left: Filter | None = None

    def run(
        self,
        most: int,
        suspects: Collection[int] = (),
        barred: Collection[int] = (),
    ) -> None:
        """Peel off slices until none is significant or there are ``most``.

        First only axes that are no suspects are used, then these too; axes that are
        barred are never used.
        """
        usable = ~self.candidates.using(barred)
        self.tested = int(usable.sum())
        trusted = usable & ~self.candidates.using(suspects)
        stages = (trusted, usable) if (trusted != usable).any() else (usable,)
        self.allowed = [axis for at, axis in enumerate(self.axes) if at not in barred]
        names = {self.axes[at].column for at in suspects}
        for allowed in stages:
            while len(self.found) < most:
                winner = self._winner(allowed)
                if winner is None:
                    break
                self._take(winner, names)

    def _totals(self, rows: float, where: Filter | None) -> Totals:
        """Sum every slice over some rows, levelled as far as the search has come."""
        study, axes = self.study, self.axes
        if is_joint(rows, axes) or not study.offsets:
            tables = code_tables(study, axes, self.order, rows, where)
            return total_up(tables, self.candidates)
        # Slices of many rows are counted without further keys: one scan for each
        # combination of levelled groups, in which one difference holds for all.
        parts = [
            total_up(
                code_tables(study.plain(), axes, self.order, n, both(where, kept)),
                self.candidates,
            ).shifted(difference)
            for kept, difference, n in self._combinations(where)
        ]
        return reduce(add, parts)

    def _combinations(
        self, where: Filter | None
    ) -> list[tuple[Filter | None, float, float]]:
        """List the combinations of levelled groups: filter, difference and answers."""
        found: list[tuple[Filter | None, float, float]] = [(None, 0.0, 0.0)]
        for item in self.study.offsets.items:
            inside, others = holds(item.conditions), outside(item.conditions)
            found = [
                (both(kept, side), difference + gain, 0.0)
                for kept, difference, _ in found
                for side, gain in ((inside, item.difference), (others, 0.0))
            ]
            plain = self.study.plain()
            counted = [float(plain.sums(both(where, kept))[0]) for kept, _, _ in found]
            found = [
                (kept, difference, n)
                for (kept, difference, _), n in zip(found, counted, strict=True)
                if n
            ]
        return found

    def _winner(self, allowed: Flags) -> _Winner | None:
        """Find the most significant slice of this round, if any is significant."""
        sums, base = self.totals.sums, self.totals.bases[self.candidates.table_of]
        n = sums[:, 0]
        enough = allowed & (n >= self.limits.support)
        enough &= base[:, 0] - n >= self.limits.support
        places = np.flatnonzero(enough)
        if not len(places):
            return None
        tested = contrast(sums[places], base[places], self.study.measure.added)
        p = tested.p
        best = self._best(places, tested.z, n[places])
        q, most_p = _smallest_q(p, self.limits.alpha)
        if q > self.limits.alpha:
            return None
        runs = self.candidates.runs(int(places[best]))
        winner = _Winner(runs, q, most_p)
        if self.max_conditions > 2 and len(runs) == 2:  # noqa: PLR2004 - a pair
            return self._child(winner, p)
        return winner

    def _best(self, places: npt.NDArray[np.int64], z: Floats, n: Floats) -> int:
        """Choose the largest |z|; of equal ones fewer conditions, lower, smaller.

        A column of two values cuts the same two groups from both sides.
        """
        size = np.abs(z)
        equal = np.flatnonzero(size >= size.max() * (1 - 1e-9))
        singles = np.array([second < 0 for _, second in self.candidates.tables])
        table = self.candidates.table_of[places[equal]]
        order = np.lexsort((n[equal], z[equal] > 0, ~singles[table]))
        return int(equal[order[0]])

    def _child(self, parent: _Winner, p: Floats) -> _Winner:
        """Look below a significant pair for a third condition that stands out more."""
        conditions = [run.condition() for run in parent.runs]
        rest = self.study.within(self.left)
        taken = {run.axis.column for run in parent.runs}
        axes = [axis for axis in self.allowed if axis.column not in taken]
        if not axes:
            return parent
        inside = Candidates(axes, self.limits.support, 1.0)
        part = total_up(
            code_tables(rest, axes, 1, self.rows, holds(conditions)), inside
        )
        if not len(inside):
            return parent
        whole = total_up(code_tables(rest, axes, 1, self.rows, None), inside)
        tested = contrast(
            part.sums, whole.bases[inside.table_of], self.study.measure.added
        )
        self.tested += len(inside)
        best = int(np.argmax(np.abs(tested.z)))
        if tested.p[best] >= measured(rest, conditions).p(self.study):
            return parent
        q, _ = _smallest_q(np.concatenate([tested.p, p]), self.limits.alpha)
        runs = (*parent.runs, *inside.runs(best))
        return _Winner(runs, q, parent.most_p)

    def _take(self, winner: _Winner, suspects: Collection[str]) -> None:
        """Shape a winner, note it, and take its rows out of every slice."""
        rest = self.study.within(self.left)
        tries = sum(len(axis.runs) for axis in self.axes)
        runs = pruned(
            rest,
            winner.runs,
            self.limits,
            most_p=winner.most_p,
            tries=tries,
        )
        conditions = sharpened(rest, runs, self.limits)
        found = measured(rest, conditions)
        is_suspect = any(item.column in suspects for item in conditions)
        plain = rest.plain().sums(holds(conditions))
        self.found.append(
            Found(found, plain, winner.q, self.left, self.study.offsets, is_suspect)
        )
        n = float(found.part[0])
        inside = self._totals(n, both(self.left, holds(conditions)))
        self.totals = self.totals - inside
        if n <= REMOVED_SHARE * self.rows:
            self.left = both(self.left, outside(conditions))
            return
        tested = contrast(found.part, found.base, None)
        offset = Offset(conditions, float(tested.difference))
        self.totals = self.totals + inside.shifted(offset.difference)
        self.study = self.study.levelled(offset)


def _smallest_q(p: Floats, alpha: float) -> tuple[float, float]:
    """Return the smallest q (1 where it is above alpha) and the largest p below alpha.

    Benjamini and Yekutieli's q of all tests, of which only those are sorted that can
    be significant: among a million slices these are few.
    """
    penalty = float(np.sum(1 / np.arange(1, len(p) + 1)))
    small = np.sort(p[p <= alpha / penalty])
    scaled = small * penalty * len(p) / np.arange(1, len(small) + 1)
    significant = np.flatnonzero(scaled <= alpha)
    if not len(significant):
        return 1.0, 0.0
    return float(scaled.min()), float(small[significant[-1]])
