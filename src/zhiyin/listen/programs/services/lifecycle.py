"""What became of the messages: sent, delivered, failed; and the second way after it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import Message, MessageState
from zhiyin.channels.services import queue_message
from zhiyin.common import clock
from zhiyin.listen.contacts.services import note_unreached
from zhiyin.listen.customers.services import mark_unusable
from zhiyin.listen.programs.models import FrameMember, Invitation, Programme, ReadMark
from zhiyin.listen.programs.queries.again import may_be_asked_again, next_hour
from zhiyin.listen.programs.queries.tokens import (
    FALLBACK,
    PREFIX,
    further_key,
    split_key,
)
from zhiyin.listen.programs.queries.ways import Way, reached_by, ways_of
from zhiyin.listen.programs.services.sending import draft_of
from zhiyin.listen.surveys.queries import published_version

ROWS = 5_000
KEYS_PER_QUERY = 900
ROWS_PER_QUERY = 200
# A row may be committed a little after the moment that it names.
OVERLAP = dt.timedelta(seconds=60)
CARRIERS = frozenset({"", FALLBACK})
# What says that nobody is there, and not only that this message was not wanted: the
# status codes 5.1.x of mail, and what gateways say of numbers out of service.
DEAD = re.compile(
    r"\b5\.1\.\d+\b|\b550\b(?!.*\b5\.[2-7]\.)|no such user|user unknown|"
    r"unknown (?:user|subscriber)|ESME_RINVDSTADR|Dest_terminal_Id is wrong|"
    r"\bM[KN]:0001\b|空号",
    re.IGNORECASE,
)


def follow_messages() -> bool:
    """Write into invitations how far their messages came; True when there is more."""
    more = [_follow(each, "sent_at") for each in Organisation.objects.all()]
    more += [_follow(each, "finished_at") for each in Organisation.objects.all()]
    return any(more)


def _follow(organisation: Organisation, column: str) -> bool:
    """Read on from where the last reading of one column of times ended."""
    mark, _made = ReadMark.objects.get_or_create(
        organisation=organisation, reader=f"messages.{column}"
    )
    began = clock.now()
    rows = (
        Message.objects.of(organisation)
        .filter(**{f"{column}__gte": mark.at}, key__startswith=PREFIX)
        .order_by(column)
    )
    part = list(rows[:ROWS])
    for start in range(0, len(part), KEYS_PER_QUERY):
        _take_in(organisation, part[start : start + KEYS_PER_QUERY])
    is_full = len(part) == ROWS
    reached = getattr(part[-1], column) if is_full else began - OVERLAP
    if reached > mark.at:
        ReadMark.objects.filter(pk=mark.pk).update(at=reached)
    return is_full


def _take_in(organisation: Organisation, messages: Iterable[Message]) -> None:
    """Bring the invitations of some messages up to date; twice does no harm."""
    carried = [
        (message, *parts)
        for message in messages
        if (parts := split_key(message.key))[1] in CARRIERS
    ]
    rows = Invitation.objects.of(organisation).filter(
        message_key__in={key for _message, key, _part in carried}
    )
    invitations = {each.message_key: each for each in rows}
    changed = {}
    for message, key, part in carried:
        invitation = invitations.get(key)
        if invitation is None:
            continue
        if message.state == MessageState.FAILED:
            _take_failure(invitation.pk, message, part)
        elif _advanced(invitation, message):
            changed[invitation.pk] = invitation
    _note_unreached(each.pk for each in changed.values() if each.failed_at)
    Invitation.objects.bulk_update(
        changed.values(),
        ["sent_at", "delivered_at", "failed_at"],
        batch_size=ROWS_PER_QUERY,
    )


def _advanced(invitation: Invitation, message: Message) -> bool:
    before = (invitation.sent_at, invitation.delivered_at, invitation.failed_at)
    if invitation.sent_at is None:
        invitation.sent_at = message.sent_at
    if message.state == MessageState.DELIVERED and invitation.delivered_at is None:
        invitation.delivered_at = message.finished_at
    if message.state == MessageState.CANCELLED and invitation.failed_at is None:
        # Somebody took it out of the queue: it never left and never will.
        invitation.failed_at = message.finished_at
    return before != (
        invitation.sent_at,
        invitation.delivered_at,
        invitation.failed_at,
    )


@transaction.atomic
def _take_failure(number: int, message: Message, part: str) -> None:
    """Remember what is dead, and try the programme's other way once."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("programme", "link__organisation", "link__touchpoint")
        .get(pk=number)
    )
    other = further_key(invitation.message_key, FALLBACK)
    is_done = invitation.failed_at is not None or (
        not part and Message.objects.of(message.organisation_id).filter(key=other)
    )
    if is_done:
        return
    if DEAD.search(message.error):
        mark_unusable(
            organisation=message.organisation_id,
            address_hash=message.address_hash,
            because=message.error,
        )
    if not part and _goes_another_way(invitation):
        invitation.sent_at = invitation.delivered_at = None
    else:
        invitation.failed_at = message.finished_at or clock.now()
        invitation.delivered_at = None
        _note_unreached([invitation.pk])
    invitation.save(
        update_fields=["sent_at", "delivered_at", "failed_at", "channel"],
    )


def _note_unreached(invitations: Iterable[int]) -> None:
    """Let the policy's clocks forget questions that nobody has seen."""
    members = FrameMember.objects.filter(
        invitation__in=list(invitations),
        decision__isnull=False,
        invitation__answered_at=None,
    )
    decisions = members.values_list("decision_id", flat=True)
    note_unreached(decisions=[pk for pk in decisions if pk], at=clock.now())


def _goes_another_way(invitation: Invitation) -> bool:
    """Queue the same question by the programme's other channel, if there is one."""
    programme, customer = invitation.programme, invitation.customer_id
    if programme is None or customer is None or _is_over(invitation):
        return False
    version = published_version(programme.instrument) if programme.instrument else None
    if version is None or not may_be_asked_again(programme.organisation, [customer]):
        return False
    way, address = _other_way(programme, invitation.channel, customer)
    if way is None:
        return False
    invitation.channel = way.channel
    key = further_key(invitation.message_key, FALLBACK)
    hour = next_hour(programme.organisation)
    if invitation.expires_at is not None and hour >= invitation.expires_at:
        return False
    draft = draft_of(way, invitation, version, address, key=key, not_before=hour)
    queue_message(account=way.account, draft=draft)
    return True


def _is_over(invitation: Invitation) -> bool:
    is_closed = invitation.answered_at or invitation.withdrawn_at
    return bool(is_closed) or invitation.has_expired()


def _other_way(
    programme: Programme, used: str, customer: int
) -> tuple[Way | None, str]:
    ways: Sequence[Way] = [way for way in ways_of(programme) if way.channel != used]
    reached = reached_by(ways, [customer])
    for number, found in reached.by_way.items():
        if customer in found:
            return ways[number], found[customer]
    return None, ""
