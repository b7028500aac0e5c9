"""How far units chosen for their bad scores get better by themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import json_number

__all__ = ["Rebound", "regression_to_the_mean"]


@dataclass(frozen=True)
class Rebound:
    """What chance alone brings to units that were chosen by their scores.

    Parameters
    ----------
    reliability
        Share of the variance between units that is real, 0 to 1: 0 says that all
        differences are chance.
    mean
        Mean of all units.
    chosen_before, chosen_expected
        Mean of the chosen units, and the mean they would have next time without any
        treatment.
    rebound
        The improvement that is no effect: expected minus before.
    """

    reliability: float
    mean: float
    chosen_before: float
    chosen_expected: float
    rebound: float

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for JSON."""
        return {
            "reliability": json_number(self.reliability),
            "mean": json_number(self.mean),
            "chosen_before": json_number(self.chosen_before),
            "chosen_expected": json_number(self.chosen_expected),
            "rebound": json_number(self.rebound),
        }


def regression_to_the_mean(
    values: npt.ArrayLike, std_errors: npt.ArrayLike, chosen: npt.ArrayLike
) -> Rebound:
    """Tell the improvement that choosing the worst units brings by itself.

    Parameters
    ----------
    values, std_errors
        Score and standard error of every unit before the treatment, the chosen and
        all others.
    chosen
        True for the units that were chosen because of these scores.

    Raises
    ------
    InputError
        If there are fewer than three units, none is chosen, or a standard error is
        not above 0.

    Notes
    -----
    The real variance between units is the observed one less the mean squared standard
    error; each chosen unit is expected at ``mean + B (value - mean)`` with B the real
    variance divided by that and the unit's own error variance. Holds for units that
    were alike in kind; a control group of equally bad units needs no such sum.

    Examples
    --------
    >>> found = regression_to_the_mean([10, 30, 20, 40, 0], [9] * 5, [0, 0, 0, 0, 1])
    >>> round(found.rebound, 1)
    6.5
    """
    y, error = (np.asarray(x, dtype=float) for x in (values, std_errors))
    picked = np.asarray(chosen, dtype=bool)
    usable = len(y) == len(error) == len(picked) and np.isfinite(y).all()
    if not usable or len(y) < 3 or not picked.any() or not (error > 0).all():  # noqa: PLR2004
        raise InputError(
            "regression to the mean needs three units or more with finite scores, a "
            "standard error above 0 for each, and at least one that was chosen"
        )
    noise = float((error**2).mean())
    real = max(float(y.var(ddof=1)) - noise, 0.0)
    mean = float(y.mean())
    kept = real / (real + error[picked] ** 2)
    expected = mean + kept * (y[picked] - mean)
    before = float(y[picked].mean())
    after = float(expected.mean())
    return Rebound(
        reliability=real / (real + noise) if real + noise > 0 else math.nan,
        mean=mean,
        chosen_before=before,
        chosen_expected=after,
        rebound=after - before,
    )
