"""Forms of data protection."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.act.privacy.models import (
    PrivacySetting,
    RequestKind,
    RequestState,
    RequestWay,
)
from zhiyin.act.privacy.services import NewRequest
from zhiyin.channels.models import ChannelAccount
from zhiyin.common import clock

OPEN = "open"


class RequestFilterForm(forms.Form):
    """The filters of the list, in the address."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all states")), (OPEN, _("open")), *RequestState.choices],
    )
    kind = forms.ChoiceField(
        label=_("Request"),
        required=False,
        choices=[("", _("all requests")), *RequestKind.choices],
    )


class NewRequestForm(forms.Form):
    """A request that came by telephone, mail, letter or at a counter."""

    kind = forms.ChoiceField(label=_("Request"), choices=RequestKind.choices)
    way = forms.ChoiceField(
        label=_("Came by"),
        choices=[
            each
            for each in RequestWay.choices
            if each[0] not in {RequestWay.FORM, RequestWay.STAFF}
        ],
    )
    key = forms.CharField(
        label=_("Customer key"),
        required=False,
        max_length=200,
        help_text=_("A customer number, a telephone number or an e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = forms.CharField(
        label=_("Where to answer"),
        required=False,
        max_length=200,
        help_text=_("Telephone number or e-mail address; kept encrypted."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    words = forms.CharField(
        label=_("In the person's words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    received_on = forms.DateField(
        label=_("Came on"),
        required=False,
        help_text=_("The clock runs from this day; left empty, from now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_received_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["received_on"]
        if day is not None and day > clock.now().date():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def given(self) -> NewRequest:
        """Return what was filled in."""
        data = self.cleaned_data
        day = data["received_on"]
        at = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) if day else None
        return NewRequest(
            kind=data["kind"],
            way=data["way"],
            key=data["key"].strip(),
            contact=data["contact"].strip(),
            words=data["words"].strip(),
            received_at=at,
        )


class IdentifyForm(forms.Form):
    """How it was checked who is asking, and which customer they are."""

    how = forms.CharField(
        label=_("How the identity was checked"),
        max_length=200,
        help_text=_("Such as: called back at the number on file. No names."),
    )
    key = forms.CharField(
        label=_("Customer key"),
        required=False,
        max_length=200,
        help_text=_("Only if the customer was not found, or another was."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NoteForm(forms.Form):
    """A remark."""

    text = forms.CharField(
        label=_("Remark"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class OwnerForm(forms.Form):
    """Who answers the request."""

    owner = forms.ModelChoiceField(label=_("In charge"), queryset=Person.objects.none())

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Person.objects.filter(
            organisation_id=person.organisation_id, is_active=True
        )
        able = [each.pk for each in rows if each.may(Permission.MANAGE_PRIVACY)]
        self.fields["owner"].queryset = rows.filter(pk__in=able)  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """What was answered, or why it was refused."""

    outcome = forms.CharField(
        label=_("Answer, or reason of the refusal"),
        max_length=500,
        help_text=_("Kept as proof after an erasure: no names, no numbers."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EraseForm(forms.Form):
    """The confirmation of an erasure."""

    keeps_scores = forms.BooleanField(
        label=_("Keep the scores without a name"),
        required=False,
        help_text=_("Otherwise the answers are deleted, and past scores change."),
    )
    confirm = forms.BooleanField(
        label=_("I have checked who is asking, and that nothing must be kept.")
    )


class SettingForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the organisation answers."""

    class Meta:
        model = PrivacySetting
        fields = (
            "answer_days",
            "keeps_scores",
            "purges_nightly",
            "is_form_open",
            "sms_account",
            "email_account",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        senders = ChannelAccount.objects.of(self.instance.organisation_id)
        for name in ("sms_account", "email_account"):
            self.fields[name].queryset = senders.filter(is_enabled=True)  # type: ignore[attr-defined]


class FilingForm(forms.Form):
    """What a customer asks about their own data."""

    kind = forms.ChoiceField(label=_("What do you want?"), choices=RequestKind.choices)
    contact = forms.CharField(
        label=_("Mobile number or e-mail address we know you by"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    words = forms.CharField(
        label=_("What we should know"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )


class MonthsForm(forms.Form):
    """How long one kind is kept."""

    months = forms.IntegerField(label=_("months"), min_value=0, max_value=9999)


class LiftForm(forms.Form):
    """Who came back of their own will, and why that is believed."""

    texts = forms.CharField(
        label=_("Customer key and addresses"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("One a line. Only what is given here is known again."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("How they asked to come back; kept in the audit log."),
    )
