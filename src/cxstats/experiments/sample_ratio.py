"""Did every arm get the customers that it should: the gate before any effect."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from cxstats.errors import InputError
from cxstats.estimates import json_number, json_value

__all__ = ["SampleRatio", "sample_ratio_check"]

BLOCKED = 0.001
"""Below this p value effects are withheld: the assignment is broken."""

DOUBTFUL = 0.01


@dataclass(frozen=True)
class SampleRatio:
    """Counts of the arms against their planned shares.

    Parameters
    ----------
    counts, expected
        Customers by arm, and their planned shares (adding up to 1).
    chi2, p
        Goodness of fit.
    verdict
        ``ok``, ``doubtful`` (p below 0.01) or ``blocked`` (below 0.001).
    """

    counts: Mapping[Any, int]
    expected: Mapping[Any, float]
    chi2: float
    p: float
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """Return the check for JSON."""
        return {
            "arms": [
                {"arm": json_value(arm), "n": n, "expected": self.expected[arm]}
                for arm, n in self.counts.items()
            ],
            "chi2": json_number(self.chi2),
            "p": json_number(self.p),
            "verdict": self.verdict,
        }


def sample_ratio_check(
    counts: Mapping[Any, float], expected: Mapping[Any, float] | None = None
) -> SampleRatio:
    """Test whether arms have the sizes that the assignment should give.

    Parameters
    ----------
    counts
        Assigned customers by arm.
    expected
        Planned shares (or sizes in any unit) by arm; equal by default.

    Raises
    ------
    InputError
        If fewer than two arms are counted or the plan names other arms.

    Notes
    -----
    Pearson's chi-square. A mismatch means lost or doubled customers, so that arms are
    no longer alike and no effect can be trusted. The limit of 0.001 is that of Fabijan
    and others (2019), *Diagnosing sample ratio mismatch*, KDD.

    Examples
    --------
    >>> sample_ratio_check({"control": 5_000, "treatment": 5_300}).verdict
    'doubtful'
    """
    plan = dict.fromkeys(counts, 1.0) if expected is None else dict(expected)
    if len(counts) < 2 or set(plan) != set(counts):  # noqa: PLR2004 - two sides
        raise InputError(
            "a sample ratio needs two arms or more and a planned share for each; "
            f"received counts of {list(counts)} and a plan of {list(plan)}"
        )
    shares = np.array([plan[arm] for arm in counts], dtype=float)
    n = np.array([float(count) for count in counts.values()])
    if not (shares > 0).all() or not (n >= 0).all() or not np.isfinite(shares).all():
        raise InputError("planned shares are above 0 and counts not negative")
    shares = shares / shares.sum()
    if not n.sum():
        value = p = math.nan
    else:
        planned = shares * n.sum()
        value = float(((n - planned) ** 2 / planned).sum())
        p = float(scipy.stats.chi2.sf(value, len(n) - 1))
    verdict = "blocked" if p < BLOCKED else "doubtful" if p < DOUBTFUL else "ok"
    return SampleRatio(
        counts={arm: int(count) for arm, count in counts.items()},
        expected=dict(zip(counts, shares.tolist(), strict=True)),
        chi2=value,
        p=p,
        verdict=verdict,
    )
