"""Letting go of what was sent and what came back; the counts and costs stay."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from zhiyin.channels.log.channel import FILE
from zhiyin.channels.models import (
    FINAL_STATES,
    ChannelAccount,
    InboundMessage,
    Message,
    MessageState,
)
from zhiyin.channels.queries import folder_of
from zhiyin.common import clock
from zhiyin.common.confidential import one_spelling

_KEYS_A_QUERY = 300


@dataclass(frozen=True)
class MessageTraces:
    """How somebody's messages are found: by hash of address, or by callers' keys.

    A key also stands for the further messages of the same matter (`<key>:...`).
    """

    organisation_id: int
    hashes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def messages_about(traces: MessageTraces) -> QuerySet[Message]:
    """Return the messages that went, or are to go, to somebody."""
    mine = Q(address_hash__in=set(traces.hashes) - {""})
    for key in traces.keys[:_KEYS_A_QUERY]:
        mine |= Q(key=key) | Q(key__startswith=f"{key}:")
    return Message.objects.of(traces.organisation_id).filter(mine)


def replies_from(traces: MessageTraces) -> QuerySet[InboundMessage]:
    """Return what came back from somebody, or about a message to them."""
    mine = Q(sender_hash__in=set(traces.hashes) - {""})
    mine |= Q(message__in=messages_about(traces))
    return InboundMessage.objects.of(traces.organisation_id).filter(mine)


def is_being_sent(traces: MessageTraces) -> bool:
    """Tell whether a message to somebody is being handed over right now."""
    return messages_about(traces).filter(state=MessageState.SENDING).exists()


@transaction.atomic
def forget_messages(*, traces: MessageTraces) -> int:
    """Take address and content from somebody's messages, and words from replies.

    What still waits is cancelled. Returns how many messages and replies there were.
    """
    messages = messages_about(traces)
    replies = [*replies_from(traces).values_list("pk", flat=True)]
    numbers = [*messages.exclude(address_hash="").values_list("pk", flat=True)]
    messages.filter(state=MessageState.QUEUED).update(
        state=MessageState.CANCELLED, finished_at=clock.now()
    )
    _empty_messages(Message.objects.filter(pk__in=numbers))
    _empty_replies(InboundMessage.objects.filter(pk__in=replies))
    lines = _forget_lines(traces)
    return len(numbers) + len(replies) + lines


def _empty_messages(rows: QuerySet[Message]) -> int:
    return rows.update(
        address_encrypted=Message.sealed_address(""),
        address_hash="",
        address_masked="",
        subject="",
        content_encrypted=Message.sealed({"body": "", "html": ""}),
        error="",
    )


def _empty_replies(rows: QuerySet[InboundMessage]) -> int:
    return rows.update(
        text="",
        error="",
        sender_hash="",
        sender_encrypted=b"",
        sender_masked="",
    )


def _forget_lines(traces: MessageTraces) -> int:
    """Take the lines to somebody out of the files of senders for trying out."""
    accounts = ChannelAccount.objects.of(traces.organisation_id).filter(kind="log")
    paths = [folder_of(account) / FILE for account in accounts]
    gone = set(traces.addresses)
    return sum(_rewrite(path, gone) for path in paths if path.exists())


def _rewrite(path: Path, gone: set[str]) -> int:
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if one_spelling(_receiver(line)) not in gone]
    if len(kept) < len(lines):
        waiting = path.with_suffix(".tmp")
        descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(kept)
        waiting.replace(path)
    return len(lines) - len(kept)


def _receiver(line: bytes) -> str:
    try:
        return str(json.loads(line).get("to", ""))
    except ValueError:
        return ""


def _old_messages(organisation_id: int, before: dt.datetime) -> QuerySet[Message]:
    rows = Message.objects.of(organisation_id).filter(created_at__lt=before)
    settled = (*FINAL_STATES, MessageState.SENT, MessageState.UNCERTAIN)
    return rows.filter(state__in=settled).exclude(address_hash="")


def _old_replies(organisation_id: int, before: dt.datetime) -> QuerySet[InboundMessage]:
    rows = InboundMessage.objects.of(organisation_id).filter(received_at__lt=before)
    return rows.exclude(sender_hash="", text="")


def _first(rows: QuerySet[Message] | QuerySet[InboundMessage], most: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])


def count_old_messages(organisation_id: int, before: dt.datetime) -> int:
    """Return how many settled messages from before still have their content."""
    return _old_messages(organisation_id, before).count()


def forget_old_messages(organisation_id: int, before: dt.datetime, most: int) -> int:
    """Take address and content from settled messages; return from how many."""
    numbers: Iterable[int] = _first(_old_messages(organisation_id, before), most)
    return _empty_messages(Message.objects.filter(pk__in=numbers))


def count_old_replies(organisation_id: int, before: dt.datetime) -> int:
    """Return how many replies from before still have their words."""
    return _old_replies(organisation_id, before).count()


def forget_old_replies(organisation_id: int, before: dt.datetime, most: int) -> int:
    """Take sender and words from replies; return from how many."""
    numbers = _first(_old_replies(organisation_id, before), most)
    return _empty_replies(InboundMessage.objects.filter(pk__in=numbers))
