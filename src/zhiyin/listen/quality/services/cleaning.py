"""Cleaning runs: look, take out, put back; each step can be done twice."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.quality.models import (
    CleaningHit,
    CleaningPlan,
    CleaningRule,
    CleaningRun,
    RunState,
)
from zhiyin.listen.quality.queries import (
    answers_between,
    effect_of,
    judge,
    settings_of,
)
from zhiyin.listen.responses.models import ExclusionReason, Response

logger = logging.getLogger(__name__)

BATCH = 2_000
# A worker that was killed leaves its claim; after this it is taken up again.
CLAIM_HOLDS = dt.timedelta(minutes=10)
NIGHTLY_DAYS = 90
# Under which reason an answer is out; burst answers are a kind of spam.
REASONS: Mapping[str, str] = {
    CleaningRule.TEST: ExclusionReason.TEST,
    CleaningRule.EMPLOYEE: ExclusionReason.EMPLOYEE,
    CleaningRule.DUPLICATE: ExclusionReason.DUPLICATE,
    CleaningRule.LATE: ExclusionReason.LATE,
    CleaningRule.BURST: ExclusionReason.SUSPECTED_SPAM,
    CleaningRule.SPEEDER: ExclusionReason.SPEEDER,
    CleaningRule.STRAIGHT_LINING: ExclusionReason.STRAIGHT_LINING,
}


def plan_of(organisation: Organisation) -> CleaningPlan:
    """Return the organisation's rules; unsaved ones with the defaults before any."""
    found = CleaningPlan.objects.of(organisation).first()
    return found or CleaningPlan(organisation=organisation, rules=settings_of({}))


@transaction.atomic
def save_plan(
    *, organisation: Organisation, rules: Mapping[str, Any], is_automatic: bool
) -> CleaningPlan:
    """Keep which rules apply, and whether they do so every night."""
    plan, _made = CleaningPlan.objects.update_or_create(
        organisation=organisation,
        defaults={"rules": settings_of(rules), "is_automatic": is_automatic},
    )
    record(
        action="cleaning.changed",
        target=plan,
        rules=plan.rules,
        is_automatic=is_automatic,
    )
    return plan


@transaction.atomic
def start_run(
    *,
    organisation: Organisation,
    since: dt.date,
    until: dt.date,
    by: Person | None = None,
    applies_at_once: bool = False,
) -> CleaningRun:
    """Ask for a look at the answers of some days; the worker does it."""
    made = CleaningRun.objects.create(
        organisation=organisation,
        rules=plan_of(organisation).rules,
        since=since,
        until=until,
        applies_at_once=applies_at_once,
        created_at=clock.now(),
        created_by=by,
    )
    record(action="cleaning.started", target=made, organisation=organisation)
    return made


def ask_to_apply(*, run: CleaningRun) -> bool:
    """Let the worker take out what a run found; False where that is not possible."""
    return _turn(run, RunState.FOUND, RunState.APPLYING, "cleaning.applied")


def ask_to_undo(*, run: CleaningRun) -> bool:
    """Let the worker put back what a run took out; False where it took nothing."""
    return _turn(run, RunState.APPLIED, RunState.UNDOING, "cleaning.undone")


@transaction.atomic
def _turn(run: CleaningRun, old: RunState, new: RunState, action: str) -> bool:
    rows = CleaningRun.objects.filter(pk=run.pk, state=old)
    if not rows.update(state=new, claimed_at=None):
        return False
    record(action=action, target=run, found=run.found)
    return True


def work_next() -> bool:
    """Do one step of one run; False when none waits. A killed step is done again."""
    now = clock.now()
    steps = {
        RunState.WAITING: _look,
        RunState.LOOKING: _look,
        RunState.APPLYING: _apply,
        RunState.UNDOING: _undo,
    }
    stale = now - CLAIM_HOLDS
    waiting = CleaningRun.objects.filter(state__in=steps).order_by("pk")
    for run in waiting.select_related("organisation"):
        free = CleaningRun.objects.filter(pk=run.pk, state=run.state)
        free = free.filter(claimed_at=None) | free.filter(claimed_at__lt=stale)
        if free.update(claimed_at=now):
            _do(run, steps[RunState(run.state)])
            return True
    return False


