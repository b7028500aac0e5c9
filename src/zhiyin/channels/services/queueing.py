"""Into the queue: what is asked for becomes a row, once per key."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.channels.base import Kind
from zhiyin.channels.models import (
    ChannelAccount,
    Medium,
    Message,
    MessageClass,
    MessageState,
)
from zhiyin.common import clock
from zhiyin.common.confidential import keyed_hash, mask, one_spelling

LONGEST_KEY = 120
LONGEST_SUBJECT = 200
LONGEST_BODY = 200_000
ROWS_PER_QUERY = 500
LIFETIME = dt.timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message as its caller asks for it.

    `key` is the caller's own name of the message: the same key twice is one message.
    Nothing is sent before `not_before` or after `expires_at` (three days later).
    """

    key: str
    to: str
    body: str
    subject: str = ""
    html: str = ""
    message_class: str = MessageClass.SURVEY
    language: str = ""
    template_code: str = ""
    provider_code: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str = ""
    not_before: dt.datetime | None = None
    expires_at: dt.datetime | None = None


def queue_message(*, account: ChannelAccount, draft: Draft) -> Message:
    """Queue one message, or return the one that has this key already.

    Raises ValidationError for an address, text or header that cannot be sent.
    """
    return queue_messages(account=account, drafts=[draft])[0]


@transaction.atomic
def queue_messages(
    *,
    account: ChannelAccount,
    drafts: Iterable[Draft],
) -> list[Message]:
    """Queue messages and return them in order; keys known before change nothing.

    All of them are queued or, when one cannot be sent, none.
    """
    made = [_row(account, account.definition, draft) for draft in drafts]
    keys = [row.key for row in made]
    for start in range(0, len(made), ROWS_PER_QUERY):
        Message.objects.bulk_create(
            made[start : start + ROWS_PER_QUERY],
            ignore_conflicts=True,
        )
    known = _by_key(account, keys)
    return [known[key] for key in keys]


def _by_key(account: ChannelAccount, keys: Sequence[str]) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for start in range(0, len(keys), ROWS_PER_QUERY):
        rows = Message.objects.of(account.organisation_id).filter(
            key__in=keys[start : start + ROWS_PER_QUERY],
        )
        found.update({row.key: row for row in rows})
    return found


def _row(account: ChannelAccount, kind: Kind, draft: Draft) -> Message:
    if not 1 <= len(draft.key) <= LONGEST_KEY or not draft.key.isprintable():
        raise ValidationError(
            _("A message needs a key of 1 to %(limit)s characters.")
            % {"limit": LONGEST_KEY},
        )
    address = _address(kind, draft.to)
    body = _body(account, kind, draft)
    segments = kind.count_segments(body)
    if segments > kind.most_segments:
        raise ValidationError(
            _("The text needs %(count)s segments; at most %(limit)s are sent.")
            % {"count": segments, "limit": kind.most_segments},
        )
    now = clock.now()
    begins_at = draft.not_before or now
    spelling = one_spelling(address)
    return Message(
        organisation_id=account.organisation_id,
        account=account,
        key=draft.key,
        message_class=MessageClass(draft.message_class),
        template_code=draft.template_code,
        language=draft.language,
        address_encrypted=Message.sealed_address(address),
        address_hash=keyed_hash(account.organisation_id, spelling),
        address_masked=mask(spelling),
        subject=_subject(kind, draft),
        content_encrypted=Message.sealed(
            {
                "body": body,
                "html": draft.html,
                "provider_code": draft.provider_code,
                "parameters": dict(draft.parameters),
                "unsubscribe_url": draft.unsubscribe_url,
            },
        ),
        segments=segments,
        cost=segments * Decimal(account.price),
        currency=account.currency,
        state=MessageState.QUEUED,
        next_attempt_at=begins_at,
        expires_at=draft.expires_at or begins_at + LIFETIME,
        created_at=now,
    )


def _address(kind: Kind, to: str) -> str:
    try:
        return kind.read_address(to)
    except ValueError as error:
        # An address is personal data: the message does not repeat it.
        raise ValidationError(_(str(error))) from error


def _subject(kind: Kind, draft: Draft) -> str:
    subject = draft.subject.strip()
    if kind.medium == Medium.EMAIL and not subject:
        raise ValidationError(_("A mail needs a subject."))
    if not subject.isprintable():
        raise ValidationError(
            _("A subject is one line without control characters; received %(text)s.")
            % {"text": json.dumps(subject[:80], ensure_ascii=False)},
        )
    if len(subject) > LONGEST_SUBJECT:
        raise ValidationError(
            _("A subject has at most %(limit)s characters; received %(count)s.")
            % {"limit": LONGEST_SUBJECT, "count": len(subject)},
        )
    return subject


def _body(account: ChannelAccount, kind: Kind, draft: Draft) -> str:
    body = draft.body.strip()
    if not body:
        raise ValidationError(_("The text is empty."))
    if "\x00" in body + draft.html:
        raise ValidationError(_("The text contains a NUL character."))
    if max(len(body), len(draft.html)) > LONGEST_BODY:
        raise ValidationError(
            _("A text has at most %(limit)s characters; received %(count)s.")
            % {"limit": LONGEST_BODY, "count": max(len(body), len(draft.html))},
        )
    try:
        return kind.finish(body, account.signature)
    except ValueError as error:
        raise ValidationError(str(error)) from error


@transaction.atomic
def cancel_message(*, message: Message, reason: str = "") -> bool:
    """Take a message out of the queue; False when it left already."""
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    now = clock.now()
    if not waiting.update(state=MessageState.CANCELLED, finished_at=now):
        return False
    record(action="message.cancelled", target=message, reason=reason)
    return True
