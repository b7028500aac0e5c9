"""What rows are grouped by: a column, bins of numbers, periods of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from cxstats.errors import InputError

__all__ = [
    "Bins",
    "Column",
    "Key",
    "KeyLike",
    "PeriodBucket",
    "as_key",
    "as_keys",
    "naive_utc",
]


@dataclass(frozen=True)
class Column:
    """A stored column, its values as they are; NULL is a group of its own.

    Parameters
    ----------
    column
        The column.
    name
        Name in the answer; the column's by default.
    """

    column: str
    name: str = ""

    def __post_init__(self) -> None:
        """Name the key after its column unless told otherwise."""
        object.__setattr__(self, "name", self.name or self.column)


@dataclass(frozen=True)
class Bins:
    """A number cut at given edges, each bin closed on the left.

    The bin is the count of edges at or below the value: 0 below the first edge,
    ``len(edges)`` from the last edge on (like ``numpy.digitize``). NULL, NaN and
    text that is not a number give NULL.

    Parameters
    ----------
    column
        A number, or text that holds numbers.
    edges
        Finite and strictly rising.
    name
        Name in the answer; the column's by default.
    labels
        ``len(edges) + 1`` texts to give instead of the integers.
    """

    column: str
    edges: tuple[float, ...]
    name: str = ""
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check the edges and labels; name the bins after their column."""
        if not all(math.isfinite(edge) for edge in self.edges):
            raise InputError(
                f"edges of {self.column!r} must be finite; got {self.edges}"
            )
        _check_edges(self.column, self.edges, self.labels)
        object.__setattr__(self, "name", self.name or self.column)


@dataclass(frozen=True)
class PeriodBucket:
    """A time cut at given instants, each period closed on the left.

    The period is the count of edges at or before the time: 0 before the first edge,
    ``len(edges)`` from the last edge on; NULL stays NULL. Stored times are UTC
    without a zone; an edge with a zone is turned to UTC, a date means its midnight.

    Parameters
    ----------
    column
        A date or timestamp column.
    edges
        Strictly rising dates or datetimes.
    name
        Name in the answer; the column's by default.
    labels
        ``len(edges) + 1`` texts to give instead of the integers.
    """

    column: str
    edges: tuple[date | datetime, ...]
    name: str = ""
    labels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check the edges and labels; name the periods after their column."""
        _check_edges(self.column, self.instants, self.labels)
        object.__setattr__(self, "name", self.name or self.column)

    @property
    def instants(self) -> tuple[datetime, ...]:
        """The edges as UTC datetimes without a zone."""
        return tuple(naive_utc(edge) for edge in self.edges)


Key = Column | Bins | PeriodBucket
KeyLike = str | Column | Bins | PeriodBucket


def as_key(key: KeyLike) -> Key:
    """Give the key meant: a plain name means the column of that name."""
    return Column(key) if isinstance(key, str) else key


def as_keys(keys: Iterable[KeyLike]) -> tuple[Key, ...]:
    """Give the keys meant, whose names in the answer must differ.

    Raises
    ------
    InputError
        If two keys would have one name.
    """
    found = tuple(as_key(key) for key in keys)
    names = [key.name for key in found]
    if len(set(names)) < len(names):
        raise InputError(f"keys {names} share a name; give each a name of its own")
    return found


def naive_utc(moment: date | datetime) -> datetime:
    """Give the moment as a UTC datetime without a zone."""
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - naive UTC is the stored form
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _check_edges(
    column: str,
    edges: Sequence[float] | Sequence[datetime],
    labels: tuple[str, ...] | None,
) -> None:
    if not edges:
        raise InputError(f"no edge was given to cut {column!r} at")
    rising = all(a < b for a, b in pairwise(edges))  # type: ignore[operator]
    if not rising:
        raise InputError(f"edges of {column!r} must rise strictly; got {edges}")
    if labels is not None and len(labels) != len(edges) + 1:
        raise InputError(
            f"{len(edges)} edges of {column!r} make {len(edges) + 1} bins; "
            f"got {len(labels)} labels"
        )
