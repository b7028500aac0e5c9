"""From the slice that won a round to the one to report: few conditions, true ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.discovery.axes import Ints, Run
from cxstats.discovery.conditions import Condition, both, holds, is_known, outside
from cxstats.discovery.study import Study
from cxstats.discovery.sums import contrast
from cxstats.engine import Bins
from cxstats.estimates import Floats

__all__ = ["Limits", "Measured", "acts_alone", "measured", "pruned", "sharpened"]


_LIKE, _SURE = 0.5, 0.001


@dataclass(frozen=True)
class Limits:
    """What a slice must satisfy.

    Parameters
    ----------
    support
        Least answers inside, and in the rest.
    most_share
        Largest share of the base that a slice may be.
    alpha
        False discovery rate.
    """

    support: float
    most_share: float
    alpha: float

    def fit(self, n: float, whole: float) -> bool:
        """Whether a slice of n among so many answers may be told of."""
        return self.support <= n <= min(self.most_share * whole, whole - self.support)


@dataclass(frozen=True, eq=False)
class Measured:
    """A slice's sums and those of the rows that it is compared within."""

    conditions: tuple[Condition, ...]
    part: Floats
    base: Floats

    def difference(self, study: Study) -> float:
        """Coded value minus the rest's; NaN where there is none."""
        return float(contrast(self.part, self.base, study.measure.added).difference)

    def z(self, study: Study) -> float:
        """Test statistic against the rest."""
        return float(contrast(self.part, self.base, study.measure.added).z)

    def p(self, study: Study) -> float:
        """Two-sided p value against the rest."""
        return float(contrast(self.part, self.base, study.measure.added).p)


def measured(study: Study, conditions: Sequence[Condition]) -> Measured:
    """Count a slice and the rows with values wherever it tests one."""
    part = study.sums(holds(conditions))
    return Measured(tuple(conditions), part, study.sums(is_known(conditions)))


def acts_alone(study: Study, runs: Sequence[Run]) -> bool:
    """Whether a condition of a pair does much the same where the other fails.

    Then the pair is two causes that meet, not one cause that needs both: each is to
    be told by itself.
    """
    for run, other in (tuple(runs), tuple(reversed(runs))):
        one, beside = [run.condition()], [other.condition()]
        inside = measured(study.within(holds(beside)), one)
        elsewhere = both(outside(beside), is_known(beside))
        alone = measured(study.within(elsewhere), one)
        shared = alone.difference(study) * np.sign(inside.difference(study))
        is_like = shared >= _LIKE * abs(inside.difference(study))
        if is_like and alone.p(study) <= _SURE:
            return True
    return False


def pruned(
    study: Study, runs: Sequence[Run], limits: Limits, *, most_p: float, tries: int
) -> tuple[Run, ...]:
    """Drop conditions that add nothing: then the parent is the cause, not the child.

    A condition stays if the slice differs from the rest of its parent, at the false
    discovery rate shared by all the ``tries`` conditions that could have been added
    by chance, or if the parent alone would not be significant (p above ``most_p``)
    or too large.
    """
    left = tuple(runs)
    while len(left) > 1:
        weakest, p = _weakest(study, left)
        parent = left[:weakest] + left[weakest + 1 :]
        if p <= limits.alpha / tries:
            break
        whole = measured(study, [run.condition() for run in parent])
        if whole.p(study) > most_p or not limits.fit(whole.part[0], whole.base[0]):
            break
        left = parent
    return left


def _weakest(study: Study, runs: tuple[Run, ...]) -> tuple[int, float]:
    """Find the condition for which the slice differs least from its parent."""
    whole = measured(study, [run.condition() for run in runs])
    direction = np.sign(whole.z(study))
    found = []
    for at, run in enumerate(runs):
        others = [other.condition() for other in (*runs[:at], *runs[at + 1 :])]
        inside = study.within(holds(others))
        test = measured(inside, [run.condition()])
        p = test.p(study) if np.sign(test.z(study)) == direction else 1.0
        found.append((p, at))
    p, at = max(found)
    return at, p


def sharpened(
    study: Study, runs: Sequence[Run], limits: Limits
) -> tuple[Condition, ...]:
    """Move the ends of ranges to the finer bins where the slice stands out most."""
    conditions = [run.condition() for run in runs]
    for at, run in enumerate(runs):
        if run.is_range:
            others = conditions[:at] + conditions[at + 1 :]
            conditions[at] = _best_range(study, run, others, limits)
    return tuple(conditions)


def _best_range(
    study: Study, run: Run, others: Sequence[Condition], limits: Limits
) -> Condition:
    axis, coarse = run.axis, run.condition()
    fine = np.asarray(axis.fine)
    where = both(holds(others), is_known([coarse]))
    counted = study.counted([Bins(axis.column, axis.fine)], where)
    # Bins are numbered by the edges at or below: 1 is from the first edge on.
    code = np.asarray(counted.keys[0].to_numpy(), dtype=np.int64) - 1
    width = counted.sums.shape[-1]
    bins = np.zeros((len(fine), width))
    np.add.at(bins, np.clip(code, 0, None), counted.sums)
    ends = np.concatenate([np.zeros((1, width)), np.cumsum(bins, axis=0)])
    base = study.sums(is_known([coarse, *others]))
    first, past = _ends(run, len(fine))
    part = ends[past] - ends[first]
    z = contrast(part, base, study.measure.added).z
    whole = measured(study, [coarse, *others])
    n = part[:, 0]
    fits = (n >= limits.support) & (n <= limits.most_share * base[0])
    fits &= (base[0] - n >= limits.support) & (np.sign(z) == np.sign(whole.z(study)))
    if not fits.any():
        return coarse
    best = int(np.argmax(np.where(fits, np.abs(z), -1.0)))
    low = None if first[best] == 0 else float(fine[first[best]])
    high = None if past[best] == len(fine) else float(fine[past[best]])
    return Condition.between(axis.column, low, high, whole=axis.is_whole)


def _ends(run: Run, size: int) -> tuple[Ints, Ints]:
    """List all ranges of fine bins; an end that was open stays open."""
    first, last = np.triu_indices(size)
    past = last + 1
    keep = past - first < size
    if run.first == 0:
        keep &= first == 0
    if run.last + 1 >= run.axis.size:
        keep &= past == size
    return first[keep], past[keep]
