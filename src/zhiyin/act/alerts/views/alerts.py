from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission, StaffRequest
from zhiyin.act.alerts.forms import DismissForm, FilterForm
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.queries.describing import found_by
from zhiyin.act.alerts.queries.listing import (
    alert_page,
    count_by_state,
    name_touchpoints,
    others_of,
    reading_of,
)
from zhiyin.act.alerts.queries.payloads import with_payload
from zhiyin.act.alerts.services import dismiss_alert, restore_alert
from zhiyin.common.access import permission_required
from zhiyin.listen.responses.models import Response


@permission_required(Permission.SEE_CASES)
def alerts(request: StaffRequest) -> HttpResponse:
    wanted = FilterForm(request.GET).wanted
    rules = AlertRule.objects.visible_to(request.user)
    context = {
        "wanted": wanted,
        "page": alert_page(request.user, wanted),
        "counted": count_by_state(request.user, wanted),
        "rules": rules,
        "has_live_rule": rules.live().exists(),
        "may_edit": request.user.may(Permission.EDIT_CASE_RULES),
    }
    return render(request, "alerts/list.html", context)


def _alert(request: StaffRequest, pk: int) -> Alert:
    rows = with_payload(Alert.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("dismissed_by"), pk=pk)


@permission_required(Permission.SEE_CASES)
def alert(request: StaffRequest, pk: int) -> HttpResponse:
    one = _alert(request, pk)
    name_touchpoints(request.user, [one])
    context = {
        "alert": one,
        "reading": reading_of(one),
        "others": others_of(request.user, one),
        "form": DismissForm(),
        "found_by": found_by(one),
        "may_read": Response.objects.visible_to(request.user)
        .filter(pk=one.response_id or 0)
        .exists(),
        "may_work": request.user.may(Permission.WORK_CASES),
        "may_edit": request.user.may(Permission.EDIT_CASE_RULES),
    }
    return render(request, "alerts/alert.html", context)


@permission_required(Permission.WORK_CASES)
@require_POST
def dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    one = _alert(request, pk)
    try:
        done = dismiss_alert(
            alert=one, by=request.user, reason=request.POST.get("reason", "")
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if done:
            messages.success(request, _("The alert was dismissed."))
        else:
            messages.error(request, _("A case has this alert already."))
    return redirect("alert", pk=pk)


@permission_required(Permission.WORK_CASES)
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    if restore_alert(alert=_alert(request, pk), by=request.user):
        messages.success(request, _("The alert is open again."))
    return redirect("alert", pk=pk)
