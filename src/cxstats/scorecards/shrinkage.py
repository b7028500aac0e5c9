"""Best guesses of units' true scores: their own answers pulled towards the mean.

    B_i = v_i / (v_i + tau²) ;  theta_i = (1 - B_i) y_i + B_i mu
    var(theta_i) = (1 - B_i) v_i + B_i² var(mu)

(Efron and Morris 1975; Robinson 1991.) Probabilities and ranks also count that tau²
itself is uncertain: they are averaged over the restricted likelihood of tau with a
flat prior (Gelman et al. 2013, Bayesian Data Analysis, sec. 5.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.scorecards.heterogeneity import pooled_mean, restricted_likelihoods

__all__ = [
    "Posterior",
    "Shrunken",
    "james_stein",
    "posterior",
    "shrink",
]

_GRID = 200
_DRAWS = 4000
_ENOUGH_DRAWS = 1000
_FEWEST_DRAWS = 500
_CELLS, _MOST_CELLS = 400_000, 10_000_000
_SEED = 20_240_101
_NEGLIGIBLE = 12.0


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Best guesses with a given tau².

    Parameters
    ----------
    value, std_error
        Best linear unbiased prediction of each true score, and its standard error.
    own
        Weight 1 - B of a unit's own answers, 0 to 1.
    """

    value: Floats
    std_error: Floats
    own: Floats


def shrink(y: Floats, v: Floats, tau2: float) -> Shrunken:
    """Pull scores towards their mean, by how little each tells.

    Examples
    --------
    >>> import numpy as np
    >>> found = shrink(np.array([0.0, 100.0]), np.array([100.0, 100.0]), 300.0)
    >>> found.value.tolist(), found.own.tolist()
    ([12.5, 87.5], [0.75, 0.75])
    """
    mean, variance = pooled_mean(y, v, tau2)
    own = tau2 / (v + tau2)
    value = own * y + (1 - own) * mean
    return Shrunken(value, np.sqrt(own * v + (1 - own) ** 2 * variance), own)


def james_stein(y: Floats, variance: float) -> tuple[Floats, float]:
    """Shrink scores of equal variance towards their mean (Efron and Morris 1975).

    Parameters
    ----------
    y
        Scores of four units or more.
    variance
        Sampling variance that all share.

    Returns
    -------
    values
        Shrunken scores.
    own
        Weight of a unit's own score, ``1 - (k - 3) variance / Σ (y - mean)²``, not
        below 0.

    Raises
    ------
    InputError
        If there are fewer than four units.
    """
    y = np.asarray(y, dtype=float)
    if len(y) < 4:  # noqa: PLR2004 - the estimator is defined from four on
        raise InputError(f"the estimator takes four units or more; received {len(y)}")
    mean = float(y.mean())
    squares = float(((y - mean) ** 2).sum())
    own = max(0.0, 1 - (len(y) - 3) * variance / squares) if squares else 0.0
    return mean + own * (y - mean), own


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of the true scores when tau is uncertain too.

    Parameters
    ----------
    weight
        Probability of each value of tau on the grid.
    mean, std_dev
        Of each unit's true score given tau: one row per value of tau.
    centre, centre_sd
        Of the mean of true scores given tau.
    own
        Weight of a unit's own answers given tau.
    """

    weight: Floats
    mean: Floats
    std_dev: Floats
    centre: Floats
    centre_sd: Floats
    own: Floats

    def below(self, target: float) -> Floats:
        """Return the probability that each unit's true score is below a target."""
        from scipy.special import ndtr  # noqa: PLC0415 - keeps the command line quick

        return np.asarray(self.weight @ ndtr((target - self.mean) / self.std_dev))

    def draws(self, v: Floats) -> Floats:
        """Draw true scores of all units together, one row per draw, always the same.

        Values of tau and mu are drawn in even shares, so that only the units' own
        luck is left to chance.
        """
        from scipy.special import ndtri  # noqa: PLC0415 - keeps the command line quick

        units = self.mean.shape[1]
        count = min(max(_CELLS // units, _ENOUGH_DRAWS), _MOST_CELLS // units, _DRAWS)
        count = max(count, _FEWEST_DRAWS)
        random = np.random.default_rng(_SEED)
        even = (np.arange(count) + 0.5) / count
        ends = np.cumsum(self.weight)
        at = np.searchsorted(ends, even * ends[-1]).clip(max=len(ends) - 1)
        away = self.centre_sd[at] * ndtri(random.permutation(even))
        drawn = random.standard_normal((count, units))
        # Given mu, units are independent; their mean moves with mu by 1 - own.
        spread = np.sqrt(self.own * v)
        drawn *= spread[at]
        drawn += self.mean[at]
        drawn += (1 - self.own)[at] * away[:, None]
        return drawn


def posterior(y: Floats, v: Floats, widest: float) -> Posterior:
    """Weigh values of tau by their restricted likelihood.

    Parameters
    ----------
    y, v
        Scores and sampling variances, above 0.
    widest
        Largest standard deviation that true scores can have: half the range of the
        scale.
    """
    taus = _grid(y, v, widest)
    logs = restricted_likelihoods(y, v, taus**2)
    weight = np.exp(logs - logs.max())
    squares = taus**2
    w = 1 / (v + squares[:, None])
    centre = (w @ y) / w.sum(axis=1)
    centre_sd = np.sqrt(1 / w.sum(axis=1))
    own = squares[:, None] * w
    mean = own * y + (1 - own) * centre[:, None]
    std_dev = np.sqrt(own * v + (1 - own) ** 2 * centre_sd[:, None] ** 2)
    return Posterior(weight / weight.sum(), mean, std_dev, centre, centre_sd, own)


def _grid(y: Floats, v: Floats, widest: float) -> Floats:
    """Return values of tau up to where the likelihood is negligible.

    They are the middles of equal steps, so that 0, where all units tie, is not one.
    """
    top = min(widest, 3 * max(float(np.std(y)), math.sqrt(float(np.median(v)))))
    while top < widest:
        trial = np.linspace(0, top, 25)
        logs = restricted_likelihoods(y, v, trial**2)
        if logs[-1] < logs.max() - _NEGLIGIBLE:
            break
        top = min(widest, 2 * top)
    return np.asarray((np.arange(_GRID) + 0.5) * (top / _GRID))
