"""Reading lists that people type, one entry per line."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def lines(text: str) -> list[str]:
    """Return the lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def pairs(text: str) -> list[tuple[str, str, str]]:
    """Return each line with its name and what stands last. Raises ValidationError."""
    made = []
    for line in lines(text):
        name, _space, last = line.replace("\t", " ").rpartition(" ")
        if not name.strip():
            raise ValidationError(
                _("“%(line)s” needs a name and a number.") % {"line": line},
            )
        made.append((line, name.strip(), last))
    return made


def number(line: str, text: str, most: float) -> float:
    """Read a number from 0 to the most. Raises ValidationError naming the line."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise ValidationError(
            _("“%(line)s” must end with a number from 0 to %(most)s.")
            % {"line": line, "most": f"{most:g}"},
        )
    return value
