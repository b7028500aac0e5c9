"""The numbers as the API says them: the same calls, without words for people."""

from __future__ import annotations

from typing import Any

from cxstats.comparisons import Difference
from cxstats.estimates import Estimate, json_value
from cxstats.metrics import MetricResult
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.dashboards.queries.breakdowns import (
    breakdown_of,
    condition_of,
    dimension_of,
    group_label,
)
from zhiyin.analyze.dashboards.queries.charts import markers_of
from zhiyin.analyze.dashboards.queries.compare_page import ComparePage, compare_page
from zhiyin.analyze.dashboards.queries.score_page import (
    exclusion_counts,
    warnings_of,
)
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.definitions import Definition
from zhiyin.analyze.metrics.queries.series import Series
from zhiyin.analyze.voices.queries import Quote

_HIDDEN = ("value", "std_error", "lower", "upper", "n_effective")


def estimate_payload(analysis: Analysis, estimate: Estimate | None) -> dict[str, Any]:
    """Return an estimate with its standing; below the minimum nothing but its n."""
    policy = analysis.policy
    if estimate is None:
        empty: dict[str, Any] = dict.fromkeys(_HIDDEN)
        return {**empty, "level": None, "n": 0, "method": "", "standing": "hidden"}
    standing = policy.standing(estimate.n)
    payload = estimate.to_dict()
    if standing == "hidden":
        payload |= dict.fromkeys(_HIDDEN)
    return {**payload, "standing": standing}


def about_payload(analysis: Analysis) -> dict[str, Any]:
    """Return what a number is and which answers it is made of."""
    chosen, snapshot = analysis.chosen, analysis.snapshot
    definition, period = chosen.definition, scores.filled(snapshot, chosen)
    return {
        "metric": definition.code,
        "metric_version": definition.version,
        "name": str(definition.name),
        "unit": definition.unit,
        "minimum_n": {"shown": analysis.policy.shown, "ranked": analysis.policy.ranked},
        "selection": {
            "query": chosen.query(),
            "q": chosen.series.key,
            "stream": chosen.series.stream,
            "item": chosen.series.item,
            "scale": str(chosen.series.scale),
            "from": period.first if period else None,
            "to": period.last if period else None,
            "time_zone": chosen.period.zone,
            "conditions": {c.name: list(c.values) for c in chosen.conditions},
            "class": chosen.answer_class,
            "score": chosen.answer_score,
            "weighted": chosen.is_weighted,
            "departments": None if chosen.scope is None else list(chosen.scope),
        },
        "data": {
            "version": snapshot.version,
            "synced_at": snapshot.synced_at,
            "behind": snapshot.behind,
        },
    }


def score_payload(analysis: Analysis) -> dict[str, Any]:
    """Return the score with parts, exclusions and warnings."""
    result = scores.score(analysis.snapshot, analysis.chosen)
    return {
        **about_payload(analysis),
        **estimate_payload(analysis, result.estimate),
        "parts": {
            name: {"unit": part.unit, **estimate_payload(analysis, part)}
            for name, part in result.groups[0].parts.items()
        },
        "distribution": _distribution(analysis, result),
        "excluded": exclusion_counts(analysis, result),
        "warnings": [
            {"kind": kind, "message": message}
            for kind, message in warnings_of(analysis, result)
        ],
    }


def _distribution(analysis: Analysis, result: MetricResult) -> dict[str, float] | None:
    if analysis.policy.standing(result.estimate.n) == "hidden":
        return None
    return {f"{score:g}": weight for score, weight in result.distribution().items()}


def trend_payload(analysis: Analysis) -> dict[str, Any]:
    """Return the score in steps, and what happened meanwhile."""
    found = scores.trend(analysis.snapshot, analysis.chosen)
    return {
        **about_payload(analysis),
        "step": found.step,
        "points": [
            {
                "from": point.start,
                "to": point.end,
                **estimate_payload(analysis, point.estimate),
            }
            for point in found.points
        ],
        "markers": markers_of(analysis, found) if found.points else [],
    }


