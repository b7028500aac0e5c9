"""Qualtrics' `.qsf`: survey elements in JSON, as a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.expressions import NotMappableError
from zhiyin.listen.surveys.queries.exchange.qsf_logic import (
    Known,
    condition_of_logic,
    skips_of,
)
from zhiyin.listen.surveys.queries.exchange.qsf_questions import (
    Words,
    entries,
    kind_of,
    settings_of,
)
from zhiyin.listen.surveys.queries.exchange.reading import (
    ExchangeError,
    Notes,
    Reading,
    code_of,
    language_of,
    plain_text,
    with_main_question,
)
from zhiyin.listen.surveys.queries.standard import read_packaged

Payload = Mapping[str, Any]
_ON = {"ON", "true", "True", True}
_LEFT_OUT_FLOW = {
    "Branch",
    "BlockRandomizer",
    "EmbeddedData",
    "EndSurvey",
    "Authenticator",
    "WebService",
    "QuotaCheck",
    "Group",
    "TableOfContents",
}
_LEFT_OUT_ELEMENTS = {"QO": "quota", "QG": "quota group", "SCO": "scoring"}
MOST_QUESTIONS = 300
_DEEPEST = 8


def _elements(data: Payload, kind: str) -> list[Payload]:
    rows = data.get("SurveyElements")
    return [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and row.get("Element") == kind
    ]


def _blocks(data: Payload) -> dict[str, Payload]:
    found: dict[str, Payload] = {}
    for element in _elements(data, "BL"):
        payload = element.get("Payload")
        rows = payload.values() if isinstance(payload, Mapping) else payload or []
        for row in rows:
            if isinstance(row, Mapping):
                found[str(row.get("ID"))] = row
    return found


class _Mapper:
    """Turns one file into a definition; keeps notes on the way."""

    def __init__(self, data: Payload) -> None:
        entry = data.get("SurveyEntry")
        self.entry: Payload = entry if isinstance(entry, Mapping) else {}
        self.data = data
        self.notes = Notes()
        self.known = Known()
        self.questions: dict[str, Payload] = {
            str(e.get("PrimaryAttribute")): e["Payload"]
            for e in _elements(data, "SQ")
            if isinstance(e.get("Payload"), Mapping)
        }
        if not 0 < len(self.questions) <= MOST_QUESTIONS:
            raise ExchangeError(
                _("The file has %(count)s questions; 1 to %(limit)s can be read.")
                % {"count": len(self.questions), "limit": MOST_QUESTIONS},
            )
        base = str(self.entry.get("SurveyLanguage") or "EN")
        self.words = Words(language_of(base), self.known.codes, self.notes)
        if not self.words.base:
            self.notes.add(base, _("this language is not offered"))

    def flow(self, given: Any, depth: int = 0) -> Iterator[str]:
        """Yield the ids of the blocks in their order; note what is no block."""
        rows = given.get("Flow") if isinstance(given, Mapping) else None
        for row in rows if isinstance(rows, list) and depth < _DEEPEST else []:
            kind = str(row.get("Type"))
            if kind in {"Block", "Standard"}:
                yield str(row.get("ID"))
            elif kind in _LEFT_OUT_FLOW:
                self.notes.add(
                    f"{kind} {row.get('FlowID', '')}".strip(),
                    _("this part of the flow was left out; what it leads to is asked"),
                )
                yield from self.flow(row, depth + 1)

    def placed(self) -> list[tuple[str, int, Payload]]:
        """Return (question, page, block element) in the order they are asked."""
        blocks = _blocks(self.data)
        flows = [e.get("Payload") for e in _elements(self.data, "FL")]
        order = list(dict.fromkeys(each for f in flows for each in self.flow(f)))
        wanted = [blocks[key] for key in order if key in blocks] or list(
            blocks.values()
        )
        placed, page = [], 0
        for block in wanted:
            if block.get("Type") == "Trash":
                continue
            page += 1
            for row in block.get("BlockElements") or []:
                if row.get("Type") == "Page Break":
                    page += 1
                elif row.get("Type") == "Question":
                    placed.append((str(row.get("QuestionID")), page, row))
        if not blocks:
            placed = [(qid, 1, {}) for qid in self.questions]
        placed = [row for row in placed if row[0] in self.questions]
        self._note_unplaced({qid for qid, _page, _row in placed})
        once = {qid: (qid, page, row) for qid, page, row in reversed(placed)}
        return [once.pop(qid) for qid, _page, _row in placed if qid in once]

    def _note_unplaced(self, placed: set[str]) -> None:
        for qid, payload in self.questions.items():
            if qid not in placed:
                tag = str(payload.get("DataExportTag") or qid)
                self.notes.add(tag, _("it stands in no block that is asked"))

    def definition(self) -> dict[str, Any]:
        placed = self.placed()
        taken: set[str] = set()
        for qid, _page, _row in placed:
            self._know(qid, taken)
        items = [
            item
            for qid, page, row in placed
            if qid in self.known.codes
            for item in [self.item(qid, page, row)]
            if item is not None
        ]
        for element, name in _LEFT_OUT_ELEMENTS.items():
            if any(self._says_something(row) for row in _elements(self.data, element)):
                self.notes.add(name, _("this part has no counterpart"))
        name = plain_text(self.entry.get("SurveyName")) or _("Imported questionnaire")
        written = {language for item in items for language in item["texts"]}
        standard = read_packaged("page-texts")["relationship"]
        return {
            "code": code_of(name, "qualtrics").lower(),
            "name": name[:120],
            "texts": {language: standard[language] for language in sorted(written)},
            "items": with_main_question(items),
        }

    def _says_something(self, row: Payload) -> bool:
        payload = row.get("Payload")
        if not isinstance(payload, Mapping):
            return False
        return row.get("Element") == "QO" or bool(payload.get("ScoringCategories"))

    def _know(self, qid: str, taken: set[str]) -> None:
        """Give a question its code and kind, or note that it has no counterpart."""
        payload = self.questions[qid]
        tag = str(payload.get("DataExportTag") or qid)
        kind = kind_of(payload)
        if not kind:
            self.notes.add(
                tag,
                _("questions of type %(kind)s (%(name)s) have no counterpart")
                % {
                    "kind": str(payload.get("QuestionType"))[:20],
                    "name": str(payload.get("Selector"))[:20],
                },
            )
            return
        code = code_of(tag, qid)
        if code in taken:
            code = f"{code[:30]}_{qid}"
        taken.add(code)
        choices = entries(payload.get("Choices"), payload.get("ChoiceOrder"))
        values: dict[str, Any] = {key: code_of(key, "x") for key in choices}
        if kind == "nps":
            values = {
                key: int(text)
                if (text := str(row.get("Display"))).isdecimal()
                else place
                for place, (key, row) in enumerate(choices.items())
            }
        if kind == "matrix":
            answers = entries(payload.get("Answers"), payload.get("AnswerOrder"))
            values = {key: place for place, key in enumerate(answers, start=1)}
        self.known.add(qid, code, kind, values)

    def item(self, qid: str, page: int, row: Payload) -> dict[str, Any] | None:
        payload, code = self.questions[qid], self.known.codes[qid]
        kind = self.known.kinds[qid]
        texts = self.texts(payload, kind, code)
        if not texts:
            self.notes.add(code, _("it has no text in a language offered here"))
            return None
        item: dict[str, Any] = {
            "code": code,
            "kind": kind,
            "texts": texts,
            "page": min(page, 100),
        }
        force = settings_of(payload).get("ForceResponse")
        settings = self.settings(payload, kind, code, row)
        extras: dict[str, Any] = {
            "scale": self.scale(qid),
            "cuts": [6, 9] if kind == "nps" else None,
            "is_required": force in _ON and kind != "statement",
            "settings": settings,
            "shown_if": self.shown_if(payload, code),
        }
        return item | {key: value for key, value in extras.items() if value}

    def scale(self, qid: str) -> list[int] | None:
        kind = self.known.kinds[qid]
        if kind == "nps":
            return [0, 10]
        return [1, max(len(self.known.values[qid]), 2)] if kind == "matrix" else None

    def shown_if(self, payload: Payload, code: str) -> dict[str, Any]:
        logic = payload.get("DisplayLogic")
        if not isinstance(logic, Mapping):
            return {}
        try:
            return condition_of_logic(logic, self.known)
        except NotMappableError as error:
            self.notes.add(
                code,
                _("its condition “%s” was left out; it is always shown")
                % str(error)[:120],
            )
            return {}

    def settings(
        self,
        payload: Payload,
        kind: str,
        code: str,
        row: Payload,
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        choices = entries(payload.get("Choices"), payload.get("ChoiceOrder"))
        if kind in {"choice", "multiple"}:
            for ours, theirs in (
                ("with_text", "TextEntry"),
                ("exclusive", "ExclusiveAnswer"),
            ):
                named = [
                    code_of(k, "x") for k, r in choices.items() if r.get(theirs) in _ON
                ]
                if named and (ours, kind) != ("exclusive", "choice"):
                    found[ours] = named
        random = payload.get("Randomization")
        if isinstance(random, Mapping) and random.get("Type") in {"All", "Advanced"}:
            found["is_shuffled"] = True
        try:
            skips = skips_of(row.get("SkipLogic"), self.known)
        except NotMappableError as error:
            skips = []
            self.notes.add(code, _("its skip “%s” was left out") % str(error)[:120])
        return found | ({"skips": skips} if skips else {})

    def texts(self, payload: Payload, kind: str, code: str) -> dict[str, Any]:
        choices = entries(payload.get("Choices"), payload.get("ChoiceOrder"))
        answers = entries(payload.get("Answers"), payload.get("AnswerOrder"))
        found: dict[str, Any] = {}
        for language, said in self.words.languages(payload).items():
            text = self.words.plain(said.get("QuestionText"), code)
            if not text:
                continue
            wording: dict[str, Any] = {"text": text}
            labels = self.words.labels(choices, said, "Choices", code)
            pairs = [[code_of(key, "x"), label] for key, label in labels.items()]
            if kind in {"choice", "multiple", "ranking"}:
                wording["options"] = pairs
            elif kind == "matrix":
                points = self.words.labels(answers, said, "Answers", code)
                wording |= {"rows": pairs, "labels": list(points.values())}
            elif kind == "nps":
                wording |= self.ends(payload, said, code)
            found[language] = wording
        return found

    def ends(self, payload: Payload, said: Payload, code: str) -> dict[str, str]:
        """Return the labels at the ends of a recommendation scale."""
        given = said.get("ColumnLabels") or payload.get("ColumnLabels")
        rows = given if isinstance(given, list) else []
        words = [self.words.plain(r.get("Display"), code) for r in rows]
        return dict(zip(("low", "high"), words, strict=False)) if len(words) > 1 else {}


def read_qsf(data: Payload) -> Reading:
    """Read a `.qsf` file that was parsed; raises ExchangeError."""
    mapper = _Mapper(data)
    definition = mapper.definition()
    if not definition["items"]:
        raise ExchangeError(_("None of the file's questions has a counterpart here."))
    return Reading("qualtrics", definition, tuple(mapper.notes.rows))
