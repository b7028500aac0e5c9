"""What comes back becomes a row, once, and settles the message it belongs to."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterable
from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from zhiyin.accounts.services import record
from zhiyin.channels.base import Callback, CallbackAnswer, Inbound
from zhiyin.channels.email.bounces import read_mail
from zhiyin.channels.models import (
    ChannelAccount,
    InboundKind,
    InboundMessage,
    Message,
    MessageState,
)
from zhiyin.channels.queries import is_opt_out, open_channel
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt, keyed_hash, mask, one_spelling

logger = logging.getLogger(__name__)

LONGEST_TEXT = 2000
LONGEST_ERROR = 200
# How long after a message its receiver's words still belong to it.
MEMORY = dt.timedelta(days=3)
_OPEN = (MessageState.SENDING, MessageState.UNCERTAIN, MessageState.SENT)
_REPORTS = (InboundKind.REPORT, InboundKind.BOUNCE)


def receive(
    *,
    account: ChannelAccount,
    inbound: Iterable[Inbound],
) -> list[InboundMessage]:
    """Keep what came back; an event told before is not kept again.

    Each event is saved on its own, so that one that cannot be kept hides no other.
    """
    kept = []
    for event in inbound:
        saved = _receive_one(account, _storable(event))
        if saved is not None:
            kept.append(saved)
    return kept


def _storable(event: Inbound) -> Inbound:
    """Return the event without what no database keeps: NUL, halves of characters."""
    return Inbound(
        **{
            name: text.replace("\x00", "").encode("utf-8", "replace").decode()
            for name, text in asdict(event).items()
        },
    )


def _receive_one(account: ChannelAccount, event: Inbound) -> InboundMessage | None:
    try:
        with transaction.atomic():
            if (
                event.external_id
                and InboundMessage.objects.filter(
                    account=account,
                    external_id=event.external_id[:200],
                ).exists()
            ):
                return None
            return _keep(account, event)
    except IntegrityError:
        # Told twice at the same moment: the other one is kept.
        return None


def _keep(account: ChannelAccount, event: Inbound) -> InboundMessage:
    message = _message_of(account, event)
    sender = one_spelling(event.sender) if event.sender else ""
    kind = InboundKind(event.kind)
    if kind == InboundKind.REPLY and is_opt_out(event.text):
        kind = InboundKind.OPT_OUT
    saved = InboundMessage(
        organisation_id=account.organisation_id,
        account=account,
        message=message,
        kind=kind,
        text=event.text[:LONGEST_TEXT],
        state=event.state[:10],
        error=event.error[:LONGEST_ERROR],
        provider_id=event.provider_id[:200],
        external_id=event.external_id[:200],
        received_at=clock.now(),
    )
    if sender:
        saved.sender_hash = keyed_hash(account.organisation_id, sender)
        saved.sender_encrypted = encrypt(event.sender)
        saved.sender_masked = mask(sender)
    elif message is not None:
        saved.sender_hash = message.address_hash
        saved.sender_encrypted = bytes(message.address_encrypted)
        saved.sender_masked = message.address_masked
    saved.save()
    if message is not None and kind in _REPORTS:
        apply_report(message=message, report=saved)
    return saved


def _message_of(account: ChannelAccount, event: Inbound) -> Message | None:
    """Find the message by the provider's number, by ours, or by its only receiver."""
    rows = Message.objects.filter(account=account)
    if event.provider_id:
        found = rows.filter(provider_id=event.provider_id).first()
        if found is not None:
            return found
    if event.reference:
        try:
            reference = uuid.UUID(event.reference)
        except ValueError:
            reference = None
        found = rows.filter(reference=reference).first() if reference else None
        if found is not None:
            return found
    return _by_receiver(rows, account, event)


def _by_receiver(
    rows: QuerySet[Message],
    account: ChannelAccount,
    event: Inbound,
) -> Message | None:
    if not event.sender:
        return None
    recent = rows.filter(
        address_hash=keyed_hash(account.organisation_id, one_spelling(event.sender)),
        claimed_at__gte=clock.now() - MEMORY,
    ).order_by("-pk")
    if event.kind not in _REPORTS:
        return recent.first()
    # A report that names a message we know must not settle another one. Only where
    # the provider's number never reached us may the receiver alone decide.
    unnamed = list(recent.filter(provider_id="", state__in=_OPEN)[:2])
    is_lost = [each for each in unnamed if each.state == MessageState.UNCERTAIN]
    return is_lost[0] if len(unnamed) == 1 and is_lost else None


def apply_report(*, message: Message, report: InboundMessage) -> None:
    """Settle a message by what the other side reports about it."""
    now = clock.now()
    row = Message.objects.filter(pk=message.pk)
    # Waiting again after a person asked for it, though the first time had worked.
    waits_again = Q(state=MessageState.QUEUED, claimed_at__isnull=False)
    if report.state == "delivered":
        arrived = row.filter(
            Q(state__in=(*_OPEN, MessageState.FAILED)) | waits_again,
        )
        arrived.filter(sent_at=None).update(sent_at=now)
        arrived.update(state=MessageState.DELIVERED, finished_at=now, error="")
    elif report.state == "failed":
        states = [*_OPEN]
        if report.kind == InboundKind.BOUNCE:
            states.append(MessageState.DELIVERED)
        error = f"{report.error} {report.text}".strip()
        row.filter(state__in=states).update(
            state=MessageState.FAILED,
            finished_at=now,
            error=error[:500] or gettext_noop("the receiver's side refused it"),
        )


def apply_early_reports(*, account: ChannelAccount, provider_id: str) -> None:
    """Apply reports that came before the provider's number was written down."""
    early = InboundMessage.objects.filter(
        account=account,
        provider_id=provider_id,
        message=None,
        kind__in=_REPORTS,
    )
    for report in early:
        message = Message.objects.filter(
            account=account,
            provider_id=provider_id,
        ).first()
        if message is None:
            return
        report.message = message
        report.save(update_fields=["message"])
        apply_report(message=message, report=report)


def receive_callback(*, account: ChannelAccount, callback: Callback) -> CallbackAnswer:
    """Take in a provider's call; raises CallbackRefusedError for a stranger's.

    Raises ValidationError for a call that proves itself and cannot be read.
    """
    channel = open_channel(account)
    try:
        answer = channel.read_callback(callback)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    finally:
        channel.close()
    kept = receive(account=account, inbound=answer.inbound)
    record(action="channel.called_back", target=account, events=len(kept))
    return answer


def receive_mail(*, account: ChannelAccount, raw: bytes) -> list[InboundMessage]:
    """Take in one returned mail, whole as the mail server handed it over."""
    kept = receive(account=account, inbound=read_mail(raw))
    record(action="bounce.received", target=account, events=len(kept))
    return kept


def poll_accounts() -> bool:
    """Ask every sender that can answer what came back."""
    for account in ChannelAccount.objects.filter(is_enabled=True):
        if account.known_kind is None or account.known_kind.takes_callbacks:
            continue
        try:
            channel = open_channel(account)
            try:
                receive(account=account, inbound=channel.poll())
            finally:
                channel.close()
        except Exception:
            # One sender in trouble must not keep the others from being asked.
            logger.exception("polling sender %s failed", account.pk)
    return False
