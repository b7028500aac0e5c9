"""A LimeSurvey outline as a definition, with what could not be mapped."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.expressions import (
    NotMappableError,
    condition_of,
)
from zhiyin.listen.surveys.queries.exchange.limesurvey_kinds import (
    Shape,
    option_code,
    shape_of,
)
from zhiyin.listen.surveys.queries.exchange.outlines import Entry, Outline, Question
from zhiyin.listen.surveys.queries.exchange.reading import (
    ExchangeError,
    Notes,
    Reading,
    code_of,
    fitting,
    language_of,
    plain_text,
    with_main_question,
)
from zhiyin.listen.surveys.queries.standard import read_packaged

_SLOT = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(r"^TOKEN:([A-Za-z0-9_]+)$")
_NAME = re.compile(r"^([A-Za-z0-9_]+?)(?:\.[A-Za-z.]+)?$")
_LEFT_OUT_ATTRIBUTES = (
    "em_validation_q",
    "em_validation_sq",
    "array_filter",
    "array_filter_exclude",
    "time_limit",
    "random_group",
    "prefix",
    "suffix",
)
MOST_QUESTIONS = 300


class _Mapper:
    """Turns one outline into a definition; keeps notes on the way."""

    def __init__(self, outline: Outline, source: str) -> None:
        self.outline = outline
        self.source = source
        self.notes = Notes()
        self.languages = self._languages()
        self.shapes: dict[str, Shape] = {}
        self.codes: dict[str, str] = {}
        self.by_name: dict[str, Question] = {}

    def _languages(self) -> dict[str, str]:
        """Return the file's language codes that we offer, with ours."""
        texts = [question.texts for question in self.outline.questions]
        used = list(dict.fromkeys(code for each in texts for code in each))
        offered: dict[str, str] = {}
        for code in used:
            ours = language_of(code)
            if ours and ours not in offered.values():
                offered[code] = ours
            else:
                self.notes.add(code or "?", _("this language is not offered"))
        if not offered:
            raise ExchangeError(
                _("None of the file's languages (%s) is offered here.")
                % (", ".join(used)[:60] or "?"),
            )
        return offered

    def words(self, texts: Mapping[str, str], name: str) -> dict[str, str]:
        """Return texts by our languages, plain, with slots of ours."""
        said = {}
        for code, ours in self.languages.items():
            # Labels we bring along ourselves are in our languages already.
            text = texts.get(code) or texts.get(ours) or ""
            plain = self._slots(plain_text(text), name)
            if plain:
                said[ours] = fitting(plain, name, self.notes)
        return said

    def _slots(self, text: str, name: str) -> str:
        def slot(match: re.Match[str]) -> str:
            token = _TOKEN.match(match.group(1))
            if token:
                return f"{{field.{token.group(1).lower()}}}"
            known = _NAME.match(match.group(1))
            if known and known.group(1) in self.codes:
                return f"{{answer.{self.codes[known.group(1)]}}}"
            self.notes.add(
                name,
                _("the expression {%s} in its text was left out") % match.group(1)[:60],
            )
            return ""

        return _SLOT.sub(slot, text).replace("{}", "").strip()

    def definition(self) -> dict[str, Any]:
        names = self.words(self.outline.titles, "surveyls_title")
        name = next(iter(names.values()), "") or _("Imported questionnaire")
        for question in self.outline.questions:
            shape = shape_of(question, self.notes)
            if shape is not None and question.code not in self.codes:
                self.codes[question.code] = code_of(question.code, "q")
                self.shapes[question.code] = shape
                self.by_name.setdefault(f"Q{question.key}", question)
                self.by_name[question.code] = question
        place = {g.key: number for number, g in enumerate(self.outline.groups, start=1)}
        items = [
            item
            for question in self.outline.questions
            if question.code in self.shapes
            for item in [self.item(question, place.get(question.group, 1))]
            if item is not None
        ]
        for left in self.outline.left_out:
            self.notes.add(left, _("this part has no counterpart"))
        return {
            "code": code_of(name, "limesurvey").lower(),
            "name": name[:120],
            "texts": self.page_texts(),
            "pages": self.pages(),
            "items": with_main_question([*self.welcome(), *items]),
        }

    def page_texts(self) -> dict[str, dict[str, str]]:
        standard = read_packaged("page-texts")["relationship"]
        ends = self.words(self.outline.ends, "surveyls_endtext")
        return {
            ours: {**standard[ours], **({"thanks": ends[ours]} if ours in ends else {})}
            for ours in self.languages.values()
        }

    def pages(self) -> list[dict[str, Any]]:
        pages = []
        for group in self.outline.groups[:100]:
            page: dict[str, Any] = {"titles": self.words(group.names, group.key)}
            named = next(iter(page["titles"].values()), group.key)
            condition = self.condition(group.relevance, named)
            if condition:
                page["shown_if"] = condition
            if group.is_shuffled:
                self.notes.add(named, _("groups are not shuffled among one another"))
            pages.append(page)
        return pages

    def welcome(self) -> list[dict[str, Any]]:
        said = self.words(self.outline.welcomes, "surveyls_welcometext")
        if not said:
            return []
        taken = set(self.codes.values())
        code = "welcome" if "welcome" not in taken else "welcome_text"
        texts = {language: {"text": text} for language, text in said.items()}
        return [{"code": code, "kind": "statement", "texts": texts}]

    def condition(self, equation: str, name: str) -> Mapping[str, Any]:
        try:
            return condition_of(equation, self.resolve)
        except NotMappableError:
            self.notes.add(
                name,
                _("its condition “%s” was left out; it is always shown")
                % equation[:120],
            )
            return {}

    def resolve(self, name: str) -> tuple[str, Callable[[str], Any], str] | None:
        """Return the fact of a variable such as `Q1.NAOK` or `Q2_SQ001.NAOK`."""
        plain = name.partition(".")[0]
        question = self._question_of(plain)
        if question is None:
            return None
        shape, code = self.shapes[question.code], self.codes[question.code]
        row = plain.removeprefix(question.code).removeprefix("_")
        by_key = plain == f"Q{question.key}"

        def read(value: str) -> Any:
            return shape.values.get(value, _number(value))

        if not row or by_key:
            return f"answer.{code}", read, ""
        known = {entry.code for entry in (*shape.options, *shape.rows)}
        if row not in known:
            return None
        if shape.kind == "multiple":
            return f"answer.{code}", read, str(shape.values.get(row, row))
        return f"answer.{code}.{row}", read, ""

    def _question_of(self, name: str) -> Question | None:
        # Codes have no underscore; what follows one is the code of a row.
        return self.by_name.get(name) or self.by_name.get(name.partition("_")[0])

    def item(self, question: Question, page: int) -> dict[str, Any] | None:
        shape, name = self.shapes[question.code], question.code
        if (
            question.relevance.strip() == "0"
            or question.attributes.get("hidden") == "1"
        ):
            self.notes.add(name, _("it is hidden from everybody and was left out"))
            return None
        for attribute in _LEFT_OUT_ATTRIBUTES:
            if question.attributes.get(attribute):
                self.notes.add(name, _("its setting %s was left out") % attribute)
        texts = self.texts(question, shape)
        if not texts:
            self.notes.add(name, _("it has no text in a language offered here"))
            return None
        item: dict[str, Any] = {
            "code": self.codes[name],
            "kind": shape.kind,
            "texts": texts,
            "page": min(page, 100),
        }
        condition = self.condition(question.relevance, name)
        extras = {
            "scale": shape.scale,
            "cuts": shape.cuts,
            "settings": shape.settings,
            "shown_if": condition,
            "is_required": question.is_mandatory and shape.kind != "statement",
        }
        return item | {key: value for key, value in extras.items() if value}

    def texts(self, question: Question, shape: Shape) -> dict[str, dict[str, Any]]:
        said = self.words(question.texts, question.code)
        helps = self.words(question.helps, question.code)
        found: dict[str, dict[str, Any]] = {}
        for language, text in said.items():
            wording: dict[str, Any] = {"text": text}
            if helps.get(language):
                wording["help"] = helps[language]
            for key, entries in (("options", shape.options), ("rows", shape.rows)):
                if entries:
                    wording[key] = self.pairs(entries, language, question.code)
            if shape.labels:
                labels = self.pairs(shape.labels, language, question.code)
                wording["labels"] = [label for _code, label in labels]
            found[language] = wording
        return found

    def pairs(
        self,
        entries: list[Entry],
        language: str,
        name: str,
    ) -> list[list[str]]:
        rows = []
        for place, entry in enumerate(entries, start=1):
            label = self.words(entry.texts, name).get(language, "")
            rows.append([option_code(entry.code, place), label])
            if entry.relevance.strip() not in {"", "1"}:
                self.notes.add(
                    f"{name}_{entry.code}",
                    _("its condition was left out; it is always shown"),
                )
        return rows


def _number(value: str) -> Any:
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    return int(number) if number.is_integer() else number


def limesurvey_reading(outline: Outline, source: str) -> Reading:
    """Return an outline as a definition; raises ExchangeError where nothing fits."""
    if len(outline.questions) > MOST_QUESTIONS:
        raise ExchangeError(
            _("The file has %(count)s questions; 1 to %(limit)s can be read.")
            % {"count": len(outline.questions), "limit": MOST_QUESTIONS},
        )
    mapper = _Mapper(outline, source)
    definition = mapper.definition()
    return Reading(source, definition, tuple(mapper.notes.rows))
