"""CUPED: take out of the outcome what a measurement before the experiment explains."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import scipy

from cxstats.engine import CrossProductsQuery, Engine, Source
from cxstats.estimates import Estimate
from cxstats.experiments.moments import Outcome
from cxstats.filters import Compare, Filter

__all__ = ["PairSums", "adjusted_effect", "collect_pairs"]


@dataclass(frozen=True)
class PairSums:
    """Sums over rows that have both the outcome y and the earlier measurement x."""

    n: float
    y: float
    x: float
    yy: float
    xx: float
    xy: float

    def centred(self) -> tuple[float, float, float]:
        """Sums of squares and products around the means: yy, xx, xy."""
        if not self.n:
            return 0.0, 0.0, 0.0
        return (
            self.yy - self.y**2 / self.n,
            self.xx - self.x**2 / self.n,
            self.xy - self.x * self.y / self.n,
        )


def collect_pairs(
    engine: Engine,
    source: Source,
    outcome: Outcome,
    covariate: str,
    arm: str,
    value: Any,
) -> PairSums:
    """Sum outcome and covariate in one arm."""
    own: Filter = Compare(arm, "=", value)
    kept = own if outcome.where is None else own & outcome.where
    query = CrossProductsQuery((outcome.column, covariate), complete=True, where=kept)
    rows = {
        (row["left"], row["right"]): row
        for row in engine.cross_products(source, query).to_pylist()
    }
    yy, xy, xx = rows[(0, 0)], rows[(0, 1)], rows[(1, 1)]
    return PairSums(
        n=xy["n"],
        y=xy["w_left"],
        x=xy["w_right"],
        yy=yy["w_product"],
        xx=xx["w_product"],
        xy=xy["w_product"],
    )


def adjusted_effect(
    own: PairSums, control: PairSums, unit: str, level: float
) -> Estimate | None:
    """Return the difference of ``y - θ x``.

    θ is the slope of y on x within the arms, so that the effect itself takes no part
    in it. None if x does not vary, or leaves nothing of y: then it is the outcome.

    References
    ----------
    Deng, Xu, Kohavi & Walker (2013), WSDM: Improving the sensitivity of online
    controlled experiments by utilizing pre-experiment data.
    """
    sides = [own.centred(), control.centred()]
    spread = sum(side[1] for side in sides)
    if not spread > 0 or min(own.n, control.n) < 2:  # noqa: PLR2004 - a variance
        return None
    theta = sum(side[2] for side in sides) / spread
    variances, means = [], []
    for sums, (yy, xx, xy) in zip((own, control), sides, strict=True):
        left = max(yy - 2 * theta * xy + theta**2 * xx, 0.0)
        variances.append(left / (sums.n - 1) / sums.n)
        means.append((sums.y - theta * sums.x) / sums.n)
    value, error = means[0] - means[1], math.sqrt(sum(variances))
    if not error > 0:
        return None
    half = float(scipy.stats.norm.ppf((1 + level) / 2)) * error
    n = int(own.n + control.n)
    return Estimate(
        value, unit, error, value - half, value + half, level, n, float(n), "cuped"
    )


def covered(pairs: Mapping[Any, PairSums]) -> int:
    """Count the rows that have both numbers."""
    return int(sum(sums.n for sums in pairs.values()))
