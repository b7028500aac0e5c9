"""Rules of alerts: saved, tried, switched on and off, with who and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.alerts.models import AlertRule, OwnerStep, RuleKind
from zhiyin.act.alerts.queries.history import try_rule
from zhiyin.act.alerts.services.events import newest_event
from zhiyin.act.alerts.services.screening import ensure_mark
from zhiyin.common import clock
from zhiyin.common.conditions import check

MOST_WORDS = 200
LONGEST_WORD = 40
_KEPT = (
    "name",
    "kind",
    "condition",
    "words",
    "event_kinds",
    "silence_days",
    "dedupe_days",
    "owner_steps",
    "owner_person_id",
    "opens_case",
    "level",
    "tells_owner",
)


@transaction.atomic
def save_rule(*, rule: AlertRule, tells: Iterable[Person] = (), by: Person) -> None:
    """Add or change a rule; raises ValidationError for one that cannot be judged.

    A rule in force that was changed goes on in its new form.
    """
    _check(rule)
    people = list(tells)
    is_new = rule.pk is None
    before = {} if is_new else AlertRule.objects.values(*_KEPT).get(pk=rule.pk)
    if is_new and not rule.code:
        rule.code = _free_code(rule)
    if rule.kind == RuleKind.EVENT and before.get("event_kinds") != rule.event_kinds:
        # What happened before it looked at such events is no news.
        rule.seen_event_id = newest_event(rule.organisation_id)
    rule.save()
    rule.tells.set(people)
    now = {name: getattr(rule, name) for name in _KEPT}
    changed = sorted(name for name in _KEPT if before.get(name) != now[name])
    record(
        action="alert_rule.added" if is_new else "alert_rule.changed",
        actor=by,
        target=rule,
        changed=changed,
        before={name: before[name] for name in changed if name in before},
        after={name: now[name] for name in changed},
    )


def _check(rule: AlertRule) -> None:
    faults = check(rule.condition)
    if faults:
        raise ValidationError({"condition": faults})
    unknown = set(rule.owner_steps) - set(OwnerStep.values)
    if unknown or not rule.owner_steps:
        raise ValidationError({"owner_steps": _("Say where an owner is looked for.")})
    if rule.kind != RuleKind.ANSWER and not rule.events:
        raise ValidationError({"event_kinds": _("Name the events it looks at.")})
    if rule.kind == RuleKind.SILENCE and not rule.silence_days:
        raise ValidationError({"silence_days": _("Silence lasts at least a day.")})
    if len(rule.words) > MOST_WORDS or any(len(w) > LONGEST_WORD for w in rule.words):
        raise ValidationError(
            {
                "words": _("At most %(most)s words of %(long)s characters each.")
                % {"most": MOST_WORDS, "long": LONGEST_WORD},
            },
        )
    person = rule.owner_person
    if person is not None and person.organisation_id != rule.organisation_id:
        raise ValidationError({"owner_person": _("This is no colleague.")})


def _free_code(rule: AlertRule) -> str:
    stem = slugify(rule.name)[:50] or "rule"
    there = AlertRule.objects.of(rule.organisation_id).filter(code__startswith=stem)
    taken = set(there.values_list("code", flat=True))
    numbers = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbers) if code not in taken)


def switch_on(*, rule: AlertRule, by: Person, although_broad: bool = False) -> None:
    """Put a rule in force from now on; what was said before raises nothing.

    Raises ValidationError for a rule without a condition or one that everything
    matches, and for a broad one unless the person insists.
    """
    if rule.kind == RuleKind.ANSWER and not rule.condition and not rule.words:
        raise ValidationError(
            _("This rule has no condition: it would raise an alert of every answer."),
        )
    trial = try_rule(rule)
    told: dict[str, Any] = {
        "matched": trial.matched,
        "tried": trial.tried,
        "percent": f"{trial.share:.0%}",
        "days": trial.days,
    }
    if trial.matches_everything and rule.kind == RuleKind.ANSWER:
        raise ValidationError(
            _(
                "This rule matches every answer (%(matched)s of %(tried)s in "
                "%(days)s days). An alert that always rings tells nothing: narrow it."
            )
            % told,
        )
    if trial.is_too_broad and rule.kind == RuleKind.ANSWER and not although_broad:
        raise ValidationError(
            _(
                "This rule matches %(percent)s of the answers (%(matched)s of "
                "%(tried)s in %(days)s days). Narrow it, or confirm that people can "
                "follow so many."
            )
            % told,
            code="broad",
        )
    ensure_mark(rule.organisation_id)
    with transaction.atomic():
        now = clock.now()
        rule.is_on, rule.on_since = True, now
        rule.switched_by, rule.switched_at = by, now
        rule.seen_event_id = newest_event(rule.organisation_id)
        rule.save(update_fields=[*_SWITCHED, "seen_event_id"])
        record(
            action="alert_rule.switched_on",
            actor=by,
            target=rule,
            would_have_raised=trial.alerts,
            **told,
        )


_SWITCHED = ["is_on", "on_since", "switched_by", "switched_at", "changed_at"]


@transaction.atomic
def switch_off(*, rule: AlertRule, by: Person) -> None:
    """Stop a rule; what it raised stays."""
    rule.is_on, rule.on_since = False, None
    rule.switched_by, rule.switched_at = by, clock.now()
    rule.save(update_fields=_SWITCHED)
    record(action="alert_rule.switched_off", actor=by, target=rule)


@transaction.atomic
def delete_rule(*, rule: AlertRule, by: Person) -> None:
    """Delete a rule that never raised an alert; raises ValidationError for others."""
    if rule.alerts.exists():
        raise ValidationError(
            _("This rule has raised alerts, which name it. Switch it off instead."),
        )
    record(action="alert_rule.deleted", actor=by, target=rule)
    rule.delete()
