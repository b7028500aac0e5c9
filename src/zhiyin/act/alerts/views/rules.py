from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission, StaffRequest
from zhiyin.act.alerts.forms import RuleForm
from zhiyin.act.alerts.models import AlertRule, RuleKind
from zhiyin.act.alerts.queries.delays import delay_of
from zhiyin.act.alerts.queries.describing import described
from zhiyin.act.alerts.queries.history import try_rule
from zhiyin.act.alerts.queries.listing import changes_of, rules_of, seen_examples
from zhiyin.act.alerts.services import (
    delete_rule,
    load_standard_rules,
    save_rule,
    switch_off,
    switch_on,
)
from zhiyin.common.access import permission_required


def _rule(request: StaffRequest, pk: int) -> AlertRule:
    rows = AlertRule.objects.visible_to(request.user).select_related(
        "organisation", "owner_person", "switched_by"
    )
    return get_object_or_404(rows, pk=pk)


@permission_required(Permission.EDIT_CASE_RULES)
def rules(request: StaffRequest) -> HttpResponse:
    found = list(rules_of(request.user))
    context = {
        "rules": [(each, described(each)) for each in found],
        "has_event_rule": any(each.kind == RuleKind.EVENT for each in found),
        "delay": delay_of(request.user.organisation),
    }
    return render(request, "alerts/rules.html", context)


@permission_required(Permission.EDIT_CASE_RULES)
@require_POST
def standard(request: StaffRequest) -> HttpResponse:
    added = load_standard_rules(organisation=request.user.organisation)
    text = ngettext(
        "%(count)s rule was added, switched off. Test it, then switch it on.",
        "%(count)s rules were added, switched off. Test them, then switch them on.",
        added,
    )
    messages.success(request, text % {"count": added})
    return redirect("alert-rules")


@permission_required(Permission.EDIT_CASE_RULES)
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    one = _rule(request, pk)
    trial = try_rule(one) if "try" in request.GET else None
    context = {
        "rule": one,
        "words": described(one),
        "trial": trial,
        "examples": seen_examples(request.user, trial.examples) if trial else [],
        "most": max((number for _week, number in trial.weeks), default=1) or 1
        if trial
        else 1,
        "changes": changes_of(one),
        "raised": one.alerts.count(),
        "delay": delay_of(one.organisation, one),
    }
    return render(request, "alerts/rule.html", context)


@permission_required(Permission.EDIT_CASE_RULES)
def new_rule(request: StaffRequest) -> HttpResponse:
    wanted = request.GET.get("kind", "")
    kind = wanted if wanted in RuleKind.values else RuleKind.ANSWER
    made = AlertRule(organisation=request.user.organisation, kind=kind)
    return _edit(request, made)


@permission_required(Permission.EDIT_CASE_RULES)
def edit_rule(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, _rule(request, pk))


def _edit(request: StaffRequest, one: AlertRule) -> HttpResponse:
    is_new = one.pk is None
    form = RuleForm(request.POST or None, rule=one, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            save_rule(
                rule=form.apply(),
                tells=form.cleaned_data["tells"],
                by=request.user,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("The rule was saved."))
            return redirect("alert-rule", pk=one.pk)
    context = {"form": form, "rule": one, "is_new": is_new}
    return render(request, "alerts/rule_form.html", context)


@permission_required(Permission.EDIT_CASE_RULES)
@require_POST
def turn_on(request: StaffRequest, pk: int) -> HttpResponse:
    one = _rule(request, pk)
    insists = request.POST.get("although_broad") == "1"
    try:
        switch_on(rule=one, by=request.user, although_broad=insists)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        response = redirect("alert-rule", pk=pk)
        response["Location"] += "?try=1"
        return response
    messages.success(request, _("The rule is in force from now on."))
    return redirect("alert-rule", pk=pk)


@permission_required(Permission.EDIT_CASE_RULES)
@require_POST
def turn_off(request: StaffRequest, pk: int) -> HttpResponse:
    switch_off(rule=_rule(request, pk), by=request.user)
    messages.success(request, _("The rule is switched off. What it raised stays."))
    return redirect("alert-rule", pk=pk)


@permission_required(Permission.EDIT_CASE_RULES)
@require_POST
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        delete_rule(rule=_rule(request, pk), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("alert-rule", pk=pk)
    messages.success(request, _("The rule was deleted."))
    return redirect("alert-rules")
