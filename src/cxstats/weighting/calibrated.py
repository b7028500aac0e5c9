"""Estimates with calibrated weights: variance from what the margins leave over.

    g = weight / base weight ;  z_i = (v_i - theta) / Σ g d  (v_i itself for a total)
    e_i = z_i minus its regression, by base weight d, on the margins
    Var = Σ_h (1 - f_h) n_h / (n_h - 1) Σ_j (Σ_{i in j} g_i d_i e_i - mean)^2

(Deville and Särndal 1992, eq. 3.4; Särndal, Swensson and Wretman 1992, sec. 6.6.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cxstats.aggregates import ScaleCoding, ScoreCells, to_number
from cxstats.engine import Engine, HistogramQuery
from cxstats.engine.keys import Column
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats
from cxstats.inputs import engine_for, source_of
from cxstats.intervals import bounded_interval, net_score_interval, t_interval
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.weighting.calibration import residuals
from cxstats.weighting.design import Fpc, sampling_variance
from cxstats.weighting.joint import Calibration

__all__ = ["Design", "NumberCoding", "Outcome", "Statistic", "calibrated_estimate"]

Statistic = Literal["nps", "mean", "total"]

FLAT = 1e-9
"""Standard errors below this part of the answers' size are rounding."""


@dataclass(frozen=True)
class NumberCoding:
    """Reads any finite number.

    Parameters
    ----------
    missing
        Numbers or texts that mean no answer.
    """

    missing: tuple[Any, ...] = ()

    def code(self, value: Any) -> tuple[float | None, str]:
        """Return the number and the reason of exclusion."""
        number = to_number(value)
        if value is None or not str(value).strip() or number != number:  # noqa: PLR0124
            return None, "blank"
        if _code(value) in {_code(code) for code in self.missing}:
            return number, "missing_code"
        if number is None or not math.isfinite(number):
            return None, "not_a_number"
        return number, ""


def _code(value: Any) -> float | str:
    """Return what a code of no answer is known by: its number, or its text."""
    number = to_number(value)
    return str(value).strip().casefold() if number is None else number


@dataclass(frozen=True)
class Outcome:
    """What is estimated.

    Parameters
    ----------
    score
        Column of answers.
    statistic
        ``nps``, ``mean`` or ``total``.
    scale
        0-10 for ``nps`` and any number else, unless given.
    missing
        Codes of no answer.
    """

    score: str
    statistic: Statistic
    scale: str | Scale | None
    missing: tuple[Any, ...]

    def __post_init__(self) -> None:
        """Refuse a statistic that there is not."""
        if self.statistic not in {"nps", "mean", "total"}:
            raise InputError(
                f"statistic must be nps, mean or total; received {self.statistic!r}"
            )

    @property
    def read(self) -> Scale | None:
        """The scale that answers are read on."""
        if self.scale is not None:
            return parse_scale(self.scale)
        return NPS_0_10 if self.statistic == "nps" else None

    @property
    def coding(self) -> ScaleCoding | NumberCoding:
        """How answers are read."""
        scale = self.read
        if scale is None:
            return NumberCoding(self.missing)
        return ScaleCoding(scale, self.missing, whole=self.statistic == "nps")

    def values(self, scores: Floats) -> Floats:
        """Return what is averaged or added up."""
        scale = self.read
        if self.statistic != "nps" or scale is None:
            return scores
        low, high = scale.cuts()
        return (scores >= high).astype(float) - (scores <= low)


