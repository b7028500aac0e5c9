"""How well a score ranks customers by what a treatment does to them.

Two libraries give two numbers called Qini for one score. Both are here under names
that say which: `qini_auc` and `uplift_auc` as scikit-uplift defines them (area over
random, divided by that of a perfect ranking), `gain_auc` and `qini_area` as causalml
does (mean height of the normalised curve, over random for the latter).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["DEFINITIONS", "UpliftQuality", "qini_curve", "uplift_quality"]

DEFINITIONS = {
    "qini_auc": "area between the Qini curve and random, divided by the same area of "
    "a perfect ranking with negative effects (scikit-uplift)",
    "uplift_auc": "the same with the uplift curve (scikit-uplift)",
    "uplift_at": "difference of the outcome rates of treated and control among the "
    "customers ranked highest, taken from all customers together",
    "uplift_at_by_group": "the same, taken from treated and control apart",
    "gain_auc": "mean height of the cumulative gain divided by its end (causalml's "
    "AUUC); 0.5 is random",
    "qini_area": "mean height of the Qini curve divided by its end, minus that of "
    "random (causalml's Qini)",
    "qini_area_raw": "the same before dividing by the end, in customers",
}
"""What each number means."""


@dataclass(frozen=True)
class UpliftQuality:
    """The measures of `DEFINITIONS` for one score; NaN where one side is empty."""

    qini_auc: float
    uplift_auc: float
    uplift_at: float
    uplift_at_by_group: float
    gain_auc: float
    qini_area: float
    qini_area_raw: float


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Running counts of treated, control and their outcomes, best score first."""

    treated: Floats
    control: Floats
    y_treated: Floats
    y_control: Floats

    def at(self, places: npt.NDArray[np.int64]) -> _Sorted:
        """Keep some places."""
        return _Sorted(
            self.treated[places],
            self.control[places],
            self.y_treated[places],
            self.y_control[places],
        )

    def qini(self) -> Floats:
        """Additional outcomes among the treated so far."""
        return self.y_treated - self.y_control * _divided(self.treated, self.control)

    def uplift(self) -> Floats:
        """Difference of the rates so far, times the customers so far."""
        rates = _divided(self.y_treated, self.treated) - _divided(
            self.y_control, self.control
        )
        return rates * (self.treated + self.control)


