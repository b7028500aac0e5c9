"""Do units whose score rises do better later? A lagged panel with fixed effects."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy

from cxstats.display import format_value, text_table
from cxstats.engine import Column, Engine, HistogramQuery, MomentsQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.checks import check_level, number_of
from cxstats.loyalty.linkage import NO_CAUSE
from cxstats.results import Result
from cxstats.scales import NPS_0_10, Scale, parse_scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LagEffect", "PanelLinkage", "panel_linkage"]

FEW_UNITS = 20
FEWEST_ANSWERS = 30
_ROUNDS = 2000
_STILL = 1e-10


@dataclass(frozen=True)
class LagEffect:
    """How the outcome goes with the score some periods earlier.

    Parameters
    ----------
    lag
        Periods between score and outcome.
    slope
        Change of the outcome per 10 points of NPS, within units and beyond what all
        units have in common in a period.
    units, pairs
        Units, and pairs of a score and a later outcome.
    """

    lag: int
    slope: Estimate
    units: int
    pairs: int

    def to_dict(self) -> dict[str, Any]:
        """Return the effect for JSON."""
        return {
            "lag": self.lag,
            "slope": self.slope.to_dict(),
            "units": self.units,
            "pairs": self.pairs,
        }


@dataclass(frozen=True, repr=False)
class PanelLinkage(Result):
    """Score and later outcome of units over periods.

    Parameters
    ----------
    outcome
        Column of the outcome.
    effects
        One per lag.
    left_out
        Units and periods with too few answers for a score.
    warnings
        What the reader must know; always that no cause is shown.
    """

    outcome: str
    effects: tuple[LagEffect, ...]
    left_out: int
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the effects for JSON."""
        return {
            "outcome": self.outcome,
            "effects": [effect.to_dict() for effect in self.effects],
            "left_out": self.left_out,
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per lag."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(
            [
                {"lag": e.lag, "units": e.units, "pairs": e.pairs, **e.slope.to_dict()}
                for e in self.effects
            ]
        )

    def chart(self) -> Any:
        """Draw the slope per lag with its interval."""
        from cxstats.charts.loyalty import interval_chart  # noqa: PLC0415 - slow import

        rows = [
            {
                "label": f"{effect.lag} later",
                "value": effect.slope.value,
                "lower": effect.slope.lower,
                "upper": effect.slope.upper,
                "n": effect.pairs,
            }
            for effect in self.effects
        ]
        title = f"{self.outcome} per 10 points of NPS"
        return interval_chart(rows, title=title, form=".3~g")

    def __str__(self) -> str:
        """Write the slopes and that they show no cause."""
        rows = [
            [
                f"{e.lag} later",
                format_value(e.slope.value, "slope", 4),
                f"{e.slope.lower:.4f} to {e.slope.upper:.4f}",
                str(e.units),
                f"{e.pairs:,}",
            ]
            for e in self.effects
        ]
        headers = [
            f"{self.outcome} per 10 points",
            "slope",
            "interval",
            "units",
            "pairs",
        ]
        return f"{text_table(headers, rows)}\n\n{NO_CAUSE}"


