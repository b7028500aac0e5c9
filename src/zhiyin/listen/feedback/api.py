"""Unasked feedback through the API: told by other systems, read page by page."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Field, Header, Query, Router, Schema, Status

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.masking import mask_words
from zhiyin.listen.feedback.models import Feedback, FeedbackChannel
from zhiyin.listen.feedback.queries import feedback_found
from zhiyin.listen.feedback.services import (
    LONGEST_KEY,
    LONGEST_TEXT,
    GivenFeedback,
    receive_feedback,
)

LARGEST_PAGE = 500
LARGEST_ID = 2**63 - 1

router = Router(tags=["feedback"])


class FeedbackIn(Schema):
    """One thing somebody said without being asked."""

    text: str = Field(max_length=LONGEST_TEXT)
    channel: FeedbackChannel
    at: dt.datetime = Field(description="With its zone.")
    customer: str = Field("", max_length=200, description="The customer's key.")
    department: str = Field("", max_length=60, description="The department's code.")


class FeedbackOut(Schema):
    """One thing said; the customer's key stays masked."""

    id: int
    text: str
    channel: str
    at: dt.datetime
    customer: str
    department: str


class FeedbackListOut(Schema):
    """A page; `next` goes into `after` for the older ones."""

    items: list[FeedbackOut]
    next: int | None


class FeedbackQuery(Schema):
    """What the list is narrowed to."""

    channel: str = Field("", max_length=10)
    search: str = Field("", max_length=100)
    after: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


@router.post(
    "/feedback",
    auth=TokenOrSession(Permission.IMPORT_RESPONSES),
    response={200: dict[str, Any], 201: dict[str, Any]},
    summary="Tell what somebody said unasked",
)
def create_feedback(
    request: HttpRequest,
    payload: FeedbackIn,
    idempotency_key: Annotated[str, Header(max_length=LONGEST_KEY)] = "",
) -> Status[dict[str, Any]]:
    """Keep it: 201 when it is new, 200 when the same was told before."""
    organisation = person_of(request).organisation
    told = receive_feedback(
        organisation=organisation,
        given=[
            GivenFeedback(
                text=payload.text.replace("\x00", ""),
                at=payload.at,
                channel=payload.channel.value,
                customer=payload.customer.replace("\x00", ""),
                department=payload.department.replace("\x00", ""),
                key=idempotency_key.replace("\x00", ""),
            )
        ],
        source="api",
    )
    if told.rejected:
        raise ValidationError(told.rejected[0].reason)
    return Status(201 if told.new else 200, {"is_new": bool(told.new)})


def _out(said: Feedback) -> FeedbackOut:
    return FeedbackOut(
        id=said.pk,
        text=mask_words(said.text),
        channel=said.channel,
        at=said.at,
        customer=said.customer.key_masked if said.customer else "",
        department=said.department.code if said.department else "",
    )


@router.get(
    "/feedback",
    auth=TokenOrSession(Permission.SEE_RESPONSES),
    response=FeedbackListOut,
    summary="Read what was said unasked, the last received first",
)
def list_feedback(
    request: HttpRequest, query: Annotated[FeedbackQuery, Query()]
) -> FeedbackListOut:
    """Return one page of what the caller may see."""
    words = query.search.replace("\x00", "").split()
    rows = feedback_found(person_of(request), words=words, channel=query.channel)
    if query.after is not None:
        rows = rows.filter(pk__lt=query.after)
    found = list(rows.order_by("-pk")[: query.limit])
    is_full = len(found) == query.limit
    return FeedbackListOut(
        items=[_out(said) for said in found], next=found[-1].pk if is_full else None
    )
