from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import file_answer
from zhiyin.listen.contacts.forms import (
    ListForm,
    LogForm,
    PolicyForm,
    SuppressionForm,
    find_customer,
)
from zhiyin.listen.contacts.forms.fence import FenceForm, StrategyForm
from zhiyin.listen.contacts.models import ContactPolicy, Suppression
from zhiyin.listen.contacts.queries import (
    Rules,
    decisions,
    fence_of,
    policy_in_force,
    replay,
    rule_label,
    strategies_of,
    tally,
)
from zhiyin.listen.contacts.services import (
    FenceRefusedError,
    export_decisions,
    lift_suppression,
    save_fence,
    save_policy,
    save_strategy,
    suppress_customer,
)
from zhiyin.listen.contacts.services.listing import Wanted, suppress_listed
from zhiyin.listen.customers.models import AttributeField

PER_PAGE = 50
VERSIONS_SHOWN = 20
may_edit = permission_required(Permission.EDIT_PROGRAMS)


@may_edit
def policy(request: HttpRequest) -> HttpResponse:
    """Show the rules; try others on what was asked before; put them in force."""
    person = person_of(request)
    organisation = person.organisation
    versions = ContactPolicy.objects.visible_to(person)
    earlier = versions.filter(version=_number(request.GET.get("version"))).first()
    shown = earlier or policy_in_force(organisation)
    fields = AttributeField.objects.visible_to(person).for_conditions()
    rules = Rules.of(shown.rules)
    form = PolicyForm(request.POST or None, rules=rules, fields=list(fields))
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
        "policy": policy_in_force(organisation),
        "earlier": earlier,
        "versions": versions[:VERSIONS_SHOWN],
        "tried": tried,
        "rows": [
            (rule_label(rule), was, would, would - was)
            for rule, was, would in (tried.rows if tried else ())
        ],
    }
    return render(request, "contacts/policy.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else -1


@may_edit
def log(request: HttpRequest) -> HttpResponse:
    """Say of every wish to ask what became of it and by which rule.

    A customer is looked for by POST: the number must not stand in an address.
    """
    person = person_of(request)
    if request.method == "POST":
        return _look_up(request, person)
    form = LogForm(request.GET)
    wanted = form.wanted(person)
    rows = decisions(person, wanted)
    context = {
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tally": tally(rows),
        "customer": wanted.customer,
        "may_export": person.may(Permission.EXPORT_DATA),
    }
    return render(request, "contacts/log.html", context)


def _look_up(request: HttpRequest, person: Person) -> HttpResponse:
    found = find_customer(person, request.POST.get("key", ""))
    if found is not None:
        return redirect(f"{reverse('contacts')}?customer={found.pk}")
    messages.error(request, _("No customer is known by this key."))
    return redirect("contacts")


@may_edit
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the log as it is narrowed, with masked customers."""
    person = person_of(request)
    if not person.may(Permission.EXPORT_DATA):
        raise PermissionDenied
    rows = decisions(person, LogForm(request.GET).wanted(person))
    made, pieces = export_decisions(
        request=request, rows=rows, narrowed=request.GET.dict()
    )
    return file_answer(pieces, made.file_name("contacts", "csv"))


@may_edit
def suppression_list(request: HttpRequest) -> HttpResponse:
    """List customers who are left alone, and add one."""
    person = person_of(request)
    is_list = "list" in request.POST
    sent = request.POST or None
    form = SuppressionForm(None if is_list else sent, person=person)
    many = ListForm(sent if is_list else None, request.FILES or None, prefix="many")
    if is_list and many.is_valid():
        return _leave_listed(request, person, many)
    if request.method == "POST" and not is_list and form.is_valid():
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
        "many": many,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "contacts/suppressions.html", context)


def _leave_listed(request: HttpRequest, person: Person, form: ListForm) -> HttpResponse:
    data = form.cleaned_data
    told = suppress_listed(
        organisation=person.organisation,
        keys=form.keys,
        wanted=Wanted(reason=data["reason"], ends_at=data["until"], note=data["note"]),
    )
    counts = {"added": told.added, "there": told.there_already}
    text = _("Left alone from now on: %(added)s; already left alone: %(there)s.")
    messages.success(request, text % counts)
    if told.unreadable:
        text = _("%(count)s entries are no number or address; the first: %(places)s")
        places = ", ".join(map(str, told.unreadable[:10]))
        given = {"count": len(told.unreadable), "places": places}
        messages.warning(request, text % given)
    return redirect("suppressions")


@may_edit
@require_POST
def suppression_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the customer be asked again."""
    rows = Suppression.objects.visible_to(person_of(request))
    lift_suppression(suppression=get_object_or_404(rows, pk=pk))
    messages.success(request, _("The customer may be asked again."))
    return redirect("suppressions")


@may_edit
def portability(request: HttpRequest) -> HttpResponse:
    """Show what may be done in each state, and change the fence."""
    person = person_of(request)
    form = FenceForm(request.POST or None, instance=fence_of(person.organisation))
    if request.method == "POST" and form.is_valid():
        try:
            save_fence(fence=form.instance, by=person)
        except FenceRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The fence holds as kept."))
            return redirect("portability")
    rows = strategies_of(person.organisation_id)
    return render(request, "contacts/fence.html", {"form": form, "strategies": rows})


@may_edit
def portability_strategy(request: HttpRequest, state: str) -> HttpResponse:
    """Change what may be done in one state."""
    person = person_of(request)
    rows = {row.state: row for row in strategies_of(person.organisation_id)}
    if state not in rows:
        raise Http404
    form = StrategyForm(
        request.POST or None, instance=rows[state], brand=person.organisation.brand
    )
    if request.method == "POST" and form.is_valid():
        save_strategy(
            organisation=person.organisation,
            state=state,
            given=form.cleaned_data,
            by=person,
        )
        return redirect("portability")
    return render(request, "contacts/strategy.html", {"form": form})
