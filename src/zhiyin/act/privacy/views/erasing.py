"""The confirmation of an erasure, and its proof."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.privacy import services
from zhiyin.act.privacy.forms import EraseForm, LiftForm
from zhiyin.act.privacy.models import Erasure
from zhiyin.act.privacy.services.proving import forecast, proof_of, waits_for
from zhiyin.act.privacy.views.desk import may_manage, request_of, works_everywhere
from zhiyin.listen.customers.services import NothingSuppressedError, lift_suppression


@may_manage
def request_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Say exactly what goes and what stays, and begin once it is confirmed."""
    found = request_of(request, pk)
    setting = services.settings_of(found.organisation_id)
    form = EraseForm(
        request.POST or None, initial={"keeps_scores": setting.keeps_scores}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.start_erasure(
                request=found,
                by=person_of(request),
                keeps_scores=form.cleaned_data["keeps_scores"],
            )
        except services.ErasureBlockedError as error:
            messages.error(request, str(error))
            return redirect("privacy-request", pk)
        return redirect("privacy-proof", pk)
    refusal = services.why_not(found)
    lines = forecast(found.customer) if found.customer and not refusal else []
    context = {"found": found, "form": form, "refusal": refusal, "lines": lines}
    return render(request, "privacy/erase.html", context)


@may_manage
def suppression_lift(request: HttpRequest) -> HttpResponse:
    """Let somebody be known again who was erased and came back."""
    works_everywhere(request)
    person = person_of(request)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lift_suppression(
                organisation=person.organisation,
                texts=form.cleaned_data["texts"].splitlines(),
                by=person,
                reason=form.cleaned_data["reason"],
            )
        except NothingSuppressedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("New data of this person is taken again."))
            return redirect("privacy")
    return render(request, "privacy/lift.html", {"form": form})


@may_manage
def request_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the erasure is, and afterwards the proof to be printed."""
    rows = Erasure.objects.visible_to(person_of(request))
    erasure = get_object_or_404(rows.select_related("ordered_by"), request_id=pk)
    context = {
        "erasure": erasure,
        "pk": pk,
        "lines": proof_of(erasure),
        "waits_for": waits_for(erasure),
        "label": _("Erasing"),
    }
    is_part = request.headers.get("HX-Request") == "true"
    name = "privacy/_proof.html" if is_part else "privacy/proof.html"
    return render(request, name, context)
