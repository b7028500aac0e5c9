"""The map of the journey."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhiyin.accounts.queries.requests import person_of
from zhiyin.listen.programs.queries.journey import (
    KeyUsers,
    journey,
    key_fields,
    values_of,
)
from zhiyin.listen.programs.views.programmes import may_edit

PERIODS = (30, 90, 365)


@may_edit
def journey_map(request: HttpRequest) -> HttpResponse:
    """Show the stages with their touchpoints, and how much is heard at each."""
    person = person_of(request)
    days = request.GET.get("days", "")
    period = int(days) if days.isdecimal() and int(days) in PERIODS else PERIODS[1]
    fields = key_fields(person)
    code = request.GET.get("field", "")
    # Only a field there is: the code becomes part of a query.
    code = code if code in {field.code for field in fields} else ""
    users = KeyUsers(code, request.GET.get("value", "").strip()[:80] if code else "")
    context = {
        "legs": journey(person, days=period, users=users),
        "periods": PERIODS,
        "days": period,
        "fields": fields,
        "users": users,
        "values": values_of(person, code),
    }
    return render(request, "programs/journey.html", context)
