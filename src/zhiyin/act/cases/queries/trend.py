"""How often a cause has come up, week by week, as a small chart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, Cause
from zhiyin.common import clock

WEEKS = 12
HEIGHT, BAR, GAP = 64, 16, 4


@dataclass(frozen=True)
class Bar:
    """One week as a rectangle of the chart."""

    x: int
    y: int
    width: int
    height: int
    label: str


@dataclass(frozen=True)
class Trend:
    """Cases of one cause per week, this week last; `sentence` says what is seen."""

    bars: list[Bar]
    width: int
    sentence: str


def _counted(cause: Cause, person: Person, since: dt.datetime) -> dict[dt.date, int]:
    rows = Case.objects.visible_to(person).filter(
        causes__cause=cause, opened_at__gte=since
    )
    weeks = rows.order_by().annotate(week=TruncWeek("opened_at")).values("week")
    counted = weeks.annotate(number=Count("pk"))
    return {one["week"].date(): one["number"] for one in counted}


def trend_of(cause: Cause, person: Person) -> Trend:
    """Return the cause's cases per week over the last twelve weeks, this one too."""
    today = clock.now()
    monday = (today - dt.timedelta(days=today.weekday())).date()
    weeks = [monday - dt.timedelta(weeks=back) for back in reversed(range(WEEKS))]
    found = _counted(cause, person, today - dt.timedelta(weeks=WEEKS))
    numbers = [found.get(week, 0) for week in weeks]
    highest = max(*numbers, 1)
    counted = zip(weeks, numbers, strict=True)
    bars = [_bar(place, *one, highest) for place, one in enumerate(counted)]
    sentence = _("%(cause)s: %(now)s cases this week, %(all)s in twelve weeks") % {
        "cause": cause,
        "now": numbers[-1],
        "all": sum(numbers),
    }
    return Trend(bars, WEEKS * (BAR + GAP) - GAP, sentence)


def _bar(place: int, week: dt.date, number: int, highest: int) -> Bar:
    height = round((HEIGHT - 4) * number / highest)
    label = _("week of %(day)s: %(number)s") % {"day": week, "number": number}
    return Bar(place * (BAR + GAP), HEIGHT - height, BAR, height, label)
