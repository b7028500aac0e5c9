"""One action on many cases: chosen in the queue, confirmed, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases import services
from zhiyin.act.cases.forms.many import (
    AssignManyForm,
    DuplicateManyForm,
    LevelManyForm,
    ManyForm,
    MergeManyForm,
)
from zhiyin.act.cases.models import BulkAction, Case
from zhiyin.act.cases.services.bulk import MERGE
from zhiyin.act.cases.views.doors import may_lead, may_work

MOST_CASES, SHOWN = 200, 20
Given = dict[str, Any]


@dataclass(frozen=True)
class Many:
    """One action on many cases: its form, its service, and words for the page."""

    form: type[ManyForm]
    run: Callable[[list[Case], Person, Given], BulkAction]
    title: str | Promise
    note: str | Promise


def _assign(cases: list[Case], by: Person, given: Given) -> BulkAction:
    return services.assign_many(cases=cases, by=by, **given)


def _level(cases: list[Case], by: Person, given: Given) -> BulkAction:
    return services.change_level_many(cases=cases, by=by, **given)


def _merge(cases: list[Case], by: Person, given: Given) -> BulkAction:
    return services.merge_many(into=given["into"], others=cases, by=by)


MANY: dict[str, Many] = {
    "assign": Many(
        AssignManyForm,
        _assign,
        gettext_lazy("Assign cases"),
        gettext_lazy("The new owner is told. You can take this back."),
    ),
    "level": Many(
        LevelManyForm,
        _level,
        gettext_lazy("Change level"),
        gettext_lazy("The clocks count anew. You can take this back."),
    ),
    "merge": Many(
        MergeManyForm,
        _merge,
        gettext_lazy("Merge"),
        gettext_lazy(
            "One case stays and carries on for the others of the same customer. "
            "You can take this back.",
        ),
    ),
    "duplicate": Many(
        DuplicateManyForm,
        _merge,
        gettext_lazy("Close as duplicates"),
        gettext_lazy(
            "The chosen cases are closed as duplicates of another case of the same "
            "customer. You can take this back.",
        ),
    ),
}


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("cases")


@may_lead
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Ask once more, then do it."""
    person = person_of(request)
    act = request.POST.get("act", "")
    known = MANY.get(act)
    if known is None:
        raise Http404
    ids = [int(one) for one in request.POST.getlist("id") if one.isdecimal()]
    rows = Case.objects.visible_to(person).filter(pk__in=ids[:MOST_CASES])
    cases = list(rows.select_related("level", "customer", "owner").order_by("number"))
    if not cases:
        messages.warning(request, _("Choose cases first."))
        return redirect(_back(request))
    is_sent = request.POST.get("confirmed") == "1"
    form = known.form(request.POST if is_sent else None, cases=cases, person=person)
    if form.is_valid():
        try:
            done = known.run(cases, person, dict(form.cleaned_data))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            _tell(request, done)
            return redirect(_back(request))
    return _confirm(request, act, known, cases, form)


def _confirm(
    request: HttpRequest, act: str, known: Many, cases: list[Case], form: ManyForm
) -> HttpResponse:
    number = ngettext("%(n)s case", "%(n)s cases", len(cases)) % {"n": len(cases)}
    context = {
        "act": act,
        "back": _back(request),
        "button": known.title,
        "cases": cases,
        "form": form,
        "more": len(cases) - SHOWN if len(cases) > SHOWN else 0,
        "note": known.note,
        "shown": cases[:SHOWN],
        "title": f"{known.title} · {number}",
    }
    return render(request, "cases/bulk.html", context)


def _tell(request: HttpRequest, done: BulkAction) -> None:
    """Say what was done, with the way back."""
    if done.kind == MERGE:
        text = _("%(n)s cases were merged.") % {"n": len(done.before)}
    else:
        text = _("%(n)s cases changed.") % {"n": len(done.before)}
    if done.refused:
        text += " " + _("%(n)s refused and stayed as they are.") % {"n": done.refused}
    messages.success(request, with_way_back(text, done))


def with_way_back(text: str, done: BulkAction) -> str:
    """Return a message that ends with the link to undo an action."""
    address = reverse("cases-undo", args=[done.pk])
    way_back = format_html(
        ' <a class="alert-link" href="{}">{}</a>', address, _("Undo")
    )
    return format_html("{}{}", text, way_back)


@may_work
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an action on many cases back; the link asks, the button does it."""
    person = person_of(request)
    rows = BulkAction.objects.visible_to(person).filter(person=person, undone_at=None)
    action = get_object_or_404(rows, pk=pk)
    if request.method != "POST":
        context = {"action": action, "number": len(action.before)}
        return render(request, "cases/undo.html", context)
    undone, skipped = services.undo_bulk(bulk=action, by=person)
    text = _("%(n)s cases are as they were.") % {"n": undone}
    if skipped:
        text += " " + _("%(n)s were changed since and stay.") % {"n": skipped}
    messages.success(request, text)
    return redirect("cases")
