"""Key drivers: which experiences explain the outcome, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from cxstats.display import format_value, notice_lines, text_table
from cxstats.drivers.analysis import Analysis, Simulation, analyse
from cxstats.drivers.importance import (
    MEASURES,
    Method,
    explained,
    relative_weights,
)
from cxstats.drivers.notices import DriverNotice
from cxstats.drivers.question import DriverQuestion, Measure
from cxstats.drivers.sweep import LARGEST_EXACT
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, json_number
from cxstats.filters import Filter
from cxstats.results import Result
from cxstats.scales import Scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Driver",
    "KeyDrivers",
    "choose_method",
    "importances",
    "key_drivers",
    "shares_of",
]

_MOST_MODELS = 1 << 25
"""Models fitted over all replicates at most; beyond it their spread is approximated."""

_TIE = 1e-12


@dataclass(frozen=True)
class Driver:
    """One driver and what it explains.

    Parameters
    ----------
    name
        Column.
    importance
        Part of the outcome's variance that it explains, 0 to 1.
    share
        The same as a share of the importance of all drivers.
    rank_1_probability
        Share of simulated samples in which it is the most important.
    performance
        Its mean, in points of its own scale.
    correlation
        With the outcome, -1 to 1: its sign tells the direction.
    """

    name: str
    importance: Estimate
    share: Estimate
    rank_1_probability: float
    performance: Estimate
    correlation: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the driver for JSON; the bounds are those of the importance."""
        return {
            "name": self.name,
            "importance": json_number(self.importance.value),
            "share": json_number(self.share.value),
            "lower": json_number(self.importance.lower),
            "upper": json_number(self.importance.upper),
            "rank_1_probability": json_number(self.rank_1_probability),
            "performance": json_number(self.performance.value),
        }


