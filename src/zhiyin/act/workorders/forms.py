"""The form of a work-order system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import State
from zhiyin.act.workorders.models import Field, Winner, WorkOrderSystem
from zhiyin.act.workorders.queries.orders import facts_offered
from zhiyin.act.workorders.services.systems import faults_of
from zhiyin.channels.models import WebhookEndpoint
from zhiyin.common.condition_builder import ConditionBuilder

MOST_LINES, LONGEST_WORD = 100, 60
MAPS = ("names", "states_out", "states_in")
# What the other side can change; a level follows from our own rules.
SETTABLE = tuple(each for each in Field if each not in {Field.LEVEL, Field.SUMMARY})


class SystemForm(forms.ModelForm):  # type: ignore[type-arg]
    """A system: its address, which cases it gets, and how its words are read."""

    class Meta:
        model = WorkOrderSystem
        fields = ("name", "code", "endpoint")
        help_texts = {
            "code": gettext_lazy("Stands in the address under which it calls us."),
            "endpoint": gettext_lazy(
                "Where it is told of its cases: a webhook that is told of work orders.",
            ),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        endpoint: Any = self.fields["endpoint"]
        endpoint.queryset = WebhookEndpoint.objects.visible_to(person)
        endpoint.empty_label = _("none: it only tells us")
        if self.instance.pk:
            self.fields["code"].disabled = True
        self.builder = ConditionBuilder(
            prefix="condition",
            facts=facts_offered(person.organisation),
            condition=self.instance.condition,
            data=self.data if self.is_bound else None,
        )
        for name, label, hint in _lines():
            self.fields[name] = _map_field(label, hint, getattr(self.instance, name))
        for field in SETTABLE:
            self.fields[f"winner_{field}"] = forms.ChoiceField(
                label=field.label,
                choices=Winner.choices,
                initial=self.instance.winner_of(field),
            )

    @property
    def plain_fields(self) -> list[Any]:
        """Return the fields of the first card."""
        return [self[name] for name in ("name", "code", "endpoint")]

    @property
    def map_fields(self) -> list[Any]:
        """Return the fields that map words."""
        return [self[name] for name in MAPS]

    @property
    def winner_fields(self) -> list[Any]:
        """Return the fields that say whose word holds."""
        return [self[f"winner_{field}"] for field in SETTABLE]

    def clean_code(self) -> str:
        """Refuse a code that another system has."""
        code = str(self.cleaned_data["code"])
        rows = WorkOrderSystem.objects.visible_to(self.person).filter(code=code)
        if rows.exclude(pk=self.instance.pk).exists():
            message = _("There is already a system with the code %(code)s.")
            raise forms.ValidationError(message % {"code": code})
        return code

    def clean(self) -> dict[str, Any] | None:
        """Read the maps and the condition, and say what does not fit."""
        cleaned = super().clean()
        made: WorkOrderSystem = self.instance
        made.organisation = self.person.organisation
        made.condition = self.builder.read()
        for name in MAPS:
            try:
                setattr(made, name, _read_map(str(self.cleaned_data.get(name, ""))))
            except forms.ValidationError as error:
                self.add_error(name, error)
        made.winners = {
            field.value: self.cleaned_data.get(f"winner_{field}", Winner.THEIRS)
            for field in SETTABLE
        }
        made.endpoint = self.cleaned_data.get("endpoint")
        for name, faults in faults_of(made).items():
            if name in self.fields:
                for fault in faults:
                    self.add_error(name, fault)
        if self.builder.errors:
            self.add_error(None, _("The condition is not complete; see below."))
        return cleaned


def _lines() -> list[tuple[str, str, str]]:
    fields = ", ".join(Field.values)
    states = ", ".join(State.values)
    return [
        (
            "names",
            _("Names of fields"),
            _("One per line: our name = their name. Ours are %(names)s.")
            % {"names": fields},
        ),
        (
            "states_out",
            _("Our states in their words"),
            _("One per line: our state = their word. Ours are %(names)s.")
            % {"names": states},
        ),
        (
            "states_in",
            _("Their states in our words"),
            _("One per line: their word = our state."),
        ),
    ]


def _map_field(label: str, hint: str, kept: dict[str, str]) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=hint,
        initial="\n".join(f"{ours} = {theirs}" for ours, theirs in kept.items()),
    )


def _read_map(text: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        ours, _equals, theirs = (part.strip() for part in line.partition("="))
        if not ours or not theirs:
            message = _("Line %(number)s, “%(line)s”, is not written as word = word.")
            raise forms.ValidationError(
                message % {"number": number, "line": line.strip()}
            )
        if ours in words:
            message = _("Line %(number)s names “%(word)s” a second time.")
            raise forms.ValidationError(message % {"number": number, "word": ours})
        words[ours[:LONGEST_WORD]] = theirs[:LONGEST_WORD]
    if len(words) > MOST_LINES:
        raise forms.ValidationError(_("At most %(most)s lines.") % {"most": MOST_LINES})
    return words
