"""What this app holds of a customer: words written to them about their cases."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.act.recovery.models import Telling, TellingState
from zhiyin.act.recovery.models.telling import OPEN
from zhiyin.common import clock
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Wish,
    register_personal_data,
)

ERASED = "erased"


def collect_tellings(subject: DataSubject) -> Iterator[Held]:
    """Yield the messages about cases."""
    rows = Telling.objects.of(subject.organisation_id)
    for telling in rows.filter(customer_id=subject.customer_id):
        fields = {
            _("state"): str(telling.get_state_display()),
            _("text"): telling.words.get("body", ""),
        }
        yield Held(telling.created_at, _("Message about your case"), fields)


@transaction.atomic
def erase_tellings(subject: DataSubject, _wish: Wish) -> int:
    """Empty the words, and send nothing more; that somebody was told stays a number."""
    rows = Telling.objects.of(subject.organisation_id).filter(
        customer_id=subject.customer_id
    )
    rows.filter(state__in=OPEN).update(
        state=TellingState.CANCELLED, reason=ERASED, settled_at=clock.now()
    )
    return rows.update(words_encrypted=b"")


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "tellings",
        label=gettext_lazy("Messages about cases"),
        collect=collect_tellings,
        erase=erase_tellings,
        stays=gettext_lazy("that a customer was told, and when"),
    )
