"""Incidents: found, counted, told of, closed; every step is a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import ExportRecord, Person
from zhiyin.accounts.services import record
from zhiyin.act.privacy.models import (
    Incident,
    IncidentNote,
    IncidentPerson,
    IncidentState,
    IncidentStep,
)
from zhiyin.act.privacy.services.registers import RegisterRefusedError
from zhiyin.common import clock
from zhiyin.common.numbers import unpack_numbers
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.queries import customers_of_part, jurisdiction_of
from zhiyin.listen.customers.queries.contact import in_pieces
from zhiyin.listen.imports.models import Import
from zhiyin.listen.responses.models import Response

SHORTEST = 4


@transaction.atomic
def report_incident(*, incident: Incident, by: Person) -> Incident:
    """Write an incident down; its clocks run from when it was found."""
    rules = jurisdiction_of(incident.organisation_id)
    incident.owner = by
    incident.authority_due_at = incident.found_at + dt.timedelta(
        hours=rules.authority_hours
    )
    incident.persons_due_at = incident.found_at + dt.timedelta(
        hours=rules.persons_hours
    )
    incident.save()
    _note(incident, IncidentStep.FOUND, "", by)
    record(action="incident.reported", actor=by, target=incident)
    return incident


@transaction.atomic
def count_persons(
    *,
    incident: Incident,
    exports: Sequence[ExportRecord],
    imports: Sequence[Import],
    filters: dict[str, str],
    by: Person,
) -> int:
    """Find the customers an incident concerns, and keep the list.

    It is the union of those in exports, those in imports and those under filters.
    """
    people: set[int] = set()
    for export in exports:
        people.update(unpack_numbers(export.customers_packed))
    for batch in imports:
        people.update(_of_import(batch))
    if filters:
        people.update(_under(incident.organisation_id, filters))
    living = _living(people)
    incident.people.all().delete()
    IncidentPerson.objects.bulk_create(
        (IncidentPerson(incident=incident, customer_id=pk) for pk in living),
        batch_size=400,
    )
    incident.persons = len(living)
    incident.counted_at = clock.now()
    incident.scope = {
        "exports": [each.pk for each in exports],
        "imports": [each.pk for each in imports],
        "filters": filters,
    }
    incident.save()
    _note(incident, IncidentStep.COUNTED, str(incident.persons), by)
    record(
        action="incident.counted", actor=by, target=incident, persons=incident.persons
    )
    return int(incident.persons)


def _of_import(batch: Import) -> Iterable[int]:
    source = batch.source
    owner = batch.organisation_id
    yield from (
        Customer.objects.of(owner).filter(source=source).values_list("pk", flat=True)
    )
    events = CustomerEvent.objects.of(owner).filter(source=source)
    yield from events.values_list("customer_id", flat=True)
    answers = Response.objects.of(owner).filter(source=source, customer__isnull=False)
    for number in answers.values_list("customer_id", flat=True):
        yield int(number or 0)
    yield from customers_of_part(owner, source)


def _under(organisation_id: int, filters: dict[str, str]) -> Iterable[int]:
    rows = Customer.objects.of(organisation_id)
    if filters.get("audience"):
        rows = rows.filter(audience=filters["audience"])
    if filters.get("department"):
        rows = rows.filter(department__path__startswith=filters["department"])
    if filters.get("known_until"):
        rows = rows.filter(created_at__date__lte=filters["known_until"])
    return rows.values_list("pk", flat=True)


def _living(people: set[int]) -> list[int]:
    """Return those of whom there is still a row."""
    return [
        pk
        for piece in in_pieces(people)
        for pk in Customer.objects.filter(pk__in=piece).values_list("pk", flat=True)
    ]


@transaction.atomic
def take_step(*, incident: Incident, step: str, text: str, by: Person) -> None:
    """Add a line: a remark, a notice that was given, or the end.

    Raises RegisterRefusedError without words, and for an end before the authority and
    the persons were told, or it was said why they need not be.
    """
    found = Incident.objects.select_for_update().get(pk=incident.pk)
    if found.is_closed:
        raise RegisterRefusedError(_("This incident is closed."))
    if len(text.strip()) < SHORTEST:
        raise RegisterRefusedError(_("Say what was done, in a few words."))
    now = clock.now()
    if step == IncidentStep.AUTHORITY:
        found.authority_told_at = now
    elif step in (IncidentStep.PERSONS, IncidentStep.EXEMPT):
        found.persons_told_at = now
    elif step == IncidentStep.CONTAINED:
        found.state = IncidentState.CONTAINED
    elif step == IncidentStep.CLOSED:
        if found.authority_told_at is None or found.persons_told_at is None:
            raise RegisterRefusedError(
                _("First tell the authority and the persons, or say why not.")
            )
        found.state = IncidentState.CLOSED
    found.save()
    _note(found, step, text.strip(), by)
    record(action=f"incident.{step}", actor=by, target=found)


def _note(incident: Incident, step: str, text: str, by: Person) -> None:
    IncidentNote.objects.create(
        incident=incident, at=clock.now(), by=by, step=step, text=text[:1000]
    )
