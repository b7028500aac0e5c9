"""Which answers are compared with the base, by which fields."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField, FieldKind
from zhiyin.listen.programs.models import Stream, Touchpoint, Wave
from zhiyin.listen.quality.queries import Base, BaseError, Selection, read_base

_SHOWN_DAYS = 90
_MOST_FIELDS = 4


class CompareForm(forms.Form):
    """The selection of answers, the fields, and a base where no file knows it."""

    stream = forms.ChoiceField(label=gettext_lazy("Stream"), choices=Stream.choices)
    wave = forms.ChoiceField(label=gettext_lazy("Wave"), required=False)
    touchpoint = forms.ChoiceField(label=gettext_lazy("Touchpoint"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    fields_chosen = forms.MultipleChoiceField(
        label=gettext_lazy("Fields"),
        widget=forms.CheckboxSelectMultiple,
    )
    base = forms.CharField(
        label=gettext_lazy("Base by hand"),
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy(
            "Empty: the base is what the newest customer file knows. Else one per "
            "line: the field, the value and how many customers have it, such as: "
            "city 广州 1200000",
        ),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        today = clock.now().date()
        days = {"since": today - dt.timedelta(_SHOWN_DAYS), "until": today}
        super().__init__(data, initial=days)
        all_of_them = ("", _("all"))
        waves = Wave.objects.visible_to(person).values_list("code", "name")
        touchpoints = Touchpoint.objects.visible_to(person).values_list("code", "name")
        known = AttributeField.objects.visible_to(person)
        fields: dict[str, Any] = self.fields
        fields["wave"].choices = [all_of_them, *waves]
        fields["touchpoint"].choices = [all_of_them, *touchpoints]
        self.labels = dict(
            known.filter(kind=FieldKind.CATEGORY).values_list("code", "label")
        )
        fields["fields_chosen"].choices = list(self.labels.items())

    def clean_fields_chosen(self) -> list[str]:
        """Refuse more fields than weights can meet together."""
        chosen = list(self.cleaned_data["fields_chosen"])
        if len(chosen) > _MOST_FIELDS:
            raise forms.ValidationError(
                _("Choose at most %(most)s fields.") % {"most": _MOST_FIELDS}
            )
        return chosen

    def clean_base(self) -> Base:
        """Read `city 广州 1200000` line by line."""
        try:
            return read_base(str(self.cleaned_data["base"]), self.labels)
        except BaseError as error:
            raise forms.ValidationError(str(error)) from error

    def selection(self) -> Selection:
        """Return which answers are meant."""
        names = ("stream", "wave", "touchpoint", "since", "until")
        return Selection(**{name: self.cleaned_data[name] for name in names})
