"""Revenue at risk: what is likely to be lost within a year, and for which causes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxstats.display import format_key, text_table
from cxstats.engine import Column, Engine, MomentsQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice, json_number, json_value
from cxstats.filters import Between, Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.intervals.trinomial import critical_value
from cxstats.loyalty.checks import check_level
from cxstats.reporting import DEFAULT_POLICY, MinimumN
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RevenueAtRisk", "RiskRow", "revenue_at_risk"]

_HUGE = 1e300


@dataclass(frozen=True)
class RiskRow:
    """What is at risk for one cause or group.

    Parameters
    ----------
    group
        The cause; None for customers without one, and for the total.
    n
        Customers with revenue and probability.
    revenue
        Their revenue within the months looked at if nobody left.
    at_risk
        Revenue expected to be lost, in money; the interval is about who will leave,
        given the probabilities.
    expected_losses
        Customers expected to leave.
    rank
        From the most at risk, 1, down; None below the minimum n.
    """

    group: Any
    n: int
    revenue: float
    at_risk: Estimate
    expected_losses: float
    rank: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return {
            "group": json_value(self.group),
            "n": self.n,
            "revenue": json_number(self.revenue),
            "at_risk": self.at_risk.to_dict(),
            "expected_losses": json_number(self.expected_losses),
            "rank": self.rank,
        }


@dataclass(frozen=True, repr=False)
class RevenueAtRisk(Result):
    """Revenue at risk, in total and by cause.

    Parameters
    ----------
    by
        Column of the causes.
    months
        Time looked at.
    total
        All customers.
    rows
        One per cause, the most at risk first.
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    by: str | None
    months: float
    total: RiskRow
    rows: tuple[RiskRow, ...]
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return total and rows for JSON."""
        return {
            "by": self.by,
            "months": self.months,
            "total": self.total.to_dict(),
            "rows": [row.to_dict() for row in self.rows],
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per cause."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(
            [
                {
                    "group": row.group,
                    "n": row.n,
                    "revenue": row.revenue,
                    "at_risk": row.at_risk.value,
                    "lower": row.at_risk.lower,
                    "upper": row.at_risk.upper,
                    "expected_losses": row.expected_losses,
                    "rank": row.rank,
                }
                for row in self.rows
            ]
        )

    def chart(self) -> Any:
        """Draw the revenue at risk per cause with its interval."""
        from cxstats.charts.loyalty import interval_chart  # noqa: PLC0415 - slow import

        rows = [
            {
                "label": format_key(row.group) if self.by else "all",
                "value": row.at_risk.value,
                "lower": row.at_risk.lower,
                "upper": row.at_risk.upper,
                "n": row.n,
            }
            for row in self.rows
        ]
        return interval_chart(rows, title=f"Revenue at risk in {self.months:g} months")

    def __str__(self) -> str:
        """Write the causes and the total."""
        shown = [*self.rows, *([self.total] if self.by else [])]
        rows = [
            [
                "total"
                if row is self.total
                else (format_key(row.group) if self.by else "all"),
                f"{row.n:,}",
                f"{row.at_risk.value:,.0f}",
                f"{row.at_risk.lower:,.0f} to {row.at_risk.upper:,.0f}",
                f"{row.expected_losses:,.1f}",
                "" if row.rank is None else str(row.rank),
            ]
            for row in shown
        ]
        headers = ["", "n", "at risk", "interval", "expected to leave", "rank"]
        return text_table(headers, rows)


def revenue_at_risk(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    revenue: str,
    probability: str,
    by: str | None = None,
    months: float = 12.0,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
    minimum: MinimumN = DEFAULT_POLICY,
) -> RevenueAtRisk:
    """Sum revenue times the probability of leaving, in total and by cause.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer (and per cause, if a
        customer has several: then causes overlap and do not sum to the total).
    revenue
        Revenue per month.
    probability
        Probability of leaving within the months looked at, 0 to 1: from a calibrated
        model such as `churn`.
    by
        Column of the cause, segment or class.
    months
        Time looked at.
    where
        Rows to keep, for example the detractors: ``"score <= 6"``.
    engine, level
        As everywhere.
    minimum
        From which n a cause is ranked.

    Returns
    -------
    RevenueAtRisk

    Raises
    ------
    InputError
        If a probability lies outside 0..1, or no customer has both numbers.

    Notes
    -----
    Sum of ``revenue x months x probability``. The interval adds the variances of who
    leaves, ``revenue² p (1 - p)``; errors of the probabilities themselves are not in
    it. It sums all customers of a table, so it takes no survey weights.
    """
    check_level(level)
    if not months > 0:
        raise InputError(f"months must be above 0; received {months}")
    kept = filter_of(where)
    keys = () if by is None else (Column(by, "g"),)
    # Numbers only: NULL, NaN, infinity and other text are outside of every range.
    both: Filter = Between(revenue, -_HUGE, _HUGE) & Between(probability, -_HUGE, _HUGE)
    both = both if kept is None else both & kept
    named = [name for name in (revenue, probability, by) if name is not None]
    source = source_of(data, [*named, *(kept.columns() if kept is not None else ())])
    with engine_for(engine) as opened:
        rows = opened.group_moments(source, MomentsQuery(revenue, (), None, kept))
        everyone = opened.group_moments(source, MomentsQuery(revenue, keys, None, both))
        chances = opened.group_moments(
            source, MomentsQuery(probability, keys, None, both)
        )
        # The probability stands where weights do: sums of p x and p² x² come back.
        weighted = MomentsQuery(revenue, keys, probability, both)
        lost = opened.group_moments(source, weighted)
    _check_range(chances.to_pylist(), probability)
    parts = _joined(everyone.to_pylist(), chances.to_pylist(), lost.to_pylist())
    found = [_row(group, [part], months, level) for group, part in parts.items()]
    total = _row(None, list(parts.values()), months, level)
    if not total.n:
        raise InputError(f"no customer has both {revenue!r} and {probability!r}")
    missing = sum(rows["n"].to_pylist()) - total.n
    return RevenueAtRisk(
        by=by,
        months=months,
        total=total,
        rows=tuple(_ranked(found, minimum)),
        excluded={"no_revenue_or_probability": missing},
        warnings=_notices(missing),
    )


def _joined(
    everyone: list[dict[str, Any]],
    chances: list[dict[str, Any]],
    lost: list[dict[str, Any]],
) -> dict[Any, dict[str, float]]:
    """Put the three answers together by group."""
    found: dict[Any, dict[str, float]] = {
        row.get("g"): {"count": row["n_used"], "revenue": row["wx"]} for row in everyone
    }
    for row in chances:
        found[row.get("g")]["losses"] = row["wx"]
    for row in lost:
        spread = row["wx2"] - row["w2x2"]
        found[row.get("g")] |= {"at_risk": row["wx"], "spread": spread}
    return found


def _row(
    group: Any, parts: list[dict[str, float]], months: float, level: float
) -> RiskRow:
    names = ("count", "revenue", "at_risk", "spread", "losses")
    n, revenue, lost, spread, losses = (sum(p[name] for p in parts) for name in names)
    std_error = months * math.sqrt(max(spread, 0.0))
    half = critical_value(level) * std_error
    at_risk = Estimate(
        value=months * lost,
        unit="money",
        std_error=std_error,
        lower=max(months * lost - half, 0.0),
        upper=months * lost + half,
        level=level,
        n=int(n),
        n_effective=float(n),
        method="sum_of_bernoulli",
    )
    return RiskRow(group, int(n), months * revenue, at_risk, losses, None)


def _ranked(rows: list[RiskRow], minimum: MinimumN) -> list[RiskRow]:
    ordered = sorted(rows, key=lambda row: (-row.at_risk.value, str(row.group)))
    ranks = minimum.ranks([row.at_risk for row in ordered])
    return [
        RiskRow(r.group, r.n, r.revenue, r.at_risk, r.expected_losses, rank)
        for r, rank in zip(ordered, ranks, strict=True)
    ]


def _check_range(rows: list[dict[str, Any]], name: str) -> None:
    ends = [(r["lowest"], r["highest"]) for r in rows if r["lowest"] is not None]
    low = min((end[0] for end in ends), default=0.0)
    high = max((end[1] for end in ends), default=0.0)
    if low < 0 or high > 1:
        raise InputError(
            f"{name!r} runs from {low:g} to {high:g}; probabilities lie between 0 and 1"
        )


def _notices(missing: float) -> tuple[Notice, ...]:
    if not missing:
        return ()
    return (
        Notice(
            "missing",
            f"{missing:,.0f} customers have no revenue or no probability; nothing of "
            "theirs is in the sums",
        ),
    )
