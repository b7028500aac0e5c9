"""What this app holds of a customer: invitations, and places in frames."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.channels.models import MessageState
from zhiyin.channels.services import (
    MessageTraces,
    forget_messages,
    forget_subjects,
    messages_about,
)
from zhiyin.common import clock
from zhiyin.listen.contacts.models import RuleName
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    TryAgainError,
    Wish,
    register_personal_data,
)
from zhiyin.listen.programs.models import FrameMember, FrameState, Invitation
from zhiyin.listen.programs.services.lifecycle_queues import OPEN_STATES

_KEYS_AT_ONCE = 200


def _invitations(subject: DataSubject) -> QuerySet[Invitation]:
    return Invitation.objects.filter(customer_id=subject.customer_id)


def _members(subject: DataSubject) -> QuerySet[FrameMember]:
    return FrameMember.objects.filter(customer_id=subject.customer_id)


def collect_invitations(subject: DataSubject) -> Iterator[Held]:
    """Yield invitations, and the occasions on which the customer was to be asked."""
    for row in _invitations(subject).select_related("programme", "link", "department"):
        yield Held(
            row.created_at,
            _("Invitation to a survey"),
            {
                _("programme"): str(row.programme or row.link),
                _("channel"): row.channel,
                _("sent"): row.sent_at,
                _("opened"): row.opened_at,
                _("answered"): row.answered_at,
                _("department"): str(row.department or ""),
                **row.attributes,
            },
        )
    for member in _members(subject).select_related("programme"):
        yield Held(
            member.created_at,
            _("Occasion to ask you"),
            {
                _("programme"): str(member.programme),
                _("state"): member.get_state_display(),
                **member.attributes,
            },
        )


@transaction.atomic
def erase_invitations(subject: DataSubject, _wish: Wish) -> int:
    """Make invitations nobody's and end them; empty the places in frames."""
    rows = _invitations(subject)
    numbers = [*rows.values_list("pk", flat=True)]
    keys = [key for key in rows.values_list("message_key", flat=True) if key]
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        _erase_messages(subject, tuple(keys[start : start + _KEYS_AT_ONCE]))
    forget_subjects(
        organisation_id=subject.organisation_id,
        subjects=[f"invitation:{number}" for number in numbers],
    )
    now = clock.now()
    rows.update(customer=None, attributes={}, expires_at=now, withdrawn_at=now)
    members = _members(subject).exclude(key__startswith="erased:")
    members.filter(state__in=OPEN_STATES).update(
        state=FrameState.BLOCKED, reason=RuleName.OPTED_OUT, settled_at=now
    )
    # The key names the occasion as the source told it: it may hold a number.
    pk = Cast(F("pk"), FrameMember._meta.get_field("key"))  # noqa: SLF001
    emptied = members.update(attributes={}, key=Concat(Value("erased:"), pk))
    return len(numbers) + emptied


def _erase_messages(subject: DataSubject, keys: tuple[str, ...]) -> None:
    """Also what went to addresses the customer no longer has."""
    traces = MessageTraces(organisation_id=subject.organisation_id, keys=keys)
    if messages_about(traces).filter(state=MessageState.SENDING).exists():
        raise TryAgainError(str(Invitation._meta.verbose_name_plural))  # noqa: SLF001
    forget_messages(traces=traces)


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "invitations",
        label=gettext_lazy("Invitations and frames"),
        collect=collect_invitations,
        erase=erase_invitations,
        stays=gettext_lazy("that somebody was invited, for the response rate"),
    )
