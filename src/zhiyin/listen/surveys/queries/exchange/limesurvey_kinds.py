"""LimeSurvey's question types as ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.outlines import Entry, Question
from zhiyin.listen.surveys.queries.exchange.reading import Notes, code_of
from zhiyin.listen.surveys.queries.linter.wording import folded

OTHER = "other"
NPS_POINTS = [str(point) for point in range(11)]
FEWEST_POINTS = 3
_OTHER_LABELS = {"zh-hans": "其他", "zh-hant": "其他", "en": "Other"}


@dataclass
class Shape:
    """What a question becomes: kind, scale, choices, rows, and how answers are named.

    `values` turns the file's answer codes into ours, for conditions.
    """

    kind: str
    scale: list[int] | None = None
    cuts: list[int] | None = None
    options: list[Entry] = field(default_factory=list)
    rows: list[Entry] = field(default_factory=list)
    labels: list[Entry] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def option_code(code: str, place: int) -> str:
    """Return our code of an answer's code."""
    return OTHER if code == "-oth-" else code_of(code, f"o{place}")


def _with_other(question: Question, shape: Shape) -> Shape:
    if question.has_other:
        shape.options.append(Entry("-oth-", dict(_OTHER_LABELS)))
        shape.settings["with_text"] = [OTHER]
        shape.values["-oth-"] = OTHER
    return shape


def _coded(entries: list[Entry]) -> dict[str, str]:
    return {
        entry.code: option_code(entry.code, place)
        for place, entry in enumerate(entries, start=1)
    }


def _says_recommend(question: Question) -> bool:
    said = folded(" ".join(question.texts.values()))
    return "推荐" in said or "recommend" in said


def _choice(question: Question, _notes: Notes) -> Shape:
    codes = [answer.code for answer in question.answers]
    numbers = [int(code) for code in codes if code.isdecimal() and len(code) < 4]  # noqa: PLR2004 - points are short
    labels_are_numbers = all(
        text.strip() in {answer.code, ""} or not text.strip(" 0123456789")
        for answer in question.answers
        for text in answer.texts.values()
    )
    is_scale = (
        len(numbers) == len(codes) >= FEWEST_POINTS
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and (labels_are_numbers or codes == NPS_POINTS)
        and not question.has_other
    )
    if not is_scale:
        shape = Shape("choice", options=list(question.answers))
        shape.values = _coded(shape.options)
        return _with_other(question, shape)
    is_nps = codes == NPS_POINTS and _says_recommend(question)
    return Shape(
        "nps" if is_nps else "rating",
        scale=[numbers[0], numbers[-1]],
        cuts=[6, 9] if is_nps else None,
        labels=[] if labels_are_numbers else list(question.answers),
        values={code: int(code) for code in codes},
    )


def _list_with_comment(question: Question, notes: Notes) -> Shape:
    notes.add(question.code, _("the comment beside the list is not asked"))
    return _choice(question, notes)


def _gender(_question: Question, _notes: Notes) -> Shape:
    pairs = (("F", "女", "女", "Female"), ("M", "男", "男", "Male"))
    options = [
        Entry(code, {"zh-hans": hans, "zh-hant": hant, "en": english})
        for code, hans, hant, english in pairs
    ]
    return Shape("choice", options=options, values={"F": "F", "M": "M"})


def _number_of(question: Question, name: str) -> int | None:
    text = question.attributes.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 4 else None  # noqa: PLR2004 - no limit is longer


def _limited(question: Question, shape: Shape) -> Shape:
    for ours, theirs in (("least", "min_answers"), ("most", "max_answers")):
        number = _number_of(question, theirs)
        if number:
            shape.settings[ours] = number
    if (
        question.attributes.get("random_order") in {"1", "Y"}
        or question.attributes.get(
            "answer_order",
        )
        == "random"
    ):
        shape.settings["is_shuffled"] = True
    return shape


