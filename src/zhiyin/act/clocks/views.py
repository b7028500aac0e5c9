"""Pages of calendars."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission, StaffRequest
from zhiyin.act.clocks.forms import CalendarForm, DaysForm
from zhiyin.act.clocks.models import CalendarDay, WorkCalendar
from zhiyin.act.clocks.queries import public_holidays
from zhiyin.act.clocks.services import (
    add_days,
    add_public_holidays,
    delete_calendar,
    remove_day,
    save_calendar,
)
from zhiyin.common.access import permission_required

may_edit = permission_required(Permission.EDIT_CASE_RULES)


def _calendar(request: StaffRequest, pk: int) -> WorkCalendar:
    return get_object_or_404(WorkCalendar.objects.visible_to(request.user), pk=pk)


@may_edit
def calendars(request: StaffRequest) -> HttpResponse:
    """List the calendars and who works by them."""
    rows = WorkCalendar.objects.visible_to(request.user)
    context = {"rows": rows.prefetch_related("departments__department", "days")}
    return render(request, "clocks/calendars.html", context)


@may_edit
def calendar_edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Change a calendar, or make one."""
    calendar = _calendar(request, pk) if pk else WorkCalendar()
    form = CalendarForm(request.POST or None, person=request.user, calendar=calendar)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_calendar(calendar=calendar, hours=form.read(), by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The calendar was saved."))
            return redirect("calendar", saved.pk)
    return _page(request, calendar, form, DaysForm())


def _page(
    request: StaffRequest, calendar: WorkCalendar, form: CalendarForm, days: DaysForm
) -> HttpResponse:
    context = {
        "calendar": calendar,
        "form": form,
        "days_form": days,
        "days": calendar.days.order_by("-date") if calendar.pk else (),
        "years": public_holidays(),
    }
    return render(request, "clocks/calendar.html", context)


@may_edit
@require_POST
def calendar_days(request: StaffRequest, pk: int) -> HttpResponse:
    """Add days by hand, or the public holidays of a year."""
    calendar = _calendar(request, pk)
    year = request.POST.get("year", "")
    form = DaysForm(request.POST)
    try:
        if year:
            number = add_public_holidays(calendar=calendar, year=year, by=request.user)
        elif form.is_valid():
            days = form.cleaned_data["days"]
            number = add_days(calendar=calendar, days=days, by=request.user)
        else:
            sent = CalendarForm(person=request.user, calendar=calendar)
            return _page(request, calendar, sent, form)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Days added: %s") % number)
    return redirect("calendar", pk)


@may_edit
@require_POST
def calendar_day_remove(request: StaffRequest, pk: int, day: int) -> HttpResponse:
    """Let a day be as its weekday again."""
    found = get_object_or_404(
        CalendarDay.objects.filter(calendar=_calendar(request, pk)), pk=day
    )
    remove_day(day=found, by=request.user)
    messages.success(request, _("The day is as its weekday again."))
    return redirect("calendar", pk)


@may_edit
def calendar_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then remove a calendar."""
    calendar = _calendar(request, pk)
    if request.method != "POST":
        return render(request, "clocks/delete.html", {"calendar": calendar})
    try:
        delete_calendar(calendar=calendar, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("calendar", pk)
    messages.success(request, _("The calendar was deleted."))
    return redirect("calendars")
