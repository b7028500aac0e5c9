"""The last door: what its receiver has refused does not leave, whoever queued it."""

from __future__ import annotations

from collections.abc import Callable

from zhiyin.channels.models import Message, MessageState
from zhiyin.common import clock

Ask = Callable[[Message], str]
_asked: dict[str, Ask] = {}


def register_refusal(name: str, ask: Ask) -> None:
    """Have every message judged just before it leaves.

    `ask` returns why a message must not go, in a few words without personal data, or
    "". It is asked for each message, so it must be quick.
    """
    _asked[name] = ask


def is_refused(message: Message) -> bool:
    """Tell whether a claimed message must not leave; it is cancelled then."""
    reason = next((why for ask in _asked.values() if (why := ask(message))), "")
    if not reason:
        return False
    mine = Message.objects.filter(
        pk=message.pk, claim=message.claim, state=MessageState.SENDING
    )
    mine.update(
        state=MessageState.CANCELLED, error=reason[:500], finished_at=clock.now()
    )
    return True
