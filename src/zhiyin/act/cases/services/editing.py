"""Editing what cases are run by: levels, priority rules, causes, scripts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import CaseLevel, CaseSettings, Cause, PriorityRule, Script

DEEPEST_CAUSE = 3


def _write(row: Any, values: dict[str, Any], *, by: Person, action: str) -> None:
    """Save the values on a row, and record which of them are new."""
    changed = sorted(name for name, new in values.items() if getattr(row, name) != new)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record(action=action, target=row, actor=by, fields=changed)


@transaction.atomic
def save_level(
    *, organisation: Organisation, level: CaseLevel | None, by: Person, **values: Any
) -> CaseLevel:
    """Add or change a level; the clocks of open cases stay as they were set."""
    code = str(values["code"])
    others = CaseLevel.objects.of(organisation).filter(code=code)
    if level is None and others.exists():
        raise ValidationError(_("There is a level with this code already."))
    if level is None:
        last = CaseLevel.objects.of(organisation).order_by("-order").first()
        level = CaseLevel(
            organisation=organisation, order=last.order + 1 if last else 0
        )
    elif not values["is_active"]:
        _refuse_unused(organisation, level)
    _write(level, values, by=by, action="case_level.saved")
    return level


def _refuse_unused(organisation: Organisation, level: CaseLevel) -> None:
    rules = PriorityRule.objects.of(organisation).filter(level=level, is_active=True)
    names = ", ".join(rule.name for rule in rules)
    if names:
        message = _("These rules still give this level: %(names)s. Change them first.")
        raise ValidationError(message % {"names": names})


@transaction.atomic
def save_rule(
    *,
    organisation: Organisation,
    rule: PriorityRule | None,
    by: Person,
    **values: Any,
) -> PriorityRule:
    """Add or change a priority rule."""
    rule = rule or PriorityRule(organisation=organisation)
    _write(rule, values, by=by, action="priority_rule.saved")
    return rule


@transaction.atomic
def delete_rule(*, rule: PriorityRule, by: Person) -> None:
    """Delete a priority rule; cases keep the level it gave them."""
    record(action="priority_rule.deleted", target=rule, actor=by)
    rule.delete()


@transaction.atomic
def save_cause(
    *,
    organisation: Organisation,
    cause: Cause | None,
    parent: Cause | None,
    by: Person,
    **values: Any,
) -> Cause:
    """Add or change a cause; a new one stands last under its parent."""
    if cause is None:
        level = parent.level + 1 if parent else 1
        if level > DEEPEST_CAUSE:
            raise ValidationError(_("A tree of causes has three levels at most."))
        siblings = Cause.objects.of(organisation).filter(parent=parent)
        last = siblings.order_by("-order").first()
        cause = Cause(
            organisation=organisation,
            parent=parent,
            level=level,
            order=last.order + 1 if last else 0,
            miit_class=parent.miit_class if parent else "",
        )
    _write(cause, values, by=by, action="cause.saved")
    return cause


@transaction.atomic
def save_script(
    *, organisation: Organisation, script: Script | None, by: Person, **values: Any
) -> Script:
    """Add or change what is said to customers."""
    script = script or Script(organisation=organisation)
    _write(script, values, by=by, action="case_script.saved")
    return script


@transaction.atomic
def delete_script(*, script: Script, by: Person) -> None:
    """Delete a script."""
    record(action="case_script.deleted", target=script, actor=by)
    script.delete()


@transaction.atomic
def save_case_settings(*, settings: CaseSettings, by: Person) -> None:
    """Keep what holds for all cases."""
    settings.save()
    record(action="case_settings.saved", target=settings, actor=by)
