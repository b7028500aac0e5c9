"""What a metric asks of the data, and the cells that come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxstats.engine import (
    Engine,
    HistogramQuery,
    KeyLike,
    Source,
    as_source,
    resolve_column,
)
from cxstats.engine import open_engine as open_address
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.files import open_tables
from cxstats.filters import Filter, parse_filter

__all__ = ["Question", "ask", "engine_for", "key_names", "source_of"]

By = str | KeyLike | Sequence[KeyLike]


@dataclass(frozen=True)
class Question:
    """Columns a metric reads.

    Parameters
    ----------
    score
        Column of raw answers.
    by
        Group columns, bins or periods.
    weight, strata, cluster
        Columns of the sampling design.
    where
        Rows to keep, as a filter or its text. Rows outside are no part of the
        sample; use ``by`` for groups of one sample.
    """

    score: str
    by: By = ()
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    where: str | Filter | None = None

    @property
    def keys(self) -> tuple[KeyLike, ...]:
        """Group keys as a tuple, whether one or several were given."""
        if isinstance(self.by, str) or not isinstance(self.by, Sequence):
            return (self.by,)
        return tuple(self.by)


def key_names(keys: Sequence[KeyLike]) -> tuple[str, ...]:
    """Return the name of each group key as the caller knows it."""
    return tuple(as_key(key).name for key in keys)


def source_of(data: Any, wanted: Sequence[str]) -> Source:
    """Open what people have: frames, Parquet, and any table file by its path.

    Parquet paths and globs stay files that the engine reads itself; of other files
    only the wanted columns are read.

    Raises
    ------
    InputError
        If a file cannot be read or a column is not in it.
    """
    if isinstance(data, str | Path) and not _is_parquet(str(data)):
        table = open_tables(data)
        names = [column.name for column in table.columns]
        columns = [resolve_column(name, names) for name in wanted]
        return table.to_source(list(dict.fromkeys(columns)))
    return as_source(data)


def _is_parquet(path: str) -> bool:
    return path.lower().endswith((".parquet", ".pq")) or "://" in path


@contextmanager
def engine_for(engine: Engine | str | None) -> Iterator[Engine]:
    """Use the caller's engine, or open one by its URL and close it afterwards."""
    if engine is None or isinstance(engine, str):
        with open_address(engine) as opened:
            yield opened
    else:
        yield engine


def ask(data: Any, question: Question, engine: Engine | str | None) -> pa.Table:
    """Return the score histogram, its group columns named ``by0``, ``by1``, ...

    Own names for the groups keep a column called ``n`` or ``score`` from meeting
    the histogram's.

    Raises
    ------
    InputError
        If a group column is named twice.
    """
    keys = question.keys
    names = key_names(keys)
    if len(set(names)) < len(names):
        raise InputError(f"a group column is named twice: {', '.join(names)}")
    where = question.where
    query = HistogramQuery(
        score=question.score,
        by=tuple(replace(as_key(key), name=f"by{i}") for i, key in enumerate(keys)),
        weight=question.weight,
        stratum=question.strata,
        cluster=question.cluster,
        where=parse_filter(where) if isinstance(where, str) else where,
    )
    with engine_for(engine) as opened:
        return opened.score_histogram(source_of(data, query.columns()), query)
