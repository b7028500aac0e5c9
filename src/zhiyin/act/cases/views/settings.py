"""What cases are run by: levels and clocks, priority rules, causes, scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.forms.settings import (
    CauseForm,
    GeneralForm,
    LevelForm,
    RuleForm,
    ScriptForm,
)
from zhiyin.act.cases.models import CaseLevel, CaseSettings, Cause, PriorityRule, Script
from zhiyin.act.cases.queries.rule_facts import rule_facts
from zhiyin.act.cases.queries.standards import standards
from zhiyin.act.cases.queries.trees import cause_trees, path_of
from zhiyin.act.cases.services import editing
from zhiyin.act.cases.views.doors import may_edit_rules, may_see
from zhiyin.common.condition_builder import labels_of
from zhiyin.common.conditions import sentence


def _form_page(
    request: HttpRequest, form: forms.BaseForm, back: str, title: str, **shown: Any
) -> HttpResponse:
    context = {"form": form, "back": back, "title": title, "tab": back, **shown}
    return render(request, "cases/settings_form.html", context)


def _saved(
    request: HttpRequest, form: forms.BaseForm, save: Callable[[], object]
) -> bool:
    """Save what was sent; what the service refuses is said on the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Saved."))
    return True


@may_see
def service_standards(request: HttpRequest) -> HttpResponse:
    """Show what is promised to whom and by when."""
    person = person_of(request)
    labels = labels_of(rule_facts(person.organisation))
    context = {
        "standards": standards(person.organisation, labels),
        "may_edit": person.may(Permission.EDIT_CASE_RULES),
    }
    return render(request, "cases/standards.html", context)


@may_edit_rules
def levels(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = standards(person.organisation, labels_of(rule_facts(person.organisation)))
    unused = CaseLevel.objects.visible_to(person).filter(is_active=False)
    context = {"standards": rows, "unused": unused, "tab": "case-levels"}
    return render(request, "cases/settings_levels.html", context)


@may_edit_rules
def level_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    rows = CaseLevel.objects.visible_to(person)
    level = get_object_or_404(rows, pk=pk) if pk else None
    form = LevelForm(request.POST or None, level=level)
    note = _("New clocks hold for cases opened from now on, and when a level changes.")
    if _saved(
        request,
        form,
        lambda: editing.save_level(
            organisation=person.organisation,
            level=level,
            by=person,
            **form.cleaned_data,
        ),
    ):
        return redirect("case-levels")
    title = _("Level %(code)s") % {"code": level.code} if level else _("New level")
    return _form_page(request, form, "case-levels", title, note=note)


@may_edit_rules
def rules(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    labels = labels_of(rule_facts(person.organisation))
    rows = PriorityRule.objects.visible_to(person).select_related("level")
    shown = [
        {"rule": rule, "sentence": sentence(rule.condition, labels)} for rule in rows
    ]
    context = {"rules": shown, "tab": "case-rules"}
    return render(request, "cases/settings_rules.html", context)


@may_edit_rules
def rule_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    rows = PriorityRule.objects.visible_to(person)
    rule = get_object_or_404(rows, pk=pk) if pk else None
    form = RuleForm(request.POST or None, organisation=person.organisation, rule=rule)
    if _saved(
        request,
        form,
        lambda: editing.save_rule(
            organisation=person.organisation,
            rule=rule,
            by=person,
            **form.cleaned_data,
        ),
    ):
        return redirect("case-rules")
    title = rule.name if rule else _("New priority rule")
    delete = ("case-rule-delete", rule.pk) if rule else None
    return _form_page(
        request, form, "case-rules", title, builder=form.builder, delete=delete
    )


@may_edit_rules
@require_POST
def rule_delete(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    rule = get_object_or_404(PriorityRule.objects.visible_to(person), pk=pk)
    editing.delete_rule(rule=rule, by=person)
    messages.success(request, _("The rule was deleted."))
    return redirect("case-rules")


@may_edit_rules
def causes(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    trees = cause_trees(person, with_unused=True)
    context = {"trees": trees, "tab": "case-causes"}
    return render(request, "cases/settings_causes.html", context)


@may_edit_rules
def cause_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    rows = Cause.objects.visible_to(person).select_related("parent__parent")
    cause = get_object_or_404(rows, pk=pk) if pk else None
    above = request.GET.get("under", "")
    parent = rows.filter(pk=int(above)).first() if above.isdecimal() else None
    form = CauseForm(
        request.POST or None, organisation=person.organisation, cause=cause
    )
    if _saved(
        request,
        form,
        lambda: editing.save_cause(
            organisation=person.organisation,
            cause=cause,
            parent=parent,
            by=person,
            **form.cleaned_data,
        ),
    ):
        return redirect("case-causes")
    title = path_of(cause) if cause else _("New cause")
    note = path_of(parent) if parent else ""
    return _form_page(request, form, "case-causes", title, note=note)


@may_edit_rules
def scripts(request: HttpRequest) -> HttpResponse:
    rows = Script.objects.visible_to(person_of(request)).select_related("level")
    context = {"scripts": rows, "tab": "case-scripts"}
    return render(request, "cases/settings_scripts.html", context)


@may_edit_rules
def script_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    rows = Script.objects.visible_to(person)
    script = get_object_or_404(rows, pk=pk) if pk else None
    form = ScriptForm(
        request.POST or None, organisation=person.organisation, script=script
    )
    if _saved(
        request,
        form,
        lambda: editing.save_script(
            organisation=person.organisation,
            script=script,
            by=person,
            **form.cleaned_data,
        ),
    ):
        return redirect("case-scripts")
    title = str(script) if script else _("New script")
    delete = ("case-script-delete", script.pk) if script else None
    return _form_page(request, form, "case-scripts", title, delete=delete)


@may_edit_rules
@require_POST
def script_delete(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    script = get_object_or_404(Script.objects.visible_to(person), pk=pk)
    editing.delete_script(script=script, by=person)
    messages.success(request, _("The script was deleted."))
    return redirect("case-scripts")


@may_edit_rules
def general(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    kept = CaseSettings.objects.visible_to(person).first()
    settings = kept or CaseSettings(organisation=person.organisation)
    form = GeneralForm(request.POST or None, instance=settings)
    if _saved(
        request,
        form,
        lambda: editing.save_case_settings(settings=settings, by=person),
    ):
        return redirect("case-settings")
    return _form_page(request, form, "case-settings", _("All cases"))
