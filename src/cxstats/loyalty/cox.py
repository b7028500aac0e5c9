"""What makes customers leave sooner: Cox's proportional hazards from rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxstats.display import notice_lines, text_table
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice, json_number
from cxstats.filters import Filter
from cxstats.intervals.trinomial import critical_value
from cxstats.loyalty.checks import check_level, truth_of
from cxstats.loyalty.partial_likelihood import (
    CoxFit,
    Lives,
    concordance,
    fit,
    proportionality,
)
from cxstats.models import read_rows
from cxstats.results import Result

__all__ = ["CoxColumn", "CoxHazards", "cox_hazards"]

EVENTS_PER_COLUMN = 10
"""Fewer events per column than this make ratios unstable (Peduzzi and others 1995)."""

_DOUBT = 0.05


@dataclass(frozen=True)
class CoxColumn:
    """One column: its log hazard ratio, the ratio, and whether it stays the same.

    `p_proportional` is small where the ratio changes with time.
    """

    name: str
    coefficient: Estimate
    ratio: Estimate
    p_proportional: float


@dataclass(frozen=True, repr=False)
class CoxHazards(Result):
    """Hazard ratios per unit of each column, all others being equal.

    Parameters
    ----------
    columns
        One entry per column.
    n, events
        Customers used, and how many of them left.
    log_likelihood
        Partial log likelihood without any column, and with all.
    concordance
        Harrell's C: of two customers, how often whoever has more risk left first.
    p_proportional
        Of all columns together.
    warnings
        What the reader must know.
    """

    columns: tuple[CoxColumn, ...]
    n: int
    events: int
    log_likelihood: tuple[float, float]
    concordance: float
    p_proportional: float
    warnings: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the hazards for JSON."""
        return {
            "n": self.n,
            "events": self.events,
            "log_likelihood": list(self.log_likelihood),
            "concordance": json_number(self.concordance),
            "p_proportional": json_number(self.p_proportional),
            "columns": [
                {
                    "name": one.name,
                    "coefficient": one.coefficient.to_dict(),
                    "ratio": one.ratio.to_dict(),
                    "p_proportional": json_number(one.p_proportional),
                }
                for one in self.columns
            ],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per column."""
        return pd.DataFrame(
            [
                {
                    "column": one.name,
                    "coefficient": one.coefficient.value,
                    "std_error": one.coefficient.std_error,
                    "ratio": one.ratio.value,
                    "lower": one.ratio.lower,
                    "upper": one.ratio.upper,
                    "p_proportional": one.p_proportional,
                }
                for one in self.columns
            ]
        )

    def chart(self) -> Any:
        """Draw each ratio with its interval."""
        from cxstats.charts.loyalty import interval_chart  # noqa: PLC0415 - slow

        rows = self.to_pandas().rename(columns={"column": "label", "ratio": "value"})
        return interval_chart(rows.assign(n=self.n), title="Hazard ratio", form=".2f")

    def __str__(self) -> str:
        """Write the ratios as a table."""
        rows = [
            [
                one.name,
                f"{one.ratio.value:.3f}",
                f"{one.ratio.lower:.3f} to {one.ratio.upper:.3f}",
                f"{one.p_proportional:.3g}",
            ]
            for one in self.columns
        ]
        head = f"{self.events:,} of {self.n:,} left; concordance {self.concordance:.3f}"
        table = text_table(["column", "ratio", "interval", "p proportional"], rows)
        notes = notice_lines(self.warnings)
        return "\n".join([head, table, *notes])


def cox_hazards(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    duration: str,
    event: str,
    columns: Sequence[str],
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> CoxHazards:
    """Fit Cox's model: by what factor each column hastens leaving.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer.
    duration
        How long she has stayed, 0 or more.
    event
        Whether she then left: 1 or 0, true or false, yes or no.
    columns
        Columns of numbers; give a category as columns of 0 and 1.
    where
        Rows to keep.
    engine
        An engine or its URL.
    level
        Confidence level of Wald intervals of the log ratios.

    Returns
    -------
    CoxHazards
        Ratios per unit; rows that lack any of the numbers are left out and counted.

    Raises
    ------
    InputError
        If nobody left, a column does not vary or repeats others, or one tells for sure
        who leaves first.

    Notes
    -----
    Cox (1972), JRSS B 34, 187-220; tied times after Efron (1977). Proportionality by
    score tests (Grambsch and Therneau 1994). Ratios are no causes: what customers
    chose themselves differs in more than the column.
    """
    check_level(level)
    names = list(dict.fromkeys(columns))
    if not names:
        raise InputError("name at least one column that may hasten leaving")
    rows = read_rows(data, [duration, event, *names], where=where, engine=engine)
    times = rows.numbers(duration)
    happened = np.array(
        [
            math.nan if (known := truth_of(value, event)) is None else float(known)
            for value in rows[event].tolist()
        ]
    )
    table = np.column_stack([rows.numbers(name) for name in names])
    usable = np.isfinite(times) & (times >= 0) & np.isfinite(happened)
    usable &= np.isfinite(table).all(axis=1)
    _check(happened[usable], table[usable], names)
    lives = Lives.of(times[usable], happened[usable], _centred(table[usable]))
    fitted = fit(lives)
    each, together = proportionality(lives, fitted.coefficients)
    return CoxHazards(
        columns=_columns(names, fitted, each, lives, level),
        n=len(lives.time),
        events=int(lives.event.sum()),
        log_likelihood=fitted.log_likelihood,
        concordance=concordance(lives, fitted.coefficients),
        p_proportional=together,
        warnings=_notices(lives, names, each, int((~usable).sum())),
    )


def _centred(table: Floats) -> Floats:
    # Coefficients do not change, and exp stays far from its limits.
    return np.asarray(table - table.mean(axis=0))


def _check(happened: Floats, table: Floats, names: list[str]) -> None:
    if not happened.sum():
        raise InputError("nobody left among the rows with all numbers")
    for name, column in zip(names, table.T, strict=True):
        if (column == column[0]).all():
            raise InputError(f"{name!r} has one value only; leave it out")


def _columns(
    names: list[str], fitted: CoxFit, each: Floats, lives: Lives, level: float
) -> tuple[CoxColumn, ...]:
    z = critical_value(level)
    errors = np.sqrt(np.diag(fitted.covariance))
    n = len(lives.time)
    made = []
    for name, beta, error, p in zip(
        names, fitted.coefficients.tolist(), errors.tolist(), each.tolist(), strict=True
    ):
        low, high = beta - z * error, beta + z * error
        log = Estimate(beta, "score", error, low, high, level, n, float(n), "wald")
        ends = [math.exp(end) for end in (beta, low, high)]
        ratio = Estimate(
            ends[0], "score", ends[0] * error, ends[1], ends[2], level, n, float(n),
            "wald_log",
        )  # fmt: skip
        made.append(CoxColumn(name, log, ratio, p))
    return tuple(made)


def _notices(
    lives: Lives, names: list[str], each: Floats, left_out: int
) -> tuple[Notice, ...]:
    made = []
    if left_out:
        message = f"{left_out:,} rows lack a number, a time or the event"
        made.append(Notice("incomplete", message))
    if lives.event.sum() < EVENTS_PER_COLUMN * len(names):
        message = (
            f"{int(lives.event.sum())} events for {len(names)} columns: below "
            f"{EVENTS_PER_COLUMN} each, ratios are unstable; use fewer columns"
        )
        made.append(Notice("few_events", message))
    moving = [name for name, p in zip(names, each, strict=True) if p < _DOUBT]
    if moving:
        message = (
            f"the ratio of {', '.join(moving)} changes with time (p < {_DOUBT}), so "
            "one number does not tell it; compare survival curves, or split the time"
        )
        made.append(Notice("not_proportional", message))
    return tuple(made)
