"""Questions about days, orders of rows, and rows themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxstats.engine.keys import KeyLike
from cxstats.engine.queries.needs import needed
from cxstats.errors import InputError
from cxstats.filters import Filter

__all__ = [
    "DailyQuery",
    "OrderBy",
    "PreviousQuery",
    "TagQuery",
    "TopQuery",
]


@dataclass(frozen=True)
class TagQuery:
    """Rules that tag each row.

    The table made has the columns of ``keep`` and one integer column per rule: 1
    where its condition is true, 0 where it is false, NULL where it is unknown
    because a column it reads is NULL. The answer has one row per rule: ``tag``,
    ``n_true``, ``n_false``, ``n_unknown``.

    Parameters
    ----------
    rules
        Pairs of tag name and condition.
    keep
        Columns to carry over, the customer's key among them.
    where
        Rows to keep.
    """

    rules: tuple[tuple[str, Filter], ...]
    keep: tuple[str, ...]
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse no rules, and two columns of one name."""
        names = [*self.keep, *(name for name, _rule in self.rules)]
        if not self.rules:
            raise InputError("no rule was given to tag rows by")
        if len(set(names)) < len(names):
            raise InputError(f"columns and tags {names} share a name; rename the tag")

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        read = [name for _tag, rule in self.rules for name in rule.columns()]
        return needed(*self.keep, *read, where=self.where)


@dataclass(frozen=True)
class DailyQuery:
    """How often each raw score occurs on each local day, in each group.

    The answer has ``day`` (date), the ``by`` columns, ``score`` as stored, ``n``
    and the weight sums where asked, ordered by day. Days without a row are absent.

    Parameters
    ----------
    time
        A UTC timestamp without a zone, or a date (then taken as it is).
    score
        Column of raw answers.
    first, last
        First and last local day, both included.
    time_zone
        IANA name of the zone whose days are meant.
    by, weight, where
        As everywhere.
    """

    time: str
    score: str
    first: date
    last: date
    time_zone: str = "UTC"
    by: tuple[KeyLike, ...] = ()
    weight: str | None = None
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse days that run backwards and zones that do not exist."""
        if self.last < self.first:
            raise InputError(f"the last day {self.last} is before {self.first}")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InputError(
                f"no time zone is named {self.time_zone!r}; write for example "
                "'Asia/Shanghai'"
            ) from error

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        names = (self.time, self.score, self.weight)
        return needed(*names, by=self.by, where=self.where)


@dataclass(frozen=True)
class OrderBy:
    """A column to order by: NULL, NaN and infinities last, text by its bytes."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class PreviousQuery:
    """Each answer with the same customer's answer before it, counted.

    The answer has the ``by`` columns of the later answer, ``is_first`` (1 where
    there is none before), ``previous`` and ``score`` as stored, and ``n``. Rows
    without a customer are left out.

    Parameters
    ----------
    customer
        Column of the customer's key.
    order
        Columns that put a customer's answers in order, the last a unique one: with
        ties the engine would choose.
    score
        Column of raw answers.
    by, where
        As everywhere; ``where`` acts before the answers are put in order.
    """

    customer: str
    order: tuple[str, ...]
    score: str
    by: tuple[KeyLike, ...] = ()
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse answers in no order."""
        if not self.order:
            raise InputError("give the columns that put a customer's answers in order")

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        names = (self.customer, *self.order, self.score)
        return needed(*names, by=self.by, where=self.where)


@dataclass(frozen=True)
class TopQuery:
    """The first rows in an order: the one question that answers with rows.

    Parameters
    ----------
    select
        Columns of the answer.
    order
        Columns to order by; end with a unique one for an answer that repeats.
    k
        How many rows, 1 or more.
    offset
        How many rows to pass over first.
    where
        Rows to keep.
    """

    select: tuple[str, ...]
    order: tuple[OrderBy, ...]
    k: int
    offset: int = 0
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse counts below what has a meaning."""
        if self.k < 1 or self.offset < 0 or not self.select or not self.order:
            raise InputError(
                "top rows need columns, an order, k of 1 or more and an offset of 0 "
                f"or more; got select={self.select}, order={self.order}, k={self.k}, "
                f"offset={self.offset}"
            )

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        ordering = (item.column for item in self.order)
        return needed(*self.select, *ordering, where=self.where)
