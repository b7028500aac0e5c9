"""Forms of what cases are run by: levels, rules, causes, scripts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Department, Organisation, Role
from zhiyin.act.cases.forms.durations import DurationField
from zhiyin.act.cases.models import (
    CaseLevel,
    CaseSettings,
    Cause,
    NeedType,
    PriorityRule,
    Script,
)
from zhiyin.act.cases.queries.priority import USUAL_FIELDS
from zhiyin.act.cases.queries.rule_facts import rule_facts
from zhiyin.act.clocks.models import Counts
from zhiyin.common.condition_builder import ConditionBuilder
from zhiyin.listen.customers.models import AttributeField

ANY = ("", gettext_lazy("any"))
NOBODY = ("", gettext_lazy("nobody"))
LONGEST_CODE = 8


class LanguageTexts:
    """One text per language of the house, as fields of a form."""

    def __init__(self, name: str, label: Any, *, rows: int = 0) -> None:
        self.name, self.label, self.rows = name, label, rows

    def add_to(self, form: forms.Form, kept: dict[str, str]) -> None:
        """Add a field per language."""
        widget = forms.Textarea(attrs={"rows": self.rows}) if self.rows else None
        for code, language in settings.LANGUAGES:
            form.fields[f"{self.name}_{code}"] = forms.CharField(
                label=f"{self.label} · {language}",
                required=False,
                max_length=4000 if self.rows else 200,
                widget=widget,
                initial=kept.get(code, ""),
            )

    def of(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """Return what was given, by language."""
        given = {
            code: str(cleaned.get(f"{self.name}_{code}") or "")
            for code, _language in settings.LANGUAGES
        }
        return {code: text for code, text in given.items() if text.strip()}


class LevelForm(forms.Form):
    code = forms.SlugField(label=gettext_lazy("code"), max_length=LONGEST_CODE)
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    acknowledge_minutes = DurationField(label=gettext_lazy("acknowledge within"))
    acknowledge_counts = forms.ChoiceField(
        label=gettext_lazy("counts"), choices=Counts.choices
    )
    contact_minutes = DurationField(label=gettext_lazy("first contact within"))
    contact_counts = forms.ChoiceField(
        label=gettext_lazy("counts"), choices=Counts.choices
    )
    resolve_minutes = DurationField(label=gettext_lazy("resolve within"))
    resolve_counts = forms.ChoiceField(
        label=gettext_lazy("counts"), choices=Counts.choices
    )
    escalate_share = forms.IntegerField(
        label=gettext_lazy("escalate after this share of the time, in percent"),
        min_value=1,
        max_value=100,
        initial=80,
    )
    escalate_to = forms.ChoiceField(
        label=gettext_lazy("escalate to"),
        choices=[NOBODY, *Role.choices],
        required=False,
    )
    escalate_late_to = forms.ChoiceField(
        label=gettext_lazy("escalate to when late"),
        choices=[NOBODY, *Role.choices],
        required=False,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("in use"), required=False, initial=True
    )
    needs_facts = forms.BooleanField(
        label=gettext_lazy("closed with all facts only"), required=False, initial=True
    )

    def __init__(self, *args: Any, level: CaseLevel | None = None, **kw: Any) -> None:
        if level is not None:
            known = {name: getattr(level, name) for name in self.base_fields}
            known["escalate_share"] = round(level.escalate_share * 100)
            kw["initial"] = known
        super().__init__(*args, **kw)
        if level is not None:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Clocks run out in their order."""
        given = super().clean() or {}
        names = ("acknowledge_minutes", "contact_minutes", "resolve_minutes")
        clocks = [given.get(name) for name in names]
        known = [minutes for minutes in clocks if minutes is not None]
        if known != sorted(known):
            raise ValidationError(
                _("A later step cannot be due before an earlier one."),
            )
        if "escalate_share" in given:
            given["escalate_share"] = given["escalate_share"] / 100
        return given


