"""The page for those who look after the data."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.lake import services
from zhiyin.analyze.lake.queries import status
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_OPERATIONS)
def data(request: HttpRequest) -> HttpResponse:
    """Show how much there is, how new it is, and how far erasure has come."""
    lake = status(person_of(request).organisation)
    return render(request, "lake/data.html", {"lake": lake})


@require_POST
@permission_required(Permission.SEE_OPERATIONS)
def sync(request: HttpRequest) -> HttpResponse:
    """Take over what changed, without waiting for the worker."""
    report = services.request_sync(by=person_of(request))
    if report.outcome == services.Outcome.BUSY:
        messages.info(request, _("A sync is already running."))
    elif report.outcome == services.Outcome.UNCHANGED:
        messages.success(request, _("Everything was up to date already."))
    else:
        text = ngettext(
            "Up to date: %(rows)s answer.",
            "Up to date: %(rows)s answers.",
            report.rows,
        )
        messages.success(request, text % {"rows": f"{report.rows:,}"})
    return redirect("lake")


@permission_required(Permission.SEE_OPERATIONS)
def rebuild(request: HttpRequest) -> HttpResponse:
    """Ask whether to build everything anew; then have the worker do it."""
    person = person_of(request)
    if request.method == "POST":
        services.request_rebuild(by=person)
        messages.success(request, _("The data is built anew in the background."))
        return redirect("lake")
    lake = status(person.organisation)
    return render(request, "lake/rebuild.html", {"lake": lake})
