"""Editing calendars through their pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import add_department
from zhiyin.act.clocks.models import WorkCalendar
from zhiyin.act.clocks.queries import calendar_for, due

SHIFTS = {f"day{day}": "" for day in range(7)} | {
    "day0": "09:00-12:00，14:00–18:00",
    "day5": "10:00-16:00",
}


@pytest.fixture
def manager(person_with: Callable[..., Person]) -> Person:
    return person_with(language="en")


def sent(**values: Any) -> dict[str, Any]:
    return {"name": "装维", "time_zone": "Asia/Shanghai", **SHIFTS, **values}


def test_a_calendar_is_made_filled_with_holidays_and_given_to_a_department(
    organisation: Organisation,
    manager: Person,
    client_of: Callable[[Person], Client],
) -> None:
    top = add_department(organisation=organisation, code="BBF", name="装维")
    below = add_department(
        organisation=organisation, parent=top, code="BBF1", name="一班"
    )
    client = client_of(manager)
    assert "nine to six" in client.get(reverse("calendars")).content.decode()
    page = client.post(reverse("calendar-new"), sent(departments=[top.pk]), follow=True)
    calendar = WorkCalendar.objects.get()
    assert calendar.is_default, "one calendar has to hold"
    assert "14:00-18:00" in page.content.decode()
    days = reverse("calendar-days", args=[calendar.pk])
    client.post(days, {"year": "CN 2026"})
    page = client.post(days, {"days": "2026-11-23 holiday 停电\n"}, follow=True)
    assert "停电" in page.content.decode()
    assert calendar.days.count() == 40
    # Saturday's hours are over at four, and the Monday is off.
    saturday = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)
    end = due(saturday, 60, "working", calendar_for(organisation, below))
    assert end == dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
    remove = calendar.days.get(name="停电")
    client.post(reverse("calendar-day-remove", args=[calendar.pk, remove.pk]))
    end = due(saturday, 60, "working", calendar_for(organisation, below))
    assert end == dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


def test_what_nobody_can_work_by_is_refused_beside_what_was_typed(
    manager: Person, client_of: Callable[[Person], Client]
) -> None:
    client = client_of(manager)
    new = reverse("calendar-new")
    empty = client.post(new, sent(day0="", day5="")).content.decode()
    assert "This calendar has no working days" in empty
    wrong = client.post(new, sent(day0="9-18")).content.decode()
    assert "received “9-18”" in wrong
    assert not WorkCalendar.objects.exists()
    client.post(new, sent())
    pk = WorkCalendar.objects.get().pk
    days = client.post(reverse("calendar-days", args=[pk]), {"days": "morgen frei"})
    assert "Line 1" in days.content.decode()
    page = client.post(reverse("calendar-delete", args=[pk]), follow=True)
    assert "wherever no other does" in page.content.decode()
