"""The retention schedule, purges, and the settings of the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms import MonthsForm, SettingForm
from zhiyin.act.privacy.models import RetentionRun
from zhiyin.act.privacy.views.desk import may_manage, works_everywhere

RUNS_SHOWN = 10


@may_manage
def retention(request: HttpRequest) -> HttpResponse:
    """Show how long each kind is kept and why, and the last purges."""
    works_everywhere(request)
    person = person_of(request)
    runs = RetentionRun.objects.visible_to(person).select_related("created_by")
    context = {
        "lines": services.schedule_of(person.organisation),
        "runs": runs[:RUNS_SHOWN],
    }
    return render(request, "privacy/retention.html", context)


@may_manage
@require_POST
def retention_set(request: HttpRequest, code: str) -> HttpResponse:
    """Keep one kind for another time."""
    works_everywhere(request)
    person = person_of(request)
    form = MonthsForm(request.POST)
    known = {each.kind.code for each in services.schedule_of(person.organisation)}
    if not form.is_valid() or code not in known:
        messages.error(request, _("Give a whole number of months."))
        return redirect("retention")
    try:
        services.set_retention(
            organisation=person.organisation,
            code=code,
            months=form.cleaned_data["months"],
            by=person,
        )
    except services.RetentionTooShortError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The time is kept; the next purge follows it."))
    return redirect("retention")


@may_manage
@require_POST
def retention_run(request: HttpRequest) -> HttpResponse:
    """Look at what a purge would remove, or start one."""
    works_everywhere(request)
    person = person_of(request)
    run = services.start_purge(
        organisation=person.organisation, by=person, is_dry="look" in request.POST
    )
    return redirect("retention-report", run.pk)


@may_manage
def retention_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a purge removed, or would remove."""
    works_everywhere(request)
    person = person_of(request)
    run = get_object_or_404(RetentionRun.objects.visible_to(person), pk=pk)
    lines = [
        (each, run.counts.get(each.kind.code), run.before.get(each.kind.code, "")[:10])
        for each in services.schedule_of(person.organisation)
        if each.kind.code in run.before
    ]
    is_part = request.headers.get("HX-Request") == "true"
    name = "privacy/_report.html" if is_part else "privacy/report.html"
    return render(request, name, {"run": run, "lines": lines})


@may_manage
def settings_page(request: HttpRequest) -> HttpResponse:
    """Change how the organisation answers."""
    works_everywhere(request)
    person = person_of(request)
    setting = services.settings_of(person.organisation)
    form = SettingForm(request.POST or None, instance=setting)
    if request.method == "POST" and form.is_valid():
        services.save_settings(setting=form.save(commit=False), by=person)
        messages.success(request, _("The settings are kept."))
        return redirect("privacy-settings")
    context = {"form": form, "code": person.organisation.code}
    return render(request, "privacy/settings.html", context)
