"""The report as numbers: what the API answers."""

from __future__ import annotations

import math
from typing import Any

from cxstats.estimates import Estimate, json_value
from cxstats.reporting import MinimumN
from zhiyin.accounts.models import Person
from zhiyin.act.recovery.queries.loop.conversion import CLASSES
from zhiyin.act.recovery.queries.loop.groups import SHOWN
from zhiyin.act.recovery.queries.loop.names import names_of
from zhiyin.act.recovery.queries.loop.report import LoopReport


def estimate_payload(estimate: Estimate, policy: MinimumN) -> dict[str, Any]:
    """Return an estimate; below the minimum n there is no value, only the n."""
    standing = policy.standing(estimate.n)
    found = estimate.to_dict()
    if standing == "hidden":
        for name in ("value", "std_error", "lower", "upper"):
            found[name] = None
    return {**found, "unit": estimate.unit, "standing": standing}


def report_payload(report: LoopReport, person: Person) -> dict[str, Any]:
    """Return the whole report."""
    period, policy = report.wanted.period, report.policy
    return {
        "period": {
            "from": json_value(period.first),
            "to": json_value(period.last),
            "time_zone": period.zone,
        },
        "department": report.wanted.department or None,
        "touchpoint": report.wanted.touchpoint or None,
        "cases": report.cases,
        "open_cases": report.open_cases,
        "is_cut": report.is_cut,
        "minimum_n": policy.shown,
        "measures": {
            each.code: {
                "name": str(each.definition.name),
                "definition": str(each.definition.text),
                **estimate_payload(each.estimate, policy),
            }
            for each in report.measured
        },
        "conversion": _conversion(report),
        "saved": [_saved(each, policy) for each in report.saved],
        "revenue_at_risk": _risk(report),
        "by": report.groups.dimension,
        "groups": _groups(report, person),
        "groups_hidden": report.groups.hidden,
    }


def _conversion(report: LoopReport) -> dict[str, Any]:
    found, policy = report.conversion, report.policy
    is_shown = policy.standing(min(found.contacted.n, found.alone.n)) != "hidden"
    return {
        "matrix": [
            {"before": before, "after": after, "n": found.count(before, after)}
            for before in CLASSES
            for after in CLASSES
        ],
        "contacted": {
            "customers": found.contacted_of,
            **estimate_payload(found.contacted, policy),
        },
        "left_alone": {
            "customers": found.alone_of,
            **estimate_payload(found.alone, policy),
        },
        "difference": found.effect.to_dict() if is_shown else None,
        "verdict": found.verdict if is_shown else None,
        "net_before": estimate_payload(found.net_before, policy),
        "net_after": estimate_payload(found.net_after, policy),
    }


def _saved(one: Any, policy: MinimumN) -> dict[str, Any]:
    is_shown = policy.standing(min(one.contacted.n, one.alone.n)) != "hidden"
    is_shown = is_shown and not one.missing
    return {
        "days": one.days,
        "missing": one.missing or None,
        "tiers": one.tiers,
        "contacted_not_compared": one.unmatched,
        "left_of_contacted": estimate_payload(one.contacted, policy),
        "left_of_left_alone": estimate_payload(one.alone, policy),
        "saved": one.saved.to_dict() if is_shown else None,
        "verdict": one.verdict if is_shown else None,
    }


def _risk(report: LoopReport) -> dict[str, Any]:
    found = report.risk
    return {
        "open_cases": found.open_cases,
        "customers": found.customers,
        "missing": found.missing or None,
        "yearly_leaving": None if math.isnan(found.probability) else found.probability,
        "yearly_leaving_is": found.source or None,
        **({} if found.result is None else found.result.to_dict()),
    }


def _groups(report: LoopReport, person: Person) -> list[dict[str, Any]]:
    names = names_of(person.organisation, report.groups.dimension)
    return [
        {
            "key": json_value(each.key),
            "name": names.get(each.key, str(each.key)),
            "cases": each.cases,
            **{
                code: estimate_payload(each.shares[code], report.policy)
                for code in SHOWN
            },
            "against_others": each.effect.to_dict() if each.effect else None,
            "verdict": each.verdict if each.effect else None,
        }
        for each in report.groups.groups
    ]
