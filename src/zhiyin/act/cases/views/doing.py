"""Doing something with a case: every act on a small page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.forms.acts import ActForm
from zhiyin.act.cases.forms.new import NewCaseForm
from zhiyin.act.cases.models import BulkAction, Case
from zhiyin.act.cases.queries.history import HistoryLine, last_event, since
from zhiyin.act.cases.queries.needs import FACTS, missing_facts
from zhiyin.act.cases.queries.rows import words_of
from zhiyin.act.cases.queries.single import scripts_for
from zhiyin.act.cases.queries.steps import LABELS, LEADING, is_legal
from zhiyin.act.cases.services import CaseMovedOnError
from zhiyin.act.cases.services.finishing import open_by_hand
from zhiyin.act.cases.views.acts import ACTS, Act
from zhiyin.act.cases.views.doors import case_of, may_lead, may_work
from zhiyin.act.cases.views.many import with_way_back
from zhiyin.listen.customers.models import Customer


@may_work
def do(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Show the form of an act, or do it."""
    return _act(request, pk, act, is_leading=False)


@may_lead
def lead(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do the same for acts of people who lead cases."""
    return _act(request, pk, act, is_leading=True)


def _act(request: HttpRequest, pk: int, act: str, *, is_leading: bool) -> HttpResponse:
    case = case_of(request, pk)
    known = ACTS.get(act)
    if known is None or (act in LEADING) is not is_leading:
        raise Http404
    if request.method == "POST":
        return _done(request, case, act, known)
    if not is_legal(case, act):
        text = _("The case is “%(state)s” by now; this step is not open to it.")
        messages.warning(request, text % {"state": case.get_state_display()})
        return redirect("case", pk=pk)
    initial = {
        "version": case.version,
        "seen": last_event(case),
        **{
            name: request.GET[name]
            for name in known.from_address
            if name in request.GET
        },
    }
    form = known.form(case=case, person=person_of(request), initial=initial)
    return _page(request, case, act, form)


def _done(request: HttpRequest, case: Case, act: str, known: Act) -> HttpResponse:
    """Do it; whatever stands in the way, what was typed stays on the page."""
    person = person_of(request)
    form = known.form(request.POST, request.FILES, case=case, person=person)
    news: list[HistoryLine] = []
    if form.is_valid():
        try:
            done = known.run(case, person, _version(request, form), form.values())
        except CaseMovedOnError:
            news = since(case, form.cleaned_data["seen"] or 0)
            form = _again(form, case)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            text = _("Done: %(what)s.") % {"what": LABELS[act]}
            if isinstance(done, BulkAction):
                text = with_way_back(text, done)
            messages.success(request, text)
            return redirect("case", pk=case.pk)
    return _page(request, case, act, form, since=news)


def _version(request: HttpRequest, form: ActForm) -> int | None:
    """Return the version the person saw, from the form or from a row's button."""
    shown = request.GET.get("version", "")
    given: int | None = form.cleaned_data["version"]
    return given or (int(shown) if shown.isdecimal() else None)


def _again(form: ActForm, case: Case) -> ActForm:
    """Return the form as it was filled, for the case as it is now."""
    case.refresh_from_db()
    sent: Any = form.data
    data = sent.copy()
    data["version"], data["seen"] = str(case.version), str(last_event(case))
    again = type(form)(data, form.files, case=case, person=form.person)
    again.is_valid()
    return again


def _page(
    request: HttpRequest, case: Case, act: str, form: ActForm, **shown: Any
) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "title": LABELS[act],
        "button": LABELS[act],
        "note": ACTS[act].note,
        "words": words_of(case),
        "scripts": scripts_for(case, person_of(request)),
        "missing": [FACTS[name] for name in missing_facts(case)]
        if act == "close"
        else [],
        **shown,
    }
    return render(request, "cases/do.html", context)


@may_work
def case_new(request: HttpRequest) -> HttpResponse:
    """Open a case by hand, from the queue or from a customer's page."""
    person = person_of(request)
    number = request.GET.get("customer", "")
    rows = Customer.objects.visible_to(person)
    customer = rows.filter(pk=int(number)).first() if number.isdecimal() else None
    form = NewCaseForm(request.POST or None, person=person, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            case = open_by_hand(by=person, customer=customer, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The case is open."))
            return redirect("case", pk=case.pk)
    return render(request, "cases/new.html", {"form": form, "customer": customer})
