"""The few pieces of SQL in which the operational databases differ."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

_MONTHS_A_YEAR = 12
_SNAPSHOT = re.compile(r"(\d+):(\d+):[\d,]*")


def month_bounds(month: str) -> tuple[str, str]:
    """Return the first day of a month and of the next one.

    Both are literals: two interval expressions in one statement are not to be
    trusted on every engine.
    """
    year, number = (int(part) for part in month.split("-"))
    following = (year, number + 1) if number < _MONTHS_A_YEAR else (year + 1, 1)
    return f"{year:04d}-{number:02d}-01", f"{following[0]:04d}-{following[1]:02d}-01"


@dataclass(frozen=True)
class Dialect(ABC):
    """How one kind of database says it."""

    vendor: str

    @abstractmethod
    def changed(self, column: str, horizon: str) -> str:
        """Say that a revision is newer than the horizon."""

    @abstractmethod
    def revision_of(self, horizon: str) -> int:
        """Return the newest revision up to which the horizon is complete."""

    @abstractmethod
    def went_back(self, horizon: str, now: str) -> bool:
        """Tell whether the source is now behind what was read from it."""

    @abstractmethod
    def position(self) -> str:
        """Return the query that says where the source stands: a horizon."""

    @abstractmethod
    def among(self, column: str, ids: Iterable[int]) -> str:
        """Say that a number is one of many."""

    @abstractmethod
    def month(self, column: str) -> str:
        """Return the month of a time in UTC, as YYYY-MM."""

    @abstractmethod
    def within(self, column: str, month: str) -> str:
        """Say that a time lies in a month of UTC."""

    @abstractmethod
    def time(self, column: str) -> str:
        """Return a time in UTC that Arrow can read."""

    @abstractmethod
    def json(self, column: str) -> str:
        """Return a JSON column as text."""

    @abstractmethod
    def further_texts(self) -> str:
        """Return what response `r` says in words besides its comment."""

    @abstractmethod
    def answered(self) -> str:
        """Return the numbers and dates that response `r` answers, as a JSON object.

        The questionnaire is `n`; there is nothing where it is anonymous.
        """


class SqliteDialect(Dialect):
    """SQLite: the horizon is the last finished epoch."""

    def changed(self, column: str, horizon: str) -> str:
        """Say that a revision is of a later epoch."""
        return f"{column} > {int(horizon)}"

    def revision_of(self, horizon: str) -> int:
        """Return the epoch."""
        return int(horizon)

    def went_back(self, horizon: str, now: str) -> bool:
        """Tell whether the epochs were counted back, as by a restored backup."""
        return int(now) < int(horizon)

    def position(self) -> str:
        """Return the query for the last finished epoch."""
        return "SELECT value - 1 FROM lake_revision"

    def among(self, column: str, ids: Iterable[int]) -> str:
        """Say that a number is one of many."""
        listed = ",".join(map(str, ids))
        return f"{column} IN (SELECT value FROM json_each('[{listed}]'))"

    def month(self, column: str) -> str:
        """Return the first seven letters: times are stored as text in UTC."""
        return f"substr({column}, 1, 7)"

    def within(self, column: str, month: str) -> str:
        """Say that a time lies in a month of UTC."""
        first, following = month_bounds(month)
        return f"{column} >= '{first}' AND {column} < '{following}'"

    def time(self, column: str) -> str:
        """Return the text; an expression, so that no converter makes objects of it."""
        return f"substr({column}, 1, 26)"

    def json(self, column: str) -> str:
        """Return a JSON column as text."""
        return f"substr({column}, 1)"

    def further_texts(self) -> str:
        """Return what response `r` says in words besides its comment."""
        return (
            "(SELECT group_concat(text, char(10)) FROM (SELECT t.text "
            "FROM responses_answer t WHERE t.response_id = r.id "
            "AND t.kind IN ('text', 'choice', 'multiple') AND t.text <> '' "
            "AND instr(r.comment, t.text) = 0 ORDER BY t.id))"
        )

    def answered(self) -> str:
        """Return the numbers and dates that response `r` answers, as a JSON object."""
        return (
            "CASE WHEN NOT n.is_anonymous THEN (SELECT CASE WHEN count(*) > 0 THEN "
            "json_group_object(t.item, coalesce(t.number, t.date)) END "
            "FROM responses_answer t WHERE t.response_id = r.id "
            "AND t.kind IN ('number', 'date')) END"
        )


class PostgresqlDialect(Dialect):
    """PostgreSQL: the horizon is the snapshot of transactions that was read."""

    def changed(self, column: str, horizon: str) -> str:
        """Say that the snapshot could not see the transaction of this revision."""
        oldest = self._bounds(horizon)[0]
        return (
            f"({column} >= {oldest} AND NOT pg_visible_in_snapshot("
            f"{column}::text::xid8, '{horizon}'::pg_snapshot))"
        )

    def revision_of(self, horizon: str) -> int:
        """Return the last transaction before the oldest still running one."""
        return self._bounds(horizon)[0] - 1

    def went_back(self, horizon: str, now: str) -> bool:
        """Tell whether transactions count from lower, as on a server restored to."""
        return self._bounds(now)[1] < self._bounds(horizon)[1]

    def position(self) -> str:
        """Return the query for the snapshot of this moment."""
        return "SELECT pg_current_snapshot()::text"

    def among(self, column: str, ids: Iterable[int]) -> str:
        """Say that a number is one of many."""
        listed = ",".join(map(str, ids))
        return f"{column} = ANY('{{{listed}}}'::bigint[])"

    def month(self, column: str) -> str:
        """Return the month of a time in UTC, as YYYY-MM."""
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM')"

    def within(self, column: str, month: str) -> str:
        """Say that a time lies in a month of UTC."""
        first, following = month_bounds(month)
        return (
            f"{column} >= '{first} 00:00:00+00'::timestamptz "
            f"AND {column} < '{following} 00:00:00+00'::timestamptz"
        )

    def time(self, column: str) -> str:
        """Return a time without a zone, in UTC."""
        return f"({column} AT TIME ZONE 'UTC')"

    def json(self, column: str) -> str:
        """Return a JSON column as text."""
        return f"{column}::text"

    def further_texts(self) -> str:
        """Return what response `r` says in words besides its comment."""
        return (
            "(SELECT string_agg(t.text, chr(10) ORDER BY t.id) "
            "FROM responses_answer t WHERE t.response_id = r.id "
            "AND t.kind IN ('text', 'choice', 'multiple') AND t.text <> '' "
            "AND strpos(r.comment, t.text) = 0)"
        )

    def answered(self) -> str:
        """Return the numbers and dates that response `r` answers, as a JSON object."""
        return (
            "CASE WHEN NOT n.is_anonymous THEN (SELECT json_object_agg(t.item, "
            "coalesce(to_json(t.number), to_json(t.date)))::text "
            "FROM responses_answer t WHERE t.response_id = r.id "
            "AND t.kind IN ('number', 'date')) END"
        )

    @staticmethod
    def _bounds(horizon: str) -> tuple[int, int]:
        match = _SNAPSHOT.fullmatch(horizon)
        if match is None:
            message = f"{horizon!r} is not a snapshot of PostgreSQL"
            raise ValueError(message)
        return int(match[1]), int(match[2])


DIALECTS: dict[str, Dialect] = {
    "sqlite": SqliteDialect("sqlite"),
    "postgresql": PostgresqlDialect("postgresql"),
}
