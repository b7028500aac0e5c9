"""Up to where the source has been read."""

from __future__ import annotations

import pyarrow as pa
from django.db import connection, transaction

from zhiyin.analyze.lake.queries.readings import Reading

_HORIZON = pa.schema([("horizon", pa.string())])
_TABLES = ("responses_response", "responses_erasedresponse")


def finish_epoch() -> str | None:
    """Raise SQLite's epoch and return the finished one; None elsewhere.

    It has to happen before the reading begins: what is written in between belongs to
    the new epoch, is read now and read again next time, and nothing is missed.
    """
    if connection.vendor != "sqlite":
        return None
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("UPDATE lake_revision SET value = value + 1 RETURNING value")
        return str(cursor.fetchone()[0] - 1)


def horizon_of(reading: Reading, finished_epoch: str | None) -> str:
    """Return the horizon of what a reading sees."""
    if finished_epoch is not None:
        return finished_epoch
    table = reading.table(reading.dialect.position(), _HORIZON)
    horizon: str = table["horizon"][0].as_py()
    return horizon


def renumber_the_future(organisation_id: int) -> None:
    """Give rows a present number that carry one the source has not reached.

    After a restore to another server the old numbers run ahead of its transactions,
    and each such row would count as changed for ever.
    """
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(
                f"UPDATE {table} SET revision = 0 WHERE organisation_id = %s AND "
                "revision >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
                [organisation_id],
            )
