"""Revenue at risk of the cases that are still open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pyarrow as pa

from cxstats.loyalty import RevenueAtRisk, revenue_at_risk
from zhiyin.act.cases.models import CaseCause
from zhiyin.act.recovery.models import LoopSettings
from zhiyin.act.recovery.queries.loop.rows import Reach
from zhiyin.act.recovery.queries.loop.saved import Saved
from zhiyin.listen.customers.queries import known_of

YEAR_DAYS = 365
STATED, MEASURED = "stated", "measured"
NO_FIELD, NO_SHARE, NO_REVENUE = "no_field", "no_share", "no_revenue"


@dataclass(frozen=True)
class Risk:
    """What open cases put at risk within a year; `missing` says why there is none.

    `probability` of leaving within the year is one for all: stated by a person, or
    measured among detractors with whom nobody spoke.
    """

    result: RevenueAtRisk | None
    open_cases: int
    customers: int
    probability: float
    source: str
    missing: str = ""


def risk(
    reach: Reach, settings: LoopSettings, saved: tuple[Saved, ...], least: int
) -> Risk:
    """Sum a year's revenue of the customers of open cases times the risk of leaving."""
    rows = reach.cases().open()
    causes = dict(
        CaseCause.objects.filter(is_primary=True, case__in=rows.order_by().values("pk"))
        .order_by()
        .values_list("case_id", "cause__code")
    )
    cases = list(rows.order_by("opened_at", "pk").values_list("pk", "customer_id"))
    by_customer: dict[int, str | None] = {}
    for case, customer in cases:
        if customer is not None:
            by_customer.setdefault(customer, causes.get(case))
    probability, source = _probability(settings, saved, least)
    missing = NO_FIELD if not settings.revenue_field else ""
    if not missing and math.isnan(probability):
        missing = NO_SHARE
    result = None
    if not missing:
        result = _at_risk(by_customer, settings.revenue_field, probability)
        missing = "" if result is not None else NO_REVENUE
    return Risk(result, len(cases), len(by_customer), probability, source, missing)


def _probability(
    settings: LoopSettings, saved: tuple[Saved, ...], least: int
) -> tuple[float, str]:
    if settings.yearly_leaving is not None:
        return settings.yearly_leaving, STATED
    longest = saved[-1]
    if longest.missing or longest.alone.n < least:
        return math.nan, ""
    # Of those who stay half a year, the same share is taken to leave in the next.
    staying = (1 - longest.alone.value) ** (YEAR_DAYS / longest.days)
    return 1 - staying, MEASURED


def _at_risk(
    by_customer: dict[int, str | None], name: str, probability: float
) -> RevenueAtRisk | None:
    known = known_of(by_customer, codes=[name])
    revenue = [_number(known.get(each, {}).get(name)) for each in by_customer]
    if not any(each is not None for each in revenue):
        return None
    table = pa.table(
        {
            "revenue": pa.array(revenue, pa.float64()),
            "probability": [probability] * len(revenue),
            "cause": pa.array(list(by_customer.values()), pa.string()),
        }
    )
    return revenue_at_risk(
        table, revenue="revenue", probability="probability", by="cause"
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
