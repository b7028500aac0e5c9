"""Slots in wordings: {brand}, {touchpoint}, {date}, and parts that need them.

A part in square brackets is dropped when a slot inside it has nothing to show:
"Based on your {touchpoint}[ on {date}]" reads well with and without a date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SLOTS = ("brand", "touchpoint", "date", "product", "object")
_SLOT = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]")


def unknown_slots(text: str) -> list[str]:
    """Return the slots of a wording that nothing will ever fill."""
    return [name for name in _SLOT.findall(text) if name not in SLOTS]


def fill(text: str, slots: Mapping[str, str]) -> str:
    """Return the wording as a customer reads it; an unknown slot stays visible."""

    def part(match: re.Match[str]) -> str:
        names = _SLOT.findall(match.group(1))
        return match.group(1) if all(slots.get(name) for name in names) else ""

    def slot(match: re.Match[str]) -> str:
        name = match.group(1)
        return slots.get(name, "") if name in SLOTS else match.group(0)

    return _SLOT.sub(slot, _PART.sub(part, text)).strip()
