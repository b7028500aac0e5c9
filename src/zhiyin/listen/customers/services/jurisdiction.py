"""Choosing the law that holds, and changing how it is read."""

from __future__ import annotations

from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.listen.customers.models import Jurisdiction


@transaction.atomic
def save_jurisdiction(
    *, jurisdiction: Jurisdiction, puts_in_force: bool, by: Person
) -> Jurisdiction:
    """Keep how a law is read, and perhaps put it in force instead of the other."""
    owner = jurisdiction.organisation_id
    # Holding the organisation's row makes two savers wait for each other.
    Organisation.objects.select_for_update().get(pk=owner)
    if puts_in_force:
        others = Jurisdiction.objects.of(owner).exclude(code=jurisdiction.code)
        others.update(is_in_force=False)
    jurisdiction.is_in_force = jurisdiction.is_in_force or puts_in_force
    jurisdiction.changed_by = by
    jurisdiction.save()
    record(
        action="jurisdiction.changed",
        actor=by,
        target=jurisdiction,
        code=jurisdiction.code,
        is_in_force=jurisdiction.is_in_force,
    )
    return jurisdiction
