"""LimeSurvey's structure as tab-separated text (`.txt`), one row per part.

Rows of class G, Q, SQ and A follow one another; a further language repeats them all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.outlines import (
    Entry,
    Group,
    Outline,
    Question,
)
from zhiyin.listen.surveys.queries.exchange.reading import ExchangeError

Row = dict[str, str]
NEEDED = ("class", "type/scale", "name", "text", "language")
MOST_ROWS = 50_000
MOST_ENTRIES = 300
LONGEST_CELL = 200_000
_KNOWN = {"S", "SL", "G", "Q", "SQ", "A", ""}
# Columns that are not attributes of a question.
_PLAIN = {
    "id",
    "related_id",
    "class",
    "type/scale",
    "name",
    "relevance",
    "text",
    "help",
    "language",
    "mandatory",
    "other",
    "default",
    "same_default",
    "same_script",
    "encrypted",
    "validation",
}
_TEXTS = {
    "surveyls_title": "titles",
    "surveyls_welcometext": "welcomes",
    "surveyls_endtext": "ends",
}


def is_tsv(text: str) -> bool:
    """Tell whether a text begins like LimeSurvey's tab-separated structure."""
    header = [cell.strip().strip('"') for cell in text.partition("\n")[0].split("\t")]
    return "class" in header and "type/scale" in header


def _rows(text: str) -> Iterator[Row]:
    old_limit = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise ExchangeError(
                _("The table lacks the columns %s.") % ", ".join(missing),
            )
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                raise ExchangeError(_("The table has more than %s rows.") % MOST_ROWS)
            yield {k: v or "" for k, v in row.items() if k and isinstance(v, str)}
    except csv.Error as error:
        raise ExchangeError(_("The table cannot be read: %s") % error) from error
    finally:
        csv.field_size_limit(old_limit)


class _Builder:
    """Puts the rows of all languages together by their order and names."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.counts: dict[str, int] = {}
        self.questions: dict[str, Question] = {}
        self.group = ""
        self.question: Question | None = None
        self.language = ""
        self.left_out: dict[str, None] = {}

    def add(self, row: Row) -> None:
        kind = row.get("class", "").strip()
        handler = {
            "S": self._setting,
            "SL": self._survey_text,
            "G": self._group,
            "Q": self._question,
            "SQ": self._below,
            "A": self._below,
        }.get(kind)
        if handler is not None:
            handler(row)
        elif kind not in _KNOWN:
            self.left_out[kind] = None

    def _setting(self, row: Row) -> None:
        if row["name"] == "language":
            self.language = row.get("text", "")

    def _survey_text(self, row: Row) -> None:
        name = _TEXTS.get(row["name"])
        if name and row.get("text", "").strip():
            getattr(self.outline, name)[self._language_of(row)] = row["text"]

    def _language_of(self, row: Row) -> str:
        return row.get("language", "").strip() or self.language or "en"

    def _group(self, row: Row) -> None:
        language = self._language_of(row)
        self.counts[language] = number = self.counts.get(language, 0) + 1
        self.group = str(number)
        if number > len(self.outline.groups):
            made = Group(self.group, relevance=row.get("relevance", ""))
            made.is_shuffled = bool(row.get("random_group", "").strip())
            self.outline.groups.append(made)
        self.outline.groups[number - 1].names[language] = row.get("name", "")

    def _question(self, row: Row) -> None:
        code, language = row.get("name", "").strip(), self._language_of(row)
        question = self.questions.get(code)
        if question is None:
            question = Question(
                code=code,
                kind=row.get("type/scale", "").strip(),
                group=self.group,
                relevance=row.get("relevance", ""),
                is_mandatory=row.get("mandatory", "") in {"Y", "S"},
                has_other=row.get("other", "") == "Y",
                attributes={
                    name: value
                    for name, value in row.items()
                    if name not in _PLAIN and value.strip()
                },
            )
            self.questions[code] = question
            self.outline.questions.append(question)
        question.texts[language] = row.get("text", "")
        question.helps[language] = row.get("help", "")
        self.question = question

    def _below(self, row: Row) -> None:
        if self.question is None:
            raise ExchangeError(
                _("“%s” stands before any question.") % row.get("name", "")[:40],
            )
        is_row = row["class"].strip() == "SQ"
        entries = self.question.rows if is_row else self.question.answers
        code, scale = row.get("name", "").strip(), row.get("type/scale", "") or "0"
        known = next((e for e in entries if (e.code, e.scale) == (code, scale)), None)
        if known is None and len(entries) >= MOST_ENTRIES:
            raise ExchangeError(
                _("“%(code)s” has more than %(limit)s rows or answers.")
                % {"code": self.question.code[:40], "limit": MOST_ENTRIES},
            )
        if known is None:
            known = Entry(code, {}, scale, row.get("relevance", "") if is_row else "")
            entries.append(known)
        known.texts[self._language_of(row)] = row.get("text", "")


def read_tsv(text: str) -> Outline:
    """Read the tab-separated structure; raises ExchangeError."""
    builder = _Builder()
    for row in _rows(text):
        builder.add(row)
    if not builder.outline.questions:
        raise ExchangeError(_("The table has no questions (rows of class Q)."))
    builder.outline.left_out = list(builder.left_out)
    return builder.outline
