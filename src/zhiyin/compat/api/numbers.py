"""Metrics: the whole numbers that clients expect, and beside them the true ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.dashboards.queries import payloads
from zhiyin.analyze.dashboards.queries.analysis import open_analysis
from zhiyin.analyze.metrics.queries.addresses import Query
from zhiyin.common import clock
from zhiyin.compat.api.doors import KeyAsUser, both
from zhiyin.compat.queries.delighted import GROUPS

PARTS = ("promoter", "passive", "detractor")

router = Router()


def _day(text: str) -> str:
    try:
        return dt.datetime.fromtimestamp(int(text), dt.UTC).date().isoformat()
    except (OverflowError, OSError) as error:
        message = "since and until are times in seconds since 1970"
        raise ValueError(message) from error


def _query(request: HttpRequest) -> Query:
    """Return the selection of our own pages that a call of Delighted's means."""
    since, until = request.GET.get("since"), request.GET.get("until")
    chosen: dict[str, list[str]] = {"period": ["all"]}
    if since or until:
        chosen = {
            "from": [_day(since or "0")],
            "to": [_day(until or str(int(clock.now().timestamp())))],
        }
    group = request.GET.get("group", "")
    if group in GROUPS:
        chosen["channel"] = GROUPS[group]
    return Query(chosen)


@both(
    router,
    "GET",
    "/metrics",
    auth=KeyAsUser("metrics", Permission.SEE_SCORES),
    response=dict[str, Any],
)
def delighted_metrics(request: HttpRequest) -> dict[str, Any]:
    """Return the NPS of the most answered series, from the one definition of it."""
    analysis = open_analysis(
        person_of(request),
        _query(request),
        Permission.SEE_SCORES,
    )
    if analysis.selection is None:
        return _numbers({"n": 0, "parts": {}})
    return _numbers(payloads.score_payload(analysis))


def _numbers(found: dict[str, Any]) -> dict[str, Any]:
    n = found["n"]
    exact = found.get("value")
    out: dict[str, Any] = {"nps": None if exact is None else round(exact)}
    for part in PARTS:
        share = found["parts"].get(f"{part}s", {}).get("value")
        out[f"{part}_count"] = None if share is None else round(share * n)
        out[f"{part}_percent"] = None if share is None else round(share * 100, 1)
    return out | {
        "response_count": n,
        "nps_exact": exact,
        "nps_low": found.get("lower"),
        "nps_high": found.get("upper"),
        "n": n,
    }
