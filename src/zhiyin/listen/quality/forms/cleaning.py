"""The cleaning rules as a form, and the days of a run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.common import clock
from zhiyin.listen.quality.models import CleaningPlan, CleaningRule
from zhiyin.listen.quality.queries import DEFAULTS, settings_of

_LONGEST_DAYS = 800
_SHOWN_DAYS = 90
# Rule and number: its words, smallest and largest value.
_NUMBERS = {
    ("duplicate", "hours"): (gettext_lazy("within hours"), 1, 24 * 366),
    ("late", "grace_hours"): (gettext_lazy("hours of grace"), 0, 24 * 31),
    ("burst", "answers"): (gettext_lazy("answers, at least"), 3, 1000),
    ("burst", "minutes"): (gettext_lazy("within minutes"), 1, 24 * 60),
    ("burst", "characters"): (gettext_lazy("of characters, at least"), 2, 200),
    ("speeder", "deviations"): (gettext_lazy("robust deviations below"), 1.5, 10),
    ("speeder", "least"): (gettext_lazy("answers to compare, at least"), 30, 100_000),
    ("straight_lining", "items"): (gettext_lazy("items, at least"), 3, 100),
}
_ABOUT = {
    "test": gettext_lazy("The customer is flagged as a test number."),
    "employee": gettext_lazy(
        "The customer is flagged as own staff and was not asked as an employee.",
    ),
    "duplicate": gettext_lazy(
        "The same customer answered the same questionnaire about the same occasion "
        "again; the first answer stays.",
    ),
    "late": gettext_lazy("Answered after the invitation or the wave was over."),
    "burst": gettext_lazy(
        "Many answers about one occasion say the same words within a short time.",
    ),
    "speeder": gettext_lazy(
        "Far faster than the others of the same questionnaire and channel: logarithm "
        "of the duration against median and median absolute deviation.",
    ),
    "straight_lining": gettext_lazy(
        "The same point on every item, and faster than the median. A straight line is "
        "often honest: look at what it finds before taking it out.",
    ),
}


class CleaningForm(forms.Form):
    """Which rules apply, with their numbers."""

    is_automatic = forms.BooleanField(
        label=gettext_lazy("Apply them every night to the last 90 days"),
        required=False,
    )

    def __init__(self, data: Any = None, *, plan: CleaningPlan) -> None:
        super().__init__(data, initial={"is_automatic": plan.is_automatic})
        for rule, own in settings_of(plan.rules).items():
            for name, value in own.items():
                self.fields[f"{rule}_{name}"] = _field(rule, name, value)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per rule as the page shows them."""
        words = dict(CleaningRule.choices)
        return [
            {
                "label": words[rule],
                "about": _ABOUT[rule],
                "switch": self[f"{rule}_is_on"],
                "numbers": [self[f"{rule}_{name}"] for name in own if name != "is_on"],
            }
            for rule, own in DEFAULTS.items()
        ]

    def rules(self) -> dict[str, dict[str, Any]]:
        """Return the rules as filled in."""
        return {
            rule: {name: self.cleaned_data[f"{rule}_{name}"] for name in own}
            for rule, own in DEFAULTS.items()
        }


def _field(rule: str, name: str, value: Any) -> forms.Field:
    if name == "is_on":
        words = str(dict(CleaningRule.choices)[rule])
        return forms.BooleanField(label=words, required=False, initial=value)
    label, least, most = _NUMBERS[rule, name]
    kind: Any = forms.FloatField if name == "deviations" else forms.IntegerField
    made: forms.Field = kind(
        label=label, initial=value, min_value=least, max_value=most
    )
    return made


class DaysForm(forms.Form):
    """From which day to which."""

    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        today = clock.now().date()
        days = {"since": today - dt.timedelta(_SHOWN_DAYS), "until": today}
        super().__init__(data, initial=days, **more)

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and more of them than a run can take."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("It must not lie before the first day."))
        elif since and until and (until - since).days > _LONGEST_DAYS:
            self.add_error(
                "since",
                _("At most %(days)s days at once.") % {"days": _LONGEST_DAYS},
            )
        return cleaned
