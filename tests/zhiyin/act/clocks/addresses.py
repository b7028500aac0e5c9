"""The addresses of calendars."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.act.clocks.models import CalendarDay, WorkCalendar
from zhiyin.act.clocks.queries import OFFICE_HOURS


def a_calendar(home: Organisation) -> dict[str, Any]:
    made = WorkCalendar.objects.create(
        organisation=home,
        name=f"{SECRET} {secrets.token_hex(4)}",
        hours=OFFICE_HOURS,
    )
    return {"pk": made.pk}


def a_day(home: Organisation) -> dict[str, Any]:
    pk = a_calendar(home)["pk"]
    day = CalendarDay.objects.create(
        calendar_id=pk, date="2027-01-01", kind="holiday", name=SECRET
    )
    return {"pk": pk, "day": day.pk}


RULES = Permission.EDIT_CASE_RULES

register(
    Address("calendars", RULES),
    Address("calendar-new", RULES),
    Address("calendar", RULES, a_calendar),
    Address("calendar-days", RULES, a_calendar),
    Address("calendar-day-remove", RULES, a_day),
    Address("calendar-delete", RULES, a_calendar),
)
