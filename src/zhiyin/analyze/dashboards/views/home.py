"""Home, by role."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.dashboards.queries.home_page import home_page


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what changed, what waits and where it is at risk."""
    person = person_of(request)
    context = {
        "page": home_page(person),
        "may_import": person.may(Permission.IMPORT_RESPONSES),
        "can_see_responses": person.may(Permission.SEE_RESPONSES),
        "may_see_scores": person.may(Permission.SEE_SCORES),
    }
    return render(request, "dashboards/home.html", context)
