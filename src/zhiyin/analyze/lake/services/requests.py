"""What people may ask of the lake; every request is recorded."""

from __future__ import annotations

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.services.sync import SyncReport, sync_organisation
from zhiyin.common import clock


def request_sync(*, by: Person) -> SyncReport:
    """Bring the lake of a person's organisation up to date now."""
    report = sync_organisation(organisation=by.organisation)
    record(
        action="lake.synced",
        organisation=by.organisation,
        actor=by,
        outcome=report.outcome,
    )
    return report


def request_rebuild(*, by: Person) -> None:
    """Have the worker write every file of the lake anew."""
    with transaction.atomic():
        LakeState.objects.update_or_create(
            organisation=by.organisation,
            defaults={"rebuild_requested_at": clock.now()},
        )
        record(
            action="lake.rebuild_requested",
            organisation=by.organisation,
            actor=by,
        )
