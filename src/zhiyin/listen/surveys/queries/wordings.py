"""Slots in wordings: {brand}, {date}, {answer.<item>}, and parts that need them.

A part in square brackets is dropped when a slot inside it has nothing to show:
"Based on your {touchpoint}[ on {date}]" reads well with and without a date. A slot
that nothing fills leaves nothing behind: no reader ever sees braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SLOTS = ("brand", "touchpoint", "date", "product", "service", "object")
# Slots by name: what was answered before, what is recorded about the customer.
PREFIXES = ("answer.", "field.")
LONGEST_VALUE = 200
_SLOT = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]")
_SPACES = re.compile(r"[ \t]{2,}")
_BEFORE_MARK = re.compile(r" +([,.;:!?，。；：！？、])")


def unknown_slots(text: str) -> list[str]:
    """Return the slots of a wording that nothing will ever fill."""
    return [
        name
        for name in _SLOT.findall(text)
        if name not in SLOTS and not _is_named(name)
    ]


def _is_named(name: str) -> bool:
    return any(name.startswith(p) and len(name) > len(p) for p in PREFIXES)


def slots_named(text: str) -> list[str]:
    """Return the names of the slots in a wording, in order."""
    return _SLOT.findall(text)


def fill(text: str, slots: Mapping[str, str]) -> str:
    """Return the wording as a customer reads it.

    Values are put in once and never read for slots themselves. They are plain text:
    whoever shows the result escapes it as such.
    """
    if "{" not in text:
        return text.strip()

    def part(match: re.Match[str]) -> str:
        names = _SLOT.findall(match.group(1))
        return match.group(1) if all(slots.get(name) for name in names) else ""

    def slot(match: re.Match[str]) -> str:
        return " ".join(slots.get(match.group(1), "").split())[:LONGEST_VALUE]

    filled = _SLOT.sub(slot, _PART.sub(part, text))
    return _BEFORE_MARK.sub(r"\1", _SPACES.sub(" ", filled)).strip()
