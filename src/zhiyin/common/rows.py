"""Rows written with statements that are put together once per model.

Django composes every statement anew, which costs more than running it. Where a page
is asked for by everybody at once, a row goes this way instead: the same columns, the
same preparation of values by the model's own fields, one statement kept ready.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, models


@contextmanager
def ready_cursor() -> Iterator[Any]:
    """Yield a cursor whose statements PostgreSQL plans once per connection.

    For the few statements that run at every request: planning one costs several times
    as much as running it. What a statement returns must not change with the tables,
    so it names its columns.
    """
    if connection.vendor != "postgresql" or not settings.PREPARED_STATEMENTS:
        with connection.cursor() as cursor:
            yield cursor
        return
    import psycopg  # noqa: PLC0415 not there where SQLite is the database.

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw: Any = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(raw) as ready:
        # Django's own statements hold their values in the text: they stay unprepared.
        raw.prepare_threshold = 0
        try:
            yield ready
        finally:
            raw.prepare_threshold = None


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields  # noqa: SLF001 Django's documented API.
        if not field.primary_key
    )


def _quoted(fields: Sequence[models.Field[Any, Any]]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


# What fields of a kind hand to the database as it is.
_PLAIN: dict[type, type] = {
    models.BigIntegerField: int,
    models.BooleanField: bool,
    models.CharField: str,
    models.FloatField: float,
    models.ForeignKey: int,
    models.IntegerField: int,
    models.SmallIntegerField: int,
    models.TextField: str,
}


def _values(row: models.Model, fields: Sequence[models.Field[Any, Any]]) -> list[Any]:
    values = []
    for field in fields:
        plain, value = _PLAIN.get(type(field)), getattr(row, field.attname)
        if plain is None or (value is not None and type(value) is not plain):
            prepared = field.pre_save(row, add=True)
            value = field.get_db_prep_save(prepared, connection)
        values.append(value)
    return values


@cache
def _insert(
    model: type[models.Model],
    rows: int,
    unique: tuple[str, ...],
    changed: tuple[str, ...],
) -> str:
    # Table and columns are the model's own; every value is a parameter.
    fields = _fields(model)
    marks = f"({', '.join(['%s'] * len(fields))})"
    table = model._meta.db_table  # noqa: SLF001
    values = ", ".join([marks] * rows)
    text = f'INSERT INTO "{table}" ({_quoted(fields)}) VALUES {values}'  # noqa: S608
    if unique:
        columns = ", ".join(f'"{name}"' for name in unique)
        update = ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
        text += f" ON CONFLICT ({columns}) DO " + (
            f"UPDATE SET {update}" if changed else "NOTHING"
        )
    return f"{text} RETURNING id"


def insert_row(row: models.Model, *, unique: tuple[str, ...] = ()) -> bool:
    """Insert a row and set its id; False where `unique` columns are taken already."""
    model = type(row)
    with ready_cursor() as cursor:
        cursor.execute(_insert(model, 1, unique, ()), _values(row, _fields(model)))
        made = cursor.fetchone()
    if made is None:
        return False
    row.pk = made[0]
    row._state.adding = False  # noqa: SLF001
    row._state.db = connection.alias  # noqa: SLF001
    return True


def upsert_rows(
    rows: Sequence[models.Model],
    *,
    unique: tuple[str, ...],
    changed: tuple[str, ...],
) -> None:
    """Insert rows; where `unique` columns are taken, change those rows instead."""
    if not rows:
        return
    model = type(rows[0])
    fields = _fields(model)
    values = [value for row in rows for value in _values(row, fields)]
    with ready_cursor() as cursor:
        cursor.execute(_insert(model, len(rows), unique, changed), values)


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    fields = [model._meta.get_field(name) for name in names]  # noqa: SLF001
    pairs = ", ".join(f'"{field.column}" = %s' for field in fields)  # type: ignore[union-attr]
    table = model._meta.db_table  # noqa: SLF001
    return f'UPDATE "{table}" SET {pairs} WHERE id = %s'  # noqa: S608 our own names.


def update_row(row: models.Model, *names: str) -> None:
    """Write some columns of a row that is there."""
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in _fields(type(row))
        if field.name in names
    ]
    in_order = tuple(f.name for f in _fields(type(row)) if f.name in names)
    with ready_cursor() as cursor:
        cursor.execute(_update(type(row), in_order), [*values, row.pk])
