"""How the loop is closed in one organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Person
from zhiyin.act.recovery.models import LoopSettings
from zhiyin.channels.models import ChannelAccount
from zhiyin.listen.customers.models import AttributeField

MOST_MINUTES = 7 * 24 * 60


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Telling customers, and what the revenue at risk is reckoned with."""

    leaving_percent = forms.FloatField(
        label=_("Unhappy customers who leave within a year, in percent"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_(
            "Empty: measured among detractors with whom nobody spoke, as soon as "
            "enough of them are known to have left or stayed."
        ),
    )
    revenue_field = forms.ChoiceField(
        label=_("Field with the month's revenue"),
        required=False,
        help_text=_("A field of customers that holds a number."),
    )

    class Meta:
        model = LoopSettings
        fields = (
            "is_telling", "wait_minutes", "account", "fallback_account",
            "revenue_field",
        )  # fmt: skip
        labels = {
            "is_telling": _("Tell customers when their case closes"),
            "wait_minutes": _("Minutes in which the text may still be changed"),
            "account": _("Sender"),
            "fallback_account": _("Sender where the first reaches nobody"),
        }
        help_texts = {
            "account": _(
                "Customers are told by the way on which they were asked; this sender "
                "serves cases that no programme asked about."
            ),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        accounts = ChannelAccount.objects.visible_to(person)
        for name in ("account", "fallback_account"):
            field: Any = self.fields[name]
            field.queryset = accounts
        numbers = AttributeField.objects.visible_to(person).filter(kind="number")
        choice: Any = self.fields["revenue_field"]
        choice.choices = [("", "–"), *((one.code, one.label) for one in numbers)]
        given = self.instance.yearly_leaving
        if given is not None:
            self.fields["leaving_percent"].initial = round(given * 100, 2)

    def clean_wait_minutes(self) -> int:
        """Refuse to keep a customer waiting for more than a week."""
        minutes = int(self.cleaned_data["wait_minutes"])
        if minutes > MOST_MINUTES:
            raise forms.ValidationError(_("At most a week: 10080 minutes."))
        return minutes

    def settings(self) -> LoopSettings:
        """Return the unsaved settings as filled in."""
        made: LoopSettings = self.save(commit=False)
        made.organisation = self.person.organisation
        percent = self.cleaned_data["leaving_percent"]
        made.yearly_leaving = None if percent is None else percent / 100
        return made
