"""Peel-off: take the slice that stands out most, remove its rows, begin again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from cxstats.discovery.axes import Axis, Ints, Run
from cxstats.discovery.candidates import Candidates, Totals, total_up
from cxstats.discovery.conditions import Condition, both, holds, outside
from cxstats.discovery.levelling import Offset, Offsets
from cxstats.discovery.scan import code_tables, is_counted
from cxstats.discovery.shaping import (
    Limits,
    Measured,
    acts_alone,
    measured,
    pruned,
    sharpened,
)
from cxstats.discovery.study import Study
from cxstats.discovery.sums import Contrast, contrast
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


@dataclass(frozen=True, eq=False)
class _Significant:
    """The p values of a round that are significant, in order.

    Benjamini and Yekutieli's q of all tests, of which only those are sorted that can
    be significant: among a million slices these are few.
    """

    p: Floats
    factor: float

    @classmethod
    def among(cls, p: Floats, alpha: float) -> _Significant:
        """Find the significant ones among all p values of a round."""
        penalty = float(np.sum(1 / np.arange(1, len(p) + 1)))
        factor = penalty * len(p)
        small = np.sort(p[p <= alpha / penalty])
        scaled = small * factor / np.arange(1, len(small) + 1)
        below = np.flatnonzero(scaled <= alpha)
        return cls(small[: below[-1] + 1] if len(below) else small[:0], factor)

    @property
    def most(self) -> float:
        """The largest of them; 0 if there is none."""
        return float(self.p[-1]) if len(self.p) else 0.0

    def q(self, p: float) -> float:
        """Return the q of one of them."""
        scaled = self.p * self.factor / np.arange(1, len(self.p) + 1)
        return float(scaled[np.searchsorted(self.p, p) :].min(initial=1.0))


@dataclass(frozen=True)
class _Winner:
    runs: tuple[Run, ...]
    p: float
    among: _Significant


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
        self.told = np.zeros(self.tested, dtype=bool)
        self.found: list[Found] = []
        self.levelled: list[tuple[Run, ...]] = []
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
        if is_counted(rows, axes) or not study.offsets:
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
        enough = allowed & ~self.told & (n >= self.limits.support)
        enough &= base[:, 0] - n >= self.limits.support
        places = np.flatnonzero(enough)
        if not len(places):
            return None
        tested = contrast(sums[places], base[places], self.study.measure.added)
        p = tested.p
        best = self._best(places, tested.z, n[places])
        among = _Significant.among(p, self.limits.alpha)
        if not p[best] <= among.most:
            return None
        runs = self.candidates.runs(int(places[best]))
        winner = _Winner(runs, float(p[best]), among)
        if len(runs) > 1 and acts_alone(self.study.within(self.left), runs):
            single = self._single(runs, places, tested, n[places])
            if p[single] <= among.most:
                runs = self.candidates.runs(int(places[single]))
                return _Winner(runs, float(p[single]), among)
        if self.max_conditions > 2 and len(runs) == 2:  # noqa: PLR2004 - a pair
            return self._child(winner, p)
        return winner

    def _best(self, places: Ints, z: Floats, n: Floats) -> int:
        """Choose the largest |z|; of equal ones fewer conditions, lower, smaller.

        A column of two values cuts the same two groups from both sides.
        """
        size = np.abs(z)
        equal = np.flatnonzero(size >= size.max() * (1 - 1e-9))
        singles = np.array([second < 0 for _, second in self.candidates.tables])
        table = self.candidates.table_of[places[equal]]
        order = np.lexsort((n[equal], z[equal] > 0, ~singles[table]))
        return int(equal[order[0]])

    def _single(
        self, runs: Sequence[Run], places: Ints, tested: Contrast, n: Floats
    ) -> int:
        """Choose the best slice of one condition on an axis of these runs."""
        columns = {run.axis.column for run in runs}
        axes = [at for at, axis in enumerate(self.axes) if axis.column in columns]
        alone = np.array([second < 0 for _, second in self.candidates.tables])
        wanted = self.candidates.using(axes) & alone[self.candidates.table_of]
        z = np.where(wanted[places], tested.z, 0.0)
        return self._best(places, z, n)

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
        among = _Significant.among(np.concatenate([tested.p, p]), self.limits.alpha)
        runs = (*parent.runs, *inside.runs(best))
        return _Winner(runs, float(tested.p[best]), among)

    def _take(self, winner: _Winner, suspects: Collection[str]) -> None:
        """Shape a winner, note it, and take its rows out of every slice."""
        rest = self.study.within(self.left)
        tries = sum(len(axis.runs) for axis in self.axes)
        runs = pruned(
            rest,
            winner.runs,
            self.limits,
            most_p=winner.among.most,
            tries=tries,
        )
        if runs in self.levelled:
            # A pair whose parent was told: what levelling left of it is no cause.
            self.told |= self.candidates.overlapping(winner.runs)
            return
        p = winner.p
        if len(runs) < len(winner.runs):
            p = measured(rest, [run.condition() for run in runs]).p(rest)
        conditions = sharpened(rest, runs, self.limits)
        found = measured(rest, conditions)
        is_suspect = any(item.column in suspects for item in conditions)
        plain = rest.plain().sums(holds(conditions))
        q, offsets = winner.among.q(p), self.study.offsets
        self.found.append(Found(found, plain, q, self.left, offsets, is_suspect))
        n = float(found.part[0])
        inside = self._totals(n, both(self.left, holds(conditions)))
        self.totals = self.totals - inside
        if n <= REMOVED_SHARE * self.rows:
            self.left = both(self.left, outside(conditions))
            return
        tested = contrast(found.part, found.base, None)
        offset = Offset(conditions, float(tested.difference))
        self.totals = self.totals + inside.shifted(offset.difference)
        # What has been told is not told again with what levelling leaves of it.
        self.levelled.append(runs)
        self.told |= self.candidates.overlapping(runs)
        self.study = self.study.levelled(offset)
