"""Funnel limits: which units lie outside of what chance makes, over-dispersion or not.

    z_i = (y_i - target) / s_i ;  phi = mean of winsorised z²
    tau² = (k phi - (k - 1)) / (Σ u - Σ u² / Σ u), u = 1 / s² ; 0 if k phi < k - 1
    z_i adjusted = (y_i - target) / √(s_i² + tau²)

(Spiegelhalter 2005, Statistics in Medicine 24:1185-1202; 2012, J. R. Statist. Soc. A
175:1-47, sec. 3.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats, json_number

__all__ = ["FUNNEL_LIMITS", "Funnel", "funnel", "funnel_of_shares"]

FUNNEL_LIMITS = (1.959963984540054, 3.0902323061678132)
"""Normal quantiles of the 95 % and 99.8 % limits."""


@dataclass(frozen=True, eq=False)
class Funnel:
    """Units against the limits of chance.

    Parameters
    ----------
    target
        The centre, on the scale of the scores (of the transformed scores for shares).
    phi
        Over-dispersion: 1 when units vary as chance alone makes them.
    tau2
        Variance added to every unit for over-dispersion.
    z, z_adjusted
        Standard deviations from the target, before and after.
    winsor
        Share of the units at each end whose z counted as that of the next.
    """

    target: float
    phi: float
    tau2: float
    z: Floats
    z_adjusted: Floats
    winsor: float

    def to_dict(self, factor: float = 1.0) -> dict[str, Any]:
        """Return the numbers for JSON, scores multiplied by a factor."""
        return {
            "target": json_number(factor * self.target),
            "phi": json_number(self.phi),
            "tau": json_number(factor * math.sqrt(self.tau2)),
            "winsor": self.winsor,
            "outside": int((np.abs(self.z) > FUNNEL_LIMITS[1]).sum()),
            "outside_adjusted": int((np.abs(self.z_adjusted) > FUNNEL_LIMITS[1]).sum()),
        }


def funnel(y: Floats, s: Floats, target: float, winsor: float = 0.1) -> Funnel:
    """Judge units' scores by their distance from a target.

    Parameters
    ----------
    y, s
        Scores and their standard errors, above 0.
    target
        Where an ordinary unit lies.
    winsor
        Share of the units at each end, 0 to below 0.5, whose z counts as that of
        the next, so that true outliers do not widen the limits for themselves.

    Raises
    ------
    InputError
        If the share is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> found = funnel(np.array([-3.0, 0, 3.0]), np.ones(3), 0.0, winsor=0)
    >>> found.phi, found.tau2, found.z_adjusted.round(3).tolist()
    (6.0, 8.0, [-1.0, 0.0, 1.0])
    """
    if not 0 <= winsor < 0.5:  # noqa: PLR2004 - half at each end leaves nobody
        raise InputError(f"winsor is a share from 0 to below 0.5; received {winsor}")
    z = (y - target) / s
    ends = np.quantile(z, [winsor, 1 - winsor])
    phi = float((z.clip(*ends) ** 2).mean())
    u, k = 1 / s**2, len(y)
    spread = float(u.sum() - (u**2).sum() / u.sum())
    tau2 = max(0.0, (k * phi - (k - 1)) / spread) if spread > 0 else 0.0
    return Funnel(target, phi, tau2, z, (y - target) / np.sqrt(s**2 + tau2), winsor)


def funnel_of_shares(events: Floats, n: Floats, winsor: float = 0.1) -> Funnel:
    """Judge shares by their distance from the overall share.

    Shares are compared on the scale ``arcsin √share``, on which the standard error
    ``1 / (2 √n)`` does not depend on the share.

    Parameters
    ----------
    events, n
        Answers counted and all answers, per unit.
    winsor
        As in `funnel`.

    Raises
    ------
    InputError
        If a unit has no answer or more events than answers.
    """
    events, n = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    if not ((n > 0) & (events >= 0) & (events <= n)).all():
        raise InputError("every unit needs answers, and no more events than answers")
    overall = math.asin(math.sqrt(float(events.sum() / n.sum())))
    return funnel(np.arcsin(np.sqrt(events / n)), 0.5 / np.sqrt(n), overall, winsor)
