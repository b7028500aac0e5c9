from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.forms import TouchpointForm, WaveForm
from zhiyin.listen.programs.models import Touchpoint, Wave
from zhiyin.listen.programs.queries import standard_touchpoints
from zhiyin.listen.programs.services import (
    load_standard_touchpoints,
    save_touchpoint,
    save_wave,
    set_touchpoint_active,
)

PER_PAGE = 50
may_edit = permission_required(Permission.EDIT_PROGRAMS)


@may_edit
def touchpoint_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    inactive = request.GET.get("inactive") == "1"
    rows = Touchpoint.objects.visible_to(person_of(request)).select_related("owner")
    standard = {each.code for each in standard_touchpoints()}
    known = set(rows.values_list("code", flat=True))
    if not inactive:
        rows = rows.filter(is_active=True)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__icontains=search))
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "search": search,
        "inactive": inactive,
        "missing_standard": len(standard - known),
    }
    return render(request, "programs/touchpoints.html", context)


@may_edit
def touchpoint_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    touchpoint = (
        get_object_or_404(Touchpoint.objects.visible_to(person), pk=pk) if pk else None
    )
    form = TouchpointForm(request.POST or None, instance=touchpoint, person=person)
    if request.method == "POST" and form.is_valid():
        saved = save_touchpoint(touchpoint=form.touchpoint())
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("touchpoints")
    context = {"form": form, "touchpoint": touchpoint}
    return render(request, "programs/touchpoint.html", context)


@may_edit
@require_POST
def touchpoint_active(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Touchpoint.objects.visible_to(person_of(request))
    touchpoint = get_object_or_404(rows, pk=pk)
    is_active = request.POST.get("active") == "1"
    set_touchpoint_active(touchpoint=touchpoint, is_active=is_active)
    text = _("In use again: %(name)s") if is_active else _("Out of use: %(name)s")
    messages.success(request, text % {"name": touchpoint})
    return redirect("touchpoints")


@may_edit
@require_POST
def touchpoints_standard(request: HttpRequest) -> HttpResponse:
    added = load_standard_touchpoints(organisation=person_of(request).organisation)
    messages.success(
        request,
        ngettext(
            "%(count)s touchpoint added.",
            "%(count)s touchpoints added.",
            added,
        )
        % {"count": added},
    )
    return redirect("touchpoints")


@may_edit
def wave_list(request: HttpRequest) -> HttpResponse:
    rows = Wave.objects.visible_to(person_of(request)).select_related("programme")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "programs/waves.html", {"page": page})


@may_edit
def wave_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    wave = get_object_or_404(Wave.objects.visible_to(person), pk=pk) if pk else None
    form = WaveForm(
        request.POST or None,
        instance=wave,
        person=person,
        initial={} if wave else {"programme": request.GET.get("programme")},
    )
    if request.method == "POST" and form.is_valid():
        saved = save_wave(wave=form.wave())
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("wave", saved.pk)
    return render(request, "programs/wave.html", {"form": form, "wave": wave})
