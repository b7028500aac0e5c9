"""The register of incidents: clocks, persons concerned, notices given."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Content
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms.registers import IncidentForm, ScopeForm, StepForm
from zhiyin.act.privacy.models import Incident
from zhiyin.act.privacy.queries.registers import concerned, concerned_as_csv
from zhiyin.act.privacy.views.desk import may_manage, works_everywhere
from zhiyin.common.spreadsheets import file_answer

PER_PAGE = 50


def _incident(request: HttpRequest, pk: int) -> Incident:
    works_everywhere(request)
    rows = Incident.objects.visible_to(person_of(request))
    return get_object_or_404(rows.select_related("owner"), pk=pk)


@may_manage
def incidents(request: HttpRequest) -> HttpResponse:
    """Show every incident, the newest first."""
    works_everywhere(request)
    rows = Incident.objects.visible_to(person_of(request)).select_related("owner")
    return render(request, "privacy/incidents.html", {"rows": rows})


@may_manage
def incident_new(request: HttpRequest) -> HttpResponse:
    """Write an incident down."""
    works_everywhere(request)
    person = person_of(request)
    form = IncidentForm(
        request.POST or None, instance=Incident(organisation=person.organisation)
    )
    if request.method == "POST" and form.is_valid():
        made = services.report_incident(incident=form.instance, by=person)
        messages.success(request, _("The clocks run. Find out next whom it concerns."))
        return redirect("incident", made.pk)
    return render(
        request, "privacy/register_form.html", {"form": form, "here": "incidents"}
    )


@may_manage
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one incident, its clocks, whom it concerns, and its steps."""
    found, person = _incident(request, pk), person_of(request)
    people = Paginator(concerned(person, found), PER_PAGE)
    context = {
        "found": found,
        "scope": ScopeForm(person=person),
        "step": StepForm(),
        "notes": found.notes.select_related("by"),
        "page": people.get_page(request.GET.get("page")),
    }
    return render(request, "privacy/incident.html", context)


@may_manage
@require_POST
def incident_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Find whom it concerns."""
    found, person = _incident(request, pk), person_of(request)
    form = ScopeForm(request.POST, person=person)
    if form.is_valid() and any(form.cleaned_data.values()):
        number = services.count_persons(
            incident=found,
            exports=list(form.cleaned_data["exports"]),
            imports=list(form.cleaned_data["imports"]),
            filters=form.filters(),
            by=person,
        )
        messages.success(
            request, _("It concerns %(count)s persons.") % {"count": number}
        )
    else:
        messages.error(request, _("Choose exports, imports or a filter."))
    return redirect("incident", pk)


@may_manage
@require_POST
def incident_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a step: a remark, a notice given, the end."""
    found, person = _incident(request, pk), person_of(request)
    form = StepForm(request.POST)
    try:
        if form.is_valid():
            services.take_step(incident=found, by=person, **form.cleaned_data)
        else:
            messages.error(request, _("Say what was done, in a few words."))
    except services.RegisterRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("incident", pk)


@may_manage
def incident_persons(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the list of persons, masked, through the register of exports."""
    found, person = _incident(request, pk), person_of(request)
    rows = concerned(person, found)
    made = open_export(
        request,
        WantedExport(
            kind="incident.listed",
            rows=rows.count(),
            content=Content.MASKED,
            customers=rows.order_by("pk").values_list("pk", flat=True),
            target=found,
        ),
    )
    return file_answer(concerned_as_csv(rows), made.file_name("incident", "csv"))
