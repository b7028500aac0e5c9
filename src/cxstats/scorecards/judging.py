"""From scores and their sampling variances to verdicts and ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.aggregates.encoding import Ints
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.reporting import DEFAULT_POLICY, MinimumN
from cxstats.scorecards.funnel import Funnel, funnel
from cxstats.scorecards.heterogeneity import Heterogeneity, TauMethod, heterogeneity
from cxstats.scorecards.shrinkage import Posterior, Shrunken, posterior, shrink

__all__ = ["Judged", "Rules", "Scores", "judge_units"]

MANY_UNITS = 2

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Scores:
    """What is known of each unit, NPS as a share from -1 to 1.

    Parameters
    ----------
    raw, value
        Score as answered, and adjusted for the mix of customers (equal without).
    variance
        Sampling variance of the value.
    n, n_effective
        Answers, and answers of equal weight.
    coverage
        Share of everybody's mix that the unit has answers from.
    ends
        Lowest and highest possible score.
    """

    raw: Floats
    value: Floats
    variance: Floats
    n: Floats
    n_effective: Floats
    coverage: Floats
    ends: tuple[float, float]


@dataclass(frozen=True)
class Rules:
    """How units are judged.

    Parameters
    ----------
    target
        Score that units are held to, in the unit of the scores; None without.
    method
        How the variance between units is estimated.
    minimum
        Answers that a shown and a ranked unit needs.
    level
        Confidence level.
    winsor
        See `funnel`.

    Raises
    ------
    InputError
        If the level is not between 0 and 1.
    """

    target: float | None = None
    method: TauMethod = "reml"
    minimum: MinimumN = DEFAULT_POLICY
    level: float = 0.95
    winsor: float = 0.1

    def __post_init__(self) -> None:
        """Refuse a level that is not a probability."""
        if not 0 < self.level < 1:
            raise InputError(
                "the confidence level lies between 0 and 1, such as 0.95; received "
                f"{self.level}"
            )


@dataclass(frozen=True, eq=False)
class Judged:
    """What may be said of the units.

    Parameters
    ----------
    heterogeneity
        Differences between units; None where they cannot be estimated.
    differs
        Whether the units can be told apart at all.
    shrunken
        Best guesses.
    below_target, below_mean
        Probability that the true score is below; NaN without.
    rank, rank_lower, rank_upper
        From 1, the highest, with an interval; 0 for units that are not ranked.
    funnel
        Distances from the overall score; None where they cannot be computed.
    warnings
        What the reader must know.
    """

    heterogeneity: Heterogeneity | None
    differs: bool
    shrunken: Shrunken
    below_target: Floats
    below_mean: Floats
    rank: Ints
    rank_lower: Ints
    rank_upper: Ints
    funnel: Funnel | None
    warnings: tuple[Notice, ...]


def judge_units(scores: Scores, rules: Rules) -> Judged:
    """Shrink, test, and rank only what can be ranked."""
    y, v = scores.value, scores.variance
    if len(y) < MANY_UNITS or not (v > 0).all():
        return _unjudged(scores)
    found = heterogeneity(y, v, rules.method)
    low, high = scores.ends
    known = posterior(y, v, (high - low) / 2)
    differs = found.tau2 > 0 and found.p < 1 - rules.level
    can_rank = scores.n >= rules.minimum.ranked
    ranks = _ranks(known, v, can_rank if differs else can_rank & False, rules.level)
    unknown = np.full(len(y), np.nan)
    weight = 1 / v
    centre = float(weight @ y / weight.sum())
    return Judged(
        heterogeneity=found,
        differs=differs,
        shrunken=shrink(y, v, found.tau2),
        below_target=unknown if rules.target is None else known.below(rules.target),
        below_mean=known.below(float(known.weight @ known.centre)),
        rank=ranks[0],
        rank_lower=ranks[1],
        rank_upper=ranks[2],
        funnel=funnel(y, np.sqrt(v), centre, rules.winsor),
        warnings=_notices(found, differs=differs, can_rank=can_rank, rules=rules),
    )


def _ranks(
    known: Posterior, v: Floats, who: np.typing.NDArray[np.bool_], level: float
) -> tuple[Ints, Ints, Ints]:
    """Rank units by their expected rank; the interval is that of the drawn ranks."""
    size = len(v)
    rank, lower, upper = (np.zeros(size, dtype=np.int64) for _ in range(3))
    if who.sum() < MANY_UNITS:
        return rank, lower, upper
    drawn = known.draws(v)[:, who]
    count, units = drawn.shape
    # Each unit's place from the highest, per draw; units lie in rows to be sorted.
    places = np.empty((count, units), dtype=np.int32)
    order = np.argsort(-drawn, axis=1)
    np.put_along_axis(places, order, np.arange(1, units + 1, dtype=np.int32), axis=1)
    by_unit = np.sort(places.T, axis=1)
    # Sums of whole numbers tie exactly.
    total = by_unit.sum(axis=1, dtype=np.int64)
    rank[who] = 1 + np.searchsorted(np.sort(total), total)
    tail = (1 - level) / 2
    lower[who] = by_unit[:, max(math.ceil(tail * count - _ROUNDING) - 1, 0)]
    upper[who] = by_unit[:, math.ceil((1 - tail) * count - _ROUNDING) - 1]
    return rank, lower, upper


def _unjudged(scores: Scores) -> Judged:
    """Return scores as they are where nothing can be compared."""
    size = len(scores.value)
    unknown, zeros = np.full(size, np.nan), np.zeros(size, dtype=np.int64)
    if size < MANY_UNITS:
        notice = Notice(
            "one_unit",
            f"there is nothing to compare: {size} unit has valid answers",
        )
    else:
        notice = Notice(
            "no_variance",
            "all answers are alike, so nothing tells the units apart",
        )
    # One unit has the error of its answers; answers without variance have none.
    error = np.where(scores.variance > 0, np.sqrt(scores.variance), np.nan)
    return Judged(
        heterogeneity=None,
        differs=False,
        shrunken=Shrunken(scores.value, error, np.ones(size)),
        below_target=unknown,
        below_mean=unknown,
        rank=zeros,
        rank_lower=zeros,
        rank_upper=zeros,
        funnel=None,
        warnings=(notice,),
    )


def _notices(
    found: Heterogeneity,
    *,
    differs: bool,
    can_rank: np.typing.NDArray[np.bool_],
    rules: Rules,
) -> tuple[Notice, ...]:
    notices = []
    if not differs:
        notices.append(
            Notice(
                "nobody_differs",
                f"the scores differ no more than chance makes them (Q = {found.q:.1f} "
                f"on {found.df} degrees of freedom, p = {found.p:.2g}): nobody is "
                "ranked, and none is better or worse than the others",
            )
        )
    few = int((~can_rank).sum())
    if few:
        notices.append(
            Notice(
                "small_n",
                f"{few:,} of {len(can_rank):,} units have fewer than "
                f"{rules.minimum.ranked} answers and are not ranked",
            )
        )
    if found.tau2 > 0 and math.isclose(found.i2, 0.0):
        notices.append(
            Notice(
                "uncertain_tau",
                "the variance between units is estimated above 0, but Q shows no more "
                "than chance: read the best guesses as one group",
            )
        )
    return tuple(notices)
