"""From cases to the other system: what changed is told once, in their words.

A task reads rows; it can be killed anywhere. The call and the mark that it was made
are one transaction, and a call that is met twice has the same key.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from zhiyin.act.cases.models import Case, CaseComment
from zhiyin.act.workorders.models import WorkOrder, WorkOrderSystem
from zhiyin.act.workorders.queries.snapshots import (
    LARGEST_COMMENTS,
    belongs,
    payload,
    snapshot,
)
from zhiyin.channels.models import WebhookEvent
from zhiyin.channels.services import Occasion, queue_occasions
from zhiyin.common import clock

BATCH = 200
# Numbers can be committed out of order: so many before the mark are looked at again.
BEHIND = 200


def tell_systems() -> bool:
    """Hand over new cases and tell what changed; say whether anything did."""
    live = WorkOrderSystem.objects.filter(is_live=True, endpoint__isnull=False)
    worked = [_serve(system) for system in live.select_related("endpoint")]
    return any(worked)


def _serve(system: WorkOrderSystem) -> bool:
    made = _take_on(system)
    # A comment leaves the version of its case as it is.
    has_news = Q(case__version__gt=F("told_version")) | Exists(
        CaseComment.objects.filter(
            case=OuterRef("case"), pk__gt=OuterRef("comments_told")
        )
    )
    changed = WorkOrder.objects.filter(has_news, system=system)
    numbers = list(changed.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for number in numbers:
        _tell(number)
    return bool(numbers) or made


def _take_on(system: WorkOrderSystem) -> bool:
    """Make an order of every new case that the system gets."""
    known = set(
        system.orders.order_by("-case_id").values_list("case_id", flat=True)[
            : 2 * BEHIND
        ]
    )
    rows = (
        Case.objects.of(system.organisation_id)
        .filter(pk__gt=system.case_mark - BEHIND, opened_at__gte=system.live_since)
        .select_related("level", "department", "owner")
        .order_by("pk")[: BEHIND + BATCH]
    )
    cases = list(rows)
    now = clock.now()
    wanted = [
        WorkOrder(
            organisation_id=system.organisation_id,
            system=system,
            case=case,
            created_at=now,
        )
        for case in cases
        if case.pk not in known and belongs(system, case)
    ]
    WorkOrder.objects.bulk_create(wanted, ignore_conflicts=True)
    mark = max([case.pk for case in cases], default=system.case_mark)
    moved = mark > system.case_mark
    if moved:
        WorkOrderSystem.objects.filter(pk=system.pk, case_mark__lt=mark).update(
            case_mark=mark
        )
    return moved


@transaction.atomic
def _tell(number: int) -> None:
    order = (
        WorkOrder.objects.select_for_update(of=("self",))
        .select_related("system__endpoint", "case__level", "case__department")
        .get(pk=number)
    )
    case, endpoint = order.case, order.system.endpoint
    if endpoint is None:
        return
    values = snapshot(case)
    newest = list(
        CaseComment.objects.filter(case=case, pk__gt=order.comments_told)
        .select_related("person")
        .order_by("pk")[:LARGEST_COMMENTS]
    )
    comments = [each for each in newest if each.pk not in order.their_comments]
    reached = newest[-1].pk if newest else order.comments_told
    if values != order.agreed or comments or not order.told_version:
        occasion = Occasion(
            key=f"workorder:{order.pk}:{case.version}:{reached}",
            event=WebhookEvent.WORK_ORDER,
            subject=f"case:{case.pk}",
            payload={
                "type": WebhookEvent.WORK_ORDER,
                "timestamp": clock.now().isoformat(),
                "data": payload(order, values, comments),
            },
        )
        queue_occasions(endpoint=endpoint, occasions=[occasion])
        order.told_at = clock.now()
    order.agreed = values
    order.told_version = case.version
    order.comments_told = reached
    order.save(
        update_fields=["agreed", "told_version", "comments_told", "told_at"],
    )
