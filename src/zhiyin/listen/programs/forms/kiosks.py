"""The form of a kiosk: where it stands, and how it leaves."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.listen.programs.models import KioskDevice, SurveyLink
from zhiyin.listen.programs.queries.codes import departments_for_codes

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PIN = re.compile(r"[0-9]{4,8}")


class KioskForm(forms.ModelForm):  # type: ignore[type-arg]
    """A device; of one that is known an empty PIN changes nothing."""

    pin = forms.CharField(
        label=gettext_lazy("PIN to leave"),
        required=False,
        max_length=8,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    class Meta:
        model = KioskDevice
        fields = ("name", "department", "accent", "idle_seconds", "thanks_seconds")
        widgets = {"accent": forms.TextInput({"type": "color"})}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        department: Any = self.fields["department"]
        department.queryset = departments_for_codes(person)
        department.help_text = _("Answers carry it; empty: as the link says.")
        pin = self.fields["pin"]
        pin.required = self.instance.pk is None
        pin.help_text = (
            _("4 to 8 digits; the staff types it to leave the kiosk.")
            if pin.required
            else _("4 to 8 digits; empty: the PIN stays as it is.")
        )

    def clean_pin(self) -> str:
        """Refuse what a keypad of digits cannot type."""
        pin = str(self.cleaned_data["pin"])
        if pin and not _PIN.fullmatch(pin):
            raise forms.ValidationError(_("A PIN has 4 to 8 digits."))
        return pin

    def clean_accent(self) -> str:
        """Refuse what is no colour."""
        colour = str(self.cleaned_data["accent"]).lower()
        if not _COLOUR.fullmatch(colour):
            raise forms.ValidationError(_("A colour is written like #0b6e66."))
        return colour

    def made(self, link: SurveyLink) -> KioskDevice:
        """Return the unsaved device as filled in."""
        device: KioskDevice = self.save(commit=False)
        device.organisation_id = link.organisation_id
        device.link = link
        return device
