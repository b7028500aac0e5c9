"""The organisation's settings: two forms, each with its own permission."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import OrganisationForm, ThresholdsForm
from zhiyin.accounts.models import Organisation, Permission, StaffRequest
from zhiyin.accounts.services import change_organisation, change_thresholds
from zhiyin.common.access import permission_required

SETTINGS = ("name", "brand", "language", "time_zone", "requires_second_step")
THRESHOLDS = ("minimum_n_score", "minimum_n_rank")


def _now(organisation: Organisation, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(organisation, name) for name in names}


def _page(
    request: StaffRequest,
    form: OrganisationForm | None = None,
    thresholds: ThresholdsForm | None = None,
) -> HttpResponse:
    organisation = request.user.organisation
    context = {
        "form": form or OrganisationForm(initial=_now(organisation, SETTINGS)),
        "thresholds": thresholds
        or ThresholdsForm(initial=_now(organisation, THRESHOLDS)),
        "may_change": request.user.may(Permission.MANAGE_ORGANISATION),
        "may_change_thresholds": request.user.may(Permission.EDIT_METRICS),
    }
    return render(request, "accounts/organisation.html", context)


@login_required
def organisation(request: StaffRequest) -> HttpResponse:
    if not request.user.may(Permission.MANAGE_ORGANISATION):
        if not request.user.may(Permission.EDIT_METRICS):
            raise PermissionDenied(_("Your role does not include this page."))
        return _page(request)
    if request.method != "POST":
        return _page(request)
    form = OrganisationForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    change_organisation(organisation=request.user.organisation, **form.cleaned_data)
    messages.success(request, _("The settings were saved."))
    return redirect("organisation")


@permission_required(Permission.EDIT_METRICS)
@require_POST
def thresholds(request: StaffRequest) -> HttpResponse:
    form = ThresholdsForm(request.POST)
    if form.is_valid():
        try:
            change_thresholds(
                organisation=request.user.organisation,
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The minimum numbers were saved."))
            return redirect("organisation")
    return _page(request, thresholds=form)
