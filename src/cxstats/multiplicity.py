"""False discovery rates over many comparisons."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["Correction", "q_values"]

Correction = Literal["bh", "by", "none"]
"""Benjamini-Hochberg, Benjamini-Yekutieli, or no correction."""


def q_values(p: npt.ArrayLike, correction: Correction = "bh") -> Floats:
    """Adjust p values so that a threshold on q bounds the false discovery rate.

    Parameters
    ----------
    p
        P values between 0 and 1; NaN means no test was possible: it stays NaN and
        does not count as a comparison.
    correction
        ``bh`` for tests that are independent or positively dependent (Benjamini and
        Hochberg 1995), ``by`` under any dependence (Benjamini and Yekutieli 2001),
        ``none`` to return p.

    Returns
    -------
    numpy.ndarray
        One q per p, between p and 1, in the order given.

    Raises
    ------
    InputError
        If a p value is outside 0..1 or the correction is unknown.

    Examples
    --------
    >>> q_values([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    values = np.asarray(p, dtype=float)
    known = np.flatnonzero(~np.isnan(values))
    tested = values[known]
    if ((tested < 0) | (tested > 1)).any():
        raise InputError(f"p values lie between 0 and 1; received {tested.tolist()}")
    if correction not in {"bh", "by", "none"}:
        raise InputError(f"correction must be bh, by or none; received {correction!r}")
    adjusted = values.copy()
    if correction == "none" or not len(tested):
        return adjusted
    tests = len(tested)
    penalty = float(np.sum(1 / np.arange(1, tests + 1))) if correction == "by" else 1.0
    order = np.argsort(tested, kind="stable")
    scaled = tested[order] * penalty * tests / np.arange(1, tests + 1)
    # A larger p never gets a smaller q: carry the minimum down from the largest.
    monotone = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1.0)
    adjusted[known[order]] = monotone
    return adjusted
