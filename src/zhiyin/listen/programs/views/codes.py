from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.forms import CodesForm
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.programs.queries import links_with_counts, qr_svg
from zhiyin.listen.programs.queries.codes import codes_of
from zhiyin.listen.programs.services.codes import make_codes, set_code_active

may_edit = permission_required(Permission.EDIT_SURVEYS)


def _link(request: HttpRequest, pk: int) -> SurveyLink:
    return get_object_or_404(links_with_counts(person_of(request)), pk=pk)


@may_edit
def link_codes(request: HttpRequest, pk: int) -> HttpResponse:
    link, person = _link(request, pk), person_of(request)
    form = CodesForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        made = make_codes(
            link=link,
            departments=form.chosen(),
            employees=form.cleaned_data["employees"],
        )
        text = ngettext("%s code made.", "%s codes made.", made) % made
        messages.success(request, text)
        return redirect("link-codes", pk)
    context = {"link": link, "form": form, "codes": codes_of(person, link)}
    return render(request, "programs/codes.html", context)


@may_edit
def link_codes_print(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link(request, pk)
    sheet = []
    for code in codes_of(person_of(request), link).filter(is_active=True):
        address = request.build_absolute_uri(f"/s/{link.slug}/c/{code.code}/")
        sheet.append((code, address, qr_svg(address)))
    context = {"link": link, "sheet": sheet, "brand": link.organisation.brand}
    return render(request, "programs/codes_print.html", context)


@may_edit
@require_POST
def link_code_active(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    link = _link(request, pk)
    found = get_object_or_404(codes_of(person_of(request), link), code=code)
    is_active = request.POST.get("active") == "1"
    set_code_active(code=found, is_active=is_active)
    text = _("The code takes answers.") if is_active else _("The code is closed.")
    messages.success(request, text)
    return redirect("link-codes", pk)
