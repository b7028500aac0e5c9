"""Keeping the fence of number portability at the last door, and changing it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.channels.models import Message, MessageClass
from zhiyin.common.bulk import take_ids
from zhiyin.listen.contacts.models import (
    ContactDecision,
    PortabilityFence,
    PortabilityStrategy,
    SuppressionReason,
)
from zhiyin.listen.contacts.queries import is_fenced, policy_in_force, refuses_offers
from zhiyin.listen.contacts.services.decisions import Judged, Purpose, keep_decisions
from zhiyin.listen.contacts.services.minors import minor_refusal
from zhiyin.listen.customers.queries import customers_at


class FenceRefusedError(ValueError):
    """The fence stays as it is; the message says why."""


def portability_refusal(message: Message) -> str:
    """Return why a message must not leave for somebody whose number moves, or "".

    It is asked of every message just before it leaves, whoever queued it, and what it
    refuses stands in the log of decisions.
    """
    if message.message_class == MessageClass.SERVICE:
        return ""
    owner, code = message.organisation_id, message.address_hash
    people = customers_at(owner, [code]).get(code, [])
    if not people:
        return ""
    if minor_refusal(people):
        _log(message, people, SuppressionReason.MINOR)
        return gettext_noop("the receiver is under age")
    is_offer = message.message_class == MessageClass.MARKETING
    if is_fenced(people) or (is_offer and refuses_offers(people)):
        _log(message, people, SuppressionReason.NUMBER_PORTABILITY)
        return gettext_noop("the receiver's number is being ported")
    return ""


def _log(message: Message, people: list[int], reason: SuppressionReason) -> None:
    organisation = message.organisation
    size = len(people)
    keep_decisions(
        organisation,
        Purpose(
            stream=str(message.message_class)[:13],
            programme=message.key[:60],
            channel=str(message.account.definition.medium or ""),
        ),
        policy_in_force(organisation).version,
        Judged(
            customers=people,
            decisions=take_ids(ContactDecision, size),
            rule=["suppressed"] * size,
            reason=[reason.value] * size,
            not_before=[None] * size,
        ),
    )


@transaction.atomic
def save_fence(*, fence: PortabilityFence, by: Person) -> None:
    """Keep how the organisation fences.

    Raises FenceRefusedError for offers after a query that nobody signed for, and for
    less than a day after porting.
    """
    if fence.allows_offers and not (
        fence.signed_by and fence.signed_on and fence.document
    ):
        raise FenceRefusedError(
            _("Offers after a query need who signed for it, when, and the document.")
        )
    fence.save()
    record(
        action="portability_fence.changed",
        actor=by,
        target=fence,
        allows_offers=fence.allows_offers,
        document=fence.document,
        hours_after=fence.hours_after,
    )


@transaction.atomic
def save_strategy(
    *, organisation: Organisation, state: str, given: dict[str, str], by: Person
) -> PortabilityStrategy:
    """Keep what may be done in a state, by whom, and with which words."""
    made, _is_new = PortabilityStrategy.objects.update_or_create(
        organisation=organisation, state=state, defaults=given
    )
    record(action="portability_strategy.changed", actor=by, target=made, state=state)
    return made
