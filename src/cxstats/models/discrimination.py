"""How well a score tells two classes apart: the area under the ROC curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxstats.estimates import Estimate, Floats
from cxstats.intervals import wilson_interval
from cxstats.intervals.trinomial import critical_value

__all__ = ["Judged", "auc", "auc_difference"]


@dataclass(frozen=True, eq=False)
class Judged:
    """Outcomes with the probabilities that a model gave them without having seen them.

    Parameters
    ----------
    label
        Whether the outcome happened.
    probability
        Between 0 and 1; any score for the AUC alone.
    weight
        Positive weights; 1 by default.
    group
        Rows that are not independent (of one customer) share a number; each row is
        its own by default.
    """

    label: npt.NDArray[np.bool_]
    probability: Floats
    weight: Floats | None = None
    group: npt.NDArray[np.int64] | None = None

    @property
    def weights(self) -> Floats:
        """One weight per row."""
        return np.ones(len(self.label)) if self.weight is None else self.weight

    @property
    def n_effective(self) -> float:
        """Kish's n: rows of equal weight that would be as precise."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    @property
    def base_rate(self) -> float:
        """Weighted share of the outcome."""
        return float(np.average(self.label, weights=self.weights))

    def take(self, kept: npt.NDArray[np.bool_]) -> Judged:
        """Keep some rows."""
        return Judged(
            self.label[kept],
            self.probability[kept],
            None if self.weight is None else self.weight[kept],
            None if self.group is None else self.group[kept],
        )

    def scored(self, probability: Floats) -> Judged:
        """Give the same rows another score."""
        return Judged(self.label, probability, self.weight, self.group)


def auc(judged: Judged, level: float = 0.95) -> Estimate:
    """Estimate the chance that a random case outranks a random non-case.

    Ties count half. The interval is DeLong's on the logit scale, so that it stays
    inside 0..1; rows of one customer are summed before their variance is taken
    (Obuchowski 1997).

    Parameters
    ----------
    judged
        Outcomes and scores.
    level
        Confidence level.

    Returns
    -------
    Estimate
        Unit ``auc``; NaN where one class is missing.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837-845.

    Examples
    --------
    >>> label = np.array([True, True, False, False, False])
    >>> auc(Judged(label, np.array([0.9, 0.4, 0.5, 0.2, 0.1]))).value
    0.8333333333333334
    """
    value, influence = _influence(judged)
    std_error = math.sqrt(_variance(influence, judged))
    smaller = min(int(judged.label.sum()), int((~judged.label).sum()))
    lower, upper = _ends(value, std_error, smaller, level)
    return Estimate(
        value=value,
        unit="auc",
        std_error=std_error,
        lower=lower,
        upper=upper,
        level=level,
        n=len(judged.label),
        n_effective=judged.n_effective if len(judged.label) else 0.0,
        method="delong_logit" if judged.group is None else "delong_logit_clustered",
    )


def auc_difference(first: Judged, second: Judged, level: float = 0.95) -> Estimate:
    """Estimate how much better the second score ranks the same rows than the first.

    Parameters
    ----------
    first, second
        The same rows and outcomes with two scores.
    level
        Confidence level of the interval, which respects that the rows are the same.
    """
    one, of_first = _influence(first)
    two, of_second = _influence(second)
    std_error = math.sqrt(_variance(of_second - of_first, first))
    half = critical_value(level) * std_error
    return Estimate(
        value=two - one,
        unit="auc",
        std_error=std_error,
        lower=two - one - half,
        upper=two - one + half,
        level=level,
        n=len(first.label),
        n_effective=first.n_effective,
        method="delong_paired",
    )


def _influence(judged: Judged) -> tuple[float, Floats]:
    """Return the AUC and what each row adds to its error."""
    label, weight = judged.label, judged.weights
    influence = np.full(len(label), math.nan)
    if label.all() or not label.any():
        return math.nan, influence
    _values, place = np.unique(judged.probability, return_inverse=True)
    cases = np.bincount(place, weight * label)
    others = np.bincount(place, weight * ~label)
    below = np.cumsum(others) - others / 2
    above = cases.sum() - np.cumsum(cases) + cases / 2
    total_cases, total_others = cases.sum(), others.sum()
    value = float((cases * below).sum() / total_cases / total_others)
    wins = np.where(label, below[place] / total_others, above[place] / total_cases)
    share = weight / np.where(label, total_cases, total_others)
    return value, share * (wins - value)


def _variance(influence: Floats, judged: Judged) -> float:
    if np.isnan(influence).any() or not len(influence):
        return math.nan
    if judged.group is not None:
        _groups, place = np.unique(judged.group, return_inverse=True)
        sums = np.bincount(place, influence)
        return float((sums**2).sum() * len(sums) / max(len(sums) - 1, 1))
    total = 0.0
    for kind in (judged.label, ~judged.label):
        count = int(kind.sum())
        total += float((influence[kind] ** 2).sum()) * count / max(count - 1, 1)
    return total


def _ends(
    value: float, std_error: float, smaller: int, level: float
) -> tuple[float, float]:
    if math.isnan(value):
        return math.nan, math.nan
    if value in {0.0, 1.0} or not std_error:
        # Perfect separation shows no spread; the smaller class bounds what is known.
        lower, upper = wilson_interval(value * smaller, smaller, level)
        return float(lower), float(upper)
    half = critical_value(level) * std_error / (value * (1 - value))
    centre = math.log(value / (1 - value))
    low, high = (1 / (1 + math.exp(-(centre + sign * half))) for sign in (-1, 1))
    return low, high
