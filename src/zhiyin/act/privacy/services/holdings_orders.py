"""What work orders hold of a customer: what was agreed with the other system."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.act.workorders.models import Conflict, Field, WorkOrder
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Wish,
    register_personal_data,
)

_WORDS = (Field.SUMMARY, Field.ACTION_TAKEN)


def _orders(subject: DataSubject) -> QuerySet[WorkOrder]:
    rows = WorkOrder.objects.of(subject.organisation_id)
    return rows.filter(case__customer_id=subject.customer_id)


def collect_orders(subject: DataSubject) -> Iterator[Held]:
    """Yield the orders with what was agreed in them."""
    for order in _orders(subject).select_related("system"):
        said = {str(name): order.agreed.get(name, "") for name in _WORDS}
        yield Held(
            order.created_at,
            _("Work order in another system"),
            {_("system"): str(order.system), _("number"): order.external_id, **said},
        )


@transaction.atomic
def erase_orders(subject: DataSubject, _wish: Wish) -> int:
    """Take the words from orders; numbers and states stay."""
    orders = list(_orders(subject))
    for order in orders:
        order.agreed = {
            name: "" if name in _WORDS else value
            for name, value in order.agreed.items()
        }
        order.save(update_fields=["agreed"])
    rows = Conflict.objects.filter(order__in=[order.pk for order in orders])
    rows.update(ours=None, theirs=None, because="")
    return len(orders)


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "work_orders",
        label=gettext_lazy("Work orders"),
        collect=collect_orders,
        erase=erase_orders,
        stays=gettext_lazy("numbers and states; the other system keeps its own copy"),
    )
