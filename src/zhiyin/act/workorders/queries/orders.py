"""Lists of systems, of their orders and of what was in conflict."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.act.cases.models import Case, CaseLevel, Cause, State
from zhiyin.act.workorders.models import Conflict, WorkOrder, WorkOrderSystem
from zhiyin.common.condition_builder import Fact


def facts_offered(organisation: Organisation) -> list[Fact]:
    """Return what the condition of a system may ask, with the values there are."""
    levels = CaseLevel.objects.of(organisation)
    departments = Department.objects.filter(organisation=organisation, is_active=True)
    causes = Cause.objects.of(organisation).filter(is_active=True, level=1)
    return [
        Fact("level", _("Level"), tuple((each.code, each.name) for each in levels)),
        Fact("state", _("State"), tuple((k, str(v)) for k, v in State.choices)),
        Fact(
            "department",
            _("Department"),
            tuple((each.code, each.name) for each in departments[:300]),
        ),
        Fact("touchpoint", _("Touchpoint")),
        Fact("value_tier", _("Value tier")),
        Fact("class", _("Class")),
        Fact("source", _("Source")),
        Fact("causes", _("Causes"), tuple((each.code, str(each)) for each in causes)),
    ]


def systems_of(person: Person) -> QuerySet[WorkOrderSystem]:
    """Return the systems with how many orders and unread conflicts each has."""
    unseen = Q(orders__conflicts__seen_at=None, orders__conflicts__isnull=False)
    return (
        WorkOrderSystem.objects.visible_to(person)
        .select_related("endpoint")
        .annotate(
            order_count=Count("orders", distinct=True),
            open_conflicts=Count("orders__conflicts", filter=unseen, distinct=True),
        )
        .order_by("name", "pk")
    )


def orders_of(person: Person) -> QuerySet[WorkOrder]:
    """Return the orders of the cases that a person may see, the newest first."""
    return (
        WorkOrder.objects.visible_to(person)
        .filter(case__in=Case.objects.visible_to(person))
        .select_related("system", "case__level", "case__customer", "case__owner")
        .order_by("-pk")
    )


def conflicts_of(order: WorkOrder) -> QuerySet[Conflict]:
    """Return what was in conflict about one order, the newest first."""
    return order.conflicts.select_related("seen_by").order_by("-pk")
