"""Messages to the customers of cases: written, sent once, followed to their end."""

from __future__ import annotations

import datetime as dt
import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import Case
from zhiyin.act.recovery.models import Telling, TellingState
from zhiyin.act.recovery.queries import (
    Words,
    language_of,
    settings_of,
    ways_for,
    words_of,
)
from zhiyin.channels.models import Medium, MessageClass
from zhiyin.channels.queries import SlotMissingError
from zhiyin.channels.services import Draft, queue_message
from zhiyin.common import clock
from zhiyin.listen.contacts.queries.rules import DEFERRING
from zhiyin.listen.contacts.services import judge_notices
from zhiyin.listen.customers.models import Purpose
from zhiyin.listen.programs.queries.ways import Way, reached_by

logger = logging.getLogger(__name__)

BATCH = 100
DUE_STATES = (TellingState.WAITING, TellingState.DEFERRED)
ABOUT = "CASE_CLOSED"
BAD_TEXT, NO_SENDER, BY_PERSON = "bad_text", "no_sender", "by_person"
LIFETIME = dt.timedelta(days=3)
# A text that cannot be sent, or a way that is missing, is tried again later.
AGAIN = dt.timedelta(hours=1)
# What could not leave for so long is no answer to anything any more.
TOO_LATE, LONGEST_WAIT = "too_late", dt.timedelta(days=7)


@transaction.atomic
def write_telling(
    *, case: Case, person: Person, words: Words, language: str = ""
) -> Telling:
    """Keep words for one case, before it closes or until the message leaves.

    Raises ValidationError where the message has left already.
    """
    telling = _own_telling(case)
    if telling.pk is not None and not telling.is_open:
        raise ValidationError(_("This message has left; it cannot be changed."))
    telling.language = language or telling.language or language_of(case)
    telling.keep_words(words.subject.strip(), words.body.strip())
    telling.written_by = person
    telling.save()
    record(action="telling.written", target=case, actor=person)
    return telling


def _own_telling(case: Case) -> Telling:
    """Return the message of the case's present turn, unsaved before there is one."""
    if case.customer_id is None:
        raise ValidationError(_("The case has no customer who could be told."))
    rows = Telling.objects.select_for_update().filter(
        case=case, turn=case.reopened_count, news=None
    )
    return rows.first() or Telling(
        organisation_id=case.organisation_id,
        case=case,
        customer_id=case.customer_id,
        turn=case.reopened_count,
        state=TellingState.DRAFT if case.is_open else TellingState.WAITING,
        due_at=None if case.is_open else clock.now(),
        created_at=clock.now(),
    )


@transaction.atomic
def send_telling_now(*, case: Case, person: Person) -> Telling:
    """Let the message of a closed case leave at once; the contact policy still holds.

    Raises ValidationError for an open case, and where it has left already.
    """
    if case.is_open:
        raise ValidationError(_("The customer is told when the case is closed."))
    telling = _own_telling(case)
    if telling.pk is not None and not telling.is_open:
        raise ValidationError(_("This message has left; it cannot be changed."))
    telling.state, telling.due_at = TellingState.WAITING, clock.now()
    telling.language = telling.language or language_of(case)
    telling.save()
    record(action="telling.hastened", target=case, actor=person)
    return telling


@transaction.atomic
def cancel_telling(*, case: Case, person: Person) -> None:
    """Tell the customer nothing about this closing."""
    telling = _own_telling(case)
    if telling.pk is not None and not telling.is_open:
        raise ValidationError(_("This message has left; it cannot be changed."))
    telling.state, telling.reason = TellingState.CANCELLED, BY_PERSON
    telling.settled_at = clock.now()
    telling.save()
    record(action="telling.cancelled", target=case, actor=person)


def send_due_tellings() -> bool:
    """Send what is due; True when there may be more."""
    rows = Telling.objects.filter(state__in=DUE_STATES, due_at__lte=clock.now())
    numbers = list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
    for number in numbers:
        try:
            _send(number)
        except (ValidationError, SlotMissingError) as error:
            logger.warning("message %s to a customer cannot be sent: %s", number, error)
            _put_off(number)
    return len(numbers) == BATCH


def _put_off(number: int) -> None:
    Telling.objects.filter(pk=number, state__in=DUE_STATES).update(
        state=TellingState.DEFERRED, reason=BAD_TEXT, due_at=clock.now() + AGAIN
    )


@transaction.atomic
def _send(number: int) -> None:
    telling = (
        Telling.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "case__organisation", "case__response__invitation__programme",
            "case__customer", "news__cause",
        )
        .filter(pk=number, state__in=DUE_STATES)
        .first()
    )  # fmt: skip
    if telling is None:
        return
    now = clock.now()
    way, address, reason = _way(telling)
    if way is None:
        _settle(telling, TellingState.UNREACHABLE, reason)
    elif telling.created_at < now - LONGEST_WAIT:
        _settle(telling, TellingState.CANCELLED, TOO_LATE)
    elif _is_allowed(telling, way):
        words = words_of(telling)
        subject = words.subject if way.account.definition.medium != Medium.SMS else ""
        queue_message(
            account=way.account,
            draft=Draft(
                key=telling.key,
                to=address,
                subject=subject,
                body=words.body,
                message_class=MessageClass.SERVICE,
                language=telling.language,
                expires_at=now + LIFETIME,
            ),
        )
        telling.state, telling.reason = TellingState.QUEUED, ""
        telling.channel, telling.message_key = way.channel, telling.key
    telling.save()


def _settle(telling: Telling, state: str, reason: str) -> None:
    telling.state, telling.reason = state, reason
    telling.settled_at = clock.now()


def _way(telling: Telling) -> tuple[Way | None, str, str]:
    """Return the way with the address it leads to, or why there is none."""
    customer = telling.customer_id
    ways = ways_for(telling.case, settings_of(telling.organisation_id))
    if not ways:
        return None, "", NO_SENDER
    reached = reached_by(ways, [customer], Purpose.SERVICE)
    for number, addresses in reached.by_way.items():
        if customer in addresses:
            return ways[number], addresses[customer], ""
    return None, "", reached.missed.get(customer, "no_address")


def _is_allowed(telling: Telling, way: Way) -> bool:
    """Ask the contact policy; write into the message what it said."""
    judged = judge_notices(
        organisation=telling.case.organisation,
        customers=[telling.customer_id],
        about=ABOUT,
        channel=way.channel,
    )
    telling.decision_id = judged.decisions[0]
    rule, reason, until = judged.rule[0], judged.reason[0], judged.not_before[0]
    if not rule:
        return True
    if rule in DEFERRING and until is not None:
        telling.state, telling.reason = TellingState.DEFERRED, rule
        telling.due_at = until
    else:
        _settle(telling, TellingState.BLOCKED, reason or rule)
    return False
