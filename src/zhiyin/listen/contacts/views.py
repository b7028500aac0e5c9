from __future__ import annotations

import csv

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import record
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import harmless_cell
from zhiyin.listen.contacts.forms import (
    LogForm,
    PolicyForm,
    SuppressionForm,
    find_customer,
)
from zhiyin.listen.contacts.models import ContactPolicy, Suppression
from zhiyin.listen.contacts.queries import (
    LogFilter,
    Rules,
    decisions,
    policy_in_force,
    replay,
    rule_label,
    tally,
)
from zhiyin.listen.contacts.services import (
    lift_suppression,
    save_policy,
    suppress_customer,
)
from zhiyin.listen.customers.models import Customer

PER_PAGE = 50
MOST_EXPORTED = 100_000
may_edit = permission_required(Permission.EDIT_PROGRAMS)


@may_edit
def policy(request: HttpRequest) -> HttpResponse:
    """Show the rules; try others on what was asked before; put them in force."""
    organisation = person_of(request).organisation
    now = policy_in_force(organisation)
    rules = Rules.of(now.rules)
    form = PolicyForm(request.POST or None, rules=rules)
    tried = None
    if request.method == "POST" and form.is_valid():
        if "try" not in request.POST:
            saved = save_policy(organisation=organisation, rules=form.rules())
            text = _("In force from now on: version %(number)s")
            messages.success(request, text % {"number": saved.version})
            return redirect("contact-policy")
        tried = replay(organisation, form.rules())
    context = {
        "form": form,
        "policy": now,
        "versions": ContactPolicy.objects.visible_to(person_of(request))[:10],
        "tried": tried,
        "rows": [
            (rule_label(rule), was, would, would - was)
            for rule, was, would in (tried.rows if tried else ())
        ],
    }
    return render(request, "contacts/policy.html", context)


def _wanted(request: HttpRequest) -> LogFilter:
    form = LogForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    customers = Customer.objects.visible_to(person_of(request))
    number = data.get("customer")
    return LogFilter(
        customer=get_object_or_404(customers, pk=number) if number else None,
        verdict=data.get("verdict", ""),
        rule=data.get("rule", ""),
        programme=data.get("programme", ""),
    )


@may_edit
def log(request: HttpRequest) -> HttpResponse:
    """Say of every wish to ask what became of it and by which rule.

    A customer is looked for by POST: her number must not stand in an address.
    """
    person = person_of(request)
    if request.method == "POST":
        found = find_customer(person, request.POST.get("key", ""))
        if found is not None:
            return redirect(f"{reverse('contacts')}?customer={found.pk}")
        messages.error(request, _("No customer is known by this key."))
        return redirect("contacts")
    wanted = _wanted(request)
    rows = decisions(person, wanted)
    context = {
        "form": LogForm(request.GET or None),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tally": tally(rows),
        "customer": wanted.customer,
        "may_export": person.may(Permission.EXPORT_DATA),
    }
    return render(request, "contacts/log.html", context)


@may_edit
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Hand out the log as it is narrowed, with masked customers."""
    if not person_of(request).may(Permission.EXPORT_DATA):
        raise PermissionDenied
    rows = decisions(person_of(request), _wanted(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(
        ["time", "customer", "stream", "programme", "channel", "decision", "rule",
         "not_before", "policy_version"]
    )  # fmt: skip
    count = 0
    for one in rows[:MOST_EXPORTED].iterator():
        later = timezone.localtime(one.not_before) if one.not_before else ""
        cells = [timezone.localtime(one.decided_at), one.customer.key_masked]
        cells += [one.stream, one.programme, one.channel, one.verdict, one.rule]
        writer.writerow(map(harmless_cell, [*cells, later, one.policy_version]))
        count += 1
    organisation = person_of(request).organisation
    record(action="contacts.exported", organisation=organisation, rows=count)
    return response


@may_edit
def suppression_list(request: HttpRequest) -> HttpResponse:
    """List customers who are left alone, and add one."""
    person = person_of(request)
    form = SuppressionForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        made = suppress_customer(
            customer=form.customer,
            reason=form.cleaned_data["reason"],
            ends_at=form.cleaned_data["until"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("Left alone from now on: %(who)s") % {"who": made})
        return redirect("suppressions")
    rows = Suppression.objects.visible_to(person).select_related("customer")
    context = {
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "contacts/suppressions.html", context)


@may_edit
@require_POST
def suppression_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the customer be asked again."""
    rows = Suppression.objects.visible_to(person_of(request))
    lift_suppression(suppression=get_object_or_404(rows, pk=pk))
    messages.success(request, _("She may be asked again."))
    return redirect("suppressions")
