"""From score cells to estimates: one path for every metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxstats.aggregates import ScoreCells
from cxstats.errors import InputError
from cxstats.estimates import Estimates, Floats
from cxstats.intervals import t_interval
from cxstats.metrics.measures import Interval, Measure
from cxstats.weighting import Fpc, LinearisedMeans, linearise

__all__ = ["EQUAL_WEIGHTS", "Precision", "estimate_measure"]

Flags = npt.NDArray[np.bool_]

EQUAL_WEIGHTS = 1e-9
"""Weights whose Kish effect differs from 1 by less are equal."""


@dataclass(frozen=True)
class Precision:
    """How intervals are made.

    Parameters
    ----------
    level
        Confidence level.
    fpc
        Units in the population per stratum, for the finite population correction.
    """

    level: float = 0.95
    fpc: Fpc = None

    def __post_init__(self) -> None:
        """Refuse a level that is not a probability."""
        if not 0 < self.level < 1:
            raise InputError(
                f"the confidence level lies between 0 and 1, such as 0.95; received "
                f"{self.level}"
            )


def estimate_measure(
    cells: ScoreCells, measure: Measure, precision: Precision
) -> Estimates:
    """Estimate the mean of a measure in every group.

    Equally weighted answers without a design get the measure's own interval;
    weights, strata, clusters or a finite population get the linearised variance
    with a t interval. Where that variance is zero or cannot be estimated (all
    answers alike, a single cluster) the measure's own interval at the effective n
    stands in, so that no interval ever pretends to certainty.

    Returns
    -------
    Estimates
        In the unit of the measure, one per group of the cells.
    """
    values = measure.values(cells.numbers("score"))
    has_design = cells.has_strata or cells.has_clusters or precision.fpc is not None
    if not has_design and not cells.is_weighted:
        return _unweighted(cells, values, measure, precision.level)
    means = linearise(cells, values, precision.fpc)
    square = _mean_square(cells, values)
    is_plain = np.zeros(len(means.n), dtype=bool)
    deff, n_effective = _effects(means, measure, precision)
    if not has_design:
        is_plain = ~(np.abs(means.kish - 1) > EQUAL_WEIGHTS)
        n_effective = _kish_n(means)
    plain = measure.interval(
        means.n, means.value * means.n, square * means.n, precision.level
    )
    designed = _designed(means, square, measure, precision.level)
    factor = measure.factor
    methods = np.where(is_plain, plain.methods, designed.methods)
    methods = np.where(means.n > 0, methods, "none")
    return Estimates(
        unit=measure.unit,
        level=precision.level,
        value=means.value * factor,
        std_error=np.where(is_plain, plain.std_error, designed.std_error) * factor,
        lower=np.where(is_plain, plain.lower, designed.lower) * factor,
        upper=np.where(is_plain, plain.upper, designed.upper) * factor,
        n=means.n.astype(np.int64),
        n_effective=np.where(is_plain, means.n, n_effective),
        methods=tuple(methods.tolist()),
        deff=np.where(is_plain, np.nan, deff),
        kish=means.kish if cells.is_weighted else np.full(len(means.n), np.nan),
    )


def _unweighted(
    cells: ScoreCells, values: Floats, measure: Measure, level: float
) -> Estimates:
    """Estimate from plain counts, where no weight or design has a say."""
    keep, size = cells.is_valid, len(cells.groups)
    group, n, v = cells.group_index[keep], cells.numbers("n")[keep], values[keep]
    total, s1, s2 = (
        np.asarray(np.bincount(group, sums, size), dtype=float)
        for sums in (n, n * v, n * v**2)
    )
    plain = measure.interval(total, s1, s2, level)
    unknown = np.full(size, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = s1 / total
    return Estimates(
        unit=measure.unit,
        level=level,
        value=value * measure.factor,
        std_error=plain.std_error * measure.factor,
        lower=plain.lower * measure.factor,
        upper=plain.upper * measure.factor,
        n=total.astype(np.int64),
        n_effective=total,
        methods=tuple(np.where(total > 0, plain.methods, "none").tolist()),
        deff=unknown,
        kish=unknown,
    )


def _mean_square(cells: ScoreCells, values: Floats) -> Floats:
    keep, size = cells.is_valid, len(cells.groups)
    group, w = cells.group_index[keep], cells.numbers("w")[keep]
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.bincount(group, w, size)
        return np.asarray(np.bincount(group, w * values[keep] ** 2, size) / total)


def _effects(
    means: LinearisedMeans, measure: Measure, precision: Precision
) -> tuple[Floats, Floats]:
    """Return the design effect and the effective n of a known design.

    Where no standard error can be estimated there is no design effect, and the
    effective n is the one that the interval is made with. A stratum of one unit
    shows no spread of its own, so a gain in precision found there is not believed.
    """
    flat = _is_flat(_std_error(means), measure)
    deff = means.deff_replace if precision.fpc is None else means.deff
    deff = np.where(flat, np.nan, deff)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_deff = means.n / np.where(deff > 0, deff, np.nan)
    by_deff = np.where(means.has_lone_unit, np.minimum(by_deff, means.n), by_deff)
    return deff, np.where(np.isnan(by_deff), _units(means), by_deff)


def _std_error(means: LinearisedMeans) -> Floats:
    return np.where(means.df >= 1, np.sqrt(means.variance), np.nan)


def _is_flat(std_error: Floats, measure: Measure) -> Flags:
    """Say where there is no spread that an interval could be made of."""
    low, high = measure.ends
    flat: Flags = ~(std_error > EQUAL_WEIGHTS * (high - low))
    return flat


def _kish_n(means: LinearisedMeans) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(means.n > 0, means.n / means.kish, 0.0)


def _units(means: LinearisedMeans) -> Floats:
    """Return a cautious effective n: Kish's, at most one per sampled unit."""
    return np.minimum(_kish_n(means), means.units)


def _designed(
    means: LinearisedMeans, square: Floats, measure: Measure, level: float
) -> Interval:
    low, high = measure.ends
    std_error = _std_error(means)
    lower, upper = t_interval(means.value, std_error, means.df, level)
    is_flat = _is_flat(std_error, measure)
    units = _units(means)
    own = measure.interval(units, means.value * units, square * units, level)
    methods = [
        f"{name}_effective" if flat else "linearized_t"
        for name, flat in zip(own.methods, is_flat, strict=True)
    ]
    return Interval(
        std_error,
        np.where(is_flat, own.lower, lower).clip(low, high),
        np.where(is_flat, own.upper, upper).clip(low, high),
        methods,
    )
