"""Where rows lie: Parquet files, a table in memory, a table of the engine, a join."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from cxstats.errors import ColumnNotFoundError, InputError

__all__ = [
    "ArrowData",
    "BaseSource",
    "EngineTable",
    "Joined",
    "ParquetFiles",
    "Source",
    "as_source",
    "resolve_column",
]

_PLACE = re.compile(r"__index_level_\d+__")

JoinKind = Literal["inner", "left", "semi", "anti"]


@dataclass(frozen=True)
class ParquetFiles:
    """An explicit list of Parquet files with columns united by name.

    A folder is never listed: a reader of a folder would see files that a writer
    has not finished or has already replaced. Columns come from inside the files,
    never from folder names such as ``month=2026-01``. A column that some files
    lack is NULL there.
    """

    paths: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse an empty list, which no engine can give columns to."""
        if not self.paths:
            raise InputError("no Parquet file was given; give at least one path")


@dataclass(frozen=True, eq=False)
class ArrowData:
    """A table in memory; engines elsewhere receive a copy of the columns needed."""

    table: pa.Table = field(repr=False)


@dataclass(frozen=True)
class EngineTable:
    """A table or view that the engine already has, as ``name`` or ``schema.name``."""

    name: str

    def __post_init__(self) -> None:
        """Refuse a name with an empty part."""
        if not all(part.strip() for part in self.name.split(".")):
            raise InputError(f"{self.name!r} is not the name of a table")

    @property
    def parts(self) -> tuple[str, ...]:
        """Schema and table name."""
        return tuple(self.name.split("."))


@dataclass(frozen=True)
class Joined:
    """An equality join of experience rows (left) with operational rows (right).

    Keys are compared as they are stored, except that a text key meets a number key
    by its text. A NULL key matches nothing: ``inner`` and ``semi`` drop the row,
    ``left`` and ``anti`` keep it. Keys that repeat on the right multiply left rows
    under ``inner`` and ``left``; ``Engine.join_check`` counts them beforehand.

    Parameters
    ----------
    left, right
        Sources; they may be joins themselves.
    left_key, right_key
        The key column on each side.
    kind
        ``inner`` and ``left`` add the right columns, ``semi`` keeps left rows that
        have a match, ``anti`` left rows that have none.
    suffix
        Added to the name of a right column that the left side has too.
    """

    left: Source
    right: Source
    left_key: str
    right_key: str
    kind: JoinKind = "left"
    suffix: str = " (right)"


BaseSource = ParquetFiles | ArrowData | EngineTable
Source = BaseSource | Joined


def as_source(data: Any) -> Source:
    """Turn what people have into a source.

    Parameters
    ----------
    data
        A source; a path or glob of Parquet files; a ``pyarrow.Table`` or
        ``RecordBatch``; a pandas or polars frame, a DuckDB relation or anything else
        that speaks the Arrow C interface.

    Raises
    ------
    InputError
        If nothing matches the path, the file is not Parquet, or the object is not
        a table.
    """
    if isinstance(data, ParquetFiles | ArrowData | EngineTable | Joined):
        return data
    if isinstance(data, str | Path):
        return _parquet(str(data))
    if isinstance(data, pa.Table):
        return ArrowData(data)
    if isinstance(data, pa.RecordBatch):
        return ArrowData(pa.Table.from_batches([data]))
    if hasattr(data, "__arrow_c_stream__"):
        return ArrowData(_from_stream(data))
    raise InputError(
        f"cannot read rows from {type(data).__name__}; give a Parquet path, an Arrow "
        "table, a pandas or polars frame, or a source of cxstats.engine"
    )


def resolve_column(name: str, available: Iterable[str]) -> str:
    """Name of the stored column meant by ``name``: exact first, then trimmed.

    Raises
    ------
    ColumnNotFoundError
        If no stored column has that name, spaces around it aside.
    InputError
        If several stored columns differ only in the spaces around their names.
    """
    names = tuple(available)
    if name in names:
        return name
    wanted = name.strip()
    found = [stored for stored in names if stored.strip() == wanted]
    if not found:
        raise ColumnNotFoundError(name, names)
    if len(found) > 1:
        raise InputError(
            f"{name!r} may mean any of {found}; name one of them with its spaces"
        )
    return found[0]


def _parquet(path: str) -> ParquetFiles:
    if any(mark in path for mark in "*?[") and not Path(path).exists():
        paths = tuple(sorted(glob.glob(path, recursive=True)))  # noqa: PTH207 - absolute globs
        if not paths:
            raise InputError(f"no file matches {path!r}")
    else:
        paths = (path,)
    for item in paths:
        _check_parquet(item)
    return ParquetFiles(paths)


def _check_parquet(path: str) -> None:
    if "://" in path:
        return
    if not Path(path).is_file():
        raise InputError(f"there is no file {path!r}")
    with Path(path).open("rb") as file:
        if file.read(4) != b"PAR1":
            raise InputError(
                f"{path!r} is not a Parquet file; open other files with "
                "cxstats.files.open_table(path).to_source()"
            )


def _from_stream(data: Any) -> pa.Table:
    try:
        table = pa.RecordBatchReader.from_stream(data).read_all()
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError) as error:
        raise InputError(
            f"cannot turn this {type(data).__name__} into an Arrow table ({error}); "
            "give each column one type"
        ) from error
    # The place of a row in a pandas frame is not something that was measured.
    places = [name for name in table.column_names if _PLACE.fullmatch(name)]
    return table.drop_columns(places)
