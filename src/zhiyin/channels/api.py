"""Messages for programs, and the addresses that providers call."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.channels.base import Callback, CallbackRefusedError
from zhiyin.channels.models import ChannelAccount, Message, MessageClass, MessageState
from zhiyin.channels.queries import MessageFilter, messages_of
from zhiyin.channels.registry import KINDS
from zhiyin.channels.services import receive_callback, receive_mail
from zhiyin.common import clock

LARGEST_BODY_BYTES = 2_000_000
router = Router(tags=["channels"])


class MessageQuery(Schema):
    state: MessageState | None = None
    message_class: MessageClass | None = None
    account: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    search: Annotated[str, Field(max_length=200)] = ""
    before: Annotated[
        int | None,
        Field(ge=1, le=2**63 - 1, description="`next` of the page before"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class MessageOut(Schema):
    id: int
    key: str
    account: int
    receiver: str
    message_class: str
    template: str
    language: str
    subject: str
    segments: int
    cost: str
    currency: str
    state: str
    attempts: int
    error: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None
    finished_at: dt.datetime | None


class MessagesOut(Schema):
    items: list[MessageOut]
    next: int | None


class TakenIn(Schema):
    events: int


def _out(message: Message) -> MessageOut:
    return MessageOut(
        id=message.pk,
        key=message.key,
        account=message.account_id,
        receiver=message.address_masked,
        message_class=message.message_class,
        template=message.template_code,
        language=message.language,
        subject=message.subject,
        segments=message.segments,
        cost=str(message.cost),
        currency=message.currency,
        state=message.state,
        attempts=message.attempts,
        error=message.error,
        queued_at=message.created_at,
        sent_at=message.sent_at,
        finished_at=message.finished_at,
    )


@router.get(
    "/channels/messages",
    auth=TokenOrSession(Permission.MANAGE_CHANNELS),
    response=MessagesOut,
    summary="Read messages, newest first",
)
def channel_messages(
    request: HttpRequest,
    query: Annotated[MessageQuery, Query()],
) -> MessagesOut:
    """Return one page of messages with masked receivers."""
    wanted = MessageFilter(
        search=query.search.replace("\x00", ""),
        state=query.state or "",
        message_class=query.message_class or "",
        account=query.account,
        before=query.before,
    )
    rows = list(messages_of(person_of(request), wanted)[: query.limit + 1])
    has_more = len(rows) > query.limit
    shown = rows[: query.limit]
    return MessagesOut(
        items=[_out(row) for row in shown],
        next=shown[-1].pk if has_more else None,
    )


def _body(request: HttpRequest) -> bytes:
    body = request.body
    if len(body) > LARGEST_BODY_BYTES:
        message = f"a call carries at most {LARGEST_BODY_BYTES} bytes"
        raise ValidationError(message)
    return body


@router.post(
    "/channels/callbacks/{uuid:public_id}",
    auth=None,
    response=dict[str, Any],
    summary="For providers: reports of delivery and replies",
)
def channel_callback(
    request: HttpRequest, public_id: uuid.UUID
) -> dict[str, Any] | HttpResponse:
    """Take in a provider's call; its signature or the key in its address proves it."""
    return _called_back(request, public_id)


@router.get(
    "/channels/callbacks/{uuid:public_id}",
    auth=None,
    response=dict[str, Any],
    summary="For providers: prove that the address is ours",
)
def channel_callback_check(
    request: HttpRequest, public_id: uuid.UUID
) -> dict[str, Any] | HttpResponse:
    """Send a signed echo back, as plain text, to the platform that asked."""
    return _called_back(request, public_id)


def _called_back(
    request: HttpRequest, public_id: uuid.UUID
) -> dict[str, Any] | HttpResponse:
    account = ChannelAccount.objects.filter(public_id=public_id, kind__in=KINDS).first()
    if account is None:
        raise Http404
    callback = Callback(
        body=_body(request),
        headers=dict(request.headers),
        query={name: str(value) for name, value in request.GET.items()},
        now=clock.now(),
    )
    try:
        answer = receive_callback(account=account, callback=callback)
    except CallbackRefusedError as error:
        raise PermissionDenied(str(error)) from error
    if answer.text is not None:
        return HttpResponse(answer.text, content_type="text/plain; charset=utf-8")
    return dict(answer.reply)


@router.post(
    "/channels/{int:account_id}/returned-mail",
    auth=TokenOrSession(Permission.MANAGE_CHANNELS),
    response=TakenIn,
    summary="Hand over a returned mail",
)
def channel_returned_mail(request: HttpRequest, account_id: int) -> TakenIn:
    """Take in one mail as it came back, in its whole original form."""
    accounts = ChannelAccount.objects.visible_to(person_of(request))
    account = accounts.filter(pk=account_id, kind="email").first()
    if account is None:
        raise Http404
    return TakenIn(events=len(receive_mail(account=account, raw=_body(request))))
