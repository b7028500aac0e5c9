"""The registers of impact assessments and of processors."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms.registers import AssessmentForm, ProcessorForm
from zhiyin.act.privacy.models import Assessment, Processor
from zhiyin.act.privacy.queries.registers import exports_for, resting_on
from zhiyin.act.privacy.views.desk import may_manage, works_everywhere


def _assessment(request: HttpRequest, pk: int) -> Assessment:
    works_everywhere(request)
    rows = Assessment.objects.visible_to(person_of(request))
    return get_object_or_404(rows.select_related("written_by", "approved_by"), pk=pk)


@may_manage
def assessments(request: HttpRequest) -> HttpResponse:
    """Show every assessment, the newest first."""
    works_everywhere(request)
    rows = Assessment.objects.visible_to(person_of(request))
    return render(
        request,
        "privacy/assessments.html",
        {"rows": rows.select_related("approved_by")},
    )


@may_manage
def assessment_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write an assessment, or change one; then it has to be approved again."""
    works_everywhere(request)
    person = person_of(request)
    found = _assessment(request, pk) if pk else None
    form = AssessmentForm(
        request.POST or None,
        instance=found or Assessment(organisation=person.organisation),
    )
    if request.method == "POST" and form.is_valid():
        made = services.save_assessment(assessment=form.instance, by=person)
        messages.success(request, _("Kept as a draft; somebody else approves it."))
        return redirect("assessment", made.pk)
    return render(
        request,
        "privacy/register_form.html",
        {"form": form, "found": found, "here": "assessments"},
    )


@may_manage
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one assessment and what rests on it."""
    found, person = _assessment(request, pk), person_of(request)
    context = {
        "found": found,
        "fields": resting_on(found),
        "processors": found.processors.all(),
        "may_approve": found.state == "draft"
        and found.written_by_id != person.pk
        and person.may(Permission.APPROVE_REQUESTS),
    }
    return render(request, "privacy/assessment.html", context)


@may_manage
@require_POST
def assessment_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve an assessment, or take it back."""
    found, person = _assessment(request, pk), person_of(request)
    try:
        if "withdraw" in request.POST:
            services.withdraw_assessment(assessment=found, by=person)
        else:
            services.approve_assessment(assessment=found, by=person)
    except services.RegisterRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("assessment", pk)


@may_manage
def processors(request: HttpRequest) -> HttpResponse:
    """Show who gets data, and exports for whom nobody is registered."""
    works_everywhere(request)
    person = person_of(request)
    rows = list(Processor.objects.visible_to(person).select_related("assessment"))
    known, unknown = exports_for(person, [row.name for row in rows])
    context = {
        "rows": [(row, known.get(row.name.casefold(), 0)) for row in rows],
        "unknown": unknown,
    }
    return render(request, "privacy/processors.html", context)


@may_manage
def processor_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Register a processor, or change what is known of it."""
    works_everywhere(request)
    person = person_of(request)
    rows = Processor.objects.visible_to(person)
    found = get_object_or_404(rows, pk=pk) if pk else None
    form = ProcessorForm(
        request.POST or None,
        instance=found or Processor(organisation=person.organisation),
        person=person,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_processor(processor=form.instance, by=person)
        except services.RegisterRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The register is up to date."))
            return redirect("processors")
    return render(
        request,
        "privacy/register_form.html",
        {"form": form, "found": found, "here": "processors"},
    )
