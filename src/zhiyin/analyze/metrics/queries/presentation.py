"""How numbers are written and placed on a page; nothing is computed here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.estimates import Estimate
from cxstats.metrics import MetricResult
from cxstats.reporting import MinimumN
from cxstats.scales import Scale

MINUS = "−"


@dataclass(frozen=True)
class Axis:
    """The range a whisker is drawn on."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a value lies, in percent from the left, kept inside."""
        share = (value - self.low) / (self.high - self.low)
        return round(min(max(share, 0.0), 1.0) * 100, 2)


def axis_of(unit: str, scale: Scale) -> Axis:
    """Return the whole possible range of a unit."""
    if unit == "points":
        return Axis(-100, 100)
    if unit == "share":
        return Axis(0, 1)
    return Axis(scale.minimum, scale.maximum)


def write_value(value: float, unit: str, *, signed: bool = True) -> str:
    """Write a number in its unit: +40, 8.68, 58.1 %."""
    if math.isnan(value):
        return "–"
    if unit == "points":
        text = f"{value:+.0f}" if signed else f"{value:.0f}"
        return "0" if text in {"+0", "-0"} else text.replace("-", MINUS)
    if unit == "share":
        return f"{value * 100:.1f}%"
    return f"{value:.2f}"


def write_half(estimate: Estimate) -> str:
    """Write half the interval: ±4, ±0.03, ±1.2."""
    half = estimate.half_width
    if math.isnan(half):
        return ""
    if estimate.unit == "points":
        return f"±{half:.0f}" if half >= 1 else f"±{half:.1f}"
    if estimate.unit == "share":
        return f"±{half * 100:.1f}"
    return f"±{half:.2f}"


def method_text(method: str) -> str:
    """Return how an interval was made, in the reader's language."""
    names = {
        "adjusted_wald": _("adjusted Wald"),
        "score": _("trinomial score interval"),
        "t": _("t interval"),
        "bounded": _("cautious bounds"),
        "wilson": _("Wilson interval"),
        "linearized_t": _("linearised variance, t interval"),
        "none": "–",
    }
    base = method.removesuffix("_effective")
    name = names.get(base, method)
    return name if base == method else _("%(name)s at the effective n") % {"name": name}


@dataclass(frozen=True)
class ScoreText:
    """One score as a page shows it: never without its n and its interval."""

    standing: str
    value: str
    half: str
    lower: str
    upper: str
    n: int
    n_effective: int
    level: int
    method: str
    needed: int
    unit: str
    at: float
    left: float
    width: float
    zero: float
    is_weighted: bool


def present(
    estimate: Estimate,
    policy: MinimumN,
    scale: Scale,
    axis: Axis | None = None,
) -> ScoreText:
    """Put an estimate in words and in places on an axis."""
    where = axis or axis_of(estimate.unit, scale)
    left, right = where.place(estimate.lower), where.place(estimate.upper)
    return ScoreText(
        standing=policy.standing(estimate.n),
        value=write_value(estimate.value, estimate.unit),
        half=write_half(estimate),
        lower=write_value(estimate.lower, estimate.unit),
        upper=write_value(estimate.upper, estimate.unit),
        n=estimate.n,
        n_effective=round(estimate.n_effective),
        level=round(estimate.level * 100),
        method=method_text(estimate.method),
        needed=policy.shown,
        unit=estimate.unit,
        at=where.place(estimate.value),
        left=left,
        width=round(right - left, 2),
        zero=where.place(0) if where.low < 0 else 0.0,
        is_weighted=not math.isnan(estimate.kish),
    )


@dataclass(frozen=True)
class Column:
    """One column of the distribution strip."""

    score: int
    share: float
    height: float
    answer_class: str


def distribution_columns(result: MetricResult, scale: Scale) -> list[Column]:
    """Return the share of answers on every point of the scale."""
    counts: dict[int, float] = {}
    for score, weight in result.distribution().items():
        # An imported half point is drawn on the point nearest to it.
        counts[round(score)] = counts.get(round(score), 0.0) + weight
    total = sum(counts.values()) or 1.0
    top = max(counts.values(), default=0.0) or 1.0
    return [
        Column(
            score=point,
            share=counts.get(point, 0.0) / total,
            height=round(counts.get(point, 0.0) / top * 100, 1),
            answer_class=class_of(point, scale),
        )
        for point in range(scale.minimum, scale.maximum + 1)
    ]


def class_of(score: float, scale: Scale) -> str:
    """Return the class of an answer, or an empty text where there are none."""
    if scale.detractor_max is None or scale.promoter_min is None:
        return ""
    if score <= scale.detractor_max:
        return "detractor"
    return "promoter" if score >= scale.promoter_min else "passive"
