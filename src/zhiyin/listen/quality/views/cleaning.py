"""The rules, the runs, and what one run found."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import file_answer
from zhiyin.listen.quality.forms import CleaningForm, DaysForm
from zhiyin.listen.quality.models import CleaningRun
from zhiyin.listen.quality.queries import hits_seen_by, run_rows
from zhiyin.listen.quality.services import (
    ask_to_apply,
    ask_to_undo,
    export_hits,
    plan_of,
    save_plan,
    start_run,
)

PER_PAGE = 50
may_clean = permission_required(Permission.EXCLUDE_RESPONSES)


def cleans_everywhere(request: HttpRequest) -> None:
    """Refuse whose role reaches single departments: the rules judge all answers."""
    if person_of(request).reach(Permission.EXCLUDE_RESPONSES) is not None:
        raise PermissionDenied(
            _("Cleaning concerns all departments; your role reaches some of them.")
        )


@may_clean
def cleaning(request: HttpRequest) -> HttpResponse:
    """Show the rules and the runs; keep rules, or look for what they find."""
    cleans_everywhere(request)
    person = person_of(request)
    plan = plan_of(person.organisation)
    keeps = "keep" in request.POST
    form = CleaningForm(request.POST if keeps else None, plan=plan)
    days = DaysForm(request.POST if "look" in request.POST else None)
    if keeps and form.is_valid():
        save_plan(
            organisation=person.organisation,
            rules=form.rules(),
            is_automatic=form.cleaned_data["is_automatic"],
        )
        messages.success(request, _("The rules are kept."))
        return redirect("cleaning")
    if days.is_bound and days.is_valid():
        run = start_run(
            organisation=person.organisation, by=person, **days.cleaned_data
        )
        return redirect("cleaning-run", run.pk)
    runs = CleaningRun.objects.visible_to(person).select_related("created_by")
    context = {
        "form": form,
        "days": days,
        "page": Paginator(runs, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "quality/cleaning.html", context)


@may_clean
def cleaning_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a run found, before anything is taken out."""
    cleans_everywhere(request)
    person = person_of(request)
    run = get_object_or_404(CleaningRun.objects.visible_to(person), pk=pk)
    hits = hits_seen_by(person, run, request.GET.get("rule", ""))
    context = {
        "run": run,
        "rows": run_rows(run),
        "page": Paginator(hits, PER_PAGE).get_page(request.GET.get("page")),
        "rule": request.GET.get("rule", ""),
        "may_export": person.may(Permission.EXPORT_DATA),
    }
    name = (
        "quality/_run.html" if request.headers.get("HX-Request") else "quality/run.html"
    )
    return render(request, name, context)


@may_clean
@require_POST
def cleaning_turn(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take out what a run found, or put it back."""
    cleans_everywhere(request)
    run = get_object_or_404(CleaningRun.objects.visible_to(person_of(request)), pk=pk)
    done = ask_to_apply(run=run) if what == "apply" else ask_to_undo(run=run)
    if not done:
        messages.error(request, _("That was done already, or is being done."))
    return redirect("cleaning-run", pk)


@may_clean
@require_POST
def cleaning_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out what a run found, with masked customers."""
    cleans_everywhere(request)
    person = person_of(request)
    if not person.may(Permission.EXPORT_DATA):
        raise PermissionDenied
    run = get_object_or_404(CleaningRun.objects.visible_to(person), pk=pk)
    hits = hits_seen_by(person, run, "")
    made, pieces = export_hits(request=request, run=run, hits=hits)
    return file_answer(pieces, made.file_name("cleaning", "csv"))
