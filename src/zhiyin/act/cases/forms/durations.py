"""A time as people give it: a number and its unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

UNITS = (
    (1, gettext_lazy("minutes")),
    (60, gettext_lazy("hours")),
    (1440, gettext_lazy("days")),
)
MOST_MINUTES = 366 * 1440


class _DurationWidget(forms.MultiWidget):
    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"min": 1, "class": "form-control"})
        unit = forms.Select(choices=UNITS, attrs={"class": "form-select"})
        super().__init__([number, unit], attrs={"class": "zk-duration"})

    def decompress(self, value: int | None) -> list[Any]:
        """Show minutes in the largest unit that fits without a rest."""
        if value is None:
            return [None, 60]
        fitting = [unit for unit, _label in UNITS if value % unit == 0]
        return [value // max(fitting), max(fitting)]


class DurationField(forms.MultiValueField):
    """Minutes, given as a number of minutes, hours or days; empty is None."""

    widget = _DurationWidget

    def __init__(self, **options: Any) -> None:
        parts = [
            forms.IntegerField(min_value=1, required=False),
            forms.TypedChoiceField(choices=UNITS, coerce=int, required=False),
        ]
        options.setdefault("required", False)
        super().__init__(parts, require_all_fields=False, **options)

    def compress(self, data_list: list[Any]) -> int | None:
        """Return the minutes."""
        if not data_list or data_list[0] in (None, ""):
            return None
        minutes = int(data_list[0]) * int(data_list[1] or 60)
        if minutes > MOST_MINUTES:
            message = _("A clock runs a year at most; received %(days)s days.")
            raise ValidationError(message % {"days": minutes // 1440})
        return minutes
