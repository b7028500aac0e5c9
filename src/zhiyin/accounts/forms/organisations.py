"""Forms about the organisation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.forms.choices import LanguageField, TimeZoneField


class OrganisationForm(forms.Form):
    """What the organisation is called and how it logs in."""

    name = forms.CharField(label=_("Name"), max_length=120)
    brand = forms.CharField(
        label=_("Brand shown to customers"),
        max_length=120,
        help_text=_("Stands on every survey page."),
    )
    language = LanguageField(help_text=_("For new colleagues and surveys."))
    time_zone = TimeZoneField(help_text=_("Days and months of every report."))
    requires_second_step = forms.BooleanField(
        label=_("Everybody logs in with a second step"),
        required=False,
        help_text=_("Whoever has none yet is asked to set it up before anything else."),
    )


class ThresholdsForm(forms.Form):
    """From how many answers a score, and a rank, are shown."""

    minimum_n_score = forms.IntegerField(
        label=_("Answers for a score"),
        min_value=5,
        max_value=10_000,
        help_text=_("Below it a group shows no score. 30 is usual."),
    )
    minimum_n_rank = forms.IntegerField(
        label=_("Answers for a rank"),
        min_value=5,
        max_value=100_000,
        help_text=_("Below it a group is grey and unranked. 100 is usual."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept in the audit log with the old and the new numbers."),
    )
