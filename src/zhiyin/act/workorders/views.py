"""Pages of work orders: the systems, their words, their orders, the conflicts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.workorders.forms import SETTABLE, SystemForm
from zhiyin.act.workorders.models import Winner, WorkOrder, WorkOrderSystem
from zhiyin.act.workorders.queries.orders import conflicts_of, orders_of, systems_of
from zhiyin.act.workorders.services import (
    delete_system,
    save_system,
    see_conflicts,
    set_system_live,
)
from zhiyin.common.access import permission_required

PER_PAGE = 50
LONGEST_NUMBER = 10
may_edit = permission_required(Permission.EDIT_CASE_RULES)
may_see = permission_required(Permission.SEE_CASES)
may_work = permission_required(Permission.WORK_CASES)


def _system(request: HttpRequest, pk: int) -> WorkOrderSystem:
    return get_object_or_404(systems_of(person_of(request)), pk=pk)


def _order(request: HttpRequest, pk: int) -> WorkOrder:
    return get_object_or_404(orders_of(person_of(request)), pk=pk)


@may_see
def order_list(request: HttpRequest) -> HttpResponse:
    """Show the orders, by system, by number, and those with unread conflicts."""
    person = person_of(request)
    rows = orders_of(person)
    search = request.GET.get("q", "").strip()
    system = request.GET.get("system", "")
    only_conflicts = request.GET.get("conflicts") == "1"
    if system:
        rows = rows.filter(system__code=system)
    if search:
        wanted = Q(external_id__icontains=search)
        if search.isdecimal() and len(search) < LONGEST_NUMBER:
            wanted |= Q(case__number=int(search))
        rows = rows.filter(wanted)
    if only_conflicts:
        rows = rows.filter(conflicts__seen_at=None, conflicts__isnull=False).distinct()
    context: dict[str, Any] = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "systems": systems_of(person),
        "system": system,
        "search": search,
        "only_conflicts": only_conflicts,
        "may_edit_rules": person.may(Permission.EDIT_CASE_RULES),
    }
    return render(request, "workorders/orders.html", context)


@may_see
def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one order: what both sides agreed on, and what was in conflict."""
    order = _order(request, pk)
    found = Paginator(conflicts_of(order), PER_PAGE)
    context = {
        "order": order,
        "page": found.get_page(request.GET.get("page")),
        "may_work_cases": person_of(request).may(Permission.WORK_CASES),
    }
    return render(request, "workorders/order.html", context)


@may_work
@require_POST
def order_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the conflicts of an order as seen."""
    order = _order(request, pk)
    see_conflicts(order=order, by=person_of(request))
    messages.success(request, _("Marked as seen."))
    return redirect("workorder", order.pk)


@may_edit
def system_list(request: HttpRequest) -> HttpResponse:
    """Show the systems that exchange cases."""
    found = systems_of(person_of(request))
    return render(request, "workorders/systems.html", {"systems": found})


@may_edit
def system_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a system."""
    person = person_of(request)
    system = _system(request, pk) if pk else None
    form = SystemForm(request.POST or None, instance=system, person=person)
    if request.method == "POST" and form.is_valid():
        made = save_system(system=form.instance, by=person)
        messages.success(request, _("Saved: %(name)s") % {"name": made})
        return redirect("workorder-system", made.pk)
    context = {"form": form, "system": system}
    return render(request, "workorders/system_form.html", context)


@may_edit
def system_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a system: where it calls us, what it gets, how its words are read."""
    system = _system(request, pk)
    address = request.build_absolute_uri(f"/api/v1/work-orders/{system.code}/")
    winners = [
        (field.label, Winner(system.winner_of(field)).label) for field in SETTABLE
    ]
    context = {"system": system, "address": address, "winners": winners}
    return render(request, "workorders/system.html", context)


@may_edit
@require_POST
def system_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin or stop exchanging cases."""
    system = _system(request, pk)
    is_live = request.POST.get("live") == "1"
    set_system_live(system=system, is_live=is_live, by=person_of(request))
    messages.success(
        request, _("Cases are exchanged from now on.") if is_live else _("Stopped.")
    )
    return redirect("workorder-system", system.pk)


@may_edit
def system_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a system."""
    system = _system(request, pk)
    if request.method == "POST":
        delete_system(system=system, by=person_of(request))
        messages.success(request, _("Deleted: %(name)s") % {"name": system.name})
        return redirect("workorder-systems")
    return render(request, "workorders/system_delete.html", {"system": system})
