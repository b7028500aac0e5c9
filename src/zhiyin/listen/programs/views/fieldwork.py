"""Pages of the fieldwork: the monitor, the wave, the frame as a file, the gates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import csv_pieces, file_answer
from zhiyin.listen.programs.models import FrameMember, Gate, Programme, Wave
from zhiyin.listen.programs.queries.calendar import today_of
from zhiyin.listen.programs.queries.frames import Frame, allocation, scan
from zhiyin.listen.programs.queries.gates import stages_of
from zhiyin.listen.programs.queries.judging import REASONS
from zhiyin.listen.programs.queries.lists import wave_before
from zhiyin.listen.programs.queries.monitor import (
    Monitor,
    Outlook,
    monitor,
    outlook,
    quotas,
    reason_words,
)
from zhiyin.listen.programs.queries.rates import (
    needed_for,
    response_rate,
    spreads_of,
)
from zhiyin.listen.programs.services.gates import (
    GateClosedError,
    sign_gate,
    withdraw_gate,
)
from zhiyin.listen.programs.views.programmes import (
    MONITOR_DAYS,
    may_edit,
    programme_of,
)

PER_PAGE = 50
# As many are counted while a person waits; the worker counts everybody.
COUNTED_LIVE = 20_000
WORST_RATE, BEST_RATE = 0.1, 100.0


def wave_of(request: HttpRequest, pk: int | str) -> Wave:
    """Return a wave the person may see, or answer that there is none."""
    rows = Wave.objects.visible_to(person_of(request)).select_related(
        "programme__organisation", "organisation"
    )
    return get_object_or_404(rows, pk=pk)


@may_edit
def programme_monitor(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the monitor alone; the page asks for it again and again."""
    programme = programme_of(request, pk)
    context = {"found": monitor(programme, days=MONITOR_DAYS), "programme": programme}
    return render(request, "programs/_monitor.html", context)


