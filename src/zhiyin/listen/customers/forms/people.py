"""Forms of the customers' list and of one customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import Department, Person
from zhiyin.listen.customers.models import (
    Audience,
    ConsentState,
    ContactKind,
    Customer,
    Purpose,
)
from zhiyin.listen.customers.queries import WantedCustomers
from zhiyin.listen.customers.services import Proof, normalise_address

KEPT_CHOICES = [
    ("", _("all customers")),
    ("opted_out", pgettext_lazy("customers", "opted out")),
    ("test", _("test numbers")),
    ("staff", pgettext_lazy("customers", "own staff")),
    ("unreachable", _("with a dead address")),
]
CHANNELS = [
    ("", _("all channels")),
    ("sms", _("text message")),
    ("email", _("e-mail")),
    ("wechat", _("WeChat")),
    ("wecom", _("WeCom")),
    ("voice", _("telephone")),
]


def _style(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput):
            widget.attrs["class"] = "form-check-input"
        elif isinstance(widget, forms.Select):
            widget.attrs["class"] = "form-select"
        else:
            widget.attrs["class"] = "form-control"


def _departments(person: Person) -> Any:
    return Department.objects.visible_to(person).order_by("path")


class CustomersFilterForm(forms.Form):
    """The filters of the list, in the address."""

    q = forms.CharField(required=False, max_length=200)
    audience = forms.ChoiceField(
        label=_("Audience"),
        required=False,
        choices=[("", _("all audiences")), *Audience.choices],
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("all departments"),
    )
    kept = forms.ChoiceField(label=_("Which"), required=False, choices=KEPT_CHOICES)
    before = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = _departments(person)  # type: ignore[attr-defined]
        _style(self)

    def wanted(self) -> WantedCustomers:
        """Return the filters; one that makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data
        return WantedCustomers(
            search=given.get("q", "").strip(),
            audience=given.get("audience", ""),
            department=given.get("department"),
            kept=given.get("kept", ""),
            before=given.get("before"),
        )


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may be changed by hand about a customer."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("not known")), *settings.LANGUAGES],
    )

    class Meta:
        model = Customer
        fields = ("audience", "language", "department", "is_test", "is_staff")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = _departments(person)  # type: ignore[attr-defined]
        self.fields["is_test"].help_text = _(
            "Answers of test numbers and of own staff never count as customers’."
        )
        _style(self)


class ContactPointForm(forms.Form):
    """One more way to reach a customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Kept encrypted and shown masked."),
    )
    is_preferred = forms.BooleanField(label=_("Use this one first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)

    def clean(self) -> dict[str, Any]:
        """Refuse an address that is none of its kind."""
        given = super().clean() or {}
        if given.get("kind") and given.get("address"):
            try:
                normalise_address(given["kind"], given["address"])
            except ValueError as error:
                self.add_error("address", str(error))
        return given


class ConsentForm(forms.Form):
    """One line for the ledger, as told to a person."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    channel = forms.ChoiceField(label=_("Channel"), choices=CHANNELS, required=False)
    state = forms.ChoiceField(label=_("State"), choices=ConsentState.choices)
    source = forms.CharField(
        label=_("How the customer said so"),
        max_length=60,
        help_text=_("Such as: call to the hotline, form in the hall."),
    )
    notice_version = forms.CharField(
        label=_("Version of the notice"),
        max_length=40,
        required=False,
    )
    evidence = forms.CharField(
        label=_("What proves it"),
        max_length=300,
        min_length=4,
        help_text=_("Such as the number of the recording or of the form."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)

    def proof(self) -> Proof:
        """Return where the line comes from."""
        given = self.cleaned_data
        return Proof(given["notice_version"], given["source"], given["evidence"])


class RevealForm(forms.Form):
    """Why somebody wants to see personal data in clear."""

    reason = forms.CharField(
        label=_("Reason, recorded in the audit log"),
        min_length=4,
        max_length=300,
        widget=forms.TextInput({"class": "form-control"}),
    )


class ReasonForm(forms.Form):
    """Why something is done that the record should explain."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=200,
        widget=forms.TextInput({"class": "form-control"}),
    )
