"""Out of the queue: claimed, committed, handed over, settled.

A message is marked as being sent, and that is committed, before its first byte
leaves. So a worker that dies at any point leaves one of three things: a message that
certainly did not leave, one whose outcome is written down, or one nobody knows about,
which becomes uncertain and is never sent again by itself.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_noop

from zhiyin.channels.base import (
    Channel,
    ChannelError,
    Handover,
    PermanentError,
    TemporaryError,
    UncertainError,
)
from zhiyin.channels.models import ChannelAccount, Message, MessageState
from zhiyin.channels.queries import open_channel, outgoing_of
from zhiyin.channels.services.receiving import apply_early_reports
from zhiyin.channels.services.refusing import is_refused
from zhiyin.common import clock
from zhiyin.common.confidential import KeyLostError

logger = logging.getLogger(__name__)

BATCH = 200
BATCH_SECONDS = 5.0
LEASE = dt.timedelta(seconds=60)
LEASE_RENEWED_SECONDS = 15.0
# Longer than any handover takes: every step of every protocol has its own limit.
CLAIM_LIFETIME = dt.timedelta(minutes=5)
BACK_OFF = tuple(dt.timedelta(minutes=each) for each in (1, 5, 15, 60, 240))
ACCOUNT_REST = tuple(dt.timedelta(minutes=each) for each in (1, 2, 5, 15, 30, 60))
LONGEST_ERROR = 500


@dataclass(frozen=True)
class _Sender:
    account: ChannelAccount
    channel: Channel


def send_due() -> bool:
    """Send what is due through one sender; True when there may be more."""
    account = _lease_account()
    if account is None:
        return False
    try:
        return _serve(account)
    finally:
        # The moment of the last turn stays, so that senders take turns.
        ChannelAccount.objects.filter(pk=account.pk).update(leased_until=clock.now())


def _lease_account() -> ChannelAccount | None:
    now = clock.now()
    due = Message.objects.filter(account=OuterRef("pk")).due(now)
    waiting = ChannelAccount.objects.ready(now).filter(Exists(due))
    for account in waiting.order_by(F("leased_until").asc(nulls_first=True), "pk"):
        mine = ChannelAccount.objects.ready(now).filter(pk=account.pk)
        if mine.update(leased_until=now + LEASE):
            return account
    return None


def _serve(account: ChannelAccount) -> bool:
    try:
        channel = open_channel(account)
    except (KeyLostError, KeyError, ValueError) as error:
        rest_account(account, f"the sender's settings cannot be used: {error}")
        return True
    sender = _Sender(account, channel)
    began = renewed = time.monotonic()
    numbers = Message.objects.filter(account=account).due(clock.now())
    try:
        for number in list(numbers.values_list("pk", flat=True)[:BATCH]):
            started = time.monotonic()
            if started - began > BATCH_SECONDS:
                break
            if started - renewed > LEASE_RENEWED_SECONDS:
                renewed = started
                mine = ChannelAccount.objects.filter(pk=account.pk)
                mine.update(leased_until=clock.now() + LEASE)
            if not _send_one(sender, number):
                break
            pause = 1 / account.rate_per_second - (time.monotonic() - started)
            time.sleep(max(0.0, pause))
    finally:
        channel.close()
    return True


def _claim(number: int) -> Message | None:
    """Mark a message as being sent; autocommit makes it last before anything leaves."""
    now, claim = clock.now(), uuid.uuid4()
    free = Message.objects.filter(pk=number, state=MessageState.QUEUED)
    claimed = free.update(
        state=MessageState.SENDING,
        claim=claim,
        claimed_at=now,
        attempts=F("attempts") + 1,
    )
    return Message.objects.get(pk=number) if claimed else None


def _send_one(sender: _Sender, number: int) -> bool:
    """Send one message; False when the sender itself is in trouble."""
    message = _claim(number)
    if message is None or is_refused(message):
        return True
    try:
        handover = sender.channel.send(outgoing_of(message, sender.account))
    except KeyLostError as error:
        _settle(message, MessageState.FAILED, error=str(error))
    except ChannelError as error:
        return _settle_error(sender.account, message, error)
    except Exception as error:
        # A fault of ours tells nothing about what the other side took.
        logger.exception("sending message %s broke", message.pk)
        text = f"{type(error).__name__}: {error}"
        _settle(message, MessageState.UNCERTAIN, error=text)
    else:
        _settle_sent(sender.account, message, handover)
    return True


def _settle_error(
    account: ChannelAccount,
    message: Message,
    error: ChannelError,
) -> bool:
    text = str(error)[:LONGEST_ERROR]
    if isinstance(error, UncertainError):
        _settle(message, MessageState.UNCERTAIN, error=text)
        return True
    if error.is_account_wide:
        # The message is innocent: this attempt does not count against it.
        _requeue(message, clock.now(), text, attempts=message.attempts - 1)
        rest_account(account, text)
        return False
    used_up = message.attempts > len(BACK_OFF)
    if isinstance(error, PermanentError) or used_up:
        _settle(message, MessageState.FAILED, error=text)
    elif isinstance(error, TemporaryError):
        wait = BACK_OFF[message.attempts - 1]
        _requeue(message, clock.now() + wait, text, attempts=message.attempts)
    return True


def _settle(message: Message, state: MessageState, *, error: str) -> None:
    """Write an outcome down, unless somebody else has decided meanwhile."""
    finished = clock.now() if state == MessageState.FAILED else None
    Message.objects.filter(
        pk=message.pk,
        claim=message.claim,
        state__in=(MessageState.SENDING, MessageState.UNCERTAIN),
    ).update(state=state, error=error[:LONGEST_ERROR], finished_at=finished)


def _requeue(message: Message, at: dt.datetime, error: str, *, attempts: int) -> None:
    Message.objects.filter(
        pk=message.pk,
        claim=message.claim,
        state__in=(MessageState.SENDING, MessageState.UNCERTAIN),
    ).update(
        state=MessageState.QUEUED,
        next_attempt_at=at,
        attempts=attempts,
        error=error,
        claim=None,
        claimed_at=None,
    )


def _settle_sent(account: ChannelAccount, message: Message, taken: Handover) -> None:
    known = {
        "provider_id": taken.provider_id[:200],
        "segments": taken.segments,
        "cost": Decimal(taken.segments) * account.price,
        "sent_at": clock.now(),
    }
    mine = Message.objects.filter(pk=message.pk, claim=message.claim)
    open_states = (MessageState.SENDING, MessageState.UNCERTAIN)
    if not mine.filter(state__in=open_states).update(
        state=MessageState.SENT, error="", **known
    ):
        # A report was faster than we are: the outcome stays, the facts are added.
        mine.update(**known)
    if taken.provider_id:
        apply_early_reports(account=account, provider_id=taken.provider_id)
    if account.failures:
        account.failures = 0
        troubled = ChannelAccount.objects.filter(pk=account.pk)
        troubled.update(failures=0, resumes_at=None)


def rest_account(account: ChannelAccount, error: str) -> None:
    """Let a troubled sender rest, longer after every failure in a row."""
    now = clock.now()
    rest = ACCOUNT_REST[min(account.failures, len(ACCOUNT_REST) - 1)]
    ChannelAccount.objects.filter(pk=account.pk).update(
        failures=F("failures") + 1,
        resumes_at=now + rest,
        last_error=error[:LONGEST_ERROR],
        last_error_at=now,
    )
    logger.warning("sender %s rests for %s: %s", account.pk, rest, error)


def give_up_claims() -> bool:
    """Call uncertain what a worker that is gone was about to send."""
    limit = clock.now() - CLAIM_LIFETIME
    stale = Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=limit)
    stale.update(
        state=MessageState.UNCERTAIN,
        error=gettext_noop("the worker ended while it handed the message over"),
    )
    return False


def expire_messages() -> bool:
    """Let go of messages that were not sent in time."""
    now = clock.now()
    late = Message.objects.filter(state=MessageState.QUEUED, expires_at__lte=now)
    late.filter(error="").update(error=gettext_noop("it could not be sent in time"))
    late.update(state=MessageState.FAILED, finished_at=now)
    return False
