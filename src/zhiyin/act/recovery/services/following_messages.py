"""What became of messages to customers, and the proof that somebody was told."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from zhiyin.act.cases.models import Case, CaseEvent
from zhiyin.act.recovery.models import SETTLED, Telling, TellingState
from zhiyin.channels.models import Message, MessageState
from zhiyin.common import clock

BATCH = 500
UNDER_WAY = (TellingState.QUEUED, TellingState.SENT, TellingState.UNCERTAIN)
STATES: dict[str, str] = {
    MessageState.SENT: TellingState.SENT,
    MessageState.DELIVERED: TellingState.DELIVERED,
    MessageState.FAILED: TellingState.FAILED,
    MessageState.UNCERTAIN: TellingState.UNCERTAIN,
    MessageState.CANCELLED: TellingState.CANCELLED,
}
LEFT = (TellingState.SENT, TellingState.DELIVERED)
TOLD, NOT_TOLD = "customer_told", "telling_failed"


def follow_messages() -> bool:
    """Write down how far messages came; each change once."""
    rows = Telling.objects.filter(state__in=UNDER_WAY).order_by("pk")
    last, changed = 0, False
    while part := list(rows.filter(pk__gt=last)[:BATCH]):
        changed = any([_follow(part), changed])
        last = part[-1].pk
    return changed


def _follow(part: list[Telling]) -> bool:
    by_organisation: dict[int, list[Telling]] = {}
    for each in part:
        by_organisation.setdefault(each.organisation_id, []).append(each)
    changed = False
    for organisation, tellings in by_organisation.items():
        keys = [each.message_key for each in tellings]
        messages = Message.objects.of(organisation).filter(key__in=keys)
        known = {message.key: message for message in messages}
        for telling in tellings:
            message = known.get(telling.message_key)
            state = STATES.get(message.state) if message is not None else None
            if message is not None and state and state != telling.state:
                changed |= _move(telling, state, message)
    return changed


@transaction.atomic
def _move(telling: Telling, state: str, message: Message) -> bool:
    """Write one step down; who comes second finds it done."""
    rows = Telling.objects.filter(pk=telling.pk, state=telling.state)
    settled = clock.now() if state in SETTLED else None
    if not rows.update(state=state, settled_at=settled):
        return False
    if telling.news_id is None:
        if state in LEFT and not telling.is_proof:
            _prove(telling, message)
        elif state == TellingState.FAILED and telling.is_proof:
            _take_back(telling, message)
    return True


def _prove(telling: Telling, message: Message) -> None:
    """Let the case say that its customer was told, and by which message."""
    untold = Case.objects.filter(pk=telling.case_id).exclude(customer_told=True)
    is_proof = bool(untold.update(customer_told=True, version=F("version") + 1))
    Telling.objects.filter(pk=telling.pk).update(is_proof=is_proof)
    _note(telling, TOLD, message)


def _take_back(telling: Telling, message: Message) -> None:
    """The message was the only proof, and it did not arrive."""
    told = Case.objects.filter(pk=telling.case_id, customer_told=True)
    told.update(customer_told=False, version=F("version") + 1)
    Telling.objects.filter(pk=telling.pk).update(is_proof=False)
    _note(telling, NOT_TOLD, message)


def _note(telling: Telling, kind: str, message: Message) -> None:
    CaseEvent.objects.create(
        case_id=telling.case_id,
        at=clock.now(),
        kind=kind,
        detail={"message": str(message.reference), "channel": telling.channel},
    )
