"""What every analysis takes: the data people have, and an engine or its address.

A function opens its data by `source_of` and its engine by `engine_for`, so that a
file, a frame, a DuckDB relation or a table named on an engine work everywhere alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cxstats.engine import Engine, Source, as_source, resolve_column
from cxstats.engine import open_engine as open_address
from cxstats.files import open_tables
from cxstats.filters import Filter, parse_filter

__all__ = ["engine_for", "filter_of", "source_of"]


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


def filter_of(where: str | Filter | None) -> Filter | None:
    """Read a filter that may have been given as text.

    Raises
    ------
    FilterError
        If the text is no filter.
    """
    return parse_filter(where) if isinstance(where, str) else where