def difference_payload(found: Difference | None) -> dict[str, Any] | None:
    """Return a judged difference."""
    if found is None:
        return None
    payload = found.to_dict()
    names = ("difference", "std_error", "lower", "upper", "level", "method")
    return {name: payload[name] for name in (*names, "p", "q", "detectable", "verdict")}


def table_payload(analysis: Analysis, name: str) -> dict[str, Any]:
    """Return the groups of one dimension, each compared with all the others."""
    dimension = dimension_of(analysis, name)
    table = breakdown_of(analysis, dimension)
    rows = [
        {
            "key": condition_of(dimension, table, row).values[0],
            "label": group_label(analysis, dimension, table, row),
            **estimate_payload(analysis, row.group.estimate),
            "rank": row.rank,
            "against_rest": difference_payload(row.difference),
        }
        for row in table.rows
    ]
    return {
        **about_payload(analysis),
        "by": dimension.name,
        "label": dimension.label,
        "cuts": list(table.edges),
        "groups": rows,
        "groups_in_all": table.total,
        "compared": table.compared,
        "correction": "bh",
    }


def compare_payload(analysis: Analysis) -> dict[str, Any]:
    """Return two sides and their judged difference."""
    page = compare_page(analysis)
    found, verdict = page.difference, "unknown"
    if found is not None and found.standing(analysis.policy) == "hidden":
        found = None
    elif found is not None:
        verdict = found.verdict
    text = f"{page.verdict.text}: {page.verdict.detail}" if page.verdict else ""
    return {
        **about_payload(analysis),
        "mode": page.mode,
        "between": page.dimension or None,
        "a": _side(analysis, page, "a"),
        "b": _side(analysis, page, "b"),
        "difference": difference_payload(found),
        "verdict": verdict,
        "text": text,
    }


def _side(analysis: Analysis, page: ComparePage, name: str) -> dict[str, Any] | None:
    side = getattr(page, name)
    if side is None:
        return None
    value = {"a": page.a_value, "b": page.b_value}[name]
    period = side.selection.period
    return {
        "label": side.label,
        "key": value or None,
        "from": period.first,
        "to": period.last,
        **estimate_payload(analysis, side.estimate),
    }


def series_payload(analysis: Analysis, series: Series) -> dict[str, Any]:
    """Return a series as an address names it."""
    return {
        "q": series.key,
        "label": analysis.labels.series(series),
        "metric": series.definition.code,
        "stream": series.stream,
        "item": series.item,
        "scale": str(series.scale),
        "detractor_max": series.scale.detractor_max,
        "promoter_min": series.scale.promoter_min,
        "n": series.n,
    }


def dimensions_payload(analysis: Analysis) -> list[dict[str, Any]]:
    """Return what answers can be narrowed and grouped by."""
    return [
        {
            "name": one.name,
            "label": one.label,
            "kind": "number" if one.is_number else "category",
            "operational": one.is_operational,
        }
        for one in analysis.labels.dimensions
    ]


def definition_payload(entry: Definition) -> dict[str, Any]:
    """Return an entry of the metric dictionary."""
    texts = (
        *("name", "formula", "numerator", "denominator"),
        *("exclusions", "scale", "interval", "is_not"),
    )
    words = {name: str(getattr(entry, name)) for name in texts}
    codes = {"metric": entry.code, "version": entry.version, "unit": entry.unit}
    return {**codes, **words}


def quote_payload(quote: Quote) -> dict[str, Any]:
    """Return a comment with its score; the customer's key stays masked."""
    return {
        "response_id": quote.response_id,
        "comment": quote.words,
        "score": float(quote.score) if quote.score else None,
        "class": quote.score_class or None,
        "scale": quote.scale,
        "responded_at": quote.answered_at,
        "touchpoint": quote.touchpoint,
        "channel": quote.channel,
        "customer": quote.customer,
        "facts": {label: json_value(value) for label, value in quote.facts},
    }
