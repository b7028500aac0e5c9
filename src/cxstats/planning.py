"""How many answers are needed, and what can be seen with those there are.

Two formulas are in use and give different numbers for a margin. The adjusted Wald
interval is a little shorter than the plain one at the same n, so it needs three
answers fewer: ``n = z² var / d² - 3`` (Lewis and Sauro). Plans written for
operators round the plain formula ``n = z² var / d²`` up. Both are here by name;
`adjusted` matches the intervals that this library reports.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from cxstats.errors import InputError

__all__ = [
    "Planned",
    "detectable_change",
    "half_width",
    "net_variance_of",
    "sample_size_for_change",
    "sample_size_for_margin",
]

_ADDED = 3
_POINTS = 100.0
_LARGEST_VARIANCE = 1.0


@dataclass(frozen=True)
class Planned:
    """A planned sample and what it achieves.

    Parameters
    ----------
    n
        Valid answers: in total for a margin, per group for a change.
    points
        Margin, half width or change, in points of a net score.
    variance
        Assumed variance of one answer coded -1, 0, 1.
    level
        Confidence level.
    power
        Probability to detect the change; NaN for a margin.
    method
        ``adjusted_wald``, ``wald`` or ``two_sample``.
    """

    n: int
    points: float
    variance: float
    level: float
    power: float
    method: str

    def invitations(self, response_rate: float) -> int:
        """Return how many people to invite at an expected response rate.

        Raises
        ------
        InputError
            If the rate is not above 0 and at most 1.
        """
        if not 0 < response_rate <= 1:
            raise InputError(
                "the response rate is a share above 0 and at most 1; received "
                f"{response_rate}"
            )
        return math.ceil(self.n / response_rate)


def net_variance_of(promoters: float, detractors: float) -> float:
    """Return the variance of one answer from expected shares.

    Raises
    ------
    InputError
        If the shares are negative or exceed 1 together.

    Examples
    --------
    >>> round(net_variance_of(0.5, 0.2), 4)
    0.61
    """
    if min(promoters, detractors) < 0 or promoters + detractors > 1:
        raise InputError(
            "shares of promoters and detractors lie between 0 and 1 and add up to at "
            f"most 1; received {promoters} and {detractors}"
        )
    return promoters + detractors - (promoters - detractors) ** 2


def sample_size_for_margin(
    points: float,
    *,
    variance: float,
    level: float = 0.95,
    adjusted: bool = True,
    design_effect: float = 1.0,
) -> Planned:
    """Return the answers needed for an interval of plus or minus some points.

    Parameters
    ----------
    points
        Half width wanted, above 0, in points.
    variance
        Expected variance of one answer, 0 to 1; see `net_variance_of`. Values near
        0.5 to 0.7 are usual.
    level
        Confidence level.
    adjusted
        True: ``z² var / d² - 3`` (adjusted Wald); False: ``z² var / d²``.
    design_effect
        Effect of weights and clusters; the result is multiplied by it.

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> sample_size_for_margin(5, variance=0.67).n
    1027
    >>> sample_size_for_margin(5, variance=0.61, adjusted=False).n
    938
    """
    _check(points, variance, level)
    needed = variance * _z(level) ** 2 / (points / _POINTS) ** 2
    needed -= _ADDED if adjusted else 0
    method = "adjusted_wald" if adjusted else "wald"
    n = _whole(needed * _effect(design_effect))
    return Planned(n, points, variance, level, math.nan, method)


def sample_size_for_change(
    points: float,
    *,
    variance: float,
    level: float = 0.95,
    power: float = 0.8,
    design_effect: float = 1.0,
) -> Planned:
    """Return the answers needed per group or wave to detect a change.

    Parameters
    ----------
    points
        Smallest true change worth detecting, above 0, in points.
    variance
        Expected variance of one answer in both groups.
    level
        Confidence level of the two-sided test.
    power
        Probability to detect the change if it is there.
    design_effect
        Effect of weights and clusters.

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    ``n = 2 var (z_level + z_power)² / d²`` per group, two independent groups of the
    same size. A panel needs fewer.

    Examples
    --------
    >>> sample_size_for_change(10, variance=0.67).n
    1052
    """
    _check(points, variance, level)
    needed = 2 * variance * _reach(level, power) ** 2 / (points / _POINTS) ** 2
    n = _whole(needed * _effect(design_effect))
    return Planned(n, points, variance, level, power, "two_sample")


def detectable_change(
    n: int,
    *,
    variance: float,
    level: float = 0.95,
    power: float = 0.8,
    design_effect: float = 1.0,
) -> Planned:
    """Return the smallest true change that n answers per group detect.

    Parameters are those of `sample_size_for_change`, with n given.

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> round(detectable_change(1000, variance=0.55).points, 1)
    9.3
    """
    _check_n(n)
    _check(1, variance, level)
    effective = n / _effect(design_effect)
    points = _POINTS * _reach(level, power) * math.sqrt(2 * variance / effective)
    return Planned(n, points, variance, level, power, "two_sample")


def half_width(
    n: int,
    *,
    variance: float,
    level: float = 0.95,
    adjusted: bool = True,
    design_effect: float = 1.0,
) -> Planned:
    """Return the half width of the interval that n answers give.

    Parameters are those of `sample_size_for_margin`, with n given.

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> round(half_width(1027, variance=0.67).points, 2)
    5.0
    """
    _check_n(n)
    _check(1, variance, level)
    effective = n / _effect(design_effect) + (_ADDED if adjusted else 0)
    points = _POINTS * _z(level) * math.sqrt(variance / effective)
    method = "adjusted_wald" if adjusted else "wald"
    return Planned(n, points, variance, level, math.nan, method)


def _z(level: float) -> float:
    return float(scipy.stats.norm.ppf((1 + level) / 2))


def _reach(level: float, power: float) -> float:
    if not 0 < power < 1:
        raise InputError(f"power lies between 0 and 1, such as 0.8; received {power}")
    return _z(level) + float(scipy.stats.norm.ppf(power))


def _effect(design_effect: float) -> float:
    if not design_effect > 0:
        raise InputError(f"a design effect is above 0; received {design_effect}")
    return design_effect


def _whole(needed: float) -> int:
    """Round up, but not for a trace of floating point, and plan one answer at least."""
    return max(math.ceil(needed - 1e-9), 1)


def _check_n(n: int) -> None:
    if n < 1:
        raise InputError(f"n is the number of answers, at least 1; received {n}")


def _check(points: float, variance: float, level: float) -> None:
    if not points > 0:
        raise InputError(f"points must be above 0; received {points}")
    if not 0 <= variance <= _LARGEST_VARIANCE:
        raise InputError(
            "the variance of an answer coded -1, 0, 1 lies between 0 and 1; received "
            f"{variance}"
        )
    if not 0 < level < 1:
        raise InputError(f"the level lies between 0 and 1; received {level}")
