"""What a cleaning run found, as a person sees it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from zhiyin.accounts.models import Person
from zhiyin.listen.quality.models import CleaningHit, CleaningRule, CleaningRun
from zhiyin.listen.responses.models import Response


def hits_seen_by(person: Person, run: CleaningRun, rule: str) -> QuerySet[CleaningHit]:
    """Return what a run found among what a person may see, by one rule or all."""
    seen = Response.objects.visible_to(person)
    hits = CleaningHit.objects.filter(run=run, response__in=seen)
    if rule:
        hits = hits.filter(rule=rule)
    return hits.select_related("response", "response__customer").order_by("pk")


def run_rows(run: CleaningRun) -> list[dict[str, Any]]:
    """Return each rule that found something, with its count and share."""
    words = dict(CleaningRule.choices)
    return [
        {
            "rule": rule,
            "label": words.get(rule, rule),
            "count": run.counts[rule],
            "share": run.counts[rule] / run.judged * 100 if run.judged else 0,
        }
        for rule in CleaningRule.values
        if run.counts.get(rule)
    ]
