"""A page of answers: kept as it comes, checked, and completed by the last one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.common import clock
from zhiyin.common.clock import day_of
from zhiyin.common.rows import update_row, upsert_rows
from zhiyin.listen.programs.services.progress import note_completed
from zhiyin.listen.responses.models import Answer, ExclusionReason, Response
from zhiyin.listen.responses.services.quotas import quota_that_is_full, take_places
from zhiyin.listen.responses.services.replies import (
    Reply,
    answers_to,
    comment_of,
    value_of,
)
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot
from zhiyin.listen.surveys.queries.logic import Course, course_of

COLUMNS = (
    "kind",
    "is_primary",
    "score",
    "text",
    "choices",
    "number",
    "date",
    "scale_min",
    "scale_max",
    "detractor_max",
    "promoter_min",
)


@dataclass(frozen=True)
class Sheet:
    """What somebody sends of one page.

    `items` are those that were shown to be answered. `way` is `on`, `skip` (nothing
    of the page is read, where nothing on it is required) or `back` (what is valid is
    kept, nothing is asked for). `known` are the facts known beforehand.
    """

    version: VersionSnapshot
    items: tuple[ItemSnapshot, ...]
    replies: Mapping[str, Reply]
    language: str
    number: int = 1
    known: Mapping[str, Any] = field(default_factory=dict)
    way: str = "on"

    @property
    def is_skipped(self) -> bool:
        """Tell whether the page is passed over; what is required is not."""
        return self.way == "skip" and not any(item.is_required for item in self.items)


@dataclass(frozen=True)
class Outcome:
    """What became of a page: faults by item, and the page that comes next, if any."""

    faults: Mapping[str, str]
    next_page: int | None = None
    is_complete: bool = False
    is_screened_out: bool = False


@dataclass
class _Draft:
    """The answers of a response while a page is taken in."""

    before: dict[str, Answer]
    after: dict[str, Answer]
    faults: dict[str, str]

    def values(self) -> dict[str, object]:
        """Return every answer as conditions see it."""
        return {code: value_of(answer) for code, answer in self.after.items()}


def is_of(answer: str, item: ItemSnapshot) -> bool:
    """Tell whether an answer, by its code, belongs to an item or to one of its rows."""
    if item.kind == ItemKind.MATRIX:
        return answer.startswith(f"{item.code}.")
    return answer == item.code


def _read(response: Response, sheet: Sheet, before: Iterable[Answer]) -> _Draft:
    kept = {answer.item: answer for answer in before}
    draft = _Draft(kept, dict(kept), {})
    for item in () if sheet.way == "skip" else sheet.items:
        if item.kind == ItemKind.STATEMENT:
            continue
        try:
            given = answers_to(item, sheet.replies.get(item.code, Reply()), response)
        except ValueError as error:
            # What was valid before stays until something valid replaces it.
            draft.faults[item.code] = str(error)
            continue
        draft.after = {
            code: answer
            for code, answer in draft.after.items()
            if not is_of(code, item)
        } | {answer.item: answer for answer in given}
    return draft


def course_for(sheet: Sheet, values: Mapping[str, Any]) -> Course:
    """Return what is asked of somebody who gave these answers."""
    return course_of(sheet.version, values, sheet.known)


def _lacking(sheet: Sheet, draft: _Draft, course: Course) -> dict[str, str]:
    """Return a message for every required item of the page that has no answer."""
    shown = course.codes
    return {
        item.code: _("Please answer this question.")
        for item in sheet.items
        if item.is_required
        and item.code in shown
        and item.kind != ItemKind.STATEMENT
        and not any(is_of(code, item) for code in draft.after)
    }


def _write(response: Response, draft: _Draft) -> None:
    gone = [a.pk for code, a in draft.before.items() if code not in draft.after]
    changed = [
        answer
        for code, answer in draft.after.items()
        if code not in draft.before or _differs(answer, draft.before[code])
    ]
    if gone:
        Answer.objects.filter(response=response, pk__in=gone).delete()
    # Two clicks at once write the same rows, not two of each.
    upsert_rows(changed, unique=("response_id", "item"), changed=COLUMNS)


def _differs(one: Answer, other: Answer) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in COLUMNS)


def _drop_hidden(draft: _Draft, sheet: Sheet, course: Course) -> None:
    """Forget answers to what is no longer asked; only now, when all is answered."""
    shown = course.items
    known = sheet.version.items
    draft.after = {
        code: answer
        for code, answer in draft.after.items()
        if any(is_of(code, item) for item in shown)
        # What an import or another wording left is not ours to drop.
        or not any(is_of(code, item) for item in known)
    }


def _in_order(version: VersionSnapshot, answers: Mapping[str, Answer]) -> list[Answer]:
    place = {item.code: number for number, item in enumerate(version.in_order)}
    return sorted(answers.values(), key=lambda a: place.get(a.item, len(place)))


@transaction.atomic
def save_page(
    *,
    response: Response,
    sheet: Sheet,
    before: Iterable[Answer],
    invitation_id: int | None = None,
) -> Outcome:
    """Keep the answers of one page; the last page completes the response.

    What is valid is kept even where something else on the page is not. Sent again, a
    page replaces what was sent before. `before` are the answers given so far.
    """
    draft = _read(response, sheet, before)
    course = course_for(sheet, draft.values())
    faults = {code: text for code, text in draft.faults.items() if code in course.codes}
    is_on = sheet.way != "back"
    if is_on and not sheet.is_skipped:
        faults = _lacking(sheet, draft, course) | faults
    if is_on and not faults:
        outcome = _passed(response, sheet, draft, course)
    else:
        outcome = Outcome(faults)
    _write(response, draft)
    _settle(response, sheet, draft, outcome)
    if outcome.is_complete and invitation_id is not None:
        note_completed(invitation_id=invitation_id, at=clock.now())
    return outcome


def _passed(
    response: Response,
    sheet: Sheet,
    draft: _Draft,
    course: Course,
) -> Outcome:
    """Say where a page without faults leads."""
    page = course.page(sheet.number)
    sent = {item.code for item in sheet.items}
    opening = sheet.version.opening
    if opening is not None:
        sent.add(opening.code)
    if page is not None and any(item.code not in sent for item in page.items):
        # An answer on this page has brought up another question on it.
        return Outcome({}, next_page=sheet.number)
    following = course.after(sheet.number)
    if quota_that_is_full(sheet.version, course.facts, response_id=response.pk):
        return Outcome({}, is_screened_out=True)
    if following is not None:
        return Outcome({}, next_page=following)
    _drop_hidden(draft, sheet, course)
    full = take_places(sheet.version, response, course.facts)
    return Outcome({}, is_complete=True, is_screened_out=bool(full))


def _settle(
    response: Response,
    sheet: Sheet,
    draft: _Draft,
    outcome: Outcome,
) -> None:
    """Write the response's own row last: its new revision covers the answers too."""
    response.comment = comment_of(_in_order(sheet.version, draft.after))
    response.language = sheet.language
    moment = clock.now()
    response.updated_at = day_of(moment) if sheet.version.is_anonymous else moment
    changed = ["comment", "language", "updated_at"]
    if outcome.is_complete:
        response.completed_at = response.updated_at
        changed.append("completed_at")
    if outcome.is_screened_out and not response.excluded:
        response.excluded = ExclusionReason.QUOTA_FULL
        changed.append("excluded")
    update_row(response, *changed)
