"""What calls about the work on a case send, and what they are answered."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from zhiyin.accounts.models import Department, Person
from zhiyin.act.cases.models import (
    AttemptResult,
    ContactAttempt,
    ContactResult,
    ContactWay,
    HandOver,
    NeedType,
    Promise,
)
from zhiyin.common.masking import mask_words

LONGEST = 4000


class ContactIn(Schema):
    """An attempt to reach the customer; `at` is now unless it says otherwise."""

    version: int | None = None
    channel: ContactWay
    result: AttemptResult
    note: str = Field("", max_length=LONGEST)
    at: AwareDatetime | None = None


class ContactOut(Schema):
    id: int
    at: dt.datetime
    by: str
    channel: str
    day_part: str
    result: str
    note: str


class HandOverIn(Schema):
    """A wish that another department take the case over."""

    version: int | None = None
    to_department: str = Field(max_length=60, description="The department's code.")
    reason: str = Field(min_length=1, max_length=LONGEST)


class HandOverChange(Schema):
    """An answer; a rejection and a decision need a note, a decision a department."""

    state: Literal["accepted", "rejected", "decided", "withdrawn"]
    note: str = Field("", max_length=LONGEST)
    owner: str = Field("", max_length=254, description="An e-mail address.")
    department: str = Field("", max_length=60, description="Who has it from now on.")


class HandOverOut(Schema):
    """One hand-over; departments are named by their codes."""

    id: int
    state: str
    from_department: str
    to_department: str
    asked_by: str
    asked_at: dt.datetime
    reason: str
    answer_by: dt.datetime
    answered_by: str
    answered_at: dt.datetime | None
    decided_by: str
    decided_at: dt.datetime | None
    decision: str
    note: str


class PromiseIn(Schema):
    """A promise to the customer; with `explains` it says that no solution is near."""

    version: int | None = None
    text: str = Field(min_length=1, max_length=LONGEST)
    due_at: AwareDatetime
    explains: bool = Field(
        default=False,
        description="The case becomes explained_pending, with news in between.",
    )
    update_every_days: int | None = Field(None, ge=1, le=90)


class PromiseChange(Schema):
    kept: Literal[True]
    note: str = Field("", max_length=LONGEST)


class PromiseOut(Schema):
    id: int
    text: str
    made_at: dt.datetime
    made_by: str
    due_at: dt.datetime
    kept_at: dt.datetime | None


class CloseIn(Schema):
    """What a case needs before it is closed; what is recorded may be left out."""

    version: int
    cause: str = Field("", max_length=40, description="The primary cause's code.")
    need_type: NeedType | None = None
    action_taken: str | None = Field(None, max_length=LONGEST)
    contact_result: ContactResult | None = None
    customer_told: bool | None = None


def _mail(person: Person | None) -> str:
    return person.email if person else ""


def _code(department: Department | None) -> str:
    return department.code if department else ""


def contact_out(row: ContactAttempt) -> ContactOut:
    return ContactOut(
        id=row.pk,
        at=row.at,
        by=_mail(row.person),
        channel=row.channel,
        day_part=row.day_part,
        result=row.result,
        note=mask_words(row.note),
    )


def hand_over_out(row: HandOver) -> HandOverOut:
    return HandOverOut(
        id=row.pk,
        state=row.state,
        from_department=_code(row.from_department),
        to_department=_code(row.to_department),
        asked_by=_mail(row.asked_by),
        asked_at=row.asked_at,
        reason=mask_words(row.reason),
        answer_by=row.answer_by,
        answered_by=_mail(row.answered_by),
        answered_at=row.answered_at,
        decided_by=_mail(row.decided_by),
        decided_at=row.decided_at,
        decision=_code(row.decision),
        note=mask_words(row.note),
    )


def promise_out(row: Promise) -> PromiseOut:
    return PromiseOut(
        id=row.pk,
        text=mask_words(row.text),
        made_at=row.made_at,
        made_by=_mail(row.made_by),
        due_at=row.due_at,
        kept_at=row.kept_at,
    )
