"""What a person decides about one message: it arrived, send it again, show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.services import record
from zhiyin.channels.models import Message, MessageState
from zhiyin.channels.services.queueing import LIFETIME
from zhiyin.common import clock

SHORTEST_REASON = 4
_CAN_GO_AGAIN = (MessageState.UNCERTAIN, MessageState.FAILED)


class RevealRefusedError(ValueError):
    """The receiver stays masked; the message says why."""


@dataclass(frozen=True)
class Revealed:
    """A message in clear."""

    address: str
    body: str


@transaction.atomic
def confirm_arrival(*, message: Message, by: Person) -> bool:
    """Settle an uncertain message as sent; False when it is settled already."""
    open_row = Message.objects.filter(pk=message.pk, state=MessageState.UNCERTAIN)
    now = clock.now()
    if not open_row.update(state=MessageState.SENT, sent_at=now, claim=None, error=""):
        return False
    record(action="message.confirmed", actor=by, target=message)
    return True


@transaction.atomic
def send_again(*, message: Message, by: Person) -> bool:
    """Queue an uncertain or failed message once more; False when it is neither.

    Where the first attempt did arrive, the receiver gets it twice: that is why only
    a person may do this.
    """
    now = clock.now()
    row = Message.objects.filter(pk=message.pk, state__in=_CAN_GO_AGAIN)
    queued = row.update(
        state=MessageState.QUEUED,
        next_attempt_at=now,
        expires_at=now + LIFETIME,
        attempts=0,
        claim=None,
        error="",
        finished_at=None,
    )
    if not queued:
        return False
    record(action="message.sent_again", actor=by, target=message, was=message.state)
    return True


@transaction.atomic
def reveal_message(*, message: Message, by: Person, reason: str) -> Revealed:
    """Return receiver and text in clear and record who saw them and why.

    Raises RevealRefusedError without the permission or a reason.
    """
    if not by.may(Permission.REVEAL_PERSONAL_DATA):
        raise RevealRefusedError(_("Your role may not see personal data in clear."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise RevealRefusedError(
            _("Give a reason of at least %(count)s characters; it is recorded.")
            % {"count": SHORTEST_REASON},
        )
    shown = Revealed(message.address, str(message.content["body"]))
    record(
        action="message.revealed",
        actor=by,
        target=message,
        reason=reason.strip()[:300],
    )
    return shown
