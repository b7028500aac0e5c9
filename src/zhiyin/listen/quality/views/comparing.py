"""Whether the answers are like the base, and one click to weight them to it."""

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
from zhiyin.listen.quality.forms import CompareForm
from zhiyin.listen.quality.models import WeightingRun
from zhiyin.listen.quality.queries import (
    BaseError,
    base_of,
    compare,
    read_sample,
    unreached,
    weigh,
    weighting_effect,
)
from zhiyin.listen.quality.services import apply_weights, undo_weights
from zhiyin.listen.quality.views.cleaning import cleans_everywhere

RUNS_SHOWN = 20
LONGEST_NAME = 120
may_weight = permission_required(Permission.EXCLUDE_RESPONSES)


@may_weight
def representativeness(request: HttpRequest) -> HttpResponse:
    """Hold the answers of a selection against the base; weight them when asked to."""
    cleans_everywhere(request)
    person = person_of(request)
    data = request.POST or request.GET
    is_asked = "fields_chosen" in data or "look" in data
    form = CompareForm(data if is_asked else None, person=person)
    found: dict[str, Any] = {}
    if is_asked and form.is_valid():
        try:
            found = _found(request, form)
        except BaseError as error:
            form.add_error(None, str(error))
    if found.get("run"):
        messages.success(
            request,
            _("Weighted: %(count)s answers. It can be undone below.")
            % {"count": found["run"].answers},
        )
        return redirect("representativeness")
    runs = WeightingRun.objects.visible_to(person).select_related("created_by")
    context = {"form": form, "runs": runs[:RUNS_SHOWN], **found}
    return render(request, "quality/representativeness.html", context)


def _found(request: HttpRequest, form: CompareForm) -> dict[str, Any]:
    person = person_of(request)
    base = base_of(
        person.organisation,
        form.cleaned_data["fields_chosen"],
        form.cleaned_data["base"],
    )
    sample = read_sample(person.organisation, form.selection(), base)
    if not sample.pks:
        raise BaseError(_("No answer of these days has a value of every field."))
    if request.method == "POST":
        run = apply_weights(
            organisation=person.organisation,
            name=request.POST.get("name", "").strip()[:LONGEST_NAME] or _("Weighting"),
            selection=form.selection(),
            sample=sample,
            base=base,
            by=person,
        )
        return {"run": run}
    made, _weights = weigh(sample, base)
    return {
        "reports": compare(sample, base, form.labels),
        "sample": sample,
        "answers": len(sample.pks),
        "effect": weighting_effect(sample, made),
        "unreached": 100 * unreached(sample, base),
    }


@may_weight
@require_POST
def weighting_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back the weights from before a run."""
    cleans_everywhere(request)
    rows = WeightingRun.objects.visible_to(person_of(request))
    count = undo_weights(run=get_object_or_404(rows, pk=pk))
    messages.success(
        request, _("Given back: the weights of %(count)s answers.") % {"count": count}
    )
    return redirect("representativeness")
