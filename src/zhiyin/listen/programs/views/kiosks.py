from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.forms import KioskForm
from zhiyin.listen.programs.models import KioskDevice, SurveyLink
from zhiyin.listen.programs.queries import links_with_counts, qr_svg
from zhiyin.listen.programs.queries.kiosks import kiosks_of, kiosks_visible
from zhiyin.listen.programs.services.kiosks import save_kiosk, set_kiosk_active

may_edit = permission_required(Permission.EDIT_SURVEYS)


def _device(request: HttpRequest, pk: int) -> KioskDevice:
    return get_object_or_404(kiosks_visible(person_of(request)), pk=pk)


def _listed(request: HttpRequest, link: SurveyLink) -> list[dict[str, Any]]:
    rows = []
    for device in kiosks_of(person_of(request), link):
        address = request.build_absolute_uri(f"/k/{link.slug}/{device.code}/")
        rows.append({"device": device, "address": address, "qr": qr_svg(address)})
    return rows


@may_edit
def link_kiosks(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(links_with_counts(person_of(request)), pk=pk)
    form = KioskForm(request.POST or None, person=person_of(request))
    if request.method == "POST" and form.is_valid():
        made = save_kiosk(device=form.made(link), pin=form.cleaned_data["pin"])
        text = _("%s is registered. Open its address on the device.") % made
        messages.success(request, text)
        return redirect("link-kiosks", pk)
    context = {"link": link, "form": form, "rows": _listed(request, link)}
    return render(request, "programs/kiosks.html", context)


@may_edit
def kiosk_edit(request: HttpRequest, pk: int) -> HttpResponse:
    device = _device(request, pk)
    form = KioskForm(request.POST or None, instance=device, person=person_of(request))
    if request.method == "POST" and form.is_valid():
        saved = save_kiosk(device=form.made(device.link), pin=form.cleaned_data["pin"])
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("link-kiosks", device.link_id)
    context = {"form": form, "device": device}
    return render(request, "programs/kiosk_form.html", context)


@may_edit
@require_POST
def kiosk_active(request: HttpRequest, pk: int) -> HttpResponse:
    device = _device(request, pk)
    is_active = request.POST.get("active") == "1"
    set_kiosk_active(device=device, is_active=is_active)
    text = (
        _("The kiosk asks again.")
        if is_active
        else _("The kiosk is revoked: it asks and sends nothing more.")
    )
    messages.success(request, text)
    return redirect("link-kiosks", device.link_id)
