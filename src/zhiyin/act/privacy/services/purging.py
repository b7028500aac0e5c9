"""The retention schedule: how long each kind is kept, and letting go of the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.privacy.models import (
    PrivacySetting,
    RetentionRule,
    RetentionRun,
    RunState,
)
from zhiyin.common import clock
from zhiyin.listen.customers.services import Retention, retentions

BATCH = 500
BATCHES_A_STEP = 10
CLAIM_HOLDS = dt.timedelta(minutes=10)
LONGEST_MONTHS = 240
_EVERY = dt.timedelta(hours=20)


class RetentionTooShortError(ValueError):
    """The law asks to keep it longer; the message says how long."""


@dataclass(frozen=True)
class Kept:
    """One line of the schedule: a kind, and for how many months it is kept here."""

    kind: Retention
    months: int
    rule: RetentionRule | None

    @property
    def before(self) -> dt.datetime:
        """Return the moment before which it goes."""
        return months_ago(clock.now(), self.months)


def months_ago(now: dt.datetime, months: int) -> dt.datetime:
    """Return the same day so many months earlier; the last of a shorter month."""
    whole = now.year * 12 + now.month - 1 - months
    year, month = divmod(whole, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return now.replace(year=year, month=month + 1, day=min(now.day, last))


def schedule_of(organisation: Organisation | int) -> list[Kept]:
    """Return how long each kind is kept in an organisation."""
    rules = {each.kind: each for each in RetentionRule.objects.of(organisation)}
    return [
        Kept(kind, rule.months if rule else kind.months, rule)
        for kind in retentions()
        for rule in [rules.get(kind.code)]
    ]


@transaction.atomic
def set_retention(
    *, organisation: Organisation, code: str, months: int, by: Person, reason: str = ""
) -> None:
    """Keep one kind for so many months.

    Raises RetentionTooShortError below what the law asks for, with the number.
    """
    kind = {each.code: each for each in retentions()}[code]
    if not kind.least_months <= months <= LONGEST_MONTHS:
        raise RetentionTooShortError(
            _("“%(kind)s” is kept %(least)s to %(most)s months; received %(given)s.")
            % {
                "kind": kind.label,
                "least": kind.least_months,
                "most": LONGEST_MONTHS,
                "given": months,
            }
        )
    before = {each.kind.code: each.months for each in schedule_of(organisation)}[code]
    if before == months:
        return
    rule, _made = RetentionRule.objects.update_or_create(
        organisation=organisation,
        kind=code,
        defaults={
            "months": months,
            "reason": reason[:200],
            "changed_at": clock.now(),
            "changed_by": by,
        },
    )
    record(
        action="retention.changed",
        actor=by,
        target=rule,
        reason=reason,
        was=before,
        now=months,
    )


@transaction.atomic
def start_purge(
    *, organisation: Organisation, by: Person | None = None, is_dry: bool = False
) -> RetentionRun:
    """Ask for a purge, or for a look at what one would remove; the worker does it."""
    made = RetentionRun.objects.create(
        organisation=organisation,
        is_dry=is_dry,
        before={
            each.kind.code: each.before.isoformat()
            for each in schedule_of(organisation)
        },
        created_at=clock.now(),
        created_by=by,
    )
    record(action="retention.started", actor=by, target=made, is_dry=is_dry)
    return made


def purge_next() -> bool:
    """Do a stretch of one purge; False when none waits."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_HOLDS)
    rows = RetentionRun.objects.filter(free).exclude(state=RunState.DONE)
    run = rows.order_by("pk").first()
    if run is None:
        return False
    if not RetentionRun.objects.filter(free, pk=run.pk).update(claimed_at=now):
        return True
    try:
        _work(run)
    finally:
        RetentionRun.objects.filter(pk=run.pk).update(claimed_at=None)
    return True


def _work(run: RetentionRun) -> None:
    kinds = {each.code: each for each in retentions()}
    left = [code for code in run.before if code not in run.done and code in kinds]
    if not left:
        _finish(run)
        return
    kind, code = kinds[left[0]], left[0]
    before = dt.datetime.fromisoformat(run.before[code])
    run.state = RunState.WORKING
    if run.is_dry:
        run.counts[code] = kind.count(run.organisation_id, before)
        run.done.append(code)
        run.save(update_fields=["state", "counts", "done"])
        return
    for _step in range(BATCHES_A_STEP):
        with transaction.atomic():
            gone = kind.purge(run.organisation_id, before, BATCH)
            run.counts[code] = run.counts.get(code, 0) + gone
            if not gone:
                run.done.append(code)
            run.save(update_fields=["state", "counts", "done"])
        if not gone:
            break


def _finish(run: RetentionRun) -> None:
    run.state, run.finished_at = RunState.DONE, clock.now()
    run.save(update_fields=["state", "finished_at"])
    record(
        action="retention.finished",
        organisation=run.organisation_id,
        target=run,
        is_dry=run.is_dry,
        counts=run.counts,
    )


def purge_nightly() -> bool:
    """Start the purge of organisations that want one every night."""
    since = clock.now() - _EVERY
    wanting = PrivacySetting.objects.filter(purges_nightly=True)
    for setting in wanting.select_related("organisation"):
        rows = RetentionRun.objects.of(setting.organisation_id).filter(is_dry=False)
        if not rows.filter(created_at__gte=since).exists():
            start_purge(organisation=setting.organisation)
    return False
