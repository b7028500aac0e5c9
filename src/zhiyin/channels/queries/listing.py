"""Lists of senders, templates and messages, as a person may see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhiyin.accounts.models import Person
from zhiyin.channels.models import (
    ChannelAccount,
    Message,
    MessageState,
    MessageTemplate,
)
from zhiyin.common.confidential import keyed_hash, one_spelling


@dataclass(frozen=True)
class MessageFilter:
    """What a list of messages is narrowed to."""

    search: str = ""
    state: str = ""
    message_class: str = ""
    account: int | None = None
    before: int | None = None


def accounts_of(person: Person) -> QuerySet[ChannelAccount]:
    """Return senders with how many messages wait in each."""
    waiting = (
        Message.objects.filter(account=OuterRef("pk"), state=MessageState.QUEUED)
        .order_by()
        .values("account")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return ChannelAccount.objects.visible_to(person).annotate(
        waiting_count=Coalesce(Subquery(waiting), 0),
    )


def templates_of(
    person: Person,
    *,
    search: str = "",
    is_archived: bool = False,
) -> QuerySet[MessageTemplate]:
    """Return templates, narrowed by name or code."""
    rows = MessageTemplate.objects.visible_to(person).filter(is_archived=is_archived)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__icontains=search))
    return rows


def messages_of(person: Person, wanted: MessageFilter) -> QuerySet[Message]:
    """Return messages, newest first.

    A search finds a whole address by its keyed hash, and otherwise words of the
    subject, a caller's key or an error: parts of an address cannot be searched.
    """
    rows = Message.objects.visible_to(person).select_related("account")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.message_class:
        rows = rows.filter(message_class=wanted.message_class)
    if wanted.account:
        rows = rows.filter(account_id=wanted.account)
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    if wanted.search:
        address = keyed_hash(person.organisation_id, one_spelling(wanted.search))
        rows = rows.filter(
            Q(address_hash=address)
            | Q(subject__icontains=wanted.search)
            | Q(key__istartswith=wanted.search)
            | Q(error__icontains=wanted.search),
        )
    return rows.order_by("-pk")
