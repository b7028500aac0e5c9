"""A new questionnaire, and the texts of a draft in every language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries import LANGUAGES, standard_choices
from zhiyin.listen.surveys.services import DraftTexts

TEXT_LABELS = {
    "text": gettext_lazy("Question"),
    "low": gettext_lazy("Label of the lowest score"),
    "high": gettext_lazy("Label of the highest score"),
    "labels": gettext_lazy("Labels of the scores, one per line"),
    "options": gettext_lazy("Choices, one per line"),
    "thanks": gettext_lazy("Thank-you"),
    "next": gettext_lazy("What happens next"),
}
LINES = ("labels", "options")
PAGE = ("thanks", "next")


class NewInstrumentForm(forms.Form):
    standard = forms.ChoiceField(
        label=gettext_lazy("Standard questionnaire"),
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty takes the standard's name."),
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Answers refer to it; it never changes. Empty takes the standard's code.",
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = standard_choices(get_language() or settings.LANGUAGE_CODE)
        self.fields["standard"].choices = choices  # type: ignore[attr-defined]
        self.fields["standard"].initial = choices[0][0]


def _lines(entries: list[Any]) -> str:
    return "\n".join(each if isinstance(each, str) else each[1] for each in entries)


def _names_of(item: Item) -> list[str]:
    """Return which texts a question has, in the order they are edited."""
    used = {name for wording in item.texts.values() for name in wording}
    return [name for name in TEXT_LABELS if name == "text" or name in used]


class DraftForm(forms.Form):
    """Every text of a version, one field per question, text and language."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages to publish"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    brand = forms.CharField(
        label=gettext_lazy("Brand in the wordings"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty takes the organisation's brand."),
    )
    note = forms.CharField(
        label=gettext_lazy("What changed"),
        max_length=300,
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        version: InstrumentVersion,
    ) -> None:
        super().__init__(data)
        self.version = version
        self.items = list(version.items.all())
        self.initial = {
            "languages": version.languages,
            "brand": version.brand,
            "note": version.note,
        }
        for item in self.items:
            for name in _names_of(item):
                for language in LANGUAGES:
                    self._add_item_field(item, name, language)
        for name in PAGE:
            for language in LANGUAGES:
                key = f"page--{name}--{language}"
                self._add(key, name, language)
                self.initial[key] = version.texts.get(language, {}).get(name, "")

    def _add_item_field(self, item: Item, name: str, language: str) -> None:
        key = f"item-{item.code}--{name}--{language}"
        value = item.texts.get(language, {}).get(name, "")
        self._add(key, name, language)
        self.initial[key] = _lines(value) if name in LINES and value else value

    def _add(self, key: str, name: str, language: str) -> None:
        is_long = name in {"text", "thanks", "next"} or name in LINES
        rows = 6 if name in LINES else 3
        described = f"{TEXT_LABELS[name]} · {dict(settings.LANGUAGES)[language]}"
        attrs: dict[str, Any] = {"lang": language, "aria-label": described}
        if is_long:
            attrs["rows"] = rows
        self.fields[key] = forms.CharField(
            label=TEXT_LABELS[name],
            required=False,
            widget=forms.Textarea(attrs) if is_long else forms.TextInput(attrs),
        )

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields as the page shows them: per question, text, language."""
        shown = [
            {
                "item": item,
                "rows": [
                    self._row(f"item-{item.code}", name) for name in _names_of(item)
                ],
            }
            for item in self.items
        ]
        page = {"item": None, "rows": [self._row("page", name) for name in PAGE]}
        return [*shown, page]

    def _row(self, prefix: str, name: str) -> dict[str, Any]:
        fields = [self[f"{prefix}--{name}--{language}"] for language in LANGUAGES]
        return {"label": TEXT_LABELS[name], "fields": fields}

    def clean(self) -> dict[str, Any]:
        """Refuse a list of choices that lost or gained a line: codes stand behind."""
        cleaned: dict[str, Any] = super().clean() or {}
        for item in self.items:
            for name in set(LINES) & set(_names_of(item)):
                self._check_lines(item, name, cleaned)
        return cleaned

    def _check_lines(self, item: Item, name: str, cleaned: dict[str, Any]) -> None:
        wanted = max(len(w.get(name) or ()) for w in item.texts.values())
        for language in LANGUAGES:
            key = f"item-{item.code}--{name}--{language}"
            count = len(cleaned.get(key, "").split("\n")) if cleaned.get(key) else 0
            if count not in {0, wanted}:
                self.add_error(
                    key,
                    _("%(wanted)s lines are needed; received %(count)s.")
                    % {"wanted": wanted, "count": count},
                )

    def draft_texts(self) -> DraftTexts:
        """Return what was written, in the shape the service takes."""
        data = self.cleaned_data
        items: dict[str, dict[str, dict[str, Any]]] = {}
        for item in self.items:
            items[item.code] = {
                language: {
                    name: self._value(item, name, language) for name in _names_of(item)
                }
                for language in LANGUAGES
            }
        page = {
            language: {name: data[f"page--{name}--{language}"] for name in PAGE}
            for language in LANGUAGES
        }
        return DraftTexts(
            items=items,
            page=page,
            languages=data["languages"],
            brand=data["brand"],
            note=data["note"],
        )

    def _value(self, item: Item, name: str, language: str) -> Any:
        text = self.cleaned_data[f"item-{item.code}--{name}--{language}"].strip()
        if name not in LINES:
            return text
        lines = [line.strip() for line in text.split("\n")] if text else []
        if name == "labels":
            return lines
        known: list[list[str]] = next(
            (w[name] for w in item.texts.values() if w.get(name)), []
        )
        codes = [option[0] for option in known]
        return [list(pair) for pair in zip(codes, lines, strict=False)]