@may_edit
def wave_monitor(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the monitor of a wave alone."""
    wave = wave_of(request, pk)
    return render(request, "programs/_monitor.html", _fieldwork(request, wave))


@may_edit
def wave_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one wave: its frame, its fieldwork, its quotas and what they come to."""
    wave = wave_of(request, pk)
    person = person_of(request)
    before = wave_before(wave)
    context: dict[str, Any] = {
        "wave": wave,
        "programme": wave.programme,
        "before": before,
        "compare_url": _compare_url(wave, before) if before else "",
        "may_export": person.may(Permission.EXPORT_DATA),
    }
    if wave.programme is not None:
        context |= _fieldwork(request, wave)
        context["stages"] = stages_of(wave.programme, wave)
        context["needed"] = needed_for(wave.programme)
        members = FrameMember.objects.named_to(person).filter(wave=wave)
        context["page"] = Paginator(
            members.select_related("customer", "department").order_by("pk"), PER_PAGE
        ).get_page(request.GET.get("page"))
        context["names_are_hidden"] = (
            bool(wave.locked_until)
            and person.reach(Permission.EDIT_PROGRAMS) is not None
        )
        if wave.frame_built_at:
            context["left_out"] = _left_out(wave.frame_counts["left_out"])
    return render(request, "programs/wave_page.html", context)


def _left_out(counts: dict[str, int]) -> list[tuple[str, int]]:
    rows = sorted(counts.items(), key=lambda row: -row[1])
    return [(str(REASONS.get(reason, reason)), count) for reason, count in rows]


def _compare_url(wave: Wave, before: Wave) -> str:
    days = f"from={before.starts_on:%Y-%m-%d}&to={wave.ends_on:%Y-%m-%d}"
    sides = f"between=wave&a={wave.code}&b={before.code}"
    return f"{reverse('compare')}?{sides}&{days}"


def _fieldwork(request: HttpRequest, wave: Wave) -> dict[str, Any]:
    programme = wave.programme
    if programme is None:
        raise PermissionDenied
    found = monitor(programme, wave)
    return {
        "wave": wave,
        "programme": programme,
        "found": found,
        "quotas": quotas(wave),
        "outlook": _outlook(request, programme, wave, found),
    }


def _outlook(
    request: HttpRequest, programme: Programme, wave: Wave, found: Monitor
) -> Outlook | None:
    """Return what the fieldwork comes to; the person may assume other numbers."""
    rate = _number(request.GET.get("rate"), WORST_RATE, BEST_RATE)
    share = rate / 100 if rate else found.total.rate
    if share is None:
        share = response_rate(programme.organisation, programme.channel).share
    today = today_of(programme.organisation)
    left = max(0, (wave.ends_on - today).days)
    days = _number(request.GET.get("left"), 0, 730)
    elapsed = max(1, (min(today, wave.ends_on) - wave.starts_on).days + 1)
    if share is None:
        return None
    return outlook(
        found,
        rate=share,
        days_left=round(days) if days is not None else left,
        elapsed=elapsed,
    )


def _number(text: str | None, least: float, most: float) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return min(max(number, least), most)


@may_edit
def programme_frame(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the frame now: how many customers are in it, and why others are not."""
    programme = programme_of(request, pk)
    frame = Frame()
    for frame in scan(programme, None, most=COUNTED_LIVE):  # noqa: B007 the last one
        pass
    given = allocation(programme, frame, spreads_of(programme))
    context = {
        "programme": programme,
        "frame": frame,
        "left_out": _left_out(frame.left_out),
        "strata": [(name, n, given.get(name, 0)) for name, n in frame.sizes().items()],
        "wanted": frame.wanted(programme),
        "needed": needed_for(programme),
    }
    return render(request, "programs/frame.html", context)


_COLUMNS = (
    "occasion", "wave", "customer", "stratum", "department", "employee", "state",
    "reason", "wished", "due", "channel", "sent", "delivered", "opened", "started",
    "completed",
)  # fmt: skip
_TIMES = ("sent_at", "delivered_at", "opened_at", "started_at", "answered_at")


@permission_required(Permission.EXPORT_DATA)
@require_POST
def frame_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the frame with masked customers, as a stream of any length."""
    person = person_of(request)
    if not person.may(Permission.EDIT_PROGRAMS):
        raise PermissionDenied
    programme = programme_of(request, pk)
    rows = FrameMember.objects.named_to(person).filter(programme=programme)
    name = programme.code
    if request.GET.get("wave"):
        wave = wave_of(request, request.GET["wave"])
        rows, name = rows.filter(wave=wave), wave.code
    known = rows.order_by("customer_id").values_list("customer_id", flat=True)
    wanted = WantedExport(
        kind="frame.exported",
        rows=rows.count(),
        customers=known.distinct(),
        target=programme,
    )
    made = open_export(request, wanted)
    full = rows.select_related("customer", "wave", "department", "invitation")
    members = full.order_by("pk").iterator(chunk_size=1000)
    pieces = csv_pieces(_COLUMNS, (_cells(one) for one in members))
    return file_answer(pieces, made.file_name(f"{name}-frame", "csv"))


def _cells(one: FrameMember) -> list[object]:
    sent = one.invitation
    return [
        one.key,
        str(one.wave or ""),
        one.customer.key_masked,
        one.stratum,
        str(one.department or ""),
        one.employee,
        one.state,
        reason_words(one.reason),
        _told(one.created_at),
        _told(one.due_at),
        sent.channel if sent else "",
        *(_told(getattr(sent, name)) if sent else "" for name in _TIMES),
    ]


def _told(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


@may_edit
def gates(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the five gates; a person passes the next one, or takes one back."""
    programme = programme_of(request, pk)
    number = request.POST.get("wave") or request.GET.get("wave")
    wave = wave_of(request, number) if number and number.isdecimal() else None
    if request.method == "POST":
        _move(request, programme, wave)
        here = reverse("programme-gates", args=[pk])
        return redirect(f"{here}?wave={wave.pk}" if wave else here)
    context = {
        "programme": programme,
        "wave": wave,
        "stages": stages_of(programme, wave),
        "history": programme.sign_offs.filter(
            wave=wave, withdrawn_at__isnull=False
        ).select_related("signed_by"),
    }
    return render(request, "programs/gates.html", context)


def _move(request: HttpRequest, programme: Programme, wave: Wave | None) -> None:
    name = request.POST.get("gate", "")
    if name not in Gate.values:
        return
    gate = Gate(name)
    if "withdraw" in request.POST:
        withdraw_gate(programme=programme, wave=wave, gate=gate)
        messages.success(request, _("Taken back: %(gate)s") % {"gate": gate.label})
        return
    try:
        sign_gate(
            programme=programme,
            wave=wave,
            gate=gate,
            by=person_of(request),
            checks=request.POST.getlist("check"),
            note=request.POST.get("note", "").strip()[:500],
        )
    except GateClosedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Passed: %(gate)s") % {"gate": gate.label})