def _multiple(question: Question, _notes: Notes) -> Shape:
    shape = Shape("multiple", options=list(question.rows))
    shape.values = _coded(shape.options)
    alone = question.attributes.get("exclude_all_others", "").split(";")
    exclusive = [shape.values[code] for code in alone if code in shape.values]
    if exclusive:
        shape.settings["exclusive"] = exclusive
    return _limited(question, _with_other(question, shape))


def _multiple_with_comments(question: Question, notes: Notes) -> Shape:
    notes.add(question.code, _("the comments beside the choices are not asked"))
    return _multiple(question, notes)


def _ranking(question: Question, _notes: Notes) -> Shape:
    shape = Shape("ranking", options=list(question.answers or question.rows))
    shape.values = _coded(shape.options)
    return _limited(question, shape)


def _fixed_matrix(low: int, high: int) -> Callable[[Question, Notes], Shape]:
    def shape(question: Question, _notes: Notes) -> Shape:
        return Shape("matrix", scale=[low, high], rows=list(question.rows))

    return shape


def _matrix(question: Question, notes: Notes) -> Shape:
    answers = [answer for answer in question.answers if answer.scale == "0"]
    if len(answers) < 2:  # noqa: PLR2004 - a scale has two ends
        notes.add(question.code, _("a matrix needs at least two answers"))
        return Shape("")
    codes = [answer.code for answer in answers]
    numbers = {code: place for place, code in enumerate(codes, start=1)}
    if codes != [str(number) for number in numbers.values()]:
        notes.add(
            question.code,
            _("its answers %(codes)s are kept as the points 1 to %(count)s")
            % {"codes": ", ".join(codes)[:60], "count": len(codes)},
        )
    return Shape(
        "matrix",
        scale=[1, len(codes)],
        rows=list(question.rows),
        labels=answers,
        values=dict(numbers),
    )


def _plain(kind: str) -> Callable[[Question, Notes], Shape]:
    def shape(_question: Question, _notes: Notes) -> Shape:
        return Shape(kind)

    return shape


def _five_points(_question: Question, _notes: Notes) -> Shape:
    return Shape("rating", scale=[1, 5])


def _yes_no(_question: Question, _notes: Notes) -> Shape:
    return Shape("yes_no", values={"Y": "yes", "N": "no"})


_KINDS: dict[str, Callable[[Question, Notes], Shape]] = {
    "5": _five_points,
    "A": _fixed_matrix(1, 5),
    "B": _fixed_matrix(1, 10),
    "D": _plain("date"),
    "F": _matrix,
    "G": _gender,
    "L": _choice,
    "!": _choice,
    "O": _list_with_comment,
    "M": _multiple,
    "P": _multiple_with_comments,
    "N": _plain("number"),
    "R": _ranking,
    "S": _plain("text"),
    "T": _plain("text"),
    "U": _plain("text"),
    "X": _plain("statement"),
    "Y": _yes_no,
}
UNKNOWN_KINDS = {
    "1": "array dual scale",
    "C": "array yes/no/uncertain",
    "E": "array increase/same/decrease",
    "H": "array by column",
    ":": "array of numbers",
    ";": "array of texts",
    "K": "multiple numerical input",
    "Q": "multiple short text",
    "|": "file upload",
    "*": "equation",
    "I": "language switch",
}


def shape_of(question: Question, notes: Notes) -> Shape | None:
    """Return what a question becomes, or None, with a note, if nothing can stand in."""
    make = _KINDS.get(question.kind)
    if make is None:
        named = UNKNOWN_KINDS.get(question.kind, "?")
        notes.add(
            question.code,
            _("questions of type %(kind)s (%(name)s) have no counterpart")
            % {"kind": question.kind[:5] or "?", "name": named},
        )
        return None
    shape = make(question, notes)
    needed = {"matrix": shape.rows, "choice": shape.options}.get(shape.kind, [True])
    if shape.kind in {"multiple", "ranking"}:
        needed = shape.options
    if shape.kind and not needed:
        notes.add(question.code, _("there are no choices to choose from"))
        return None
    return shape if shape.kind else None
