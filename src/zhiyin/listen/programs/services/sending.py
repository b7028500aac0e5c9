"""From a due member of the frame to a queued message: all of it, or nothing.

Whom to ask, what the contact policy said, the invitation and the message in the queue
of the channel are one transaction. A worker that dies leaves either a member that is
still due or one whose message waits, so nobody is asked twice and nobody forgotten.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from zhiyin.accounts.services import record
from zhiyin.channels.models import ChannelAccount, Message, MessageClass
from zhiyin.channels.queries import SlotMissingError
from zhiyin.channels.services import Draft, queue_messages
from zhiyin.common import clock
from zhiyin.listen.contacts.queries.rules import DEFERRING
from zhiyin.listen.contacts.services import Purpose, judge_contacts, log_unjudged
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Invitation,
    Programme,
    SurveyLink,
)
from zhiyin.listen.programs.queries.invitation_texts import language_for, words_of
from zhiyin.listen.programs.queries.links import token_hash
from zhiyin.listen.programs.queries.tokens import new_message_key, token_of
from zhiyin.listen.programs.queries.ways import NO_CONSENT, Way, reached_by, ways_of
from zhiyin.listen.programs.services.sending_links import link_of_programme
from zhiyin.listen.surveys.queries import VersionSnapshot, published_version

logger = logging.getLogger(__name__)

BATCH = 500
ROWS_PER_QUERY = 60
OPEN_STATES = (FrameState.WAITING, FrameState.DEFERRED)
TOO_LATE, BAD_TEXT, FOREVER = "too_late", "bad_text", dt.timedelta(hours=1)
# What is queued leaves within this time, so that it does not slip into quiet hours.
QUEUED_SECONDS = 120
SETTLED_FIELDS = ("state", "reason", "due_at", "settled_at", "decision", "invitation")


@dataclass(frozen=True)
class _Round:
    """What is the same for everybody asked in one transaction."""

    programme: Programme
    version: VersionSnapshot
    ways: Sequence[Way]
    now: dt.datetime
    links: dict[int | None, SurveyLink] = field(default_factory=dict)

    @property
    def expires_at(self) -> dt.datetime:
        """Return until when a customer asked now may answer."""
        return self.now + dt.timedelta(hours=self.programme.expires_hours)

    def link_of(self, member: FrameMember) -> SurveyLink:
        """Return the address of the questionnaire for the member's wave."""
        if member.wave_id not in self.links:
            link = link_of_programme(programme=self.programme, wave=member.wave)
            self.links[member.wave_id] = link
        return self.links[member.wave_id]


def send_due_members() -> bool:
    """Ask the due members of every live programme; True when there may be more.

    One batch of each programme in turn, so that a wave of millions does not keep an
    occasion of a minute ago waiting.
    """
    now = clock.now()
    due = FrameMember.objects.filter(
        programme=OuterRef("pk"), state__in=OPEN_STATES, due_at__lte=now
    )
    live = Programme.objects.filter(Exists(due), is_live=True).select_related(
        "organisation", "instrument", "touchpoint", "account", "template",
        "fallback_account", "fallback_template",
    )  # fmt: skip
    asked = [_serve(programme) for programme in live]
    return any(asked)


def expire_members() -> bool:
    """Let go of members whose occasion is over, whatever their programme does."""
    now = clock.now()
    late = FrameMember.objects.filter(
        state__in=OPEN_STATES, due_at__lte=now, expires_at__lte=now
    )
    late.filter(reason="").update(reason=TOO_LATE)
    late.update(state=FrameState.EXPIRED, settled_at=now)
    return False


def _serve(programme: Programme) -> bool:
    ways = ways_of(programme)
    version = published_version(programme.instrument) if programme.instrument else None
    if not ways or version is None or _is_full(ways[0].account):
        return False
    now = clock.now()
    ready = FrameMember.objects.filter(
        programme=programme,
        state__in=OPEN_STATES,
        due_at__lte=now,
        expires_at__gt=now,
    ).order_by("due_at", "pk")
    numbers = list(ready.values_list("pk", flat=True)[:BATCH])
    try:
        _ask(_Round(programme, version, ways, now), numbers)
    except SlotMissingError:
        # Everybody would get the same text: nobody does, until a person mends it.
        logger.exception("the template of programme %s cannot be filled", programme.pk)
        return False
    return bool(numbers)


def _is_full(account: ChannelAccount) -> bool:
    waiting = Message.objects.filter(account=account).due(clock.now())
    most = max(BATCH, account.rate_per_second * QUEUED_SECONDS)
    return waiting[most : most + 1].exists()


def _ask(shared: _Round, numbers: Sequence[int]) -> None:
    """Ask these members; a text that cannot be sent holds up only its own."""
    if not numbers:
        return
    try:
        _ask_together(shared, numbers)
    except ValidationError as error:
        if len(numbers) == 1:
            _put_off(numbers[0], shared.now, error)
            return
        middle = len(numbers) // 2
        # What was made in the failed transaction is gone, the links too.
        shared.links.clear()
        _ask(shared, numbers[:middle])
        _ask(shared, numbers[middle:])


def _put_off(number: int, now: dt.datetime, error: ValidationError) -> None:
    logger.warning("member %s of a frame cannot be asked yet: %s", number, error)
    FrameMember.objects.filter(pk=number, state__in=OPEN_STATES).update(
        state=FrameState.DEFERRED, reason=BAD_TEXT, due_at=now + FOREVER
    )


