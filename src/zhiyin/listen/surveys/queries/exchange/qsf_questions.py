"""Qualtrics' questions as our items: kind, scale, choices and wordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.reading import (
    Notes,
    fitting,
    language_of,
    plain_text,
)

_PIPED = re.compile(r"\$\{([^{}]*)\}")
_PIPED_ANSWER = re.compile(
    r"^q://(QID\w+)/(?:ChoiceGroup/SelectedChoices|ChoiceTextEntryValue|"
    r"ChoiceGroup/SelectedAnswers)$",
)
_PIPED_FIELD = re.compile(r"^(?:e://Field|m:/)/([A-Za-z0-9_ -]+)$")
_ONE = {"SAVR", "SAHR", "SACOL", "DL", "SB"}
_MANY = {"MAVR", "MAHR", "MACOL", "MSB"}
_TEXT_CONTENT = {"ValidNumber": "number", "ValidDate": "date"}


def kind_of(payload: Mapping[str, Any]) -> str:
    """Return our kind for a question, or "" where there is none."""
    kind, selector = str(payload.get("QuestionType")), str(payload.get("Selector"))
    if kind == "MC":
        if selector == "NPS":
            return "nps"
        return "choice" if selector in _ONE else "multiple" * (selector in _MANY)
    if kind == "TE":
        return _text_kind(payload) if selector in {"SL", "ML", "ESTB"} else ""
    if kind == "Matrix":
        single = str(payload.get("SubSelector")) in {"SingleAnswer", "DL"}
        return "matrix" if selector == "Likert" and single else ""
    return {"RO": "ranking", "DB": "statement"}.get(kind, "")


def _text_kind(payload: Mapping[str, Any]) -> str:
    settings = settings_of(payload)
    return _TEXT_CONTENT.get(str(settings.get("ContentType")), "text")


def settings_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the validation settings of a question."""
    validation = payload.get("Validation")
    settings = validation.get("Settings") if isinstance(validation, Mapping) else None
    return settings if isinstance(settings, Mapping) else {}


def entries(given: Any, order: Any) -> dict[str, Mapping[str, Any]]:
    """Return choices by id in their order, whether the file has a list or an object."""
    if isinstance(given, list):
        given = {str(place): each for place, each in enumerate(given)}
    if not isinstance(given, Mapping):
        return {}
    rows = {
        str(key): row if isinstance(row, Mapping) else {"Display": row}
        for key, row in given.items()
    }
    wanted = [str(key) for key in order] if isinstance(order, list) else []
    first = [key for key in dict.fromkeys(wanted) if key in rows]
    return {key: rows[key] for key in [*first, *(k for k in rows if k not in first)]}


class Words:
    """Turns texts into ours: plain, with our slots, in our languages."""

    def __init__(self, base: str, codes: Mapping[str, str], notes: Notes) -> None:
        self.base = base
        self.codes = codes
        self.notes = notes

    def plain(self, markup: object, name: str) -> str:
        def slot(match: re.Match[str]) -> str:
            inside = match.group(1)
            answer, known = _PIPED_ANSWER.match(inside), _PIPED_FIELD.match(inside)
            if answer and answer.group(1) in self.codes:
                return f"\x01answer.{self.codes[answer.group(1)]}\x02"
            if known:
                return f"\x01field.{known.group(1).strip().replace(' ', '_')}\x02"
            self.notes.add(name, _("the piped text ${%s} was left out") % inside[:60])
            return ""

        text = _PIPED.sub(slot, plain_text(markup)).replace("{", "(").replace("}", ")")
        text = text.replace("\x01", "{").replace("\x02", "}")
        return fitting(text.strip(), name, self.notes)

    def languages(self, payload: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return the payload per language of ours: the base one and translations."""
        found: dict[str, Mapping[str, Any]] = {}
        if self.base:
            found[self.base] = payload
        translated = payload.get("Language")
        for code, texts in (
            translated.items() if isinstance(translated, Mapping) else ()
        ):
            ours = language_of(str(code))
            if not ours:
                self.notes.add(str(code), _("this language is not offered"))
            elif isinstance(texts, Mapping) and ours not in found:
                found[ours] = texts
        return found

    def labels(
        self,
        rows: Mapping[str, Mapping[str, Any]],
        texts: Mapping[str, Any],
        part: str,
        name: str,
    ) -> dict[str, str]:
        """Return the label of each id in one language, "" where untranslated."""
        here = entries(texts.get(part), None)
        return {
            key: self.plain(here.get(key, {}).get("Display", ""), name) for key in rows
        }