class RuleForm(forms.Form):
    """A rule that names a level or raises it; its condition is built beside it."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=120)
    result = forms.ChoiceField(label=gettext_lazy("gives"))
    order = forms.IntegerField(
        label=gettext_lazy("place in the order"), min_value=0, max_value=9999
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("in use"), required=False, initial=True
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        rule: PriorityRule | None = None,
        **kw: Any,
    ) -> None:
        levels = list(CaseLevel.objects.of(organisation).filter(is_active=True))
        if rule is not None:
            kw["initial"] = {
                "name": rule.name,
                "result": "raise" if rule.raises else str(rule.level_id),
                "order": rule.order,
                "is_active": rule.is_active,
            }
        super().__init__(*args, **kw)
        self.levels = {str(level.pk): level for level in levels}
        field = self.fields["result"]
        field.choices = [  # type: ignore[attr-defined]
            *((str(one.pk), f"{one.code} {one.name}") for one in levels),
            ("raise", _("raise the level by one")),
        ]
        self.builder = ConditionBuilder(
            prefix="condition",
            facts=rule_facts(organisation),
            condition=rule.condition if rule else None,
            data=self.data if self.is_bound else None,
        )

    def clean(self) -> dict[str, Any]:
        """Read the condition beside the fields."""
        given = super().clean() or {}
        given["condition"] = self.builder.read()
        if self.builder.errors:
            raise ValidationError(_("The condition is not complete; see below."))
        if not given["condition"] and given.get("result") == "raise":
            raise ValidationError(
                _("A rule that raises every case would raise none; add a condition."),
            )
        given["level"] = self.levels.get(given.pop("result", ""))
        given["raises"] = given["level"] is None
        return given


class CauseForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("code"), max_length=40)
    department = forms.ModelChoiceField(
        label=gettext_lazy("department"),
        queryset=Department.objects.none(),
        required=False,
    )
    days = forms.IntegerField(
        label=gettext_lazy("days to put it right"),
        min_value=1,
        max_value=365,
        required=False,
    )
    playbook = forms.CharField(
        label=gettext_lazy("what to do"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )
    need_hint = forms.ChoiceField(
        label=gettext_lazy("need"), choices=[ANY, *NeedType.choices], required=False
    )
    is_controllable = forms.BooleanField(
        label=gettext_lazy("in our hands"), required=False, initial=True
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("in use"), required=False, initial=True
    )
    names = LanguageTexts("name", gettext_lazy("name"))

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        cause: Cause | None = None,
        **kw: Any,
    ) -> None:
        if cause is not None:
            known = {name: getattr(cause, name) for name in self.base_fields}
            kw["initial"] = known | {"department": cause.department_id}
        super().__init__(*args, **kw)
        self.organisation, self.cause = organisation, cause
        departments = Department.objects.filter(organisation=organisation)
        self.fields["department"].queryset = departments.active()  # type: ignore[attr-defined]
        self.names.add_to(self, cause.names if cause else {})
        order = [name for name in self.fields if name.startswith("name_")]
        self.order_fields(["code", *order])
        if cause is not None:
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        """A code is given once."""
        code = str(self.cleaned_data["code"]).strip()
        taken = Cause.objects.of(self.organisation).filter(code=code)
        if self.cause is None and taken.exists():
            raise ValidationError(_("There is a cause with this code already."))
        return code

    def clean(self) -> dict[str, Any]:
        """Gather the names."""
        given = super().clean() or {}
        names = self.names.of(given)
        if not names:
            raise ValidationError(_("Give the cause a name in one language at least."))
        return {
            key: value for key, value in given.items() if not key.startswith("name_")
        } | {"names": names}


class ScriptForm(forms.Form):
    need_type = forms.ChoiceField(
        label=gettext_lazy("need"), choices=[ANY, *NeedType.choices], required=False
    )
    level = forms.ModelChoiceField(
        label=gettext_lazy("level"),
        queryset=CaseLevel.objects.none(),
        required=False,
        empty_label=gettext_lazy("any"),
    )
    order = forms.IntegerField(
        label=gettext_lazy("place in the order"),
        min_value=0,
        max_value=9999,
        initial=0,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("in use"), required=False, initial=True
    )
    titles = LanguageTexts("title", gettext_lazy("title"))
    texts = LanguageTexts("text", gettext_lazy("what to say"), rows=5)

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        script: Script | None = None,
        **kw: Any,
    ) -> None:
        if script is not None:
            known = {name: getattr(script, name) for name in self.base_fields}
            kw["initial"] = known | {"level": script.level_id}
        super().__init__(*args, **kw)
        levels = CaseLevel.objects.of(organisation)
        self.fields["level"].queryset = levels  # type: ignore[attr-defined]
        self.titles.add_to(self, script.title if script else {})
        self.texts.add_to(self, script.text if script else {})

    def clean(self) -> dict[str, Any]:
        """Gather the texts."""
        given = super().clean() or {}
        title, text = self.titles.of(given), self.texts.of(given)
        if not title or not text:
            raise ValidationError(
                _("Give a title and a text in one language at least."),
            )
        kept = {
            key: given[key]
            for key in ("need_type", "level", "order", "is_active")
            if key in given
        }
        return kept | {"title": title, "text": text}


FACTS_OF_FIELDS = {
    "star": gettext_lazy("star tier"),
    "network": gettext_lazy("network generation"),
    "value_tier": gettext_lazy("value tier"),
    "complaints": gettext_lazy("complaints within ninety days"),
    "mnp_state": gettext_lazy("number portability"),
}
"""Facts of priority rules that are read from a field of the customer."""


class GeneralForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds for all cases."""

    class Meta:
        model = CaseSettings
        fields = (
            "hand_over_minutes",
            "update_every_days",
            "close_within_minutes",
            "attempts_needed",
            "day_parts_needed",
            "attempts_within_hours",
        )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        rows = AttributeField.objects.of(self.instance.organisation_id)
        known = [(one.code, str(one)) for one in rows]
        chosen = {**USUAL_FIELDS, **self.instance.fields}
        for fact, label in FACTS_OF_FIELDS.items():
            usual = USUAL_FIELDS[fact]
            codes = [code for code, _label in known]
            extra = [(chosen[fact], chosen[fact])] if chosen[fact] not in codes else []
            self.fields[f"fact_{fact}"] = forms.ChoiceField(
                label=label,
                choices=[*extra, *known],
                initial=chosen[fact],
                help_text=_("The field of the customer; usually “%s”.") % usual,
            )

    def clean(self) -> dict[str, Any]:
        """Keep which field of the customer stands for which fact."""
        given = super().clean() or {}
        chosen = {fact: given.get(f"fact_{fact}", "") for fact in FACTS_OF_FIELDS}
        named = {fact: code for fact, code in chosen.items() if code}
        self.instance.fields = {**self.instance.fields, **named}
        return given