@transaction.atomic
def _ask_together(shared: _Round, numbers: Sequence[int]) -> None:
    members = _claimed(numbers)
    # Two programmes that wish to ask one customer wait for each other here.
    locked = Customer.objects.select_for_update().order_by("pk")
    customers = locked.in_bulk([each.customer_id for each in members])
    reached = reached_by(shared.ways, customers)
    by_customer = {each.customer_id: each for each in members}
    logged = log_unjudged(
        organisation=shared.programme.organisation,
        rules=reached.missed,
        purpose=_purpose(shared, shared.ways[0]),
    )
    for customer, reason in reached.missed.items():
        by_customer[customer].decision_id = logged[customer]
        is_unwilling = reason == NO_CONSENT
        state = FrameState.BLOCKED if is_unwilling else FrameState.UNREACHABLE
        _settle(by_customer[customer], state, reason, shared.now)
    asked = 0
    for number, addresses in reached.by_way.items():
        allowed = _judge(shared, shared.ways[number], by_customer, list(addresses))
        to_ask = [(by_customer[one], customers[one], addresses[one]) for one in allowed]
        _invite(shared, shared.ways[number], to_ask)
        asked += len(allowed)
    FrameMember.objects.bulk_update(members, SETTLED_FIELDS, batch_size=ROWS_PER_QUERY)
    if members:
        record(
            action="invitations.sent",
            target=shared.programme,
            asked=asked,
            others=len(members) - asked,
        )


def _claimed(numbers: Sequence[int]) -> list[FrameMember]:
    """Return those members that are still open, now ours; one of each customer.

    A customer who stands here twice is asked for the earlier occasion; the policy
    then judges the later one in a round of its own.
    """
    rows = (
        FrameMember.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=numbers, state__in=OPEN_STATES)
        .select_related("wave")
        .order_by("due_at", "pk")
    )
    first: dict[int, FrameMember] = {}
    for row in rows:
        first.setdefault(row.customer_id, row)
    return list(first.values())


def _settle(
    member: FrameMember, state: FrameState, reason: str, now: dt.datetime
) -> None:
    member.state, member.reason, member.settled_at = state, reason, now


def _purpose(shared: _Round, way: Way) -> Purpose:
    return Purpose(
        stream=shared.programme.stream,
        programme=shared.programme.code,
        channel=way.channel,
        expires_at=shared.expires_at,
    )


def _judge(
    shared: _Round,
    way: Way,
    members: dict[int, FrameMember],
    customers: list[int],
) -> list[int]:
    """Ask the policy; settle whom it refuses and return whom it allows."""
    if not customers:
        return []
    judged = judge_contacts(
        organisation=shared.programme.organisation,
        customers=customers,
        purpose=_purpose(shared, way),
    )
    for customer, decision, rule, reason, until in zip(
        judged.customers, judged.decisions, judged.rule, judged.reason,
        judged.not_before, strict=True,
    ):  # fmt: skip
        member = members[customer]
        member.decision_id = decision
        if rule in DEFERRING and until is not None and until < member.expires_at:
            member.state, member.reason = FrameState.DEFERRED, rule
            member.due_at = until
        elif rule:
            late = rule in DEFERRING
            state = FrameState.EXPIRED if late else FrameState.BLOCKED
            _settle(member, state, reason or rule, shared.now)
    return judged.allowed()


def _invite(
    shared: _Round,
    way: Way,
    to_ask: Sequence[tuple[FrameMember, Customer, str]],
) -> None:
    """Make the invitations and queue their messages."""
    made = [
        _invitation(shared, way, member, customer) for member, customer, _to in to_ask
    ]
    Invitation.objects.bulk_create(made, batch_size=ROWS_PER_QUERY)
    drafts = []
    for (member, _customer, address), invitation in zip(to_ask, made, strict=True):
        member.invitation = invitation
        _settle(member, FrameState.SENT, "", shared.now)
        drafts.append(draft_of(way, invitation, shared.version, address))
    queue_messages(account=way.account, drafts=drafts)


def _invitation(
    shared: _Round, way: Way, member: FrameMember, customer: Customer
) -> Invitation:
    programme, key = shared.programme, new_message_key()
    language = programme.organisation.language
    return Invitation(
        organisation_id=programme.organisation_id,
        link=shared.link_of(member),
        token_hash=token_hash(token_of(key)),
        programme=programme,
        customer=customer,
        language=language_for(shared.version, customer.language, language),
        department_id=member.department_id or customer.department_id,
        employee=member.employee,
        attributes=member.attributes,
        channel=way.channel,
        message_key=key,
        created_at=shared.now,
        expires_at=shared.expires_at,
    )


def draft_of(
    way: Way,
    invitation: Invitation,
    version: VersionSnapshot,
    address: str,
    *,
    key: str = "",
    not_before: dt.datetime | None = None,
) -> Draft:
    """Return the message that carries an invitation, for the queue."""
    said = words_of(way, invitation, version, is_reminder=key.endswith("reminder"))
    template = way.template
    return Draft(
        key=key or invitation.message_key,
        to=address,
        subject=said.subject,
        body=said.body,
        html=said.html,
        message_class=MessageClass.SURVEY,
        language=invitation.language,
        template_code=template.code if template else "",
        provider_code=template.provider_code if template else "",
        parameters=said.parameters,
        not_before=not_before,
        expires_at=invitation.expires_at,
    )
