"""The one way a case is written: locked, compared, journaled, its clocks set anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import (
    Case,
    CaseEvent,
    Escalation,
    State,
    may_move,
)
from zhiyin.act.cases.queries.clocks import TO_BE_CLOSED, next_check, running_clocks
from zhiyin.act.cases.queries.needs import settings_of
from zhiyin.common import clock


class CaseError(ValidationError):
    """A case cannot be changed in this way; the message says why and what to do."""


class CaseMovedOnError(CaseError):
    """Somebody else saved the case since it was read."""

    def __init__(self, case: Case) -> None:
        last = case.events.select_related("actor").order_by("-at", "-pk").first()
        who = str(last.actor) if last and last.actor else _("the clock")
        super().__init__(
            _(
                "%(who)s changed this case in the meantime; nothing of yours was "
                "saved. Look at it again and repeat what is still needed.",
            )
            % {"who": who},
        )


@dataclass
class Draft:
    """A case that is being written, with the lines its journal will get."""

    case: Case
    by: Person | None
    at: dt.datetime
    lines: list[CaseEvent] = field(default_factory=list)

    def note(self, kind: str, text: str = "", **detail: Any) -> CaseEvent:
        """Add a line to the journal."""
        line = CaseEvent(
            case=self.case,
            at=self.at,
            actor=self.by,
            kind=kind,
            text=text,
            detail=detail,
        )
        self.lines.append(line)
        return line

    def go(self, to: str, text: str = "", **detail: Any) -> None:
        """Move the case; raises CaseError for a move that the table does not have."""
        given = self.case.state
        if not may_move(given, to):
            raise CaseError(
                _("A case that is “%(given)s” cannot become “%(to)s”.")
                % {"given": State(given).label, "to": State(to).label},
            )
        line = self.note("moved", text, **detail)
        line.from_state, line.to_state = given, to
        self.case.state = to
        self.case.state_since = self.at

    def go_through(self, *states: str) -> None:
        """Move along these states as far as the case is not there yet."""
        for to in states:
            if self.case.state != to and may_move(self.case.state, to):
                self.go(to)


@contextmanager
def changing(
    case: Case,
    *,
    by: Person | None,
    version: int | None = None,
    action: str,
    **detail: Any,
) -> Iterator[Draft]:
    """Lock a case, let it be changed, and save it with its journal and its audit entry.

    With a `version`, raises CaseMovedOnError if somebody saved the case since. The
    case that was handed in shows what was saved.
    """
    with transaction.atomic():
        rows = Case.objects.select_for_update(of=("self",))
        fresh = rows.select_related("level", "organisation", "department", "owner").get(
            pk=case.pk,
        )
        if version is not None and version != fresh.version:
            raise CaseMovedOnError(fresh)
        draft = Draft(fresh, by, clock.now())
        yield draft
        save_draft(draft)
        record(
            action=action,
            actor=by,
            target=fresh,
            organisation=fresh.organisation_id,
            **detail,
        )
    case.__dict__.update(fresh.__dict__)


def save_draft(draft: Draft) -> None:
    """Set the clocks, count the write, save the case and its lines."""
    case = draft.case
    case.promise_due_at = _next_promise(case)
    set_close_by(case, draft.at)
    set_next(case)
    case.version += 1
    case.save()
    CaseEvent.objects.bulk_create(draft.lines)


def _next_promise(case: Case) -> dt.datetime | None:
    if not case.is_open:
        return None
    waiting = case.promises.filter(kept_at=None).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def set_close_by(case: Case, at: dt.datetime) -> None:
    """Give a case that only waits to be closed, or has no other clock, a clock."""
    before, case.close_by = case.close_by, None
    if case.is_open and (case.state in TO_BE_CLOSED or not running_clocks(case)):
        minutes = settings_of(case.organisation_id).close_within_minutes
        case.close_by = before or at + dt.timedelta(minutes=minutes)


def set_next(case: Case) -> None:
    """Write down the nearest deadline and when the worker looks at the case next."""
    clocks = running_clocks(case)
    case.next_due_at = clocks[0].due_at if clocks else None
    done = escalated(case) if clocks and case.pk else set()
    case.next_check_at = next_check(case, done)


def escalated(case: Case) -> set[tuple[str, str, dt.datetime]]:
    """Return what was escalated of a case so far."""
    rows = Escalation.objects.filter(case=case)
    return set(rows.values_list("clock", "step", "due_at"))
