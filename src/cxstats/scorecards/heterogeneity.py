"""How much units truly differ: the variance between them, and a test of none.

A unit's score y_i has the known sampling variance v_i; true scores vary with
variance tau². With w_i = 1 / (v_i + tau²) and mu = Σ w y / Σ w:

    REML  Σ w² (y - mu)² = Σ w - Σ w² / Σ w      (Viechtbauer 2005, eq. 18)
    ML    Σ w² (y - mu)² = Σ w
    PM    Σ w  (y - mu)² = k - 1                  (Paule and Mandel 1982)
    DL    (Q - (k - 1)) / (Σ u - Σ u² / Σ u), u = 1 / v   (DerSimonian and Laird 1986)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats, json_number

__all__ = [
    "Heterogeneity",
    "TauMethod",
    "heterogeneity",
    "pooled_mean",
    "restricted_likelihoods",
]

TauMethod = Literal["reml", "pm", "dl", "ml"]
"""How the variance between units is estimated."""

_STEPS = 120


@dataclass(frozen=True)
class Heterogeneity:
    """Differences between units beyond the chance of who answered.

    Parameters
    ----------
    tau2
        Variance of the true scores, in squared units of the score; 0 if the scores
        differ no more than chance makes them.
    method
        ``reml``, ``pm``, ``dl`` or ``ml``.
    mean
        Mean of the true scores.
    q, df, p
        Cochran's Q = Σ (y - mean)² / v, its degrees of freedom, and the probability
        of a Q as large if all units were alike.
    i2
        Share of the variation of the scores that is not chance, 0 to 1 (Higgins and
        Thompson 2002).
    """

    tau2: float
    method: TauMethod
    mean: float
    q: float
    df: int
    p: float
    i2: float

    def to_dict(self, factor: float = 1.0) -> dict[str, Any]:
        """Return the numbers for JSON, scores multiplied by a factor."""
        return {
            "tau": json_number(factor * math.sqrt(self.tau2)),
            "tau2": json_number(factor**2 * self.tau2),
            "method": self.method,
            "mean": json_number(factor * self.mean),
            "q": json_number(self.q),
            "df": self.df,
            "p": json_number(self.p),
            "i2": json_number(self.i2),
        }


def pooled_mean(y: Floats, v: Floats, tau2: float) -> tuple[float, float]:
    """Return the weighted mean of the scores, and its variance."""
    w = 1 / (v + tau2)
    return float(w @ y / w.sum()), float(1 / w.sum())


def restricted_likelihoods(y: Floats, v: Floats, tau2: Floats) -> Floats:
    """Return the logarithm of the restricted likelihood, but for a constant.

    One per variance between units, shape (variances,).
    """
    total = v + tau2[:, None]
    w = 1 / total
    sums = w.sum(axis=1)
    mean = (w @ y) / sums
    fit = (w * (y - mean[:, None]) ** 2).sum(axis=1)
    made: Floats = -0.5 * (np.log(sums) + np.log(total).sum(axis=1) + fit)
    return made


def heterogeneity(y: Floats, v: Floats, method: TauMethod = "reml") -> Heterogeneity:
    """Estimate the variance between units from their scores and sampling variances.

    Parameters
    ----------
    y
        Scores of two units or more.
    v
        Their sampling variances, above 0.
    method
        ``reml`` (restricted maximum likelihood), ``pm`` (Paule-Mandel), ``dl``
        (DerSimonian-Laird) or ``ml``.

    Raises
    ------
    InputError
        If there is one unit, a variance is not above 0, or the method is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> found = heterogeneity(np.array([10.0, 20.0, 30.0]), np.array([4.0, 4.0, 4.0]))
    >>> round(found.tau2, 6), round(found.mean, 6)
    (96.0, 20.0)
    """
    y, v = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    if len(y) < 2 or not (v > 0).all():  # noqa: PLR2004 - a variance takes two
        raise InputError(
            "differences between units take two units or more, each with a sampling "
            f"variance above 0; received {len(y)} units, the smallest variance "
            f"{v.min() if len(v) else math.nan:g}"
        )
    if method not in _ESTIMATORS:
        raise InputError(f"method must be reml, pm, dl or ml; received {method!r}")
    from scipy.stats import chi2  # noqa: PLC0415 - keeps the command line quick

    tau2 = _ESTIMATORS[method](y, v)
    q, df = _cochran(y, v, 0.0), len(y) - 1
    return Heterogeneity(
        tau2=tau2,
        method=method,
        mean=pooled_mean(y, v, tau2)[0],
        q=q,
        df=df,
        p=float(chi2.sf(q, df)),
        i2=max(0.0, 1 - df / q) if q > 0 else 0.0,
    )


def _cochran(y: Floats, v: Floats, tau2: float) -> float:
    mean, _variance = pooled_mean(y, v, tau2)
    return float(((y - mean) ** 2 / (v + tau2)).sum())


def _spread(w: Floats) -> float:
    return float(w.sum() - (w**2).sum() / w.sum())


def _dersimonian_laird(y: Floats, v: Floats) -> float:
    return max(0.0, (_cochran(y, v, 0.0) - (len(y) - 1)) / _spread(1 / v))


def _paule_mandel(y: Floats, v: Floats) -> float:
    return _last_root(lambda t: _cochran(y, v, t) - (len(y) - 1), y, v)[-1]


def _score(y: Floats, v: Floats, t: float) -> tuple[float, Floats]:
    mean, _variance = pooled_mean(y, v, t)
    w = 1 / (v + t)
    return float((w**2 * (y - mean) ** 2).sum()), w


def _reml(y: Floats, v: Floats) -> float:
    def slope(t: float) -> float:
        fit, w = _score(y, v, t)
        return fit - _spread(w)

    # The likelihood may have several tops; the highest counts, 0 among them.
    tops = _last_root(slope, y, v)
    places = np.array([0.0, *tops])
    return float(places[np.argmax(restricted_likelihoods(y, v, places))])


def _maximum_likelihood(y: Floats, v: Floats) -> float:
    def slope(t: float) -> float:
        fit, w = _score(y, v, t)
        return fit - float(w.sum())

    def likelihood(t: float) -> float:
        fit = _cochran(y, v, t)
        return -0.5 * (float(np.log(v + t).sum()) + fit)

    return max([0.0, *_last_root(slope, y, v)], key=likelihood)


def _last_root(function: Callable[[float], float], y: Floats, v: Floats) -> list[float]:
    """Return where a function falls through zero, in rising order; [0] if nowhere.

    The steps run from far below the smallest sampling variance to where the
    variance between units would exceed the spread of the scores.
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - keeps the command line quick

    top = 4 * float(np.ptp(y)) ** 2 + float(v.max())
    grid = np.concatenate([[0.0], np.geomspace(1e-9 * v.min(), top, _STEPS)])
    values = [function(t) for t in grid]
    found = [
        float(brentq(function, grid[i], grid[i + 1], xtol=1e-300, rtol=1e-14))
        for i in range(_STEPS)
        if values[i] > 0 >= values[i + 1]
    ]
    return found or [0.0]


_ESTIMATORS: dict[str, Callable[[Floats, Floats], float]] = {
    "reml": _reml,
    "pm": _paule_mandel,
    "dl": _dersimonian_laird,
    "ml": _maximum_likelihood,
}
