"""What this app holds of a customer: calls in which a key was pressed."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.calls.models import IvrCall
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Wish,
    register_personal_data,
)


def _calls(subject: DataSubject) -> QuerySet[IvrCall]:
    mine = Q(response__customer_id=subject.customer_id)
    for trace in subject.traces:
        mine |= Q(call_id__contains=trace) | Q(pressed__contains=trace)
    return IvrCall.objects.of(subject.organisation_id).filter(mine)


def collect_calls(subject: DataSubject) -> Iterator[Held]:
    """Yield the calls."""
    for call in _calls(subject):
        fields = {_("pressed"): call.pressed, _("caller"): call.caller_masked}
        yield Held(call.received_at, _("Key pressed after a call"), fields)


@transaction.atomic
def erase_calls(subject: DataSubject, _wish: Wish) -> int:
    """Take the caller from calls, and the call's id where it names the customer."""
    numbers = [*_calls(subject).values_list("pk", flat=True)]
    rows = IvrCall.objects.filter(pk__in=numbers)
    for trace in subject.traces:
        rows.filter(call_id__contains=trace).update(call_id="")
        rows.filter(pressed__contains=trace).update(pressed="")
    return rows.update(caller_masked="")


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "calls",
        label=gettext_lazy("Telephone keys"),
        collect=collect_calls,
        erase=erase_calls,
        stays=gettext_lazy("that a key was pressed"),
    )