def qini_curve(
    outcome: npt.ArrayLike, score: npt.ArrayLike, treated: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return the Qini curve: additional outcomes by customers targeted.

    Parameters
    ----------
    outcome
        0 or 1 per customer.
    score
        Expected effect of the treatment; the highest are targeted first.
    treated
        1 for the treated, 0 for the control.

    Returns
    -------
    customers, additional
        Points after each distinct score, beginning at 0; ties are one point.

    Raises
    ------
    InputError
        If the columns differ in length, hold other values, or a side is empty.
    """
    y, s, t = _checked(outcome, score, treated)
    order = _order(s)
    counts, ends = _counted(y, t, order), _distinct(s[order])
    kept = counts.at(ends)
    zero = np.zeros(1)
    return (
        np.concatenate([zero, kept.treated + kept.control]),
        np.concatenate([zero, kept.qini()]),
    )


def uplift_quality(
    outcome: npt.ArrayLike,
    score: npt.ArrayLike,
    treated: npt.ArrayLike,
    *,
    top: float = 0.3,
) -> UpliftQuality:
    """Measure how well a score ranks customers by their uplift.

    Parameters
    ----------
    outcome, score, treated
        As in `qini_curve`.
    top
        Share of the customers that ``uplift_at`` looks at, above 0 and up to 1.

    Returns
    -------
    UpliftQuality
        See `DEFINITIONS`. Normalised numbers may exceed 1 and turn sign where the
        effect as a whole is near 0 or negative.

    Raises
    ------
    InputError
        As `qini_curve`, or if ``top`` is no share.

    Examples
    --------
    >>> y, t = [1, 0, 0, 0, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0, 1, 0]
    >>> round(uplift_quality(y, [8, 7, 6, 5, 4, 3, 2, 1], t).qini_auc, 3)
    0.383
    """
    if not 0 < top <= 1:
        raise InputError(f"top is a share above 0 and up to 1; received {top}")
    y, s, t = _checked(outcome, score, treated)
    order = _order(s)
    counts = _counted(y, t, order)
    shown, plain = _areas(counts, _distinct(s[order])), _counted_areas(counts)
    return UpliftQuality(
        qini_auc=_normal(shown[0], _perfect_areas(y, t, y * t - y * (1 - t))[0]),
        uplift_auc=_normal(shown[1], _perfect_areas(y, t, _ideal(y, t))[1]),
        uplift_at=_top_overall(counts, top),
        uplift_at_by_group=_top_by_group(y[order], t[order], top),
        gain_auc=plain[0],
        qini_area=plain[1],
        qini_area_raw=plain[2],
    )


def _checked(
    outcome: npt.ArrayLike, score: npt.ArrayLike, treated: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    columns = [np.asarray(x, dtype=float).ravel() for x in (outcome, score, treated)]
    y, s, t = columns
    binary = all(np.isin(x, (0.0, 1.0)).all() for x in (y, t))
    if len({len(x) for x in columns}) > 1 or not binary or not np.isfinite(s).all():
        raise InputError(
            "uplift needs outcomes and treatments of 0 or 1 and a finite score for "
            "each customer; leave out rows in which one is missing"
        )
    if len(set(t.tolist())) < 2:  # noqa: PLR2004 - both sides
        raise InputError(
            "uplift needs treated and control customers; one side is empty"
        )
    return y, s, t


def _order(score: Floats) -> npt.NDArray[np.int64]:
    """Highest first; among equals the later row first, as in scikit-uplift."""
    return np.argsort(score, kind="stable")[::-1].astype(np.int64)


def _distinct(ordered: Floats) -> npt.NDArray[np.int64]:
    """Last place of every distinct score."""
    return np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)


def _counted(y: Floats, t: Floats, order: npt.NDArray[np.int64]) -> _Sorted:
    y, t = y[order], t[order]
    treated = np.cumsum(t)
    return _Sorted(
        treated,
        np.arange(1, len(t) + 1) - treated,
        np.cumsum(y * t),
        np.cumsum(y * (1 - t)),
    )


def _divided(top: Floats, bottom: Floats) -> Floats:
    made: Floats = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)
    return made


def _areas(counts: _Sorted, ends: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Areas of the Qini and the uplift curve over random."""
    kept = counts.at(ends)
    x = np.concatenate([[0.0], kept.treated + kept.control])
    found = []
    for curve in (kept.qini(), kept.uplift()):
        heights = np.concatenate([[0.0], curve])
        area = float(np.trapezoid(heights, x))
        found.append(area - float(heights[-1] * x[-1]) / 2)
    return found[0], found[1]


def _perfect_areas(y: Floats, t: Floats, score: Floats) -> tuple[float, float]:
    order = _order(score)
    return _areas(_counted(y, t, order), _distinct(score[order]))


def _ideal(y: Floats, t: Floats) -> Floats:
    """Score of a perfect uplift ranking: effects first, harm last."""
    control_hits, treated_misses = (y * (1 - t)).sum(), ((1 - y) * t).sum()
    made: Floats = 2.0 * (y == t) + (y if control_hits > treated_misses else t)
    return made


def _normal(area: float, perfect: float) -> float:
    return area / perfect if perfect else float("nan")


def _counted_areas(counts: _Sorted) -> tuple[float, float, float]:
    """Mean heights of the normalised gain, of the Qini over random, and raw."""
    n = len(counts.treated)
    known = (counts.treated > 0) & (counts.control > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = counts.y_treated / counts.treated - counts.y_control / counts.control
        qini = counts.y_treated - counts.y_control * counts.treated / counts.control
    places = np.arange(n + 1, dtype=float)
    gain = _bridged(lift, known) * places
    additional = _bridged(qini, known)
    random = additional[-1] * places / n
    raw = float((additional - random).sum() / (n + 1))
    ends = abs(float(gain[-1])), abs(float(additional[-1]))
    mean = float(gain.sum()) / (n + 1) / ends[0] if ends[0] else float("nan")
    return mean, raw / ends[1] if ends[1] else float("nan"), raw


def _bridged(values: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Begin at 0 and draw straight lines over places that are not known yet."""
    whole = np.concatenate([[0.0], values])
    is_known = np.concatenate([[True], known])
    places = np.arange(len(whole), dtype=float)
    made: Floats = np.interp(places, places[is_known], whole[is_known])
    return made


def _top_overall(counts: _Sorted, top: float) -> float:
    place = int(len(counts.treated) * top) - 1
    if place < 0 or not counts.treated[place] or not counts.control[place]:
        return float("nan")
    rate = counts.y_treated[place] / counts.treated[place]
    return float(rate - counts.y_control[place] / counts.control[place])


def _top_by_group(y: Floats, t: Floats, top: float) -> float:
    rates = []
    for side in (1, 0):
        own = y[t == side]
        best = own[: int(len(own) * top)]
        rates.append(float(best.mean()) if len(best) else float("nan"))
    return rates[0] - rates[1]
