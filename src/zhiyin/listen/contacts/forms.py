"""The policy as a form, customers to leave alone, and the filters of the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.listen.contacts.models import RuleName, SuppressionReason, Verdict
from zhiyin.listen.contacts.queries import Rules
from zhiyin.listen.contacts.queries.rules import read_hours
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import hash_key, normalise_key

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
    ("after_declined_days", gettext_lazy("After she declined")),
    ("after_ignored_days", gettext_lazy("After no answer")),
)
_LISTS = ("own_days", "channel_caps", "holidays")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


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
    quiet_until = forms.TimeField(label=gettext_lazy("Send from"))
    quiet_from = forms.TimeField(label=gettext_lazy("until"))
    holidays = forms.CharField(
        label=gettext_lazy("Days without messages"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("One date per line: 2027-02-06"),
    )

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        super().__init__(data, initial=_initial(rules))
        self.before = rules
        for name, label in reversed(_DAYS):
            self.fields[name] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=_LONGEST_DAYS,
            )
        self.order_fields([name for name, _label in _DAYS])

    def clean_own_days(self) -> dict[str, float]:
        """Read `TP_COMPLAINT 7` line by line."""
        return {
            code: _number(line, number, _LONGEST_DAYS)
            for line, code, number in _pairs(self.cleaned_data["own_days"])
        }

    def clean_channel_caps(self) -> dict[str, int]:
        """Read `sms 10` line by line."""
        return {
            channel: int(_number(line, number, 10_000))
            for line, channel, number in _pairs(self.cleaned_data["channel_caps"])
        }

    def clean_holidays(self) -> tuple[str, ...]:
        """Read one date per line."""
        days = _lines(self.cleaned_data["holidays"])
        for day in days:
            try:
                dt.date.fromisoformat(day)
            except ValueError as error:
                raise ValidationError(
                    _("“%(line)s” is no date such as 2027-02-06.") % {"line": day},
                ) from error
        return tuple(sorted(set(days)))

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
        pairs = value.items() if isinstance(value, dict) else ((one,) for one in value)
        data[name] = "\n".join(" ".join(_shown(part) for part in row) for row in pairs)
    for name in ("quiet_from", "quiet_until"):
        data[name] = read_hours(data[name])
    for name, _label in _DAYS:
        data[name] = _shown(data[name])
    return data


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _pairs(text: str) -> list[tuple[str, str, str]]:
    made = []
    for line in _lines(text):
        name, _space, number = line.replace("\t", " ").rpartition(" ")
        if not name.strip():
            raise ValidationError(
                _("“%(line)s” needs a name and a number.") % {"line": line},
            )
        made.append((line, name.strip(), number))
    return made


def _number(line: str, number: str, most: float) -> float:
    try:
        value = float(number)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise ValidationError(
            _("“%(line)s” must end with a number from 0 to %(most)s.")
            % {"line": line, "most": f"{most:g}"},
        )
    return value


def find_customer(person: Person, key: str) -> Customer | None:
    """Return the customer with this key, if the person may see her."""
    try:
        plain = normalise_key(key)
    except ValueError:
        return None
    code = hash_key(person.organisation_id, plain)
    return Customer.objects.visible_to(person).filter(key_hash=code).first()


class SuppressionForm(forms.Form):
    """One customer to leave alone, why, and until when."""

    key = forms.CharField(
        label=gettext_lazy("Customer key"),
        max_length=200,
        help_text=gettext_lazy("The number or address by which you know her."),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=SuppressionReason.choices,
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Empty: until it is lifted."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    customer: Customer

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_key(self) -> str:
        """Find the customer."""
        key = str(self.cleaned_data["key"])
        found = find_customer(self.person, key)
        if found is None:
            raise ValidationError(_("No customer is known by this key."))
        self.customer = found
        return key


class LogForm(forms.Form):
    """The filters of the log, in the address; a customer stands there as a number."""

    customer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        required=False,
        choices=[("", gettext_lazy("all")), *Verdict.choices],
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("Rule"),
        required=False,
        choices=[("", gettext_lazy("all")), *RuleName.choices],
    )
    programme = forms.CharField(label=gettext_lazy("Programme"), required=False)
