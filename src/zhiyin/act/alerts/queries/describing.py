"""A rule in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Role
from zhiyin.act.alerts.models import Alert, AlertRule, OwnerStep, RuleKind
from zhiyin.act.alerts.queries.offered import facts_offered
from zhiyin.act.alerts.queries.owners import ANYBODY, NAMED
from zhiyin.common.condition_builder import labels_of
from zhiyin.common.conditions import sentence

MOST_WORDS = 12


@dataclass(frozen=True)
class Described:
    """When a rule rings and who gets it, in the reader's language."""

    when: str
    owner: str


def described(rule: AlertRule) -> Described:
    """Return a rule in words."""
    return Described(_when(rule), _owner(rule))


def _when(rule: AlertRule) -> str:
    parts = []
    if rule.kind == RuleKind.SILENCE:
        parts.append(
            _("%(days)s days of silence after %(events)s")
            % {"days": rule.silence_days, "events": _(", ").join(rule.events)},
        )
    if rule.kind == RuleKind.EVENT:
        parts.append(_("event %(events)s") % {"events": _(", ").join(rule.events)})
    if rule.condition:
        facts = facts_offered(rule.organisation, rule.kind)
        parts.append(sentence(rule.condition, labels_of(facts)))
    if rule.words:
        shown = _(", ").join(rule.words[:MOST_WORDS])
        more = _(" …") if len(rule.words) > MOST_WORDS else ""
        parts.append(_("the comment says one of: %(words)s") % {"words": shown + more})
    return _("; ").join(parts) or _("always")


def _owner(rule: AlertRule) -> str:
    labels = dict(OwnerStep.choices)
    steps = [str(labels.get(step, step)) for step in rule.owner_steps]
    last = str(rule.owner_person) if rule.owner_person else _("the CX manager")
    return " → ".join([*steps, last])


def found_by(alert: Alert) -> str:
    """Return by which step the owner was found, in words."""
    if not alert.owner_found_by:
        return ""
    words = {
        **dict(Role.choices),
        **dict(OwnerStep.choices),
        NAMED: _("named by the rule"),
        ANYBODY: _("nobody else was there"),
    }
    return str(words.get(alert.owner_found_by, alert.owner_found_by))
