"""Simultaneous intervals for all classes of one distribution."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import scipy

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["goodman_intervals", "sison_glaz_intervals"]

_CLASSES = 2


def _checked(counts: npt.ArrayLike) -> Floats:
    array = np.asarray(counts, dtype=float)
    if array.ndim != 1 or len(array) < _CLASSES or (array < 0).any() or not array.sum():
        message = (
            "give the counts of two or more classes, none negative and not all zero; "
            f"received {counts!r}"
        )
        raise InputError(message)
    return array


def goodman_intervals(counts: npt.ArrayLike, level: float = 0.95) -> Floats:
    """Return Goodman's intervals that hold together for all classes.

    Parameters
    ----------
    counts
        Answers per class, k of them.
    level
        Probability that all k intervals hold at once.

    Returns
    -------
    numpy.ndarray
        Shape (k, 2): lower and upper share per class.

    Raises
    ------
    InputError
        If the counts are not a distribution.

    Notes
    -----
    Goodman (1965), Technometrics 7(2), with the Bonferroni quantile. Suited to
    few classes; for eleven points `sison_glaz_intervals` is shorter.
    """
    x = _checked(counts)
    n = x.sum()
    quantile = scipy.stats.chi2.ppf(1 - (1 - level) / len(x), 1)
    root = np.sqrt(quantile * (quantile + 4 * x * (n - x) / n))
    centre, width = quantile + 2 * x, 2 * (n + quantile)
    return np.column_stack([(centre - root) / width, (centre + root) / width])


def sison_glaz_intervals(counts: npt.ArrayLike, level: float = 0.95) -> Floats:
    """Return the simultaneous intervals of Sison and Glaz.

    Parameters and returned shape are those of `goodman_intervals`. All intervals
    share one width; best with seven or more classes of similar size.

    Raises
    ------
    InputError
        If the counts are not a distribution, or one class holds every answer: the
        method then has no width, and `goodman_intervals` is the one to use.

    Notes
    -----
    Sison and Glaz (1995), JASA 90(429): the counts are independent Poisson
    variables given their total; the probability of the total is approximated by an
    Edgeworth expansion of truncated Poisson variables.
    """
    x = _checked(counts)
    n = float(x.sum())
    if x.max() == n:
        message = "all answers are in one class: use goodman_intervals instead"
        raise InputError(message)
    previous, reach = 0.0, 0
    for reach in range(1, int(n) + 1):
        coverage = _coverage(x, n, reach)
        if coverage >= level > previous:
            break
        previous = coverage
    width = reach - 1
    gamma = (level - previous) / (coverage - previous)
    share = x / n
    lower = np.maximum(share - width / n, 0)
    upper = np.minimum(share + width / n + 2 * gamma / n, 1)
    return np.column_stack([lower, upper])


def _coverage(x: Floats, n: float, reach: int) -> float:
    """Return the probability that every count lies within ``reach`` of x."""
    low, high = np.maximum(x - reach, 0), x + reach
    inside: Floats = np.asarray(
        scipy.stats.poisson.cdf(high, x) - scipy.stats.poisson.cdf(low - 1, x)
    )
    mean, variance, third, fourth = _central_moments(x, low, high, inside)
    spread = math.sqrt(variance.sum())
    skew = third.sum() / spread**3
    kurtosis = (fourth - 3 * variance**2).sum() / spread**4
    z = (n - mean.sum()) / spread
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    expansion = (
        1
        + skew * (z**3 - 3 * z) / 6
        + kurtosis * (z**4 - 6 * z**2 + 3) / 24
        + skew**2 * (z**6 - 15 * z**4 + 45 * z**2 - 15) / 72
    )
    total = scipy.stats.poisson.pmf(n, n)
    return float(np.prod(inside) * density * expansion / spread / total)


def _central_moments(
    x: Floats, low: Floats, high: Floats, inside: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean and central moments 2-4 of Poisson(x) kept within low..high."""
    f1, f2, f3, f4 = (
        x**r
        * (
            scipy.stats.poisson.cdf(high - r, x)
            - scipy.stats.poisson.cdf(low - r - 1, x)
        )
        / np.where(inside > 0, inside, 1)
        for r in (1, 2, 3, 4)
    )
    raw2 = f2 + f1
    raw3 = f3 + 3 * f2 + f1
    raw4 = f4 + 6 * f3 + 7 * f2 + f1
    variance = raw2 - f1**2
    third = raw3 - 3 * f1 * raw2 + 2 * f1**3
    fourth = raw4 - 4 * f1 * raw3 + 6 * f1**2 * raw2 - 3 * f1**4
    return f1, variance, third, fourth
