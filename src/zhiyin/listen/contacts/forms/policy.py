"""The contact policy as a form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.contacts.forms.reading import lines, number, pairs
from zhiyin.listen.contacts.models import SuppressionReason
from zhiyin.listen.contacts.queries import Rules
from zhiyin.listen.contacts.queries.rules import read_hours
from zhiyin.listen.customers.models import AttributeField

_LONGEST_DAYS = 730
_DAYS = (
    ("global_days", gettext_lazy("Between any two questions")),
    ("relationship_days", gettext_lazy("Between two waves")),
    ("transactional_days", gettext_lazy("Between two occasions")),
    (
        "relationship_after_transactional_days",
        gettext_lazy("From an occasion to a wave"),
    ),
    (
        "transactional_after_relationship_days",
        gettext_lazy("From a wave to an occasion"),
    ),
    ("after_answered_days", gettext_lazy("After an answer")),
    ("after_declined_days", gettext_lazy("After a refusal")),
    ("after_ignored_days", gettext_lazy("After no answer")),
)
_GROUPS = (
    (gettext_lazy("Pauses in days"), (*(name for name, _label in _DAYS), "own_days")),
    (
        gettext_lazy("Limits"),
        ("most_per_year", "channel_caps", "channel_hours", "tier_field", "tiers"),
    ),
    (gettext_lazy("Hours and days"), ("quiet_until", "quiet_from", "holidays")),
    (gettext_lazy("Left alone by events"), ("suppressing_events",)),
)
_LISTS = ("own_days", "channel_caps", "holidays", "suppressing_events")
_PARTS_OF_AN_EVENT = 4
_PARTS_OF_A_TIER = 3


class PolicyForm(forms.Form):
    """All numbers of the policy; 0 switches a rule off."""

    most_per_year = forms.IntegerField(
        label=gettext_lazy("Questions to one customer in 365 days, at most"),
        min_value=0,
        max_value=366,
    )
    own_days = forms.CharField(
        label=gettext_lazy("Touchpoints with their own pause"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "One per line: the code and the days, such as TP_COMPLAINT 7. They are "
            "free of the pauses of their stream and of the limit of the year.",
        ),
    )
    channel_caps = forms.CharField(
        label=gettext_lazy("Most messages on a channel"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("One per line: the channel and the number: sms 10"),
    )
    channel_hours = forms.FloatField(
        label=gettext_lazy("within how many hours"),
        min_value=1,
        max_value=24 * 366,
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Send from"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Send until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    holidays = forms.CharField(
        label=gettext_lazy("Days without messages"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("One date per line: 2027-02-06"),
    )
    tier_field = forms.ChoiceField(
        label=gettext_lazy("Field with the tier"),
        required=False,
        help_text=gettext_lazy(
            "Operational data that says how valuable a customer is."
        ),
    )
    tiers = forms.CharField(
        label=gettext_lazy("Numbers of single tiers"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "One per line: the value of the field, the most questions in 365 days and "
            "the days between any two: gold 3 60",
        ),
    )
    suppressing_events = forms.CharField(
        label=gettext_lazy("Events after which a customer is left alone"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "One per line: the event, the event that ends it or -, the hours at most, "
            "and the reason: outage.started outage.ended 24 outage",
        ),
    )

    def __init__(
        self, data: Any = None, *, rules: Rules, fields: Sequence[AttributeField]
    ) -> None:
        super().__init__(data, initial=_initial(rules))
        self.before = rules
        named = [(each.code, each.label) for each in fields]
        tier: Any = self.fields["tier_field"]
        tier.choices = [("", _("none: the same for everybody")), *named]
        for name, label in reversed(_DAYS):
            self.fields[name] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=_LONGEST_DAYS,
            )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields in the groups in which the page shows them."""
        return [
            (str(title), [self[name] for name in names]) for title, names in _GROUPS
        ]

    def clean_own_days(self) -> dict[str, float]:
        """Read `TP_COMPLAINT 7` line by line."""
        return {
            code: number(line, days, _LONGEST_DAYS)
            for line, code, days in pairs(self.cleaned_data["own_days"])
        }

    def clean_channel_caps(self) -> dict[str, int]:
        """Read `sms 10` line by line."""
        return {
            channel: int(number(line, most, 10_000))
            for line, channel, most in pairs(self.cleaned_data["channel_caps"])
        }

    def clean_holidays(self) -> tuple[str, ...]:
        """Read one date per line."""
        days = lines(self.cleaned_data["holidays"])
        for day in days:
            try:
                dt.date.fromisoformat(day)
            except ValueError as error:
                raise ValidationError(
                    _("“%(line)s” is no date such as 2027-02-06.") % {"line": day},
                ) from error
        return tuple(sorted(set(days)))

    def clean_tiers(self) -> dict[str, dict[str, float]]:
        """Read `gold 3 60` line by line."""
        made = {}
        for line in lines(self.cleaned_data["tiers"]):
            parts = line.rsplit(maxsplit=_PARTS_OF_A_TIER - 1)
            if len(parts) != _PARTS_OF_A_TIER:
                raise ValidationError(
                    _("“%(line)s” needs a tier and two numbers.") % {"line": line},
                )
            made[parts[0]] = {
                "most_per_year": number(line, parts[1], 366),
                "global_days": number(line, parts[2], _LONGEST_DAYS),
            }
        return made

    def clean_suppressing_events(self) -> tuple[tuple[str, str, float, str], ...]:
        """Read `outage.started outage.ended 24 outage` line by line."""
        made = []
        for line in lines(self.cleaned_data["suppressing_events"]):
            parts = line.split()
            if len(parts) != _PARTS_OF_AN_EVENT:
                raise ValidationError(
                    _("“%(line)s” needs two events, the hours and a reason.")
                    % {"line": line},
                )
            begins, ends, hours, reason = parts
            if reason not in SuppressionReason.values:
                raise ValidationError(
                    _("“%(reason)s” is no reason. Choose one of: %(known)s")
                    % {"reason": reason, "known": ", ".join(SuppressionReason.values)},
                )
            longest = number(line, hours, _LONGEST_DAYS * 24)
            made.append((begins, "" if ends == "-" else ends, longest, reason))
        return tuple(made)

    def clean(self) -> dict[str, Any]:
        """Refuse hours between which nothing could ever be sent."""
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("quiet_until"), cleaned.get("quiet_from")
        if start and end and start > end:
            self.add_error("quiet_from", _("It must be later than the first hour."))
        return cleaned

    def rules(self) -> Rules:
        """Return the rules as filled in."""
        data = dict(self.cleaned_data)
        for name in ("quiet_from", "quiet_until"):
            data[name] = f"{data[name]:%H:%M}"
        return replace(self.before, **data)


def _initial(rules: Rules) -> dict[str, Any]:
    data = rules.to_dict()
    for name in _LISTS:
        value = data[name]
        data[name] = "\n".join(" ".join(map(_shown, row)) for row in _rows(value))
    data["tiers"] = "\n".join(
        f"{tier} {own.get('most_per_year', 0):g} {own.get('global_days', 0):g}"
        for tier, own in rules.tiers.items()
    )
    for name in ("quiet_from", "quiet_until"):
        data[name] = read_hours(data[name])
    for name, _label in _DAYS:
        data[name] = _shown(data[name])
    return data


def _rows(value: Any) -> Iterable[Sequence[Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return [[row] if isinstance(row, str) else row for row in value]


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value) or "-"
