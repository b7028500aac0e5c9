"""Forms of a person about herself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.forms.choices import LanguageField, TimeZoneField
from zhiyin.accounts.models import Scope, Theme


class ProfileForm(forms.Form):
    """How the pages speak to and look for one person."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    language = LanguageField()
    time_zone = TimeZoneField()
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices)


class TokenForm(forms.Form):
    """What a new key to the API is for."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it be used for?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text=_("Tick no more than the program needs."),
    )
