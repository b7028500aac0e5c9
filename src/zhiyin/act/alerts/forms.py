"""Forms of alerts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.act.alerts.models import AlertRule, OwnerStep, RuleKind
from zhiyin.act.alerts.queries.listing import STATES, AlertFilter
from zhiyin.act.alerts.queries.offered import event_kinds, facts_offered
from zhiyin.common.condition_builder import ConditionBuilder

LEVELS = ("P1", "P2", "P3", "P4", "PR")
_WORDS = re.compile(r"[\n,，、;；]+")


class DismissForm(forms.Form):
    """Why an alert is set aside."""

    reason = forms.CharField(label=_("reason"), max_length=300)


class FilterForm(forms.Form):
    """The filters of the list, read from its address."""

    state = forms.ChoiceField(choices=[(one, one) for one in STATES], required=False)
    rule = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    mine = forms.BooleanField(required=False)
    given_class = forms.ChoiceField(
        choices=[("promoter", ""), ("passive", ""), ("detractor", "")],
        required=False,
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    @property
    def wanted(self) -> AlertFilter:
        """Return what is asked for; what makes no sense narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        return AlertFilter(
            state=given.get("state") or "open",
            rule=given.get("rule"),
            is_mine=bool(given.get("mine")),
            given_class=given.get("given_class") or "",
            before=given.get("before"),
        )


class RuleForm(forms.Form):
    """One rule: when it rings, who gets it, what follows."""

    name = forms.CharField(label=_("Name"), max_length=120)
    words = forms.CharField(
        label=_("The comment says one of these words"),
        help_text=_("One per line. Empty: whatever it says, or nothing at all."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    event_kinds = forms.CharField(
        label=_("These events"),
        help_text=_("Kinds of events as your systems tell them, between spaces."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "event-kinds", "autocomplete": "off"}),
    )
    silence_days = forms.IntegerField(
        label=_("Days without a survey, an answer or a contact"),
        min_value=1,
        max_value=365,
        initial=7,
        required=False,
    )
    dedupe_days = forms.IntegerField(
        label=_("One alert per customer within (days)"),
        help_text=_("Further occasions are counted on the first alert. 0: each rings."),
        min_value=0,
        max_value=365,
        initial=7,
    )
    first = forms.ChoiceField(label=_("Owner: first"), choices=OwnerStep.choices)
    second = forms.ChoiceField(
        label=_("then"),
        choices=[("", _("nobody further")), *OwnerStep.choices],
        required=False,
    )
    third = forms.ChoiceField(
        label=_("then"),
        choices=[("", _("nobody further")), *OwnerStep.choices],
        required=False,
    )
    owner_person = forms.ModelChoiceField(
        label=_("else this person"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("the CX manager"),
    )
    opens_case = forms.BooleanField(label=_("Opens a case"), required=False)
    level = forms.ChoiceField(
        label=_("Level of the case"),
        choices=[
            ("", _("by the rules of priority")),
            *((one, one) for one in LEVELS),
        ],
        required=False,
    )
    tells_owner = forms.BooleanField(label=_("Tells the owner"), required=False)
    tells = forms.ModelMultipleChoiceField(
        label=_("Tells these people also"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        rule: AlertRule,
        person: Person,
    ) -> None:
        self.rule = rule
        super().__init__(data, initial=_initial(rule))
        rows = Person.objects.visible_to(person).filter(is_active=True)
        readers = [
            each.pk
            for each in rows.prefetch_related("role_assignments")
            if each.may(Permission.SEE_CASES)
        ]
        for name in ("owner_person", "tells"):
            self.fields[name].queryset = rows.filter(pk__in=readers)  # type: ignore[attr-defined]
        left_out = {
            RuleKind.ANSWER: ("event_kinds", "silence_days"),
            RuleKind.EVENT: ("words", "silence_days"),
            RuleKind.SILENCE: ("words",),
        }
        for name in left_out[RuleKind(rule.kind)]:
            del self.fields[name]
        self.builder = ConditionBuilder(
            prefix="condition",
            facts=facts_offered(person.organisation, rule.kind),
            condition=rule.condition,
            data=data,
        )
        self.event_kinds_known = event_kinds(person.organisation)

    def clean(self) -> dict[str, Any]:
        """Read the condition with the rest."""
        cleaned = super().clean() or {}
        cleaned["condition"] = self.builder.read()
        if self.builder.errors:
            self.add_error(None, self.builder.errors)
        return cleaned

    def apply(self) -> AlertRule:
        """Return the rule as the form says; it still has to be saved."""
        given, rule = self.cleaned_data, self.rule
        plain = (
            *("name", "dedupe_days", "owner_person", "opens_case"),
            *("level", "tells_owner", "condition"),
        )
        for name in plain:
            setattr(rule, name, given[name])
        rule.words = [
            word.strip()
            for word in _WORDS.split(given.get("words", ""))
            if word.strip()
        ]
        rule.event_kinds = " ".join(given.get("event_kinds", "").split())
        rule.silence_days = given.get("silence_days") or rule.silence_days
        steps = [given[name] for name in ("first", "second", "third") if given[name]]
        rule.owner_steps = list(dict.fromkeys(steps))
        return rule


def _initial(rule: AlertRule) -> dict[str, Any]:
    steps = [*rule.owner_steps, "", "", ""]
    return {
        "name": rule.name,
        "words": "\n".join(rule.words),
        "event_kinds": rule.event_kinds,
        "silence_days": rule.silence_days,
        "dedupe_days": rule.dedupe_days,
        "first": steps[0],
        "second": steps[1],
        "third": steps[2],
        "owner_person": rule.owner_person_id,
        "opens_case": rule.opens_case,
        "level": rule.level,
        "tells_owner": rule.tells_owner,
        "tells": list(rule.tells.all()) if rule.pk else [],
    }
