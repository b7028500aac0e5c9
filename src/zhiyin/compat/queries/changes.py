"""Which answers changed since a reading, in whatever order they were committed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from zhiyin.analyze.lake.queries.dialects import DIALECTS, Dialect
from zhiyin.analyze.lake.services.horizons import finish_epoch

TABLE = "responses_response"
ERASED = "responses_erasedresponse"


@dataclass(frozen=True)
class Changes:
    """What changed up to a new horizon: (id, revision) of answers, ids of erased."""

    horizon: str
    changed: list[tuple[int, int]]
    erased: list[int]


def _dialect() -> Dialect:
    return DIALECTS[connection.vendor]


def position() -> str:
    """Return where the database stands now."""
    with connection.cursor() as cursor:
        cursor.execute(_dialect().position())
        return str(cursor.fetchone()[0])


def beginning() -> str:
    """Return a horizon that counts everything written until now as read."""
    return finish_epoch() or position()


def changes_since(organisation_id: int, horizon: str) -> Changes:
    """Return what changed after a horizon, and the horizon to go on from.

    The new horizon is taken before the rows are read. What is written in between may
    be read twice, with the same revision, and is never missed.
    """
    if not _has_changes(organisation_id, horizon):
        return Changes(horizon, [], [])
    reached = beginning()
    within = _within("r.revision", horizon, reached)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, r.revision FROM {TABLE} r "  # noqa: S608
            "JOIN surveys_instrumentversion v ON v.id = r.instrument_version_id "
            "JOIN surveys_instrument n ON n.id = v.instrument_id "
            f"WHERE r.organisation_id = %s AND {within} "
            "AND r.source NOT LIKE 'import:%%' AND NOT n.is_anonymous ORDER BY r.id",
            [organisation_id],
        )
        changed = [(int(number), int(revision)) for number, revision in cursor]
        cursor.execute(
            f"SELECT response_id FROM {ERASED} r "  # noqa: S608
            f"WHERE r.organisation_id = %s AND {within}",
            [organisation_id],
        )
        erased = [int(row[0]) for row in cursor]
    return Changes(reached, changed, erased)


def _within(column: str, horizon: str, reached: str) -> str:
    said = _dialect().changed(column, horizon)
    # A later change in an epoch that is still open carries the same number.
    if connection.vendor == "sqlite":
        return f"{said} AND {column} <= {int(reached)}"
    return said


def _has_changes(organisation_id: int, horizon: str) -> bool:
    said = _dialect().changed("r.revision", horizon)
    with connection.cursor() as cursor:
        for table in (TABLE, ERASED):
            cursor.execute(
                f"SELECT 1 FROM {table} r WHERE r.organisation_id = %s "  # noqa: S608
                f"AND {said} LIMIT 1",
                [organisation_id],
            )
            if cursor.fetchone():
                return True
    return False
