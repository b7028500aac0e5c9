from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.models import Stream
from zhiyin.listen.responses.forms import ExcludeForm, FilterForm, NoteForm
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries import (
    count_up_to,
    excluded_by_reason,
    link_name,
    narrowed,
    response_page,
    touchpoint_choices,
)
from zhiyin.listen.responses.services import (
    exclude_responses,
    exclusion_label,
    restore_responses,
)

may_see = permission_required(Permission.SEE_RESPONSES)
may_exclude = permission_required(Permission.EXCLUDE_RESPONSES)


@may_see
def response_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = FilterForm(request.GET, touchpoints=touchpoint_choices(person))
    wanted = form.wanted()
    excluded = excluded_by_reason(person)
    context = {
        "form": form,
        "wanted": wanted,
        "page": response_page(person, wanted),
        "counted": count_up_to(narrowed(person, wanted)),
        "excluded": [(exclusion_label(code), number) for code, number in excluded],
        "excluded_count": sum(number for _code, number in excluded),
        "streams": Stream.choices,
        "link_name": link_name(person, wanted.link),
        "exclude_form": ExcludeForm(),
        "may_exclude": person.may(Permission.EXCLUDE_RESPONSES),
    }
    return render(request, "responses/list.html", context)


def _chosen(request: HttpRequest) -> list[Response]:
    ids = [int(text) for text in request.POST.getlist("id") if text.isdecimal()]
    return list(Response.objects.visible_to(person_of(request)).filter(pk__in=ids))


def _back(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("responses")


@may_exclude
@require_POST
def responses_exclude(request: HttpRequest) -> HttpResponse:
    form = ExcludeForm(request.POST)
    chosen = _chosen(request)
    if not form.is_valid() or not chosen:
        messages.error(request, _("Choose answers and a reason."))
        return _back(request)
    number = exclude_responses(
        responses=chosen,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        by=person_of(request),
    )
    text = ngettext(
        "%(number)s answer excluded; it can be restored.",
        "%(number)s answers excluded; they can be restored.",
        number,
    )
    messages.success(request, text % {"number": number})
    return _back(request)


@may_exclude
@require_POST
def responses_restore(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    number = restore_responses(
        responses=_chosen(request),
        note=note,
        by=person_of(request),
    )
    text = ngettext(
        "%(number)s answer counts again.",
        "%(number)s answers count again.",
        number,
    )
    messages.success(request, text % {"number": number})
    return _back(request)
