"""Taking back a file of customers, events or feedback."""

from __future__ import annotations

import numpy as np
from django.db import transaction

from zhiyin.listen.customers.models import ContactPoint, Customer, CustomerEvent
from zhiyin.listen.customers.queries.known import customers_in_files
from zhiyin.listen.customers.services.before import restore_before
from zhiyin.listen.customers.services.known import withdraw_part
from zhiyin.listen.feedback.models import Feedback
from zhiyin.listen.imports.models import Import, ImportKind

_ROWS_PER_SLICE = 900


def undo_table(*, batch: Import) -> bool:
    """Take back the next rows; True while there are more.

    What is known goes first and whole, then customers' rows say again what they said
    before, where nobody has changed them since. A customer goes only if nothing else
    refers to them by now: no answer, event, invitation, consent, nor another file.
    """
    if batch.kind == ImportKind.FEEDBACK:
        told = Feedback.objects.of(batch.organisation_id)
        return _delete_some(told.filter(source=batch.source))
    if batch.kind == ImportKind.EVENTS:
        events = CustomerEvent.objects.of(batch.organisation_id)
        return _delete_some(events.filter(source=batch.source))
    withdraw_part(batch.organisation_id, batch.source)
    points = ContactPoint.objects.of(batch.organisation_id).filter(source=batch.source)
    return (
        restore_before(organisation_id=batch.organisation_id, source=batch.source)
        or _delete_some(points)
        or _delete_customers(batch)
    )


@transaction.atomic
def _delete_some(rows: object) -> bool:
    ids = list(rows.order_by().values_list("pk", flat=True)[:_ROWS_PER_SLICE])  # type: ignore[attr-defined]
    rows.model.objects.filter(pk__in=ids).delete()  # type: ignore[attr-defined]
    return bool(ids)


@transaction.atomic
def _delete_customers(batch: Import) -> bool:
    made = Customer.objects.of(batch.organisation_id).filter(source=batch.source)
    ids = sorted(made.order_by("pk").values_list("pk", flat=True)[:_ROWS_PER_SLICE])
    if not ids:
        return False
    used: set[int] = set()
    for relation in Customer._meta.related_objects:  # noqa: SLF001
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})  # noqa: SLF001
        used.update(rows.values_list(name, flat=True))
    known = customers_in_files(
        batch.organisation_id,
        np.array(ids, dtype=np.int64),
        besides=batch.source,
    )
    used.update(known.tolist())
    Customer.objects.filter(pk__in=set(ids) - used).delete()
    # Those who stay belong to nobody's file any more.
    Customer.objects.filter(pk__in=used).update(source="")
    return True
