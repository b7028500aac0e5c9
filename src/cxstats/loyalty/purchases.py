"""Repeat purchases and their value: who is still active, and what is to come."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cxstats.display import format_value, text_table
from cxstats.engine import Column, Engine, HistogramQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice, json_number
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.bgnbd import BgNbd, Histories, fit_bgnbd
from cxstats.loyalty.checks import check_level, number_of
from cxstats.loyalty.gamma_gamma import GammaGamma, fit_gamma_gamma
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RepeatPurchases", "repeat_purchases"]

FEWEST = 50
"""Customers with a repeat purchase that a fit needs."""

CORRELATED = 0.2


@dataclass(frozen=True, repr=False)
class RepeatPurchases(Result):
    """A fitted model of purchases, and what it expects of the customers it has seen.

    Parameters
    ----------
    purchases
        The model of how often and how long customers buy.
    spend
        The model of what they spend; None without amounts.
    parameters
        Every parameter with its interval.
    log_likelihood
        Of the purchases.
    horizon
        Time ahead that is looked at, in the unit of the data.
    n
        Customers.
    cells
        One row per different history: ``frequency``, ``recency``, ``age``, ``mean``
        spend, ``n`` customers, ``p_alive``, ``expected`` purchases within the horizon
        and their ``value`` per customer.
    active, expected, value
        Summed over all customers: still active, purchases, and their value within
        the horizon (NaN without amounts).
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    purchases: BgNbd
    spend: GammaGamma | None
    parameters: Mapping[str, Estimate]
    log_likelihood: float
    horizon: float
    n: int
    cells: Mapping[str, Floats]
    active: float
    expected: float
    value: float
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return parameters and sums for JSON, without the customers' histories."""
        return {
            "n": self.n,
            "horizon": self.horizon,
            "log_likelihood": self.log_likelihood,
            "parameters": {n: e.to_dict() for n, e in self.parameters.items()},
            "active": json_number(self.active),
            "expected": json_number(self.expected),
            "value": json_number(self.value),
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per different history."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(dict(self.cells))

    def chart(self) -> Any:
        """Draw how many customers are active with which probability."""
        from cxstats.charts.loyalty import share_chart  # noqa: PLC0415 - slow import

        tenths = np.minimum((self.cells["p_alive"] * 10).astype(int), 9)
        counts = np.bincount(tenths, self.cells["n"], 10)
        rows = [
            {"start": at / 10, "end": (at + 1) / 10, "n": count}
            for at, count in enumerate(counts.tolist())
        ]
        return share_chart(rows, title="Probability of being active")

    def __str__(self) -> str:
        """Write the parameters with intervals and the sums."""
        rows = [
            [
                name,
                format_value(e.value, "score", 4),
                f"{e.lower:.4f} to {e.upper:.4f}",
            ]
            for name, e in self.parameters.items()
        ]
        sums = (
            f"{self.n:,} customers, {self.active:,.0f} of them active; "
            f"{self.expected:,.0f} purchases expected within {self.horizon:g}"
        )
        worth = "" if math.isnan(self.value) else f", worth {self.value:,.0f}"
        return (
            f"{text_table(['parameter', 'value', 'interval'], rows)}\n\n{sums}{worth}"
        )


def repeat_purchases(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    frequency: str,
    recency: str,
    age: str,
    mean: str | None = None,
    horizon: float,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> RepeatPurchases:
    """Estimate who still buys and what is to come, where no contract tells.

    Parameters
    ----------
    data
        Anything that the library reads, one row per customer; `purchase_summary`
        makes it from single purchases.
    frequency
        Repeat purchases, 0 or more: days (or weeks) with a purchase after the first.
    recency
        Time from the first to the last purchase; 0 without a repeat purchase.
    age
        Time from the first purchase to the end of the data, at least ``recency``.
    mean
        Mean spend over the repeat purchases.
    horizon
        Time ahead to look, in the unit of ``age``.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine, level
        As everywhere.

    Returns
    -------
    RepeatPurchases

    Raises
    ------
    InputError
        If fewer than 50 customers bought again, or the model cannot be fitted.

    Notes
    -----
    BG/NBD (Fader, Hardie and Lee 2005) and Gamma-Gamma (Fader and Hardie 2013), fitted
    to counts of equal histories. Not for contracts, where leaving is seen: use
    `survival`. Fits prepaid customers who top up, shops, and optional purchases.
    """
    check_level(level)
    if not horizon > 0:
        raise InputError(f"the horizon must be above 0; received {horizon}")
    names = {"recency": recency, "age": age}
    if mean is not None:
        names["mean"] = mean
    query = HistogramQuery(
        score=frequency,
        by=tuple(Column(column, name) for name, column in names.items()),
        weight=weight,
        where=filter_of(where),
    )
    with engine_for(engine) as opened:
        counts = opened.score_histogram(source_of(data, query.columns()), query)
    cells, excluded = _cells(counts, weighted=weight is not None)
    return _answer(cells, excluded, horizon, level)


def _cells(
    counts: pa.Table, *, weighted: bool
) -> tuple[dict[str, Floats], dict[str, int]]:
    rows: list[tuple[float, ...]] = []
    excluded = {"unusable": 0, "no_weight": 0}
    for row in counts.to_pylist():
        x, tx, age = (number_of(row[key]) for key in ("score", "recency", "age"))
        used = row["n_weighted"] if weighted else row["n"]
        if x is None or tx is None or age is None or not _is_history(x, tx, age):
            excluded["unusable"] += row["n"]
            continue
        excluded["no_weight"] += row["n"] - used
        spent = number_of(row.get("mean"))
        weight, square = (row["w"], row["w2"]) if weighted else (used, used)
        mean = math.nan if spent is None else spent
        rows.append((x, tx, age, mean, used, weight, square))
    # The order of an engine's answer is not promised; sums must not depend on it.
    table = np.array(sorted(rows, key=str)).reshape(-1, 7)
    kept = table[table[:, 4] > 0]
    names = ("frequency", "recency", "age", "mean", "n", "weight", "square")
    return dict(zip(names, kept.T, strict=True)), excluded


def _is_history(frequency: float, recency: float, age: float) -> bool:
    whole = frequency >= 0 and frequency == int(frequency)
    first = recency == 0 if frequency == 0 else recency > 0
    return whole and first and recency <= age and age > 0


def _answer(
    cells: dict[str, Floats],
    excluded: Mapping[str, int],
    horizon: float,
    level: float,
) -> RepeatPurchases:
    x, tx, age, weight = (
        cells[name] for name in ("frequency", "recency", "age", "weight")
    )
    again = float(cells["n"][x > 0].sum())
    if again < FEWEST:
        raise InputError(
            f"{again:,.0f} customers bought again; a model of repeat purchases needs "
            f"{FEWEST}, each with a whole frequency and 0 <= recency <= age"
        )
    # Weights say what customers stand for; precision stays that of those observed.
    scaled = weight * cells["n"].sum() / weight.sum()
    model, found = fit_bgnbd(Histories(x, tx, age, scaled))
    n = int(cells["n"].sum())
    n_effective = float(weight.sum() ** 2 / cells["square"].sum())
    parameters = found.estimates(("r", "alpha", "a", "b"), n, n_effective, level)
    spend, worth = None, np.full(len(x), math.nan)
    usable = (x > 0) & (np.nan_to_num(cells["mean"]) > 0)
    if cells["n"][usable].sum() >= FEWEST:
        spend, of_spend = fit_gamma_gamma(
            x[usable], cells["mean"][usable], scaled[usable]
        )
        repeaters = int(cells["n"][usable].sum())
        parameters |= of_spend.estimates(("p", "q", "v"), repeaters, repeaters, level)
        worth = spend.expected_spend(np.where(usable, x, 0), cells["mean"])
    alive = model.p_alive(x, tx, age)
    expected = model.expected_purchases(x, tx, age, horizon)
    names = ("frequency", "recency", "age", "mean", "n")
    made = {"p_alive": alive, "expected": expected, "value": expected * worth}
    return RepeatPurchases(
        purchases=model,
        spend=spend,
        parameters=parameters,
        log_likelihood=found.log_likelihood,
        horizon=horizon,
        n=n,
        cells={name: cells[name] for name in names} | made,
        active=float((weight * alive).sum()),
        expected=float((weight * expected).sum()),
        value=float((weight * expected * worth).sum()),
        excluded=excluded,
        warnings=tuple(_notices(cells, usable, spend, excluded)),
    )


def _notices(
    cells: Mapping[str, Floats],
    usable: Any,
    spend: GammaGamma | None,
    excluded: Mapping[str, int],
) -> Iterator[Notice]:
    single = float(cells["n"][cells["frequency"] == 0].sum() / cells["n"].sum())
    if single > 0:
        yield Notice(
            "single_purchase",
            f"{single:.0%} of the customers bought once; the model calls them active "
            "with certainty, because it lets a customer stop only after a repeat "
            "purchase; do not read it as a finding",
        )
    if excluded["unusable"]:
        yield Notice(
            "unusable",
            f"{excluded['unusable']:,} rows are no purchase history (frequency whole "
            "and 0 or more, 0 < recency <= age with a repeat purchase) and were left "
            "out",
        )
    if spend is None:
        return
    if spend.q <= 1:
        yield Notice(
            "spend",
            "spends vary so much that the model has no mean of them (q of 1 or less); "
            "do not use the values",
        )
    x, mean = cells["frequency"][usable], cells["mean"][usable]
    related = _correlation(x, mean, cells["n"][usable])
    if abs(related) > CORRELATED:
        yield Notice(
            "spend",
            f"customers who buy more often spend differently (correlation "
            f"{related:.2f}); the model assumes they do not",
        )


def _correlation(x: Floats, y: Floats, n: Floats) -> float:
    spread = np.cov(x, y, fweights=n.astype(int))
    scale = math.sqrt(float(spread[0, 0] * spread[1, 1]))
    return float(spread[0, 1]) / scale if scale else 0.0
