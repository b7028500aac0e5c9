"""Events: told twice they are one, and what cannot be kept hides no other."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import add_department
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.queries import events_after
from zhiyin.listen.customers.services import NewEvent, record_events

pytestmark = pytest.mark.django_db


def event(number: int = 1, **changes: object) -> NewEvent:
    given = NewEvent(
        customer="13800138000",
        kind="hall_service",
        key=f"ev-{number}",
        occurred_at=clock.now() - dt.timedelta(hours=1),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def test_event_told_again_is_known_and_changes_nothing(
    organisation: Organisation,
    other_organisation: Organisation,
) -> None:
    first = record_events(organisation=organisation, events=[event(1), event(2)])
    again = record_events(
        organisation=organisation,
        events=[event(1, employee="other"), event(3), event(3)],
    )
    assert (first.new, first.known) == (2, 0)
    assert (again.new, again.known) == (1, 2)
    assert Customer.objects.count() == 1
    assert not CustomerEvent.objects.exclude(employee="").exists()
    elsewhere = record_events(organisation=other_organisation, events=[event(1)])
    assert elsewhere.new == 1


def test_rejected_event_says_why_and_the_others_are_kept(
    organisation: Organisation,
) -> None:
    now = clock.now()
    told = record_events(
        organisation=organisation,
        events=[
            event(1, occurred_at=now + dt.timedelta(hours=25)),
            event(2, occurred_at=now + dt.timedelta(hours=23)),
            event(3, occurred_at=dt.datetime(2026, 1, 1)),  # noqa: DTZ001
            event(4, customer=" "),
            event(5, department="nowhere"),
            event(6, key=""),
            event(7, attributes={"x": object()}),
            event(8, attributes={"x": "\x00"}),
            event(9, kind="x" * 81),
        ],
    )
    assert told.new == 1
    assert [each.place for each in told.rejected] == [0, 2, 3, 4, 5, 6, 7, 8]
    assert all(each.reason for each in told.rejected)
    assert "nowhere" in told.rejected[3].reason


def test_department_is_found_by_code_and_by_names_from_the_root(
    organisation: Organisation,
) -> None:
    east = add_department(organisation=organisation, name="华东", code="E")
    hall = add_department(
        organisation=organisation, name="西湖厅", code="E-1", parent=east
    )
    record_events(
        organisation=organisation,
        events=[event(1, department="E-1"), event(2, department="华东/西湖厅")],
    )
    found = CustomerEvent.objects.values_list("department", flat=True)
    assert list(found) == [hall.pk, hall.pk]


def test_reader_goes_on_after_the_last_event_seen(organisation: Organisation) -> None:
    kinds = ["hall_service", "complaint", "hall_service"]
    record_events(
        organisation=organisation,
        events=[event(n, kind=kind) for n, kind in enumerate(kinds)],
    )
    halls = list(events_after(organisation, "hall_service", 0))
    assert [each.key for each in halls] == ["ev-0", "ev-2"]
    assert not events_after(organisation, "hall_service", halls[-1].pk).exists()
    assert events_after(organisation, ["complaint", "hall_service"], 0).count() == 3
