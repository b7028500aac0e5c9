"""Which calendar counts where."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence

from zhiyin.accounts.models import Department, Organisation
from zhiyin.act.clocks.models import (
    CalendarDay,
    DayKind,
    DepartmentCalendar,
    WorkCalendar,
)
from zhiyin.act.clocks.queries.week import (
    CalendarError,
    Span,
    Week,
    read_spans,
    read_week,
    usual_day,
)

OFFICE_HOURS = {str(day): [["09:00", "18:00"]] for day in range(5)}
"""Monday to Friday, nine to six: what holds until somebody says otherwise."""


def calendar_of(
    organisation: Organisation, department: Department | None
) -> WorkCalendar:
    """Return the calendar of the nearest department that has one, else the default.

    Where an organisation made none, office hours in its own time zone; not saved.
    """
    (found,) = _calendars(organisation, [department])
    return found


def _calendars(
    organisation: Organisation, departments: Sequence[Department | None]
) -> list[WorkCalendar]:
    """Return the calendar of each of several departments, found with two queries."""
    above = [_above(each) for each in departments]
    rows = DepartmentCalendar.objects.filter(
        department__in={pk for each in above for pk in each}
    )
    chosen = {
        row.department_id: row.calendar for row in rows.select_related("calendar")
    }
    near = [next((chosen[pk] for pk in up if pk in chosen), None) for up in above]
    if None not in near:
        return [each for each in near if each is not None]
    usual = WorkCalendar.objects.of(organisation).filter(is_default=True).first()
    usual = usual or WorkCalendar(
        organisation=organisation,
        time_zone=organisation.time_zone,
        hours=OFFICE_HOURS,
    )
    return [each or usual for each in near]


def _above(department: Department | None) -> list[int]:
    """Return a department and those above it, the nearest first."""
    path = department.path.strip("/") if department is not None else ""
    return [int(pk) for pk in reversed(path.split("/")) if pk]


def week_of(calendar: WorkCalendar) -> Week:
    """Return a calendar as arithmetic wants it."""
    spans = read_week(calendar.hours)
    days = calendar.days.all() if calendar.pk else ()
    return Week(
        zone=zoneinfo.ZoneInfo(calendar.time_zone),
        spans=spans,
        days={day.date: spans_of(day, spans) for day in days},
    )


def spans_of(day: CalendarDay, spans: dict[int, tuple[Span, ...]]) -> tuple[Span, ...]:
    """Return the working spans of a special day."""
    if day.kind == DayKind.HOLIDAY:
        return ()
    return read_spans(day.hours) if day.hours else usual_day(spans)


def calendar_for(organisation: Organisation, department: Department | None) -> Week:
    """Return the week by which clocks of a department count."""
    return week_of(calendar_of(organisation, department))


def weeks_for(
    organisation: Organisation, departments: Sequence[Department | None]
) -> list[Week | None]:
    """Return the week of each of several departments; None for one nobody can read."""
    weeks: dict[int | None, Week | None] = {}
    found = _calendars(organisation, departments)
    for each in found:
        if each.pk not in weeks:
            try:
                weeks[each.pk] = week_of(each)
            except CalendarError:
                weeks[each.pk] = None
    return [weeks[each.pk] for each in found]
