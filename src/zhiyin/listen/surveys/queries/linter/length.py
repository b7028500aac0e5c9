"""How long answering takes: reading, choosing, writing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhiyin.listen.surveys.queries.definitions import Definition, languages_of
from zhiyin.listen.surveys.queries.linter.findings import Finding, found

MOST_QUESTIONS = 10
MOST_MINUTES = 5.0
CLASSES = ("promoter", "passive", "detractor")
# Seconds to answer once read; choices, rows and steps of a ranking cost each.
_SECONDS = {
    "nps": 4,
    "csat": 4,
    "ces": 4,
    "rating": 4,
    "gap": 4,
    "yes_no": 3,
    "consent": 3,
    "choice": 4,
    "multiple": 6,
    "matrix": 2,
    "ranking": 4,
    "number": 6,
    "date": 8,
    "text": 25,
    "statement": 0,
}
_PER_CHOICE, _PER_ROW = 0.5, 4.0
_HAN_PER_SECOND, _WORDS_PER_SECOND = 5.0, 3.3
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9'-]+")
# A question with a condition is asked of some; half stands for them.
_SHARE_IF_CONDITIONAL = 0.5


def _reading_seconds(text: str) -> float:
    return (
        len(_HAN.findall(text)) / _HAN_PER_SECOND
        + len(_WORD.findall(text)) / _WORDS_PER_SECOND
    )


def _item_seconds(item: Mapping[str, Any], language: str) -> float:
    texts: Mapping[str, Any] = item["texts"].get(language) or next(
        iter(item["texts"].values()), {}
    )
    options, rows = texts.get("options") or (), texts.get("rows") or ()
    said = [str(texts.get("text", "")), str(texts.get("help", ""))]
    said += [str(row[1]) for row in (*options, *rows)]
    per_choice = 4.0 if item["kind"] == "ranking" else _PER_CHOICE
    return (
        _SECONDS.get(item["kind"], 5)
        + per_choice * len(options)
        + _PER_ROW * len(rows)
        + sum(map(_reading_seconds, said))
    )


def _share(item: Mapping[str, Any]) -> float:
    return _SHARE_IF_CONDITIONAL if item.get("shown_if") else 1.0


def estimated_minutes(definition: Definition, language: str = "") -> float:
    """Return the minutes the longest way through takes, conditional questions half."""
    chosen = language or next(iter(languages_of(definition)), "")
    return max(
        sum(
            _share(item) * _item_seconds(item, chosen)
            for item in definition["items"]
            if item.get("asked_of", "") in {"", given}
        )
        / 60
        for given in CLASSES
    )


def question_count(definition: Definition) -> float:
    """Return how many questions the longest way asks, conditional ones half."""
    return max(
        sum(
            _share(item)
            for item in definition["items"]
            if item["kind"] != "statement" and item.get("asked_of", "") in {"", given}
        )
        for given in CLASSES
    )


def length_findings(definition: Definition) -> Iterator[Finding]:
    """Yield too many questions, and too many minutes."""
    count = question_count(definition)
    if count > MOST_QUESTIONS:
        yield found("too_many", names=f"{count:.0f}")
    for language in languages_of(definition)[:1]:
        minutes = estimated_minutes(definition, language)
        if minutes > MOST_MINUTES:
            yield found("too_long", language=language, names=f"{minutes:.0f}")
