"""Customers to leave alone, and the filters of the log."""

from __future__ import annotations

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
