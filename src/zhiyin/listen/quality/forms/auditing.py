"""Drawing a sample, and what one customer said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from zhiyin.listen.quality.forms.cleaning import DaysForm
from zhiyin.listen.quality.models import AuditCase, AuditResult


class SampleForm(DaysForm):
    """A name, a share and the days."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    percent = forms.FloatField(
        label=gettext_lazy("Share of the answers in percent"),
        min_value=0.1,
        max_value=100,
    )
    field_order = ("name", "percent", "since", "until")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["percent"].initial = 2


class CheckForm(forms.ModelForm):  # type: ignore[type-arg]
    """The result of one check."""

    was_asked_for_score = forms.NullBooleanField(
        label=gettext_lazy("Did anybody ask the customer for a high score?"),
        required=False,
        widget=forms.Select(
            choices=[
                ("unknown", gettext_lazy("not told")),
                ("true", gettext_lazy("yes")),
                ("false", gettext_lazy("no")),
            ],
        ),
    )

    class Meta:
        model = AuditCase
        fields = ("result", "was_asked_for_score", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        result: Any = self.fields["result"]
        result.choices = [
            pair for pair in AuditResult.choices if pair[0] != AuditResult.OPEN
        ]
