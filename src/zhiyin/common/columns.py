"""Rows read straight into columns: of millions, objects would cost ten times more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

MICROSECONDS = 1_000_000.0


def moment_sql(column: str) -> str:
    """Return SQL for a moment as whole microseconds since 1970, NULL as NULL.

    Whole numbers, because a rounded fraction of a second would decide a pause that
    ends now differently live and in replay.
    """
    if connection.vendor == "postgresql":
        return f"(extract(epoch from {column}) * 1000000)::bigint"
    return (
        f"(cast(strftime('%%s', {column}) as integer) * 1000000"
        f" + cast(substr({column}, 21, 6) as integer))"
    )


def listed_sql(column: str, ids: Sequence[int]) -> tuple[str, Any]:
    """Return a condition that a column is one of many numbers, and its parameter.

    The numbers travel as one parameter: databases limit how many there may be.
    """
    if connection.vendor == "postgresql":
        return f"{column} = any(%s)", list(ids)
    listed = json.dumps(list(ids))
    return f"{column} in (select value from json_each(%s))", listed  # noqa: S608


def read_columns(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the columns of a query; none at all when it found no row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(zip(*cursor.fetchall(), strict=True))


def as_seconds(moments: Sequence[int | None]) -> npt.NDArray[np.float64]:
    """Return microseconds as seconds; what never happened is minus infinity."""
    whole = np.array([np.nan if one is None else one for one in moments], dtype=float)
    return np.where(np.isnan(whole), -np.inf, whole / MICROSECONDS)
