"""A calendar as a form: one line of hours per weekday."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, Person
from zhiyin.act.clocks.models import WorkCalendar
from zhiyin.act.clocks.queries import (
    OFFICE_HOURS,
    CalendarError,
    SpecialDay,
    read_days,
    read_spans,
)
from zhiyin.act.clocks.services import Hours

_NEAR = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Urumqi")
_SEPARATORS = re.compile(r"[,，、;；]+")


def _zones() -> list[tuple[str, str]]:
    others = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
    return [(zone, zone) for zone in dict.fromkeys((*_NEAR, *others))]


class CalendarForm(forms.Form):
    """The hours of a week, and whose they are."""

    name = forms.CharField(label=_("Name"), max_length=80)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    is_default = forms.BooleanField(
        label=_("Holds wherever no other calendar does"), required=False
    )
    departments = forms.ModelMultipleChoiceField(
        queryset=Department.objects.none(),
        label=_("Departments that work by it"),
        required=False,
        help_text=_("Departments below them do so too, unless they have their own."),
        widget=forms.SelectMultiple({"size": 6}),
    )

    def __init__(
        self, *args: Any, person: Person, calendar: WorkCalendar, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        hours = calendar.hours or OFFICE_HOURS
        for day, name in WEEKDAYS.items():
            spans = [f"{first}-{last}" for first, last in hours.get(str(day), [])]
            self.fields[f"day{day}"] = forms.CharField(
                label=name, required=False, max_length=120, initial=", ".join(spans)
            )
        self.fields["time_zone"].choices = _zones()  # type: ignore[attr-defined]
        own = Department.objects.visible_to(person).active()
        self.fields["departments"].queryset = own  # type: ignore[attr-defined]
        self.initial = {
            "name": calendar.name,
            "time_zone": calendar.time_zone or person.organisation.time_zone,
            "is_default": calendar.is_default,
            "departments": own.filter(work_calendar__calendar=calendar.pk),
        }
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                is_list = isinstance(field, forms.ChoiceField)
                field.widget.attrs["class"] = (
                    "form-select" if is_list else "form-control"
                )
            else:
                field.widget.attrs["class"] = "form-check-input"

    @property
    def days(self) -> list[forms.BoundField]:
        """Return the fields of the weekdays."""
        return [self[f"day{day}"] for day in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        """Read the hours of each weekday; what is wrong is said beside its day."""
        cleaned = super().clean() or {}
        hours: dict[str, list[list[str]]] = {}
        for day in WEEKDAYS:
            text = str(cleaned.get(f"day{day}", "")).replace("—", "-").replace("–", "-")
            parts = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
            spans = [[each.strip() for each in part.split("-")] for part in parts]
            try:
                read_spans(spans)
            except CalendarError as error:
                self.add_error(f"day{day}", str(error))
            if spans:
                hours[str(day)] = spans
        cleaned["hours"] = hours
        return cleaned

    def read(self) -> Hours:
        """Return what was sent."""
        kept = self.cleaned_data
        return Hours(
            name=kept["name"],
            time_zone=kept["time_zone"],
            hours=kept["hours"],
            is_default=kept["is_default"],
            departments=list(kept["departments"]),
        )


class DaysForm(forms.Form):
    """Special days, one or a span per line."""

    days = forms.CharField(
        label=_("Days"),
        widget=forms.Textarea({"rows": 4, "class": "form-control"}),
        help_text=_(
            "One or a span per line: 2027-10-01..2027-10-07 holiday National Day, "
            "or 2027-10-09 working.",
        ),
    )

    def clean_days(self) -> list[SpecialDay]:
        """Read the lines; what is wrong is said with its line."""
        try:
            return read_days(self.cleaned_data["days"])
        except CalendarError as error:
            raise ValidationError(str(error)) from error