@dataclass(frozen=True)
class Design:
    """Columns of the sampling design and how intervals are made."""

    strata: str | None = None
    cluster: str | None = None
    fpc: Fpc = None
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse a level that is not a probability."""
        if not 0 < self.level < 1:
            raise InputError(
                f"the confidence level lies between 0 and 1, such as 0.95; received "
                f"{self.level}"
            )


def calibrated_estimate(
    made: Calibration,
    data: Any,
    outcome: Outcome,
    design: Design,
    engine: Engine | str | None = None,
) -> Estimate:
    """Estimate a score, mean or total with calibrated weights.

    Raises
    ------
    InputError
        If the rows are not those that the weights were made for.
    """
    cells = _collect(made, data, outcome, design, engine)
    place = made.cells.places(cells.groups)[cells.group_index]
    base, w2, n = (cells.numbers(name) for name in ("w", "w2", "n"))
    if ((base > 0) & (place < 0)).any():
        raise InputError(
            "the data hold combinations of values that were not weighted; estimate "
            "from the rows that the weights were made for"
        )
    valid = cells.is_valid & (base > 0)
    factor = np.where(place < 0, 0.0, (made.weights / made.cells.base)[place])
    weight = np.where(valid, base * factor, 0.0)
    values = np.where(valid, outcome.values(cells.numbers("score")), 0.0)
    total = float(weight.sum())
    is_total = outcome.statistic == "total"
    theta = float(weight @ values) / (1.0 if is_total else total or math.nan)
    z = values if is_total else np.where(valid, (values - theta) / total, 0.0)
    used = np.where(place < 0, 0, place)
    left = np.where(base > 0, residuals(z, base, used, made.sides), 0.0)
    squares, sums = w2 * (factor * left) ** 2, base * factor * left
    variance, df = sampling_variance(cells, squares, sums, design.fpc)
    answers = float(n[valid].sum())
    squared = float((w2 * factor**2)[valid].sum())
    kish = answers * squared / total**2 if total else math.nan
    square = float(weight @ values**2) / total if total else math.nan
    numbers = _Numbers(theta, variance, df, answers, kish, square)
    return _estimate(numbers, outcome, design.level)


@dataclass(frozen=True)
class _Numbers:
    """What an estimate is put together from."""

    theta: float
    variance: float
    df: float
    n: float
    kish: float
    square: float

    @property
    def spread(self) -> float:
        """Variance of one answer."""
        return max(self.square - self.theta**2, 0.0)


def _estimate(found: _Numbers, outcome: Outcome, level: float) -> Estimate:
    is_net, is_total = outcome.statistic == "nps", outcome.statistic == "total"
    factor = 100.0 if is_net else 1.0
    low, high = (-1.0, 1.0) if is_net else (-np.inf, np.inf)
    error = math.sqrt(found.variance) if found.df >= 1 and found.n > 1 else math.nan
    # Margins that explain every answer leave rounding, which is no precision.
    is_flat = not error > FLAT * math.sqrt(found.square)
    ends = t_interval(
        np.array([found.theta]), np.array([error]), np.array([found.df]), level
    )
    lower, upper = (float(np.clip(end[0], low, high)) for end in ends)
    method, deff = "calibrated_t", math.nan
    if is_flat:
        lower, upper, method = _cautious(found, outcome, level)
    elif not is_total and found.spread > 0:
        deff = found.variance * (found.n - 1) / found.spread
    return Estimate(
        value=factor * found.theta,
        unit="points" if is_net else "score",
        std_error=factor * error,
        lower=factor * lower,
        upper=factor * upper,
        level=level,
        n=int(found.n),
        n_effective=found.n / (deff if deff > 0 else found.kish) if found.n else 0.0,
        method=method,
        deff=deff,
        kish=found.kish,
    )


def _cautious(
    found: _Numbers, outcome: Outcome, level: float
) -> tuple[float, float, str]:
    """Return the interval of equal answers at Kish's n where residuals show none."""
    scale = outcome.read
    if scale is None or outcome.statistic == "total" or not found.n:
        return math.nan, math.nan, "none"
    n = found.n / found.kish
    if outcome.statistic == "mean":
        points = (float(scale.minimum), float(scale.maximum))
        ends = bounded_interval(np.array([found.theta]), np.array([n]), points, level)
        return float(ends[0][0]), float(ends[1][0]), "bounded_effective"
    promoters = np.array([n * (found.square + found.theta) / 2])
    detractors = np.array([n * (found.square - found.theta) / 2])
    passives = n - promoters - detractors
    # Rounding must not make an empty class look answered.
    passives = np.where(passives > FLAT * n, passives, 0.0)
    lower, upper, is_score = net_score_interval(detractors, passives, promoters, level)
    method = "score" if is_score[0] else "adjusted_wald"
    return float(lower[0]), float(upper[0]), f"{method}_effective"


def _collect(
    made: Calibration,
    data: Any,
    outcome: Outcome,
    design: Design,
    engine: Engine | str | None,
) -> ScoreCells:
    keys = made.cells.needed
    query = HistogramQuery(
        score=outcome.score,
        by=tuple(Column(name, f"by{i}") for i, name in enumerate(keys)),
        weight=made.cells.weight_column,
        stratum=design.strata,
        cluster=design.cluster,
        where=made.cells.where,
    )
    with engine_for(engine) as opened:
        table = opened.score_histogram(source_of(data, query.columns()), query)
    return ScoreCells.from_histogram(table, by=keys, coding=outcome.coding)
