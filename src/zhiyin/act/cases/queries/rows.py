"""Rows of the queue as people read them, and as a file holds them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import xlsxwriter
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import ExportRecord, Person
from zhiyin.act.cases.models import (
    Case,
    CaseCause,
    HandOver,
    HandOverState,
    State,
)
from zhiyin.act.cases.queries.clocks import running_clocks
from zhiyin.act.cases.queries.queue import WantedCases, cases_in_order
from zhiyin.act.cases.queries.steps import Step, next_step
from zhiyin.act.cases.queries.time_left import TimeLeft, time_left
from zhiyin.common import clock
from zhiyin.common.masking import mask_words
from zhiyin.common.spreadsheets import csv_pieces, harmless_cell
from zhiyin.listen.programs.models import Touchpoint

MOST_EXPORTED = 100_000
_CHUNK = 1_000
CLOCKS: dict[str, str | Promise] = {
    "acknowledge": gettext_lazy("acknowledge"),
    "contact": gettext_lazy("first contact"),
    "resolve": gettext_lazy("resolve"),
    "promise": gettext_lazy("promise"),
    "update": gettext_lazy("update to the customer"),
    "close": gettext_lazy("waits to be closed"),
}


@dataclass(frozen=True)
class QueueRow:
    """One case of the queue with its clock and its one button."""

    case: Case
    url: str
    left: TimeLeft
    clock: str
    words: str
    touchpoint: str
    cause: str
    step: Step | None

    @property
    def state(self) -> str:
        """Return the state in words; `get_state_display` goes through all of them."""
        return str(State(self.case.state).label)

    @property
    def level_name(self) -> str:
        """Return the name of the level, for whoever does not know the code."""
        return self.case.level.name


def nearest_clock(case: Case) -> str:
    """Return the name of the clock that runs out next; "" where none runs."""
    clocks = running_clocks(case)
    return str(CLOCKS[clocks[0].name]) if clocks else ""


def words_of(case: Case) -> str:
    """Return the customer's own words, or what colleagues wrote down, masked."""
    said = case.response.comment if case.response else ""
    return mask_words(said or case.summary)


def touchpoint_names(person: Person) -> dict[str, str]:
    """Return the names of touchpoints by their codes."""
    return dict(Touchpoint.objects.visible_to(person).values_list("code", "name"))


def queue_rows(cases: Sequence[Case], person: Person) -> list[QueueRow]:
    """Return cases with what the queue shows beside them, in three statements."""
    ids = [case.pk for case in cases]
    primary = CaseCause.objects.filter(case__in=ids, is_primary=True)
    causes = {one.case_id: str(one.cause) for one in primary.select_related("cause")}
    waiting = HandOver.objects.filter(
        case__in=[case.pk for case in cases if case.offered_to_id],
        state__in=[HandOverState.ASKED, HandOverState.REJECTED],
    )
    offers = {one.case_id: one for one in waiting.select_related("to_department")}
    names = touchpoint_names(person)
    now = clock.now()
    return [
        QueueRow(
            case=case,
            url=reverse("case", args=[case.pk]),
            left=_left(case, now),
            clock=nearest_clock(case) if case.is_open else "",
            words=words_of(case),
            touchpoint=names.get(case.touchpoint, case.touchpoint),
            cause=causes.get(case.pk, ""),
            step=next_step(case, person, offers.get(case.pk)),
        )
        for case in cases
    ]


def _left(case: Case, now: dt.datetime) -> TimeLeft:
    if case.closed_at is not None:
        return TimeLeft(_("closed %(day)s") % {"day": f"{case.closed_at:%Y-%m-%d}"})
    return time_left(case.next_due_at, begun_at=case.opened_at, now=now)


def _heads() -> list[str]:
    return [
        _("number"),
        _("level"),
        _("state"),
        _("due"),
        _("opened"),
        _("customer"),
        _("score"),
        _("customer’s words"),
        _("touchpoint"),
        _("department"),
        _("owner"),
        _("outcome"),
        _("closed"),
    ]


def _cells(case: Case) -> list[object]:
    moments = (case.next_due_at, case.opened_at, case.closed_at)
    due, opened, closed = (
        f"{localtime(one):%Y-%m-%d %H:%M}" if one else "" for one in moments
    )
    return [
        case.number,
        case.level.code,
        case.get_state_display(),
        due,
        opened,
        case.customer.key_masked if case.customer else "",
        "" if case.score is None else case.score,
        words_of(case),
        case.touchpoint,
        str(case.department or ""),
        str(case.owner or ""),
        case.get_outcome_display() if case.outcome else "",
        closed,
    ]


def exported_cases(person: Person, wanted: WantedCases) -> QuerySet[Case]:
    """Return the cases of a file, in the order of the queue."""
    return cases_in_order(person, wanted)


def _written(cases: QuerySet[Case]) -> Iterator[list[object]]:
    for case in cases[:MOST_EXPORTED].iterator(_CHUNK):
        yield [harmless_cell(cell) for cell in _cells(case)]


def _mark(made: ExportRecord) -> str:
    return f"{made.number} · {made.by.name} · {localtime(made.at):%Y-%m-%d %H:%M}"


def cases_as_csv(cases: QuerySet[Case], made: ExportRecord) -> Iterator[bytes]:
    """Return the list as a file any spreadsheet opens; customers stay masked.

    The last line says who took it, and under which number of the register.
    """
    return csv_pieces(_heads(), chain(_written(cases), [[_mark(made)]]))


def cases_as_xlsx(cases: QuerySet[Case], made: ExportRecord) -> bytes:
    """Return the list as a workbook; customers stay masked."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, _heads())
        lines = chain(_written(cases), [[_mark(made)]])
        for number, cells in enumerate(lines, start=1):
            sheet.write_row(number, 0, cells)
    return buffer.getvalue()
