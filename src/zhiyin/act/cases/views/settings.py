"""What cases are run by: levels and clocks, priority rules, causes, scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission, Person
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


def _row(person: Person, model: Any, pk: int | None) -> Any:
    """Return the row an address names, None for a new one, or 404."""
    return get_object_or_404(model.objects.visible_to(person), pk=pk) if pk else None


def _edit(
    request: HttpRequest,
    form: Any,
    save: Callable[..., object],
    back: str,
    **shown: Any,
) -> HttpResponse:
    """Show a form, or keep what it was sent and go back to the list.

    What the service refuses is said on the form.
    """
    if request.method == "POST" and form.is_valid():
        try:
            save(**form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {"form": form, "back": back, "tab": back, **shown}
    return render(request, "cases/settings_form.html", context)


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
    level = _row(person, CaseLevel, pk)
    home = {"organisation": person.organisation}
    return _edit(
        request,
        LevelForm(request.POST or None, level=level),
        partial(editing.save_level, level=level, by=person, **home),
        "case-levels",
        title=_("Level %(code)s") % {"code": level.code} if level else _("New level"),
        note=_(
            "New clocks hold for cases opened from now on, and when a level changes."
        ),
    )


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
    rule = _row(person, PriorityRule, pk)
    home = {"organisation": person.organisation}
    form = RuleForm(request.POST or None, rule=rule, **home)
    return _edit(
        request,
        form,
        partial(editing.save_rule, rule=rule, by=person, **home),
        "case-rules",
        title=rule.name if rule else _("New priority rule"),
        builder=form.builder,
        delete=("case-rule-delete", rule.pk) if rule else None,
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
    cause = _row(person, Cause, pk)
    above = request.GET.get("under", "")
    rows = Cause.objects.visible_to(person).select_related("parent__parent")
    parent = rows.filter(pk=int(above)).first() if above.isdecimal() else None
    home = {"organisation": person.organisation}
    return _edit(
        request,
        CauseForm(request.POST or None, cause=cause, **home),
        partial(editing.save_cause, cause=cause, parent=parent, by=person, **home),
        "case-causes",
        title=path_of(cause) if cause else _("New cause"),
        note=path_of(parent) if parent else "",
    )


@may_edit_rules
def scripts(request: HttpRequest) -> HttpResponse:
    rows = Script.objects.visible_to(person_of(request)).select_related("level")
    context = {"scripts": rows, "tab": "case-scripts"}
    return render(request, "cases/settings_scripts.html", context)


@may_edit_rules
def script_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = person_of(request)
    script = _row(person, Script, pk)
    home = {"organisation": person.organisation}
    return _edit(
        request,
        ScriptForm(request.POST or None, script=script, **home),
        partial(editing.save_script, script=script, by=person, **home),
        "case-scripts",
        title=str(script) if script else _("New script"),
        delete=("case-script-delete", script.pk) if script else None,
    )


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

    def save(**_given: Any) -> None:
        editing.save_case_settings(settings=settings, by=person)

    form = GeneralForm(request.POST or None, instance=settings)
    return _edit(request, form, save, "case-settings", title=_("All cases"))
