"""Whether a recommendation question is worded as the standard says."""

from __future__ import annotations

import re
from functools import cache

from zhiyin.listen.surveys.queries.linter.wording import folded
from zhiyin.listen.surveys.queries.standard import load_wordings

_MARKS = re.compile(r"[\W_]+")
_SLOT = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}")
_ANYTHING = "(?:.{1,40})?"


def _plain(text: str) -> str:
    return _MARKS.sub("", folded(text))


@cache
def _standards(language: str) -> tuple[re.Pattern[str], ...]:
    found = []
    for wording in load_wordings():
        text = wording["texts"].get(language, {}).get("text", "")
        if wording["kind"] == "nps" and text:
            parts = [re.escape(_plain(part)) for part in _SLOT.split(text)]
            found.append(re.compile(_ANYTHING.join(parts)))
    return tuple(found)


def is_standard_nps(text: str, language: str) -> bool:
    """Tell whether a text is a standard recommendation question, slots filled or not.

    A language without a standard is not held to one.
    """
    plain = _plain(_SLOT.sub("", text))
    standards = _standards(language)
    return not standards or any(rule.fullmatch(plain) for rule in standards)
