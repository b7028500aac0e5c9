"""Words to customers, in the languages of the platform."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, Cause
from zhiyin.act.recovery.models import Telling
from zhiyin.act.recovery.queries import SLOTS, Words
from zhiyin.act.recovery.queries.words import (
    draft_words,
    language_of,
    news_words,
    preview_words,
    unknown_slots,
)
from zhiyin.act.recovery.services import News
from zhiyin.channels.models.templates import SLOT
from zhiyin.common import clock

LONGEST_BODY = 1_000
LONGEST_SUBJECT = 200
RECENT = dt.timedelta(days=90)


class TextsForm(forms.Form):
    """Subject and text per language; slots are checked, so that nobody gets a brace."""

    def __init__(
        self, *args: Any, person: Person, said: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        for code, name in settings.LANGUAGES:
            known = said.get(code) or {}
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject of mails, %(language)s") % {"language": name},
                max_length=LONGEST_SUBJECT,
                required=False,
                initial=known.get("subject", ""),
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text, %(language)s") % {"language": name},
                max_length=LONGEST_BODY,
                required=False,
                initial=known.get("body", ""),
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def languages(self) -> Iterator[tuple[str, str, Any, Any]]:
        """Yield code, name, subject field and text field of every language."""
        for code, name in settings.LANGUAGES:
            yield code, name, self[f"subject_{code}"], self[f"body_{code}"]

    def clean(self) -> dict[str, Any]:
        """Refuse slots that nothing fills."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, text in list(cleaned.items()):
            if name.startswith(("subject_", "body_")):
                self._check_slots(name, str(text or ""))
        return cleaned

    def _check_slots(self, name: str, text: str) -> None:
        wrong = unknown_slots(text)
        braces = SLOT.sub("", text)
        if wrong or "{" in braces or "}" in braces:
            self.add_error(
                name,
                _("These slots can be filled: %(slots)s.")
                % {"slots": " ".join(f"{{{each}}}" for each in SLOTS)},
            )

    def texts(self) -> dict[str, dict[str, str]]:
        """Return what was written, language by language."""
        return {
            code: {
                "subject": self.cleaned_data[f"subject_{code}"],
                "body": self.cleaned_data[f"body_{code}"],
            }
            for code, _name in settings.LANGUAGES
            if self.cleaned_data[f"body_{code}"]
        }

    def previews(self) -> list[tuple[str, str, Words]]:
        """Return the texts with made-up values in their slots."""
        organisation = self.person.organisation
        return [
            (
                code,
                str(dict(settings.LANGUAGES)[code]),
                preview_words(organisation, Words(said["subject"], said["body"]), code),
            )
            for code, said in self.texts().items()
        ]


class NewsForm(TextsForm):
    """What was changed about a cause, and whose closed cases it concerns."""

    cause = forms.ModelChoiceField(
        label=gettext_lazy("Cause"), queryset=Cause.objects.none()
    )
    since = forms.DateField(
        label=gettext_lazy("Cases closed since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        drafts = {code: news_words(code) for code, _name in settings.LANGUAGES}
        said = {
            code: {"subject": words.subject, "body": words.body}
            for code, words in drafts.items()
        }
        super().__init__(*args, person=person, said=said, **kwargs)
        field: Any = self.fields["cause"]
        field.queryset = Cause.objects.visible_to(person).filter(is_active=True)
        self.fields["since"].initial = (clock.now() - RECENT).date()
        self.fields["key"].initial = secrets.token_hex(12)

    def clean(self) -> dict[str, Any]:
        """Ask for one text at least."""
        cleaned = super().clean()
        written = [name for name, text in cleaned.items() if text]
        if not any(name.startswith("body_") for name in written) and not self.errors:
            raise forms.ValidationError(_("Write the text in one language at least."))
        return cleaned

    def news(self) -> News:
        """Return what is to be sent."""
        return News(
            cause=self.cleaned_data["cause"],
            since=self.cleaned_data["since"],
            texts=self.texts(),
            expected=self.cleaned_data["expected"] or 0,
            key=self.cleaned_data["key"],
        )


class TellingForm(forms.Form):
    """The words to the customer of one case."""

    subject = forms.CharField(
        label=gettext_lazy("Subject of a mail"), max_length=LONGEST_SUBJECT
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    @classmethod
    def of(cls, case: Case, telling: Telling | None, data: Any = None) -> TellingForm:
        """Return the form with what the customer would read now."""
        language = telling.language if telling is not None else ""
        language = language or language_of(case)
        said = telling.words if telling is not None else {}
        draft = draft_words(case, language)
        return cls(
            data,
            initial={
                "subject": said.get("subject") or draft.subject,
                "body": said.get("body") or draft.body,
            },
        )

    def words(self) -> Words:
        """Return what was written."""
        subject = " ".join(self.cleaned_data["subject"].split())
        return Words(subject, self.cleaned_data["body"].strip())
