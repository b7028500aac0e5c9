"""Samples of answers to be checked with the customers."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.quality.forms import CheckForm, SampleForm
from zhiyin.listen.quality.models import AuditResult, AuditSample
from zhiyin.listen.quality.queries import cases_seen_by, report_of
from zhiyin.listen.quality.services import (
    NothingToCheckError,
    draw_sample,
    record_check,
)
from zhiyin.listen.quality.views.cleaning import cleans_everywhere

PER_PAGE = 50
may_audit = permission_required(Permission.EXCLUDE_RESPONSES)


@may_audit
def audits(request: HttpRequest) -> HttpResponse:
    """List the samples with what they show, and draw one."""
    cleans_everywhere(request)
    person = person_of(request)
    form = SampleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            sample = draw_sample(
                organisation=person.organisation,
                share=given.pop("percent") / 100,
                by=person,
                **given,
            )
        except NothingToCheckError as error:
            form.add_error(None, str(error))
        else:
            return redirect("audit-sample", sample.pk)
    rows = AuditSample.objects.visible_to(person).select_related("created_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(sample, report_of(sample)) for sample in page],
    }
    return render(request, "quality/audits.html", context)


@may_audit
def audit_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sample: what is to be checked, what was found."""
    cleans_everywhere(request)
    person = person_of(request)
    sample = get_object_or_404(AuditSample.objects.visible_to(person), pk=pk)
    cases = cases_seen_by(person, sample)
    only_open = "open" in request.GET
    if only_open:
        cases = cases.filter(result=AuditResult.OPEN)
    context = {
        "sample": sample,
        "report": report_of(sample),
        "page": Paginator(cases, PER_PAGE).get_page(request.GET.get("page")),
        "only_open": only_open,
    }
    return render(request, "quality/audit_sample.html", context)


@may_audit
def audit_case(request: HttpRequest, pk: int, case: int) -> HttpResponse:
    """Record what the customer said; then go on with the next answer to check."""
    cleans_everywhere(request)
    person = person_of(request)
    sample = get_object_or_404(AuditSample.objects.visible_to(person), pk=pk)
    cases = cases_seen_by(person, sample)
    found = get_object_or_404(cases, pk=case)
    form = CheckForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        record_check(case=found, by=person, **form.cleaned_data)
        rest = cases.filter(result=AuditResult.OPEN).first()
        if rest is not None:
            return redirect("audit-case", pk, rest.pk)
        messages.success(request, _("Every answer of the sample is checked."))
        return redirect("audit-sample", pk)
    context = {"sample": sample, "case": found, "form": form}
    return render(request, "quality/audit_case.html", context)