def _do(run: CleaningRun, step: Any) -> None:
    try:
        step(run)
    except Exception as error:
        logger.exception("cleaning run %s failed", run.pk)
        text = f"{type(error).__name__}: {error}"[:300]
        CleaningRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error=text)


@transaction.atomic
def _look(run: CleaningRun) -> None:
    """Judge the answers and keep what was found, instead of what an earlier try kept.

    An answer that somebody put back by hand is not found by the same rule again.
    """
    CleaningHit.objects.filter(run=run).delete()
    rules = settings_of(run.rules)
    least = int(rules["burst"]["characters"])
    answers = answers_between(run.organisation, run.since, run.until, least)
    names = judge(answers, rules)
    forgiven = set(
        CleaningHit.objects.filter(
            run__organisation=run.organisation,
            is_applied=True,
            response__excluded="",
        ).values_list("response_id", "rule"),
    )
    found = [
        (pk, name)
        for pk, name in zip(answers.pk.tolist(), names.tolist(), strict=True)
        if name and (pk, name) not in forgiven
    ]
    hits = (CleaningHit(run=run, response_id=pk, rule=name) for pk, name in found)
    CleaningHit.objects.bulk_create(hits, batch_size=BATCH)
    run.judged = len(answers)
    run.counts = dict(Counter(name for _pk, name in found))
    out = {pk for pk, _name in found}
    run.effect = effect_of(run.organisation, run.since, run.until, out)
    run.state = RunState.APPLYING if run.applies_at_once else RunState.FOUND
    run.claimed_at = None
    run.save()


@transaction.atomic
def _apply(run: CleaningRun) -> None:
    """Take out what is still counted; what somebody took out meanwhile stays theirs."""
    for rule, reason in REASONS.items():
        hits = CleaningHit.objects.filter(run=run, rule=rule, response__excluded="")
        for pks in _pieces(list(hits.values_list("response_id", flat=True))):
            Response.objects.filter(pk__in=pks, excluded="").update(excluded=reason)
            CleaningHit.objects.filter(run=run, response_id__in=pks).update(
                is_applied=True
            )
    _settle(run, RunState.APPLIED)


@transaction.atomic
def _undo(run: CleaningRun) -> None:
    """Put back what this run took out and nobody has judged otherwise since."""
    for rule, reason in REASONS.items():
        hits = CleaningHit.objects.filter(run=run, rule=rule, is_applied=True)
        for pks in _pieces(list(hits.values_list("response_id", flat=True))):
            Response.objects.filter(pk__in=pks, excluded=reason).update(excluded="")
    # Undone as a whole, so no single answer was forgiven.
    CleaningHit.objects.filter(run=run).update(is_applied=False)
    _settle(run, RunState.UNDONE)


def _settle(run: CleaningRun, state: RunState) -> None:
    run.state, run.settled_at, run.claimed_at = state, clock.now(), None
    run.save(update_fields=["state", "settled_at", "claimed_at"])


def _pieces(pks: list[int]) -> list[list[int]]:
    # SQLite limits how many values one statement may name.
    return [pks[first : first + 900] for first in range(0, len(pks), 900)]


def start_nightly_runs() -> bool:
    """Start today's run where the rules apply every night; True when any was due."""
    today = clock.now().date()
    started = False
    for plan in CleaningPlan.objects.filter(is_automatic=True):
        runs = CleaningRun.objects.filter(
            organisation=plan.organisation, applies_at_once=True
        )
        if not runs.filter(created_at__date=today).exists():
            since = today - dt.timedelta(NIGHTLY_DAYS)
            start_run(
                organisation=plan.organisation,
                since=since,
                until=today,
                applies_at_once=True,
            )
            started = True
    return started