@dataclass(frozen=True, repr=False)
class KeyDrivers(Result):
    """Drivers in the order of their importance.

    Parameters
    ----------
    outcome, measure
        What was explained, and how it was read.
    method
        ``lmg``, ``johnson``, ``first`` or ``last``.
    r_squared
        Part of the outcome's variance that all drivers explain together.
    drivers
        The most important first; constant columns are left out.
    warnings
        Halo, collinearity, constant columns, few or incomplete rows.
    """

    outcome: str
    measure: Measure
    method: Method
    r_squared: Estimate
    drivers: tuple[Driver, ...]
    warnings: tuple[DriverNotice, ...]

    @property
    def n(self) -> int:
        """Complete rows."""
        return self.r_squared.n

    def __len__(self) -> int:
        """Count the drivers."""
        return len(self.drivers)

    def __iter__(self) -> Iterator[Driver]:
        """Go through the drivers, the most important first."""
        return iter(self.drivers)

    def __getitem__(self, name: str) -> Driver:
        """Return a driver by its column.

        Raises
        ------
        InputError
            If it was not analysed.
        """
        for driver in self.drivers:
            if driver.name == name:
                return driver
        known = ", ".join(driver.name for driver in self.drivers)
        raise InputError(f"{name!r} is none of the drivers analysed: {known}")

    def to_dict(self) -> dict[str, Any]:
        """Return the result for the command line's JSON."""
        return {
            "method": self.method,
            "r_squared": json_number(self.r_squared.value),
            "n": self.n,
            "drivers": [driver.to_dict() for driver in self.drivers],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per driver, the most important first."""
        import pandas as pd  # noqa: PLC0415 - only who wants a frame waits for pandas

        rows = [
            {
                **driver.to_dict(),
                "share_lower": driver.share.lower,
                "share_upper": driver.share.upper,
                "performance_lower": driver.performance.lower,
                "performance_upper": driver.performance.upper,
                "correlation": driver.correlation.value,
            }
            for driver in self.drivers
        ]
        return pd.DataFrame(rows)

    def chart(self) -> Any:
        """Draw the shares with their intervals, the most important first."""
        from cxstats.charts.drivers import importance_chart  # noqa: PLC0415 - slow

        rows = [
            {
                "label": driver.name,
                "value": driver.share.value,
                "lower": driver.share.lower,
                "upper": driver.share.upper,
                "n": self.n,
            }
            for driver in self.drivers
        ]
        return importance_chart(rows, outcome=self.outcome, r_squared=self.r_squared)

    def __str__(self) -> str:
        """Write the drivers as a table with the warnings."""
        headers = ["driver", "share", "interval", "first?", "mean", "correlation"]
        rows = [
            [
                driver.name,
                format_value(driver.share.value, "share"),
                _interval(driver.share),
                format_value(driver.rank_1_probability, "share", 0),
                format_value(driver.performance.value, "score"),
                f"{driver.correlation.value:+.2f}",
            ]
            for driver in self.drivers
        ]
        r_squared = format_value(self.r_squared.value, "share")
        head = (
            f"{self.outcome} ({self.measure}): {len(self)} drivers explain {r_squared} "
            f"(n {self.n:,}, {self.method})"
        )
        notices = notice_lines(self.warnings)
        return "\n".join([head, text_table(headers, rows), *notices])


def key_drivers(  # noqa: PLR0913 - a notebook names what it means, most optional
    data: Any,
    *,
    outcome: str,
    drivers: str | Sequence[str],
    measure: Measure = "score",
    method: Method | None = None,
    scale: str | Scale | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    engine: Engine | str | None = None,
) -> KeyDrivers:
    """Divide what drivers explain of an outcome fairly among them.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path (any table file, a Parquet glob) or an
        engine source. One row per answer; rows with a NULL, NaN or infinite value
        in any column are left out.
    outcome
        Column of the overall answers.
    drivers
        Columns of ratings, operational numbers, or truth values (0 and 1).
    measure
        What is explained: the ``score`` itself; the class of each answer as ``nps``
        (-100, 0, 100); being one of the ``promoters`` or the ``detractors`` (0, 1);
        or, for ``ordinal``, only the order of the points, each read as its ridit.
    method
        ``lmg`` (exact Shapley shares; the default up to 24 drivers), ``johnson``
        (relative weights; the default above), ``first`` (each alone) or ``last``
        (what each adds to all others; these two do not sum to R²).
    scale
        Outcomes outside it are left out; its cuts make the classes. 0-10 when
        classes are explained, otherwise any number.
    weight, cluster
        Columns of weights and of sampled clusters.
    missing
        Codes of "no answer" in outcome and drivers, such as ``0`` or ``99``.
    where
        Rows to keep: ``"region = '华东'"``.
    level
        Confidence level, between 0 and 1.
    replicates
        Simulated samples behind the intervals.
    seed
        The same seed gives the same intervals.
    engine
        An engine or its URL; by default the embedded one.

    Returns
    -------
    KeyDrivers
        The most important first, with intervals and the probability of rank 1.

    Raises
    ------
    InputError
        If a column cannot be used, nothing varies, or rows are fewer than drivers.

    Notes
    -----
    Lindeman, Merenda and Gold (1980); Budescu (1993), Psychological Bulletin 114;
    Johnson (2000). A share tells what goes together with the outcome, never what
    causes it: read the warnings.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"overall": [9, 7, 4, 8, 2, 6] * 20,
    ...                  "network": [9, 8, 3, 9, 2, 5] * 20,
    ...                  "bill": [5, 6, 5, 7, 6, 5] * 20})
    >>> found = key_drivers(data, outcome="overall", drivers=["network", "bill"])
    >>> [(driver.name, round(driver.share.value, 2)) for driver in found]
    [('network', 0.97), ('bill', 0.03)]
    """
    question = DriverQuestion.of(
        outcome,
        drivers,
        measure=measure,
        scale=scale,
        weight=weight,
        cluster=cluster,
        where=where,
        missing=missing,
    )
    chosen = choose_method(method, len(question.drivers))
    analysis = analyse(data, question, engine, Simulation(level, replicates, seed))
    return _result(analysis, chosen, _method_notice(method, chosen))


def choose_method(asked: Method | None, drivers: int) -> Method:
    """Return the measure of importance to use.

    Raises
    ------
    InputError
        If it is unknown, or exact shares are asked for too many drivers.
    """
    if asked is None:
        return "lmg" if drivers <= LARGEST_EXACT else "johnson"
    if asked not in get_args(Method):
        known = ", ".join(get_args(Method))
        raise InputError(f"method must be one of {known}; received {asked!r}")
    if asked == "lmg" and drivers > LARGEST_EXACT:
        raise InputError(
            f"exact shares are computed for up to {LARGEST_EXACT} drivers; received "
            f"{drivers}: use method johnson, or name fewer drivers"
        )
    return asked


def _method_notice(asked: Method | None, chosen: Method) -> list[DriverNotice]:
    if asked is not None or chosen == "lmg":
        return []
    return [
        DriverNotice(
            "method",
            f"with more than {LARGEST_EXACT} drivers relative weights stand in for "
            "exact shares; the two differ by a few percent at most as a rule",
        )
    ]


def importances(analysis: Analysis, method: Method) -> tuple[Floats, Floats, str]:
    """Return importance per driver, its replicates, and the name of both."""
    matrix, simulated = analysis.moments.correlation, analysis.replicates.correlations
    value = MEASURES[method](matrix)
    if method != "lmg" or len(simulated) << len(value) <= _MOST_MODELS:
        return value, MEASURES[method](simulated), method
    # Too many models: relative weights move from sample to sample as LMG does.
    away = relative_weights(simulated) - relative_weights(matrix)
    moved = np.maximum(value + away, 0.0)
    return value, moved, "lmg, spread of relative weights"


def _result(
    analysis: Analysis, method: Method, notices: list[DriverNotice]
) -> KeyDrivers:
    value, simulated, how = importances(analysis, method)
    matrix = analysis.moments.correlation
    correlations = analysis.replicates.correlations
    importance = analysis.estimates(value, simulated, "share", how)
    shares = analysis.estimates(
        shares_of(value), shares_of(simulated), "share", f"{how}, share"
    )
    along = analysis.estimates(
        matrix[:-1, -1], correlations[:, :-1, -1], "score", "correlation"
    )
    (r_squared,) = analysis.estimates(
        np.array([explained(matrix)]), explained(correlations)[:, None], "share", "ols"
    )
    top = simulated >= simulated.max(axis=1, keepdims=True) - _TIE
    first = (top / top.sum(axis=1, keepdims=True)).mean(axis=0)
    performance = analysis.performances()
    found = [
        Driver(
            name=name,
            importance=importance[at],
            share=shares[at],
            rank_1_probability=float(first[at]),
            performance=performance[at],
            correlation=along[at],
        )
        for at, name in enumerate(analysis.drivers)
    ]
    found.sort(key=lambda driver: -driver.importance.value)
    return KeyDrivers(
        outcome=analysis.question.outcome,
        measure=analysis.question.measure,
        method=method,
        r_squared=r_squared,
        drivers=tuple(found),
        warnings=(*analysis.notices, *notices),
    )


def _interval(estimate: Estimate) -> str:
    ends = (estimate.lower, estimate.upper)
    return " to ".join(format_value(end, estimate.unit) for end in ends)


def shares_of(importance: Floats) -> Floats:
    """Return shares of the sum; 0 where nothing is explained."""
    total = importance.sum(axis=-1, keepdims=True)
    return np.asarray(
        np.where(total > 0, importance / np.where(total > 0, total, 1), 0)
    )
