"""Control limits of a share, a net score or a mean with a different n every period.

Shewhart's limits at three standard errors, with the n of each period; Laney's
p-prime limits where periods differ more than sampling alone allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["ControlLimits", "Spread", "control_limits", "p_chart"]

Spread = Literal["auto", "sampling", "laney"]
"""Whether limits follow sampling error alone, or the movement between periods too."""

Flags = npt.NDArray[np.bool_]

_D2 = 1.128379167095513
"""Mean range of two normal values in standard deviations: 2 / sqrt(pi)."""

_LEAST_PERIODS = 8
"""Fewer periods tell too little of their spread to widen limits by it."""

_NOTABLE = 2.326
"""Normal quantile beyond which the spread counts as more than sampling (1 %)."""


@dataclass(frozen=True, eq=False)
class ControlLimits:
    """Centre line and limits of a control chart, in the unit of the values.

    Parameters
    ----------
    centre
        Mean of the baseline periods, weighted by their n.
    lower, upper
        Limits per period, inside the possible range; NaN where n is 0.
    z
        Each value's distance from the centre in standard deviations of a period,
        after the correction for spread.
    spread
        Standard deviation of the uncorrected z between neighbouring periods (Laney's
        sigma_z): 1 where sampling error explains all movement.
    method
        ``shewhart`` or ``laney``.
    variance
        Variance of one answer on the baseline.
    width
        Limits in standard deviations.
    is_seasonal
        Whether limits follow a season.
    """

    centre: float
    lower: Floats
    upper: Floats
    z: Floats
    spread: float
    method: str
    variance: float
    width: float = 3.0
    is_seasonal: bool = False

    @property
    def outside(self) -> Flags:
        """Whether each period lies beyond its limits."""
        return np.abs(np.nan_to_num(self.z)) > self.width


def control_limits(  # noqa: PLR0913 - one chart, its limits named
    n: npt.ArrayLike,
    value: npt.ArrayLike,
    square: npt.ArrayLike,
    *,
    ends: tuple[float, float] = (0.0, 1.0),
    baseline: npt.ArrayLike | None = None,
    width: float = 3.0,
    spread: Spread = "auto",
    within: bool = False,
    season: Floats | float = 0.0,
) -> ControlLimits:
    """Compute the centre and the limits from n, mean and mean square per period.

    Parameters
    ----------
    n
        Answers (effective answers, with weights) per period; 0 leaves a gap.
    value, square
        Mean of the coded values and of their squares per period.
    ends
        Smallest and largest possible value; limits stay inside.
    baseline
        True for the periods that the centre and the spread are made from; all by
        default.
    width
        Limits in standard errors.
    spread
        ``sampling``: limits from sampling error alone. ``laney``: multiplied by the
        spread of z between neighbours. ``auto``: Laney's where that spread is above
        1 by more than chance (1 %).
    within
        Take the variance within periods (means) rather than around the centre
        (shares and net scores, whose variance follows from their level).
    season
        Regular deviation of each period from the level; limits follow it.

    Raises
    ------
    InputError
        If no baseline period has an answer, or the width is not above 0.

    References
    ----------
    Montgomery, Introduction to Statistical Quality Control (p chart with variable
    n); Laney (2002), Quality Engineering 14(4); Cryer & Ryan (1990), Journal of
    Quality Technology 22(3), for the precision of a moving range.
    """
    size, own, squares = (np.asarray(x, dtype=float) for x in (n, value, square))
    size = np.where(np.isfinite(own), size, 0.0)
    level = own - season
    chosen = _baseline(size, baseline)
    if not width > 0:
        raise InputError(f"limits lie at a width above 0; received {width}")
    total = size[chosen].sum()
    centre = float((size * np.nan_to_num(level))[chosen].sum() / total)
    # The mean square holds the season too, unless it is taken around each period.
    around = own[chosen] ** 2 if within else centre**2 + (own**2 - level**2)[chosen]
    variance = float((size[chosen] * (squares[chosen] - around)).sum() / total)
    variance = max(variance, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(size > 0, np.sqrt(variance / size), np.nan)
        raw = np.where(error > 0, (level - centre) / error, np.nan)
    moved, is_laney = _moving_spread(raw[chosen], spread)
    factor = moved if is_laney else 1.0
    low, high = ends
    return ControlLimits(
        centre=centre,
        lower=np.clip(centre + season - width * factor * error, low, high),
        upper=np.clip(centre + season + width * factor * error, low, high),
        z=raw / factor,
        spread=moved,
        method="laney" if is_laney else "shewhart",
        variance=variance,
        width=width,
        is_seasonal=bool(np.any(season)),
    )


def p_chart(
    hits: Sequence[float],
    n: Sequence[float] | float,
    *,
    leave_out: Sequence[int] = (),
    spread: Spread = "sampling",
) -> ControlLimits:
    """Chart the share of a class from counts per period.

    Parameters
    ----------
    hits
        Answers of the class per period.
    n
        Answers per period, or one number for all.
    leave_out
        Positions (from 0) of periods with a known cause, kept out of the centre but
        still judged.
    spread
        As in `control_limits`.

    Raises
    ------
    InputError
        If hits are negative or exceed n.

    Examples
    --------
    >>> chart = p_chart([5, 8, 30, 6], 100)
    >>> round(chart.centre, 4), chart.outside.tolist()
    (0.1225, [False, False, True, False])
    """
    x = np.asarray(hits, dtype=float)
    size = np.broadcast_to(np.asarray(n, dtype=float), x.shape)
    if (x < 0).any() or (x > size).any():
        raise InputError("hits lie between 0 and n in every period; look at the counts")
    keep = np.ones(len(x), dtype=bool)
    keep[list(leave_out)] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        share = x / size
    return control_limits(size, share, share, baseline=keep, spread=spread)


def _baseline(size: Floats, given: npt.ArrayLike | None) -> Flags:
    has_answers = size > 0
    chosen = has_answers if given is None else np.asarray(given, bool) & has_answers
    if not chosen.any():
        raise InputError(
            "no period of the baseline has a valid answer; choose another baseline"
        )
    return chosen


def _moving_spread(z: Floats, wanted: Spread) -> tuple[float, bool]:
    """Return Laney's sigma_z and whether the limits should use it."""
    known = z[np.isfinite(z)]
    if len(known) < 2:  # noqa: PLR2004 - a range needs two
        return 1.0, False
    moved = float(np.abs(np.diff(known)).mean() / _D2)
    if not moved > 0 or wanted == "sampling":
        return moved, False
    if wanted == "laney":
        return moved, True
    if len(known) < _LEAST_PERIODS:
        return moved, False
    chance = _NOTABLE * math.sqrt(0.826 / (len(known) - 1))
    return moved, moved > 1 + chance
