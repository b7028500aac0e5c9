"""A sender: what all have in common, then what its kind asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.channels.base import Kind, Setting
from zhiyin.channels.models import ChannelAccount, Medium
from zhiyin.channels.sms.contract import PermanentSmsError
from zhiyin.channels.sms.text import sign

PREFIX = "setting_"
_COMMON = ("name", "sender", "sender_name", "signature", "price", "currency")


def _field(setting: Setting, *, has_secret: bool) -> forms.Field:
    """Return the form field of one setting of a kind."""
    label, help_text = _(setting.label), setting.help_text and _(setting.help_text)
    required = setting.is_required
    if setting.is_secret:
        if has_secret:
            help_text = _("A secret is saved. Leave empty to keep it.")
        return forms.CharField(
            label=label,
            help_text=help_text,
            required=required and not has_secret,
            min_length=setting.length,
            max_length=setting.length or 500,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )
    if setting.choices:
        return forms.ChoiceField(
            label=label,
            help_text=help_text,
            required=required,
            choices=[(code, _(text)) for code, text in setting.choices],
        )
    if setting.is_number:
        return forms.IntegerField(
            label=label,
            help_text=help_text,
            required=required,
            min_value=1,
            max_value=65_535,
        )
    widget = forms.Textarea(attrs={"rows": 4}) if setting.is_long else None
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=8000 if setting.is_long else 300,
        widget=widget,
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """A sender of one kind; secrets go in and never come out."""

    class Meta:
        model = ChannelAccount
        fields = (*_COMMON, "rate_per_second")
        help_texts = {
            "name": gettext_lazy("For you and your colleagues."),
            "signature": gettext_lazy(
                "Registered with the operator; stands in 【】 before every text.",
            ),
            "rate_per_second": gettext_lazy("As many as your contract allows."),
        }

    def __init__(self, *args: Any, person: Person, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.kind = person, kind
        is_new = self.instance.pk is None
        self._suit_medium()
        known = {} if is_new else self.instance.secrets()
        for setting in kind.settings:
            name = f"{PREFIX}{setting.name}"
            has_secret = bool(known.get(setting.name))
            self.fields[name] = _field(setting, has_secret=has_secret)
            if not setting.is_secret:
                saved = self.instance.settings.get(setting.name)
                self.initial[name] = setting.default if is_new else saved

    def _suit_medium(self) -> None:
        """Keep only the fields that mean something for this kind."""
        medium = self.kind.medium
        if medium == Medium.EMAIL:
            del self.fields["signature"]
            self.fields["sender"].label = _("Sender's address")
            self.fields["sender"].required = True
            self.fields["price"].label = _("Price per mail")
        elif medium in {Medium.WECHAT, Medium.WECOM}:
            for name in ("sender", "sender_name", "signature"):
                del self.fields[name]
            self.fields["price"].label = _("Price per message")
        else:
            del self.fields["sender_name"]
            self.fields["sender"].label = _("Sender's number")
            self.fields["sender"].help_text = _("Where the gateway asks for one.")

    def clean_name(self) -> str:
        """Refuse a name that the organisation has already."""
        name = str(self.cleaned_data["name"])
        others = ChannelAccount.objects.visible_to(self.person).filter(name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("There is already a sender called %(name)s.") % {"name": name},
            )
        return name

    def clean_sender(self) -> str:
        """Refuse a sender that is no mail address where one is needed."""
        sender = str(self.cleaned_data["sender"]).strip()
        if self.kind.medium == Medium.EMAIL:
            try:
                return self.kind.read_address(sender)
            except ValueError as error:
                raise forms.ValidationError(_(str(error))) from error
        return sender

    def clean_sender_name(self) -> str:
        """Refuse what would begin another header of the mail."""
        name = str(self.cleaned_data["sender_name"])
        if not name.isprintable():
            raise forms.ValidationError(_("A name is one line."))
        return name

    def clean_signature(self) -> str:
        """Keep the name alone; the brackets are added to every text."""
        signature = str(self.cleaned_data["signature"]).strip().strip("【】").strip()
        if signature:
            try:
                sign("x", signature)
            except PermanentSmsError as error:
                raise forms.ValidationError(
                    _("A signature is a name of 1 to 20 characters."),
                ) from error
        return signature

    def clean_currency(self) -> str:
        """Write a currency as ISO 4217 does."""
        currency = str(self.cleaned_data["currency"]).strip().upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():  # noqa: PLR2004
            raise forms.ValidationError(_("A currency has three letters, such as CNY."))
        return currency

    def clean(self) -> dict[str, Any]:
        """Ask the kind whether its settings fit together."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, text in self.kind.check(self._plain(cleaned)).items():
            self.add_error(f"{PREFIX}{name}", _(text))
        return cleaned

    def _plain(self, cleaned: dict[str, Any]) -> dict[str, str]:
        found = {}
        for setting in self.kind.settings:
            if not setting.is_secret:
                value = cleaned.get(f"{PREFIX}{setting.name}")
                found[setting.name] = "" if value is None else str(value)
        return found

    def account(self) -> ChannelAccount:
        """Return the unsaved sender as filled in."""
        made: ChannelAccount = self.save(commit=False)
        made.organisation = self.person.organisation
        made.kind = self.kind.code
        made.settings = self._plain(self.cleaned_data)
        return made

    def secrets(self) -> dict[str, str]:
        """Return the secrets that were typed."""
        return {
            setting.name: str(self.cleaned_data.get(f"{PREFIX}{setting.name}") or "")
            for setting in self.kind.settings
            if setting.is_secret
        }
