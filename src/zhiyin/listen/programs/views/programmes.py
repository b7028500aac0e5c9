"""Pages of programmes: the list, one programme, its plan, live or not, tried."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.forms import ProgrammeForm
from zhiyin.listen.programs.models import Programme, Trigger, Wave
from zhiyin.listen.programs.queries.gates import stages_of
from zhiyin.listen.programs.queries.lists import counts_of, programmes_listed
from zhiyin.listen.programs.queries.monitor import monitor
from zhiyin.listen.programs.queries.questionnaires import standard_questionnaire
from zhiyin.listen.programs.queries.rates import needed_for
from zhiyin.listen.programs.queries.readiness import live_checks
from zhiyin.listen.programs.queries.sentence import plan_sentence
from zhiyin.listen.programs.queries.standard import standard_programmes
from zhiyin.listen.programs.queries.trial import try_on_past
from zhiyin.listen.programs.services.programmes import (
    NotReadyError,
    load_standard_programmes,
    make_questionnaire,
    save_programme,
    set_programme_live,
)

PER_PAGE = 50
MONITOR_DAYS = 30
may_edit = permission_required(Permission.EDIT_PROGRAMS)


def programme_of(request: HttpRequest, pk: int) -> Programme:
    """Return a programme the person may see, or answer that there is none."""
    rows = Programme.objects.visible_to(person_of(request)).select_related(
        "organisation", "touchpoint", "instrument", "owner", "account", "template",
        "fallback_account", "fallback_template",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@may_edit
def programme_list(request: HttpRequest) -> HttpResponse:
    """List the programmes with what came of their last 30 days."""
    person = person_of(request)
    search, shown = request.GET.get("q", "").strip(), request.GET.get("shown", "")
    rows = programmes_listed(person, search=search, shown=shown)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = counts_of(list(page.object_list))
    known = set(Programme.objects.visible_to(person).values_list("code", flat=True))
    context = {
        "page": page,
        "rows": [(one, counts.get(one.pk)) for one in page],
        "search": search,
        "shown": shown,
        "missing_standard": len(
            {one.code for one in standard_programmes()} - known,
        ),
    }
    return render(request, "programs/programmes.html", context)


@may_edit
@require_POST
def programmes_standard(request: HttpRequest) -> HttpResponse:
    """Load the standard programmes that are not there yet, switched off."""
    added = load_standard_programmes(organisation=person_of(request).organisation)
    text = ngettext(
        "%(count)s programme added; it asks nobody before it goes live.",
        "%(count)s programmes added; they ask nobody before they go live.",
        added,
    )
    messages.success(request, text % {"count": added})
    return redirect("programmes")


@may_edit
def programme_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one programme: the rule as a sentence, its fieldwork, what is missing."""
    programme = programme_of(request, pk)
    is_wave = programme.trigger == Trigger.WAVE
    checks = live_checks(programme)
    context = {
        "programme": programme,
        "sentence": plan_sentence(programme),
        "checks": checks,
        "is_ready": all(is_so for _text, is_so in checks),
        "found": monitor(programme, days=MONITOR_DAYS),
        "days": MONITOR_DAYS,
        "waves": Wave.objects.filter(programme=programme)[:12] if is_wave else [],
        "needed": needed_for(programme) if is_wave else None,
        "stages": stages_of(programme),
        "standard_questionnaire": (
            "" if programme.instrument else standard_questionnaire(programme)
        ),
        "is_wave": is_wave,
        "may_export": person_of(request).may(Permission.EXPORT_DATA),
    }
    return render(request, "programs/programme.html", context)


@may_edit
def programme_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Fill in the collection plan; what comes out is shown as a sentence."""
    person = person_of(request)
    programme = programme_of(request, pk) if pk else None
    trigger = request.GET.get("trigger", Trigger.EVENT)
    form = ProgrammeForm(
        request.POST or None,
        instance=programme,
        person=person,
        trigger=trigger if trigger in Trigger.values else Trigger.EVENT,
    )
    if request.method == "POST" and form.is_valid():
        saved = save_programme(
            programme=form.programme(),
            pilot=form.pilot,
            cap_days=form.cleaned_data["cap"],
        )
        messages.success(request, _("Saved: %(name)s") % {"name": saved})
        return redirect("programme", saved.pk)
    sentence = plan_sentence(programme) if programme else ""
    context = {"form": form, "programme": programme, "sentence": sentence}
    return render(request, "programs/programme_form.html", context)


@may_edit
@require_POST
def programme_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to ask, or stop."""
    programme = programme_of(request, pk)
    is_live = request.POST.get("live") == "1"
    try:
        set_programme_live(programme=programme, is_live=is_live)
    except NotReadyError as error:
        messages.error(request, _("It cannot go live yet. %s") % error)
    else:
        text = _("Live: %(name)s") if is_live else _("Paused: %(name)s")
        messages.success(request, text % {"name": programme})
    return redirect("programme", pk)


@may_edit
@require_POST
def programme_questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the programme the standard questionnaire of its touchpoint."""
    made = make_questionnaire(programme=programme_of(request, pk))
    if made is None:
        messages.error(request, _("There is no standard questionnaire for it."))
    else:
        messages.success(request, _("Its questionnaire: %(name)s") % {"name": made})
    return redirect("programme", pk)


@may_edit
def programme_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the programme would have done with the last 30 days."""
    programme = programme_of(request, pk)
    context = {
        "programme": programme,
        "sentence": plan_sentence(programme),
        "trial": try_on_past(programme, days=MONITOR_DAYS),
    }
    return render(request, "programs/trial.html", context)
