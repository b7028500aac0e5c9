"""Customers to leave alone, and the filters of the log."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.listen.contacts.models import RuleName, SuppressionReason, Verdict
from zhiyin.listen.contacts.queries import LogFilter
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import hash_key, normalise_key

MOST_LINES = 100_000
MOST_BYTES = 8_000_000


def find_customer(person: Person, key: str) -> Customer | None:
    """Return the customer with this key, if the person may see it."""
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
        help_text=gettext_lazy(
            "The number or address by which the organisation knows the customer."
        ),
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


class ListForm(forms.Form):
    """Many customers to leave alone: a file with a key in each line."""

    file = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy(
            "A text or CSV file with one number or address at the beginning of each "
            "line; at most 100,000 lines. Whoever is no customer yet is left alone too."
        ),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=SuppressionReason.choices,
        initial=SuppressionReason.LISTED,
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Empty: until it is lifted."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    keys: tuple[str, ...] = ()

    def clean_file(self) -> None:
        """Read the first column, whatever the encoding of the file."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The list is too long; divide it."))
        content = file.read()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030", errors="replace")
        lines = [line.strip() for line in text.splitlines()]
        keys = [re.split(r"[,;\t]", line)[0].strip(" \"'") for line in lines if line]
        # A heading has neither a digit nor an @.
        if keys and not re.search(r"[\d@]", keys[0]):
            keys = keys[1:]
        if not keys:
            raise ValidationError(_("There is nothing in this file."))
        if len(keys) > MOST_LINES:
            raise ValidationError(_("The list is too long; divide it."))
        self.keys = tuple(keys)


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

    def wanted(self, person: Person) -> LogFilter:
        """Return what is asked for; raises Http404 for a customer not to be seen."""
        data = self.cleaned_data if self.is_valid() else {}
        customers = Customer.objects.visible_to(person)
        number = data.get("customer")
        return LogFilter(
            customer=get_object_or_404(customers, pk=number) if number else None,
            verdict=data.get("verdict", ""),
            rule=data.get("rule", ""),
            programme=data.get("programme", ""),
        )
