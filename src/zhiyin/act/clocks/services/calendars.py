"""Changing calendars: hours of a week, special days, and who works by them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.accounts.services import record
from zhiyin.act.clocks.models import CalendarDay, DepartmentCalendar, WorkCalendar
from zhiyin.act.clocks.queries import (
    CalendarError,
    SpecialDay,
    public_holidays,
    read_week,
)


@dataclass(frozen=True)
class Hours:
    """What a calendar is to be: its name, zone, hours of a week, and who has it."""

    name: str
    time_zone: str
    hours: dict[str, list[list[str]]]
    is_default: bool = False
    departments: Collection[Department] = field(default_factory=tuple)


def _refuse(hours: Hours) -> None:
    try:
        read_week(hours.hours)
        zoneinfo.ZoneInfo(hours.time_zone)
    except CalendarError as error:
        raise ValidationError(str(error)) from error
    except (ValueError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise ValidationError(
            _("“%s” is no time zone, such as Asia/Shanghai.") % hours.time_zone,
        ) from error


@transaction.atomic
def save_calendar(*, calendar: WorkCalendar, hours: Hours, by: Person) -> WorkCalendar:
    """Keep a calendar; one in which nobody ever works is refused.

    Clocks that run keep the deadlines they have; new ones count by the new hours.
    """
    _refuse(hours)
    others = WorkCalendar.objects.of(by.organisation).exclude(pk=calendar.pk)
    if others.filter(name=hours.name).exists():
        raise ValidationError(_("There is a calendar “%s” already.") % hours.name)
    is_first = not others.filter(is_default=True).exists()
    if hours.is_default:
        others.update(is_default=False)
    calendar.organisation = by.organisation
    calendar.name, calendar.time_zone = hours.name, hours.time_zone
    calendar.hours = hours.hours
    # One calendar has to hold wherever no other does.
    calendar.is_default = hours.is_default or is_first
    calendar.save()
    DepartmentCalendar.objects.filter(calendar=calendar).delete()
    DepartmentCalendar.objects.filter(department__in=hours.departments).delete()
    DepartmentCalendar.objects.bulk_create(
        DepartmentCalendar(department=department, calendar=calendar)
        for department in hours.departments
    )
    record(action="calendar.saved", actor=by, target=calendar, hours=hours.hours)
    return calendar


@transaction.atomic
def delete_calendar(*, calendar: WorkCalendar, by: Person) -> None:
    """Remove a calendar; its departments go by the one above them again."""
    if calendar.is_default:
        raise ValidationError(
            _("This calendar holds wherever no other does. Let another do so first."),
        )
    record(action="calendar.deleted", actor=by, target=calendar)
    calendar.delete()


@transaction.atomic
def add_days(*, calendar: WorkCalendar, days: Sequence[SpecialDay], by: Person) -> int:
    """Put special days into a calendar; a day that is there already is changed."""
    for day in days:
        CalendarDay.objects.update_or_create(
            calendar=calendar,
            date=day.date,
            defaults={"kind": day.kind, "name": day.name, "hours": []},
        )
    if days:
        first, last = str(days[0].date), str(days[-1].date)
        span: dict[str, Any] = {"days": len(days), "first": first, "last": last}
        record(action="calendar.days_added", actor=by, target=calendar, **span)
    return len(days)


def add_public_holidays(*, calendar: WorkCalendar, year: str, by: Person) -> int:
    """Put the public holidays of a country and year, such as "CN 2026", into it."""
    known = public_holidays()
    if year not in known:
        raise ValidationError(
            _("Holidays are known of: %(known)s. Paste those of “%(year)s” by hand.")
            % {"known": ", ".join(known), "year": year},
        )
    return add_days(calendar=calendar, days=known[year], by=by)


@transaction.atomic
def remove_day(*, day: CalendarDay, by: Person) -> None:
    """Let a day be as its weekday again."""
    record(
        action="calendar.day_removed",
        actor=by,
        target=day.calendar,
        day=str(day.date),
    )
    day.delete()
