"""Rows on their way to an engine elsewhere: only needed columns, in plain types."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxstats.engine.relation import Kind, kind_of
from cxstats.engine.sources import ArrowData, ParquetFiles
from cxstats.errors import FileError, InputError

__all__ = ["Loaded", "Rows", "rows_of"]

_BATCH_ROWS = 65_536

PLAIN = {
    Kind.INTEGER: pa.int64(),
    Kind.FLOATING: pa.float64(),
    Kind.DECIMAL: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
}


@dataclass(frozen=True)
class Rows:
    """Columns of a source under positional names c0, c1, ... in plain types.

    Positional names, because a survey's question may be longer than the 63 bytes
    that PostgreSQL gives a name, and may differ from another only in case.
    """

    source: ArrowData | ParquetFiles
    stored: Mapping[str, pa.DataType]
    wanted: tuple[str, ...]

    @property
    def inside(self) -> dict[str, str]:
        """Stored name to positional name, of every column."""
        return {name: f"c{at}" for at, name in enumerate(self.stored)}

    @property
    def schema(self) -> pa.Schema:
        """The wanted columns as they travel."""
        return pa.schema(
            [
                (self.inside[name], _plain_type(name, self.stored[name]))
                for name in self.wanted
            ]
        )

    def reader(self) -> pa.RecordBatchReader:
        """Read the wanted columns batch by batch."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for table in self._tables():
            yield from _plain(table, self.wanted, self.schema).to_batches(_BATCH_ROWS)

    def _tables(self) -> Iterator[pa.Table]:
        if isinstance(self.source, ArrowData):
            yield self.source.table.select(list(self.wanted))
            return
        for path in self.source.paths:
            with pq.ParquetFile(path) as file:
                here = [name for name in self.wanted if name in file.schema_arrow.names]
                for batch in file.iter_batches(_BATCH_ROWS, columns=here):
                    yield pa.Table.from_batches([batch])


def rows_of(source: ArrowData | ParquetFiles, names: Sequence[str]) -> Rows:
    """Give the named columns of a source, ready to travel.

    Raises
    ------
    FileError
        If a Parquet file cannot be read.
    InputError
        If files disagree about a column, or it holds what cannot travel.
    """
    schema = (
        source.table.schema if isinstance(source, ArrowData) else _united(source.paths)
    )
    stored = {item.name: item.type for item in schema}
    if len(stored) < len(schema):
        raise InputError(f"several columns share a name: {schema.names}")
    asked = {name.strip() for name in names}
    wanted = tuple(name for name in stored if name.strip() in asked)
    return Rows(source, stored, wanted)


@dataclass
class Loaded:
    """Copies that the engine holds: of files for one question, of tables for more.

    Nothing is dropped while a question runs, which may have several sources; the
    next question begins with dropping the surplus. An Arrow table is held with its
    copy so that its identity stays its own.
    """

    limit: int = 8
    _tables: OrderedDict[tuple[int, tuple[str, ...]], tuple[pa.Table, str]] = field(
        default_factory=OrderedDict
    )
    _files: list[str] = field(default_factory=list)

    def find(self, rows: Rows) -> str | None:
        """Name of the copy that has these columns of this table, if there is one."""
        if not isinstance(rows.source, ArrowData):
            return None
        key = (id(rows.source.table), rows.wanted)
        if key not in self._tables:
            return None
        self._tables.move_to_end(key)
        return self._tables[key][1]

    def keep(self, rows: Rows, name: str) -> None:
        """Remember a copy."""
        if isinstance(rows.source, ArrowData):
            key = (id(rows.source.table), rows.wanted)
            self._tables[key] = (rows.source.table, name)
        else:
            self.once(name)

    def once(self, name: str) -> None:
        """Remember what was made for the question that runs now."""
        self._files.append(name)

    def surplus(self) -> list[str]:
        """Forget copies of files and the tables longest unused; give their names."""
        names, self._files = self._files, []
        while len(self._tables) > self.limit:
            _key, (_table, oldest) = self._tables.popitem(last=False)
            names.append(oldest)
        return names


def _united(paths: Sequence[str]) -> pa.Schema:
    try:
        schemas = [pq.read_schema(path).remove_metadata() for path in paths]
    except (OSError, pa.ArrowInvalid) as error:
        raise FileError(f"cannot read Parquet: {error}") from error
    try:
        return pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"the Parquet files disagree: {error}") from error


def _plain_type(name: str, stored: pa.DataType) -> pa.DataType:
    kind = kind_of(stored)
    if kind is Kind.OTHER:
        raise InputError(
            f"column {name!r} holds {stored}, which cannot be sent to this engine"
        )
    return PLAIN[kind]


def _plain(table: pa.Table, wanted: Sequence[str], schema: pa.Schema) -> pa.Table:
    columns = []
    for name, item in zip(wanted, schema, strict=True):
        if name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, item.type))
            continue
        columns.append(_plain_column(table[name], item.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _plain_column(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = pc.local_timestamp(column.cast(pa.timestamp("us", tz="UTC")))
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.string())  # Arrow's own way to double loses a bit.
    return column.cast(wanted, safe=not pa.types.is_timestamp(wanted))
