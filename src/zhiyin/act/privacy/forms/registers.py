"""Forms of the registers, of customers' fields and of jurisdictions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, ExportRecord, Person
from zhiyin.act.privacy.models import Assessment, Incident, IncidentStep, Processor
from zhiyin.common import clock
from zhiyin.listen.customers.models import (
    Audience,
    FieldGroup,
    Jurisdiction,
    Purpose,
    Sensitivity,
)
from zhiyin.listen.imports.models import Import

NEWEST = 60
_DAY = {"type": "date"}
_MOMENT = {"type": "datetime-local"}
_LONG = ("purpose", "necessity", "risks", "measures", "what", "harm", "note")


def _style(form: forms.BaseForm) -> None:
    for name, field in form.fields.items():
        if name in _LONG and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 3


class AssessmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is assessed, and until when it holds."""

    class Meta:
        model = Assessment
        fields = (
            "title", "kind", "purpose", "necessity", "risks", "measures", "review_on",
        )  # fmt: skip
        widgets = {"review_on": forms.DateInput(_DAY, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_on"].help_text = _(
            "Until then it holds; what rests on it is turned off afterwards."
        )
        _style(self)


class ProcessorForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who gets data, which, and on what ground."""

    class Meta:
        model = Processor
        fields = (
            "name", "role", "purpose", "data", "place", "is_abroad", "contract",
            "contract_until", "contact", "measures", "assessment", "is_active",
        )  # fmt: skip
        widgets = {"contract_until": forms.DateInput(_DAY, format="%Y-%m-%d")}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Assessment.objects.visible_to(person)
        self.fields["assessment"].queryset = rows  # type: ignore[attr-defined]
        self.fields["name"].help_text = _(
            "Write it the same way under “for whom” when asking for an export."
        )
        _style(self)


class IncidentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What happened, as far as it is known."""

    class Meta:
        model = Incident
        fields = ("title", "what", "data", "harm", "happened_at", "found_at")
        widgets = {
            name: forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M")
            for name in ("happened_at", "found_at")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["found_at"].help_text = _("The clocks run from here.")
        self.fields["found_at"].initial = clock.now
        _style(self)

    def clean_found_at(self) -> Any:
        """Refuse a time still to come."""
        at = self.cleaned_data["found_at"]
        if at > clock.now():
            raise forms.ValidationError(_("This time is still to come."))
        return at


class ScopeForm(forms.Form):
    """Whom an incident concerns: those in exports, in imports, and under filters."""

    exports = forms.ModelMultipleChoiceField(
        label=_("In these exports"),
        queryset=ExportRecord.objects.none(),
        required=False,
    )
    imports = forms.ModelMultipleChoiceField(
        label=_("In these imports"), queryset=Import.objects.none(), required=False
    )
    audience = forms.ChoiceField(
        label=_("All of an audience"),
        required=False,
        choices=[("", "–"), *Audience.choices],
    )
    department = forms.ModelChoiceField(
        label=_("All of a department"),
        queryset=Department.objects.none(),
        required=False,
    )
    known_until = forms.DateField(
        label=_("All known until"), required=False, widget=forms.DateInput(_DAY)
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = person.organisation
        found: dict[str, Any] = self.fields
        exports = ExportRecord.objects.of(owner).exclude(customers=None)
        newest = exports.values_list("pk", flat=True)[:NEWEST]
        found["exports"].queryset = ExportRecord.objects.filter(pk__in=list(newest))
        found["exports"].label_from_instance = lambda row: (
            f"{row.number} · {row.at:%Y-%m-%d} · {row.by} · {row.customers}"
        )
        imports = Import.objects.of(owner).order_by("-pk")
        last = imports.values_list("pk", flat=True)[:NEWEST]
        found["imports"].queryset = Import.objects.filter(pk__in=list(last))
        found["department"].queryset = Department.objects.visible_to(person)
        for name in ("exports", "imports"):
            found[name].widget.attrs["size"] = 5

    def filters(self) -> dict[str, str]:
        """Return the filters that were given."""
        data = self.cleaned_data
        department = data["department"]
        given = {
            "audience": data["audience"],
            "department": department.path if department else "",
            "known_until": data["known_until"].isoformat()
            if data["known_until"]
            else "",
        }
        return {name: value for name, value in given.items() if value}


class StepForm(forms.Form):
    """One step of an incident."""

    step = forms.ChoiceField(
        label=_("Step"),
        choices=[
            (each.value, each.label)
            for each in IncidentStep
            if each not in (IncidentStep.FOUND, IncidentStep.COUNTED)
        ],
    )
    text = forms.CharField(
        label=_("What was done, whom it was told, how"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )


class ClassForm(forms.Form):
    """The class and group of a field, and the question that fills it."""

    sensitivity = forms.ChoiceField(label=_("Sensitivity"), choices=Sensitivity.choices)
    group = forms.ChoiceField(
        label=_("Group"), choices=FieldGroup.choices, required=False
    )
    question = forms.CharField(
        label=_("Question whose answers fill it"),
        required=False,
        max_length=40,
        help_text=_(
            "The code of a question; the answer of a customer who agreed to automated "
            "decisions, or to sensitive information where the field asks for it, is "
            "kept."
        ),
    )


class NewFieldForm(forms.Form):
    """A field that answers fill."""

    label = forms.CharField(label=_("Name of the field"), max_length=80)
    question = forms.CharField(label=_("Code of the question"), max_length=40)


class AllowForm(forms.Form):
    """What has to be said before a sensitive field is kept."""

    purpose = forms.CharField(label=_("Purpose"), min_length=10, max_length=300)
    necessity = forms.CharField(
        label=_("Why nothing less will do"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    consent_purpose = forms.ChoiceField(
        label=_("Consent needed"),
        choices=[
            (each.value, each.label) for each in (Purpose.SENSITIVE, Purpose.PROFILING)
        ],
        help_text=_("Only customers who gave it have a value."),
    )
    assessment = forms.ModelChoiceField(
        label=_("Impact assessment"), queryset=Assessment.objects.none()
    )
    may_target = forms.BooleanField(
        label=_("May stand in conditions that decide about customers"), required=False
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Assessment.objects.visible_to(person)
        self.fields["assessment"].queryset = rows  # type: ignore[attr-defined]


class JurisdictionForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a law is read."""

    puts_in_force = forms.BooleanField(label=_("This law holds for us"), required=False)

    class Meta:
        model = Jurisdiction
        fields = (
            "unit", "answer_length", "change_length", "authority_hours",
            "persons_hours", "marketing", "minor_age", "opt_out_hans",
            "opt_out_hant", "opt_out_en", "note", "confirmed_on",
        )  # fmt: skip
        widgets = {"confirmed_on": forms.DateInput(_DAY, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["puts_in_force"].initial = self.instance.is_in_force
        _style(self)
