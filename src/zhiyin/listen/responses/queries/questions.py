"""The questions of a page as its template shows them, with what was given so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.responses.models import Answer
from zhiyin.listen.responses.queries.visits import Visit
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot
from zhiyin.listen.surveys.queries.logic import options_of

Shown = dict[str, Any]
State = Mapping[str, Any]


def points_of(item: ItemSnapshot, language: str, chosen: float | None) -> list[Shown]:
    """Return the points of a scale with their labels, and the words at its ends."""
    wording = item.wording(language)
    labels = list(wording.get("labels") or ())
    ends = {
        item.scale_min: wording.get("low", ""),
        item.scale_max: wording.get("high", ""),
    }
    return [
        {
            "value": value,
            "label": labels[place] if place < len(labels) else "",
            "end": ends.get(value, ""),
            "is_chosen": value == chosen,
        }
        for place, value in enumerate(item.points)
    ]


def state_of(item: ItemSnapshot, given: Mapping[str, Answer]) -> dict[str, Any]:
    """Return what was answered to an item, in the form in which it is sent."""
    if item.kind == ItemKind.MATRIX:
        answers = ((row, given.get(f"{item.code}.{row}")) for row in item.row_codes())
        return {"rows": {row: answer.score for row, answer in answers if answer}}
    answer = given.get(item.code)
    if answer is None:
        return {}
    choices = list(answer.choices)
    return {
        "score": answer.score,
        "text": _typed(answer),
        "choices": choices,
        "ranks": {code: place for place, code in enumerate(choices, start=1)},
        "time": choices[1] if item.kind == ItemKind.CONSENT and choices[1:] else "",
    }


def _typed(answer: Answer) -> str:
    if answer.number is not None:
        return f"{answer.number:.15g}"
    return str(answer.date) if answer.date is not None else answer.text


def _scale(visit: Visit, item: ItemSnapshot, state: State) -> Shown:
    points = points_of(item, visit.language, state.get("score"))
    wording = item.wording(visit.language)
    return {
        "shape": "scale",
        "points": points,
        "is_labelled": any(point["label"] for point in points),
        "low": wording.get("low", ""),
        "high": wording.get("high", ""),
    }


def _matrix(visit: Visit, item: ItemSnapshot, state: State) -> Shown:
    wording = item.wording(visit.language)
    given = state.get("rows") or {}
    rows = options_of(item, wording.get("rows") or (), visit.seed)
    return _scale(visit, item, {}) | {
        "shape": "matrix",
        "rows": [
            {
                "code": code,
                "text": visit.filled(label),
                "points": points_of(item, visit.language, given.get(code)),
            }
            for code, label in rows
        ],
    }


def _options(visit: Visit, item: ItemSnapshot) -> list[tuple[str, str]]:
    options = item.wording(visit.language).get("options") or ()
    if not options and item.kind == ItemKind.YES_NO:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [
        (code, visit.filled(label))
        for code, label in options_of(item, options, visit.seed)
    ]


def _choice(visit: Visit, item: ItemSnapshot, state: State) -> Shown:
    chosen = set(state.get("choices") or ())
    with_text = set(item.settings.get("with_text", ()))
    return {
        "shape": "choice",
        "input": "checkbox" if item.kind == ItemKind.MULTIPLE else "radio",
        "is_pair": item.kind == ItemKind.YES_NO,
        "options": [
            {
                "code": code,
                "label": label,
                "is_chosen": code in chosen,
                "has_text": code in with_text,
            }
            for code, label in _options(visit, item)
        ],
        "other": state.get("text", ""),
        "hint": _how_many(item),
    }


def _how_many(item: ItemSnapshot) -> str:
    if item.kind != ItemKind.MULTIPLE:
        return ""
    least, most = item.settings.get("least"), item.settings.get("most")
    if least and most:
        return _("Choose %(least)s to %(most)s.") % {"least": least, "most": most}
    if most:
        return str(_("Choose at most %s.") % most)
    if least:
        return str(_("Choose at least %s.") % least)
    return _("You may choose several.")


def _ranking(visit: Visit, item: ItemSnapshot, state: State) -> Shown:
    ranks = state.get("ranks") or {}
    options = _options(visit, item)
    places = range(1, int(item.settings.get("most") or len(options)) + 1)
    return {
        "shape": "ranking",
        "options": [
            {
                "code": code,
                "label": label,
                "places": [(place, place == ranks.get(code)) for place in places],
            }
            for code, label in options
        ],
        "hint": _("Give the first place 1, the second 2, and so on."),
    }


def _consent(visit: Visit, item: ItemSnapshot, state: State) -> Shown:
    chosen = (list(state.get("choices") or ()) or [""])[0]
    own = item.wording(visit.language).get("options") or ()
    times = [(code, label) for code, label in own] or _default_times()
    return {
        "shape": "consent",
        "chosen": chosen,
        "times": [(code, label, code == state.get("time")) for code, label in times],
    }


def _default_times() -> list[tuple[str, str]]:
    return [
        ("any", _("any time")),
        ("morning", _("in the morning")),
        ("noon", _("at noon")),
        ("afternoon", _("in the afternoon")),
        ("evening", _("in the evening")),
    ]


def _typing(visit: Visit, item: ItemSnapshot, state: State) -> Shown:  # noqa: ARG001
    limits = {name: item.settings.get(name) for name in ("least", "most", "decimals")}
    return {
        "shape": item.kind,
        "value": state.get("text", ""),
        "mode": "decimal" if limits["decimals"] else "numeric",
        **limits,
    }


def _statement(visit: Visit, item: ItemSnapshot, state: State) -> Shown:  # noqa: ARG001
    return {"shape": "statement"}


_SHAPES: dict[str, Callable[[Visit, ItemSnapshot, State], Shown]] = {
    ItemKind.MATRIX: _matrix,
    ItemKind.YES_NO: _choice,
    ItemKind.CHOICE: _choice,
    ItemKind.MULTIPLE: _choice,
    ItemKind.RANKING: _ranking,
    ItemKind.CONSENT: _consent,
    ItemKind.TEXT: _typing,
    ItemKind.NUMBER: _typing,
    ItemKind.DATE: _typing,
    ItemKind.STATEMENT: _statement,
}


def questions_of(
    visit: Visit,
    items: Iterable[ItemSnapshot],
    *,
    typed: Mapping[str, State] | None = None,
    faults: Mapping[str, str] | None = None,
) -> list[Shown]:
    """Return what the template shows of each item; what was typed just now wins."""
    shown = []
    for item in items:
        state = (typed or {}).get(item.code) or state_of(item, visit.given)
        help_text = str(item.wording(visit.language).get("help") or "")
        shown.append(
            {
                "code": item.code,
                "name": f"item-{item.code}",
                "text": visit.text_of(item),
                "help": visit.filled(help_text),
                "is_required": item.is_required,
                "fault": (faults or {}).get(item.code, ""),
                **_SHAPES.get(item.kind, _scale)(visit, item, state),
            },
        )
    return shown