def panel_linkage(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    unit: str,
    period: str,
    score: str,
    outcome: str,
    lags: Sequence[int] = (1,),
    scale: str | Scale = NPS_0_10,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> PanelLinkage:
    """Relate the scores of units to their outcome some periods later.

    Parameters
    ----------
    data
        Anything that the library reads; rows of answers with the unit, the period,
        the score, and the outcome of that unit and period (averaged).
    unit, period
        Columns of the unit (grid, branch, segment) and of the period, whose values
        sort in time.
    score
        The recommendation score.
    outcome
        Number such as the churn rate or the revenue per customer.
    lags
        Periods between score and outcome, each 0 or more; periods are counted among
        those in the data.
    scale
        Scale of the score, with its cuts.
    where, engine, level
        As everywhere.

    Returns
    -------
    PanelLinkage

    Raises
    ------
    InputError
        If fewer than three units have two pairs or more.

    Notes
    -----
    Ordinary least squares with a level per unit and per period; standard errors by
    unit, with Student's t of units minus one. Comparisons across firms are not what
    this is for: they did not hold up (Keiningham et al. 2007). Noise of small units'
    scores pulls slopes towards zero.
    """
    check_level(level)
    if not lags or any(lag < 0 or lag != int(lag) for lag in lags):
        raise InputError(f"lags are whole periods, 0 or more; received {list(lags)}")
    read = parse_scale(scale)
    kept = filter_of(where)
    keys = (Column(unit, "u"), Column(period, "p"))
    named = [unit, period, score, outcome]
    source = source_of(data, [*named, *(kept.columns() if kept is not None else ())])
    with engine_for(engine) as opened:
        answers = HistogramQuery(score=score, by=keys, where=kept)
        scores = opened.score_histogram(source, answers).to_pylist()
        amounts = MomentsQuery(outcome, by=keys, where=kept)
        means = opened.group_moments(source, amounts).to_pylist()
    points, left_out = _net_scores(scores, read)
    later = {
        (row["u"], row["p"]): row["wx"] / row["w"] for row in means if row["n_used"]
    }
    effects = tuple(_effect(points, later, int(lag), level) for lag in lags)
    return PanelLinkage(outcome, effects, left_out, tuple(_notices(effects)))


def _net_scores(
    rows: list[dict[str, Any]], scale: Scale
) -> tuple[dict[tuple[Any, Any], float], int]:
    low, high = scale.cuts()
    sums: dict[tuple[Any, Any], list[int]] = {}
    for row in rows:
        value = number_of(row["score"])
        if value is None or row["u"] is None or row["p"] is None:
            continue
        if not scale.minimum <= value <= scale.maximum:
            continue
        cell = sums.setdefault((row["u"], row["p"]), [0, 0])
        cell[0] += row["n"]
        cell[1] += row["n"] * (int(value >= high) - int(value <= low))
    enough = {key: cell for key, cell in sums.items() if cell[0] >= FEWEST_ANSWERS}
    scores = {key: 100 * net / n for key, (n, net) in enough.items()}
    return scores, len(sums) - len(enough)


def _effect(
    points: Mapping[tuple[Any, Any], float],
    later: Mapping[tuple[Any, Any], float],
    lag: int,
    level: float,
) -> LagEffect:
    periods = sorted({p for _u, p in (*points, *later) if p is not None})
    after = dict(zip(periods, periods[lag:], strict=False))
    pairs = [
        (u, p, score / 10, later[(u, after[p])])
        for (u, p), score in sorted(points.items(), key=str)
        if p in after and (u, after[p]) in later
    ]
    counts: dict[Any, int] = {}
    for pair in pairs:
        counts[pair[0]] = counts.get(pair[0], 0) + 1
    pairs = [pair for pair in pairs if counts[pair[0]] > 1]
    units = sorted({pair[0] for pair in pairs}, key=str)
    if len(units) < 3:  # noqa: PLR2004 - errors by unit need a few
        raise InputError(
            f"at lag {lag} only {len(units)} units have two or more periods with "
            f"{FEWEST_ANSWERS} answers and a later outcome; it takes 3"
        )
    place = np.array([units.index(pair[0]) for pair in pairs])
    moment = np.unique([str(pair[1]) for pair in pairs], return_inverse=True)[1]
    x, y = (np.array([pair[at] for pair in pairs]) for at in (2, 3))
    slope = _slope(x, y, (place, moment), level)
    return LagEffect(lag, slope, len(units), len(pairs))


def _slope(
    x: Floats, y: Floats, keys: tuple[npt.NDArray[Any], npt.NDArray[Any]], level: float
) -> Estimate:
    place = keys[0]
    x, y = _within(x, keys), _within(y, keys)
    total = float(x @ x)
    groups = int(place.max()) + 1
    value = std_error = math.nan
    if total > _STILL:
        value = float(x @ y) / total
        scores = np.bincount(place, x * (y - value * x))
        factor = groups / (groups - 1)
        std_error = math.sqrt(factor * float(scores @ scores)) / total
    half = float(scipy.stats.t.ppf((1 + level) / 2, groups - 1)) * std_error
    return Estimate(
        value=value,
        unit="outcome_per_10_points",
        std_error=std_error,
        lower=value - half,
        upper=value + half,
        level=level,
        n=len(x),
        n_effective=float(len(x)),
        method="two_way_fixed_effects",
    )


def _within(values: Floats, keys: tuple[npt.NDArray[Any], ...]) -> Floats:
    """Take off the levels of units and periods, in turns until nothing moves."""
    left = values - values.mean()
    scale = float(np.abs(left).max()) or 1.0
    for _round in range(_ROUNDS):
        moved = 0.0
        for key in keys:
            level = np.bincount(key, left) / np.bincount(key)
            left = left - level[key]
            moved = max(moved, float(np.abs(level).max()))
        if moved < _STILL * scale:
            break
    return np.where(np.abs(left) < _STILL * scale, 0.0, left)


def _notices(effects: tuple[LagEffect, ...]) -> list[Notice]:
    found = [Notice("no_cause", NO_CAUSE)]
    if any(effect.units < FEW_UNITS for effect in effects):
        found.append(
            Notice(
                "few_units",
                f"fewer than {FEW_UNITS} units: the standard errors themselves are "
                "uncertain",
            )
        )
    if any(math.isnan(effect.slope.value) for effect in effects):
        found.append(
            Notice(
                "no_variance", "the scores do not vary within units; no slope exists"
            )
        )
    return found
