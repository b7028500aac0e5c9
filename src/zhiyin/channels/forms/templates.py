"""Templates, in the languages of the platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.channels.models import ChannelAccount, Medium, MessageTemplate
from zhiyin.channels.models.templates import FIELD, SLOT
from zhiyin.channels.queries.checks import Written, text_faults

LONGEST_BODY = 20_000
BRACES = re.compile(r"\{[^{}]*\}?|\}")


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A template; its code is fixed once others refer to it."""

    class Meta:
        model = MessageTemplate
        fields = (
            *("name", "code", "medium", "message_class"),
            *("provider_code", "provider_fields"),
        )
        widgets = {"provider_fields": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": gettext_lazy("Programmes refer to it; it never changes."),
            "message_class": gettext_lazy(
                "Survey and marketing mails offer to unsubscribe.",
            ),
            "provider_code": gettext_lazy(
                "Only for clouds that send nothing else; the text here is what "
                "they approved.",
            ),
            "provider_fields": gettext_lazy(
                "For WeChat: a line for each field, such as thing1: {question}. The "
                "link is sent along and opens at a tap.",
            ),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.fields["medium"].disabled = True
            if self.instance.medium != Medium.WECHAT:
                del self.fields["provider_fields"]
        for code, name in settings.LANGUAGES:
            said = self.instance.texts.get(code) or {}
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject, %(language)s") % {"language": name},
                max_length=200,
                required=False,
                initial=said.get("subject", ""),
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text, %(language)s") % {"language": name},
                max_length=LONGEST_BODY,
                required=False,
                initial=said.get("body", ""),
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def languages(self) -> Iterator[tuple[str, str, Any, Any]]:
        """Yield code, name, subject field and text field of every language."""
        for code, name in settings.LANGUAGES:
            yield code, name, self[f"subject_{code}"], self[f"body_{code}"]

    def common(self) -> list[Any]:
        """Return the fields that belong to no language."""
        return [self[name] for name in self.Meta.fields if name in self.fields]

    def clean_code(self) -> str:
        """Refuse a code that the organisation has already."""
        code = str(self.cleaned_data["code"])
        others = MessageTemplate.objects.visible_to(self.person).filter(code=code)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("There is already a template with the code %(code)s.")
                % {"code": code},
            )
        return code

    def clean_provider_fields(self) -> str:
        """Refuse a line that names no field."""
        text = str(self.cleaned_data["provider_fields"])
        for line in text.splitlines():
            if line.strip() and not FIELD.fullmatch(line):
                raise forms.ValidationError(
                    _("A line is written like thing1: {question}; received %(text)s.")
                    % {"text": line[:40]},
                )
        self._check_slots("provider_fields", text)
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for one text at least, for subjects of mails, and for proper slots."""
        cleaned: dict[str, Any] = super().clean() or {}
        written = False
        for code, _name in settings.LANGUAGES:
            subject = cleaned.get(f"subject_{code}") or ""
            body = cleaned.get(f"body_{code}") or ""
            written = written or bool(body)
            if cleaned.get("medium") == Medium.EMAIL and body and not subject:
                self.add_error(f"subject_{code}", _("A mail needs a subject."))
            self._check_slots(f"subject_{code}", subject)
            self._check_slots(f"body_{code}", body)
            self._check_text(code, body, cleaned)
        if not written and not self.errors:
            raise forms.ValidationError(_("Write the text in one language at least."))
        return cleaned

    def _check_slots(self, field: str, text: str) -> None:
        wrong = [each for each in BRACES.findall(text) if not SLOT.fullmatch(each)]
        if wrong:
            self.add_error(
                field,
                _(
                    "A slot is written like {link}: small letters, digits and _; "
                    "received %(text)s.",
                )
                % {"text": wrong[0][:40]},
            )

    def _check_text(self, language: str, body: str, cleaned: dict[str, Any]) -> None:
        """Refuse what must not be sent; mere warnings stand beside the preview."""
        written = Written(
            body,
            message_class=cleaned.get("message_class") or self.instance.message_class,
            language=language,
            medium=cleaned.get("medium") or self.instance.medium,
            brand=self.person.organisation.brand if self.person.organisation else "",
        )
        for fault in text_faults(written) if body else ():
            if fault.is_refusal:
                quoted = f" “{fault.quote}”" if fault.quote else ""
                self.add_error(f"body_{language}", f"{fault.message}{quoted}")

    def template(self) -> MessageTemplate:
        """Return the unsaved template as filled in."""
        made: MessageTemplate = self.save(commit=False)
        made.organisation = self.person.organisation
        made.texts = {
            code: {
                "subject": self.cleaned_data[f"subject_{code}"],
                "body": self.cleaned_data[f"body_{code}"],
            }
            for code, _name in settings.LANGUAGES
            if self.cleaned_data[f"body_{code}"]
        }
        return made


class PreviewForm(forms.Form):
    """What the preview needs of a template that is being written."""

    medium = forms.ChoiceField(choices=Medium.choices, required=False)
    account = forms.ModelChoiceField(
        label=gettext_lazy("As sent by"),
        queryset=ChannelAccount.objects.none(),
        required=False,
        empty_label=gettext_lazy("no sender (without signature and price)"),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = ChannelAccount.objects.visible_to(person)
