"""LimeSurvey's `.lss`: tables of its database in XML.

Files come from strangers: document types, and with them entities, are refused before
anything is expanded.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.outlines import (
    Entry,
    Group,
    Outline,
    Question,
)
from zhiyin.listen.surveys.queries.exchange.reading import ExchangeError

Row = dict[str, str]
Tables = dict[str, list[Row]]
DEEPEST = 12
# Tables that have no counterpart; named when they hold anything.
_LEFT_OUT = (
    "assessments",
    "conditions",
    "defaultvalues",
    "quota",
    "quota_members",
    "surveys_languagesettings_urls",
    "plugin_settings",
)


class _Tables:
    """Gathers `document > table > rows > row > column` as expat reads on."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.tables: Tables = {}
        self.kind = ""
        self.root = ""
        self.text: list[str] = []

    def start(self, name: str, _attributes: Any) -> None:
        self.path.append(name)
        self.text = []
        if len(self.path) > DEEPEST:
            raise ExchangeError(_("The file is nested deeper than a survey is."))
        self.root = self.root or name
        if self.path[2:] == ["rows", "row"]:
            self.tables.setdefault(self.path[1], []).append({})

    def end(self, name: str) -> None:
        value = "".join(self.text)
        if self.path[2:4] == ["rows", "row"] and len(self.path) == 5:  # noqa: PLR2004 - a column of a row
            self.tables[self.path[1]][-1][name] = value
        elif self.path == ["document", "LimeSurveyDocType"]:
            self.kind = value.strip()
        self.path.pop()
        self.text = []

    def data(self, text: str) -> None:
        self.text.append(text)


def _no_document_type(*_given: Any) -> None:
    raise ExchangeError(
        _("The file declares a document type or entities, which surveys do not have."),
    )


def _tables(content: bytes) -> Tables:
    gathered = _Tables()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.EntityDeclHandler = _no_document_type
    parser.StartElementHandler = gathered.start
    parser.EndElementHandler = gathered.end
    parser.CharacterDataHandler = gathered.data
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes it by place
    except expat.ExpatError as error:
        raise ExchangeError(_("The file is no complete XML: %s") % error) from error
    if gathered.root != "document" or gathered.kind != "Survey":
        raise ExchangeError(
            _(
                "The XML is no LimeSurvey survey; received %s. Export the structure of "
                "a survey as .lss.",
            )
            % (gathered.kind or gathered.root or "?")[:60],
        )
    return gathered.tables


def _by_language(
    rows: list[Row],
    key: str,
    name: str,
) -> dict[str, dict[str, str]]:
    """Return key -> language -> text."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        texts = found.setdefault(row.get(key, ""), {})
        texts[row.get("language", "")] = row.get(name, "")
    return found


def _ordered(rows: list[Row], name: str) -> list[Row]:
    def place(row: Row) -> int:
        text = row.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 9 else 0  # noqa: PLR2004 - no order is longer

    return sorted(rows, key=place)


def _unique(rows: list[Row], *names: str) -> list[Row]:
    """Return the first row of each key: older files repeat rows per language."""
    seen: dict[tuple[str, ...], Row] = {}
    for row in rows:
        seen.setdefault(tuple(row.get(name, "") for name in names), row)
    return list(seen.values())


def _groups(tables: Tables) -> list[Group]:
    rows = tables.get("groups", [])
    names = _by_language(tables.get("group_l10ns") or rows, "gid", "group_name")
    return [
        Group(
            key=row.get("gid", ""),
            names=names.get(row.get("gid", ""), {}),
            relevance=row.get("grelevance", ""),
            is_shuffled=bool(row.get("randomization_group", "").strip()),
        )
        for row in _ordered(_unique(rows, "gid"), "group_order")
    ]


_ANSWER_KEY = ("qid", "code", "scale_id")


def _answer_key(row: Row) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in _ANSWER_KEY)


def _answers(tables: Tables) -> dict[str, list[Entry]]:
    rows = tables.get("answers", [])
    translated = _by_language(tables.get("answer_l10ns", []), "aid", "answer")
    old: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        texts = old.setdefault(_answer_key(row), {})
        texts[row.get("language", "")] = row.get("answer", "")
    found: dict[str, list[Entry]] = {}
    for row in _ordered(_unique(rows, *_ANSWER_KEY), "sortorder"):
        texts = translated.get(row.get("aid", ""), {}) or old[_answer_key(row)]
        entry = Entry(row.get("code", ""), texts, row.get("scale_id") or "0")
        found.setdefault(row.get("qid", ""), []).append(entry)
    return found


def _rows(tables: Tables, texts: dict[str, Any]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for row in _ordered(
        _unique(tables.get("subquestions", []), "qid"), "question_order"
    ):
        entry = Entry(
            row.get("title", ""),
            texts.get(row.get("qid", ""), {}),
            row.get("scale_id") or "0",
            row.get("relevance", ""),
        )
        found.setdefault(row.get("parent_qid", ""), []).append(entry)
    return found


def _attributes(tables: Tables) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in tables.get("question_attributes", []):
        if row.get("value", "").strip():
            named = found.setdefault(row.get("qid", ""), {})
            named[row.get("attribute", "")] = row["value"]
    return found


def _questions(tables: Tables, groups: list[Group]) -> list[Question]:
    rows = tables.get("questions", [])
    localized = tables.get("question_l10ns")
    sources = localized or [*rows, *tables.get("subquestions", [])]
    texts = _by_language(sources, "qid", "question")
    helps = _by_language(sources, "qid", "help")
    below, answers = _rows(tables, texts), _answers(tables)
    attributes = _attributes(tables)
    place = {group.key: number for number, group in enumerate(groups)}
    ordered = _ordered(_unique(rows, "qid"), "question_order")
    return [
        Question(
            code=row.get("title", ""),
            kind=row.get("type", ""),
            group=row.get("gid", ""),
            key=row.get("qid", ""),
            texts=texts.get(row.get("qid", ""), {}),
            helps=helps.get(row.get("qid", ""), {}),
            relevance=row.get("relevance", ""),
            is_mandatory=row.get("mandatory", "") in {"Y", "S"},
            has_other=row.get("other", "") == "Y",
            attributes=attributes.get(row.get("qid", ""), {}),
            rows=below.get(row.get("qid", ""), []),
            answers=answers.get(row.get("qid", ""), []),
        )
        for row in sorted(ordered, key=lambda row: place.get(row.get("gid", ""), 0))
        if row.get("parent_qid", "0") in {"", "0"}
    ]


def read_lss(content: bytes) -> Outline:
    """Read a `.lss` file; raises ExchangeError."""
    tables = _tables(content)
    said = tables.get("surveys_languagesettings", [])
    groups = _groups(tables)

    def named(name: str) -> dict[str, str]:
        return {
            row.get("surveyls_language", ""): row.get(name, "")
            for row in said
            if row.get(name, "").strip()
        }

    return Outline(
        groups=groups,
        questions=_questions(tables, groups),
        titles=named("surveyls_title"),
        welcomes=named("surveyls_welcometext"),
        ends=named("surveyls_endtext"),
        left_out=[name for name in _LEFT_OUT if tables.get(name)],
    )
