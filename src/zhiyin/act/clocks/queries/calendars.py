"""Which calendar counts where."""

from __future__ import annotations

import zoneinfo

from zhiyin.accounts.models import Department, Organisation
from zhiyin.act.clocks.models import (
    CalendarDay,
    DayKind,
    DepartmentCalendar,
    WorkCalendar,
)
from zhiyin.act.clocks.queries.week import Span, Week, read_spans, read_week, usual_day

OFFICE_HOURS = {str(day): [["09:00", "18:00"]] for day in range(5)}
"""Monday to Friday, nine to six: what holds until somebody says otherwise."""


def calendar_of(
    organisation: Organisation, department: Department | None
) -> WorkCalendar:
    """Return the calendar of the nearest department that has one, else the default.

    Where an organisation made none, office hours in its own time zone; not saved.
    """
    if department is not None:
        above = [int(pk) for pk in department.path.strip("/").split("/") if pk]
        rows = DepartmentCalendar.objects.filter(department__in=above)
        chosen = {
            row.department_id: row.calendar for row in rows.select_related("calendar")
        }
        for pk in reversed(above):
            if pk in chosen:
                return chosen[pk]
    found = WorkCalendar.objects.of(organisation).filter(is_default=True).first()
    return found or WorkCalendar(
        organisation=organisation,
        time_zone=organisation.time_zone,
        hours=OFFICE_HOURS,
    )


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
