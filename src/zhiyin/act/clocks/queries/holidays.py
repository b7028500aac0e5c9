"""Public holidays as data: what was announced, by year, and reading lists of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from zhiyin.act.clocks.models import DayKind
from zhiyin.act.clocks.queries.week import CalendarError

SOURCE = Path(__file__).resolve().parent.parent / "standard" / "holidays.yaml"
_KINDS = {
    "holiday": DayKind.HOLIDAY,
    "off": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "假": DayKind.HOLIDAY,
    "放假": DayKind.HOLIDAY,
    "上班": DayKind.WORKING,
    "working": DayKind.WORKING,
    "work": DayKind.WORKING,
    "班": DayKind.WORKING,
}
LONGEST_SPAN_DAYS = 60


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not as its weekday."""

    date: dt.date
    kind: str
    name: str


@cache
def public_holidays() -> dict[str, tuple[SpecialDay, ...]]:
    """Return the days off and the days made up for, by country and year: "CN 2026"."""
    years = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {
        f"{country} {year}": tuple(
            day for line in lines for day in read_line(line, where=str(year))
        )
        for country, by_year in years.items()
        for year, lines in by_year.items()
    }


def read_days(text: str) -> list[SpecialDay]:
    """Read a list of days, one or a span per line; raises CalendarError by its line.

    A line is a day or two with ".." between, `holiday` or `working`, and a name.
    """
    made: dict[dt.date, SpecialDay] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            where = _("Line %s") % number
            made |= {day.date: day for day in read_line(line, where=where)}
    return [made[date] for date in sorted(made)]


def read_line(line: str, *, where: str) -> Iterator[SpecialDay]:
    """Yield the days of one line."""
    span, kind, name = [*line.replace(",", " ").split(None, 2), "", "", ""][:3]
    first, _dots, last = span.partition("..")
    try:
        start = dt.date.fromisoformat(first)
        end = dt.date.fromisoformat(last) if last else start
        known = _KINDS[kind]
    except (ValueError, KeyError) as error:
        raise CalendarError(
            _(
                "%(where)s: a line is a day, holiday or working, and a name, such as "
                "2026-10-01..2026-10-07 holiday National Day; received “%(text)s”.",
            )
            % {"where": where, "text": line.strip()[:80]},
        ) from error
    days = (end - start).days
    if not 0 <= days < LONGEST_SPAN_DAYS:
        raise CalendarError(
            _("%(where)s: a span ends after it begins and lasts %(days)s days at most.")
            % {"where": where, "days": LONGEST_SPAN_DAYS},
        )
    for offset in range(days + 1):
        yield SpecialDay(start + dt.timedelta(offset), known, name.strip()[:80])
