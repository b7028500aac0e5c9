"""Difference in differences from n, Σy and Σy² of group and phase."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from cxstats.errors import InputError
from cxstats.experiments.moments import Moments

__all__ = ["CellDifference", "FourCells", "PreTrend", "pre_trend"]


@dataclass(frozen=True)
class FourCells:
    """Treated and control units before and after.

    Parameters
    ----------
    treated_before, treated_after, control_before, control_after
        Outcomes of the four cells.
    """

    treated_before: Moments
    treated_after: Moments
    control_before: Moments
    control_after: Moments

    @property
    def all(self) -> tuple[Moments, Moments, Moments, Moments]:
        """The cells in the order of the fields."""
        return (
            self.treated_before,
            self.treated_after,
            self.control_before,
            self.control_after,
        )

    def difference(self) -> CellDifference:
        """Return the change of the treated minus that of the control.

        Raises
        ------
        InputError
            If a cell has fewer than two outcomes.

        Notes
        -----
        Equals the interaction of the regression of y on group, phase and both, with
        the standard errors of ordinary least squares and of MacKinnon & White (1985):
        with four cells every leverage is 1 / n, so all of them follow from the cells.
        HC2 is the root of the summed squared standard errors of the cells.
        """
        cells = self.all
        if min(cell.n for cell in cells) < 2:  # noqa: PLR2004 - a variance needs two
            raise InputError(
                "each of the four cells (treated and control, before and after) needs "
                f"two outcomes or more; received {[int(cell.n) for cell in cells]}"
            )
        n = np.array([cell.n for cell in cells])
        rss = np.array([cell.variance() * (cell.n - 1) for cell in cells])
        total, df = float(n.sum()), float(n.sum() - len(cells))
        own = rss / n**2
        hc2 = float((rss / n / (n - 1)).sum())
        errors = {
            "ols": math.sqrt(float(rss.sum()) / df * float((1 / n).sum())),
            "HC0": math.sqrt(float(own.sum())),
            "HC1": math.sqrt(float(own.sum()) * total / df),
            "HC2": math.sqrt(hc2),
            "HC3": math.sqrt(float((rss / (n - 1) ** 2).sum())),
        }
        parts = rss / n / (n - 1)
        spread = float((parts**2 / (n - 1)).sum())
        a, b, c, d = (cell.mean for cell in cells)
        return CellDifference(
            value=b - a - (d - c),
            errors=errors,
            df=hc2**2 / spread if spread > 0 else math.inf,
        )

    def clustered(self, clusters: Iterable[FourCells]) -> tuple[float, int]:
        """Return the cluster-robust standard error (CR1) and the number of clusters.

        Parameters
        ----------
        clusters
            The same four cells of every cluster: grids, shops or people that the
            treatment was given to as a whole. Their cells may be empty.
        """
        means = [cell.mean for cell in self.all]
        n = [cell.n for cell in self.all]
        signs = (-1.0, 1.0, 1.0, -1.0)
        scores = []
        for cluster in clusters:
            parts = zip(cluster.all, means, n, signs, strict=True)
            scores.append(
                sum(s * (own.s1 - own.n * m) / size for own, m, size, s in parts)
            )
        groups, total = len(scores), sum(n)
        if groups < 2:  # noqa: PLR2004 - nothing varies between one cluster
            return math.nan, groups
        correction = groups / (groups - 1) * (total - 1) / (total - 4)
        return math.sqrt(correction * sum(score**2 for score in scores)), groups


@dataclass(frozen=True)
class CellDifference:
    """The difference, its standard errors by name, and degrees of freedom for HC2."""

    value: float
    errors: Mapping[str, float]
    df: float

    def interval(self, error: float, df: float, level: float) -> tuple[float, ...]:
        """Return lower end, upper end and p value from a standard error."""
        if not error > 0:
            return math.nan, math.nan, math.nan
        law = scipy.stats.norm if math.isinf(df) else scipy.stats.t(max(df, 1.0))
        half = float(law.ppf((1 + level) / 2)) * error
        p = 2 * float(law.sf(abs(self.value) / error))
        return self.value - half, self.value + half, p


@dataclass(frozen=True)
class PreTrend:
    """Whether treated and control moved alike before the treatment.

    Parameters
    ----------
    periods
        Periods before it.
    slope, std_error, p
        Change per period of the treated group's distance from the control.
    p_equal
        Test that the distance is the same in all periods.
    """

    periods: int
    slope: float
    std_error: float
    p: float
    p_equal: float


def pre_trend(pairs: Sequence[tuple[Moments, Moments]]) -> PreTrend | None:
    """Test the distance between the groups over the periods before the treatment.

    Parameters
    ----------
    pairs
        Treated and control outcomes of each period in order; periods in which a side
        has fewer than two outcomes are passed over.

    Returns
    -------
    PreTrend or None
        None with fewer than two usable periods. Absence of a visible trend is no
        proof of parallel trends: with little data none can be seen.
    """
    usable = [
        (
            place,
            own.mean - other.mean,
            own.variance() / own.n + other.variance() / other.n,
        )
        for place, (own, other) in enumerate(pairs)
        if min(own.n, other.n) > 1
    ]
    known = [(x, d, v) for x, d, v in usable if v > 0]
    if len(known) < 2:  # noqa: PLR2004 - a slope needs two
        return None
    x, d, v = np.array(known, dtype=float).T
    w = 1 / v
    middle, mean = float((w * x).sum() / w.sum()), float((w * d).sum() / w.sum())
    spread = float((w * (x - middle) ** 2).sum())
    slope, error = float((w * (x - middle) * d).sum() / spread), math.sqrt(1 / spread)
    return PreTrend(
        periods=len(known),
        slope=slope,
        std_error=error,
        p=2 * float(scipy.stats.norm.sf(abs(slope) / error)),
        p_equal=float(
            scipy.stats.chi2.sf(float((w * (d - mean) ** 2).sum()), len(known) - 1)
        ),
    )


def pooled(cells: Iterable[Moments]) -> Moments:
    """Add cells up."""
    return sum(cells, Moments())


def as_dict(trend: PreTrend | None, factor: float) -> dict[str, Any] | None:
    """Return a trend for JSON, in the unit of the outcome."""
    if trend is None:
        return None
    return {
        "periods": trend.periods,
        "slope": trend.slope * factor,
        "std_error": trend.std_error * factor,
        "p": trend.p,
        "p_equal": trend.p_equal,
    }
