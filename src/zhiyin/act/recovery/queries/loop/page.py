"""The report as its page shows it; nothing is computed here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.act.recovery.queries.loop.conversion import CLASSES, Conversion
from zhiyin.act.recovery.queries.loop.definitions import SHARES, TIMES
from zhiyin.act.recovery.queries.loop.groups import DIMENSIONS, SHOWN, Group
from zhiyin.act.recovery.queries.loop.names import DIMENSION_NAMES, names_of
from zhiyin.act.recovery.queries.loop.report import LoopReport, may_see_people
from zhiyin.act.recovery.queries.loop.risk import (
    NO_FIELD,
    NO_REVENUE,
    NO_SHARE,
    STATED,
    Risk,
)
from zhiyin.act.recovery.queries.loop.saved import NO_EVENTS, TOO_EARLY, Saved
from zhiyin.act.recovery.queries.loop.words import (
    Written,
    verdict_text,
    write_customers,
    write_net,
    write_points,
    write_share,
    write_time,
)
from zhiyin.analyze.dashboards.queries.analysis import class_names, period_label
from zhiyin.analyze.metrics.queries.periods import PRESETS
from zhiyin.listen.programs.models import Touchpoint

MOST_RISKS = 8


@dataclass(frozen=True)
class Tile:
    """One number of the report."""

    code: str
    name: str
    text: str
    written: Written


def tiles_of(report: LoopReport) -> list[Tile]:
    """Return the shares."""
    return [
        Tile(
            each.code,
            str(each.definition.name),
            str(each.definition.text),
            write_share(each.estimate, report.policy),
        )
        for each in report.shares
    ]


def times_of(report: LoopReport) -> list[dict[str, Any]]:
    """Return each time with its quantiles."""
    found = []
    for one in TIMES:
        own = [each for each in report.times if each.definition is one]
        quantiles = [
            (
                f"p{(each.quantile or 0) * 100:.0f}",
                write_time(each.estimate, report.policy),
            )
            for each in own
        ]
        found.append({"name": one.name, "text": one.text, "quantiles": quantiles})
    return found


def conversion_of(report: LoopReport) -> dict[str, Any]:
    """Return the matrix and the comparison with those left alone."""
    found: Conversion = report.conversion
    names = class_names()
    least = min(found.contacted.n, found.alone.n)
    return {
        "columns": [(code, names[code]) for code in CLASSES],
        "rows": [
            {
                "code": before,
                "name": names[before],
                "cells": [(after, found.count(before, after)) for after in CLASSES],
                "answered": found.answered(before),
                "asked": found.asked.get(before, 0),
            }
            for before in CLASSES
        ],
        "answered": sum(found.matrix.values()),
        "contacted": write_share(found.contacted, report.policy),
        "contacted_of": found.contacted_of,
        "alone": write_share(found.alone, report.policy),
        "alone_of": found.alone_of,
        "is_shown": report.policy.standing(least) != "hidden",
        "least": least,
        "needed": report.policy.shown,
        "difference": write_points(found.effect.estimate),
        "verdict": found.verdict,
        "verdict_text": verdict_text(found.verdict),
        "net_before": write_net(found.net_before, report.policy),
        "net_after": write_net(found.net_after, report.policy),
    }


def saved_of(report: LoopReport) -> list[dict[str, Any]]:
    """Return the customers saved, or why there is no number."""
    return [_saved_row(each, report) for each in report.saved]


def _saved_row(one: Saved, report: LoopReport) -> dict[str, Any]:
    least = min(one.contacted.n, one.alone.n)
    return {
        "days": one.days,
        "missing": _why_none_saved(one.missing),
        "is_shown": not one.missing and report.policy.standing(least) != "hidden",
        "least": least,
        "needed": report.policy.shown,
        "contacted": write_share(one.contacted, report.policy),
        "alone": write_share(one.alone, report.policy),
        "saved": write_customers(one.saved),
        "tiers": one.tiers if one.tiers > 1 else 0,
        "unmatched": one.unmatched,
        "verdict": one.verdict,
        "verdict_text": verdict_text(one.verdict),
    }


def _why_none_saved(missing: str) -> str:
    return {
        NO_EVENTS: _(
            "Nobody has told yet which customers left: send the events "
            "order.terminated or mnp.port_out.effective."
        ),
        TOO_EARLY: _("Nobody on either side was watched for so long yet."),
    }.get(missing, "")


def risk_of(report: LoopReport) -> dict[str, Any]:
    """Return the revenue at risk of open cases, or why there is none."""
    found: Risk = report.risk
    total = found.result.total if found.result is not None else None
    rows = found.result.rows[:MOST_RISKS] if found.result is not None else ()
    return {
        "open_cases": found.open_cases,
        "customers": found.customers,
        "missing": _why_no_risk(found.missing),
        "is_stated": found.source == STATED,
        "probability": ""
        if math.isnan(found.probability)
        else f"{found.probability:.1%}",
        "total": _money(total) if total else None,
        "rows": [
            {"name": row.group or _("no cause yet"), **_money(row)} for row in rows
        ],
    }


def _money(row: Any) -> dict[str, Any]:
    return {
        "value": round(row.at_risk.value),
        "lower": round(row.at_risk.lower),
        "upper": round(row.at_risk.upper),
        "n": row.n,
    }


def _why_no_risk(missing: str) -> str:
    return {
        NO_FIELD: _(
            "Say in the settings which field of the customers is their revenue."
        ),
        NO_SHARE: _(
            "Say in the settings which share of unhappy customers leaves within a "
            "year, or send events of customers who left."
        ),
        NO_REVENUE: _("No customer of an open case has a number in that field."),
    }.get(missing, "")


def groups_shown(report: LoopReport, person: Person) -> dict[str, Any]:
    """Return the table of groups."""
    found = report.groups
    names = names_of(person.organisation, found.dimension)
    definitions = {one.code: one for one in SHARES}
    is_person = found.dimension == "person"
    return {
        "dimension": found.dimension,
        "dimensions": [
            (code, DIMENSION_NAMES[code])
            for code in DIMENSIONS
            if code != "person" or may_see_people(person)
        ],
        "heads": [definitions[code].name for code in SHOWN],
        "rows": [
            _group_row(each, str(names.get(each.key, each.key)), report)
            for each in found.groups
        ],
        "hidden": found.hidden,
        "compared": sum(each.effect is not None for each in found.groups),
        "is_person": is_person,
    }


def _group_row(group: Group, name: str, report: LoopReport) -> dict[str, Any]:
    effect = group.effect
    return {
        "name": name,
        "cases": group.cases,
        "shares": [write_share(group.shares[code], report.policy) for code in SHOWN],
        "difference": write_points(effect.estimate) if effect is not None else "",
        "q": f"{effect.q:.3f}" if effect is not None else "",
        "verdict": group.verdict,
        "standing": group.standing,
    }


def page_of(report: LoopReport, person: Person) -> dict[str, Any]:
    """Return everything the page shows."""
    period = report.wanted.period
    preset = PRESETS.get(period.preset)
    return {
        "report": report,
        "tiles": tiles_of(report),
        "times": times_of(report),
        "conversion": conversion_of(report),
        "saved": saved_of(report),
        "risk": risk_of(report),
        "groups": groups_shown(report, person),
        "period": period,
        "period_text": preset[0] if preset else period_label(period),
        "presets": [(code, label) for code, (label, _days) in PRESETS.items()],
        "earlier": period.before(),
        "later": period.after(),
        **_filters(report, person),
    }


def _filters(report: LoopReport, person: Person) -> dict[str, Any]:
    wanted = report.wanted
    departments = Department.objects.visible_to(person).active()
    touchpoints = Touchpoint.objects.visible_to(person).filter(is_active=True)
    chosen = next((d for d in departments if d.path == wanted.department), None)
    touchpoint = next((t for t in touchpoints if t.code == wanted.touchpoint), None)
    return {
        "departments": departments,
        "touchpoints": touchpoints,
        "department": chosen,
        "touchpoint": touchpoint,
    }
