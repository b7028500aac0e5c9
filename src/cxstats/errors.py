"""The error tree of the library: every failure a caller can meet has a name.

A message says what was wrong, what was received and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ColumnNotFoundError",
    "CxstatsError",
    "DesignError",
    "EngineError",
    "EngineNotAvailableError",
    "FileError",
    "FilterError",
    "InputError",
    "ScaleError",
    "UnsupportedError",
]


class CxstatsError(Exception):
    """Anything this library refuses or fails to do."""


class InputError(CxstatsError, ValueError):
    """What was given cannot be analysed as asked."""


class ColumnNotFoundError(InputError):
    """A named column is not in the data.

    Parameters
    ----------
    name
        The column that was asked for.
    available
        The columns that are there; the message offers the nearest ones.
    """

    def __init__(self, name: str, available: Iterable[str]) -> None:
        self.name = name
        self.available = tuple(available)
        near = _nearest(name, self.available)
        hint = f"did you mean {' or '.join(map(repr, near))}? The" if near else "the"
        shown = ", ".join(self.available[:12])
        more = len(self.available) - 12
        tail = f" and {more} more" if more > 0 else ""
        super().__init__(f"no column named {name!r}; {hint} data has: {shown}{tail}")


def _nearest(name: str, available: Iterable[str]) -> list[str]:
    """Up to three names that look like the one given, whatever their case."""
    by_key = {other.strip().casefold(): other for other in available}
    wanted = name.strip().casefold()
    near = get_close_matches(wanted, by_key, n=3, cutoff=0.6)
    holding = [key for key in by_key if wanted and wanted in key and key not in near]
    return [by_key[key] for key in (near + holding)[:3]]


class ScaleError(InputError):
    """A scale is not usable, or does not fit the metric asked for."""


class DesignError(InputError):
    """Weights, strata or clusters contradict each other or the data."""


class FilterError(InputError):
    """A filter expression cannot be read."""


class FileError(InputError):
    """A file cannot be read as a table.

    Parameters
    ----------
    message
        What was wrong, what was found, what to do (English).
    code
        A stable short name of the reason, for callers who say it in another language.
    facts
        The numbers and names of the message, by name.
    """

    def __init__(
        self, message: str, *, code: str = "unreadable", **facts: object
    ) -> None:
        self.code = code
        self.facts = facts
        super().__init__(message)


class EngineError(CxstatsError):
    """An engine failed or answered something unusable."""


class EngineNotAvailableError(EngineError):
    """The engine's driver is not installed or its address does not answer."""


class UnsupportedError(EngineError):
    """An engine declares that it cannot do what was asked, and why."""
