"""Reading the lake's own files: which rows they hold, and the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhiyin.analyze.lake.queries.manifest import DataFile
from zhiyin.analyze.lake.queries.rows import Chunk, Ids, dataset_schema

_BATCH = 65_536


def holds_any(folder: Path, file: DataFile, ids: Ids) -> bool:
    """Tell whether a file has a row of any of these responses (sorted)."""
    if not _between(ids, file.response_low, file.response_high):
        return False
    with pq.ParquetFile(folder / file.path) as parquet:
        return any(
            bool(np.isin(_group_ids(parquet, group), ids).any())
            for group in range(parquet.num_row_groups)
            if _may_hold(parquet, group, ids)
        )


def response_ids(folder: Path, file: DataFile) -> Ids:
    """Return the responses of a file, each once, in order."""
    column = pq.read_table(folder / file.path, columns=["response_id"])["response_id"]
    ids: Ids = np.unique(column.to_numpy())
    return ids


def read_kept(
    folder: Path,
    file: DataFile,
    outdated: Ids,
    fields: dict[str, str],
) -> Iterator[Chunk]:
    """Yield the rows of a file that are still true, with the columns of today."""
    schema = dataset_schema(fields)
    values = pa.array(outdated)
    with pq.ParquetFile(folder / file.path, pre_buffer=False) as parquet:
        for batch in parquet.iter_batches(batch_size=_BATCH, use_threads=False):
            table = pa.Table.from_batches([batch])
            if len(outdated):
                gone = pc.is_in(table["response_id"], value_set=values)
                table = table.filter(pc.invert(gone))
            yield Chunk(
                table=conform(table, schema),
                revision_low=file.revision_low,
                revision_high=file.revision_high,
                unregistered=frozenset(file.unregistered),
            )


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table with exactly these columns; one that it lacks is null."""
    present = set(table.column_names)
    columns = [
        table[item.name]
        if item.name in present
        else pa.nulls(table.num_rows, item.type)
        for item in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _between(ids: Ids, low: int, high: int) -> bool:
    first = int(np.searchsorted(ids, low))
    return first < len(ids) and int(ids[first]) <= high


def _may_hold(parquet: pq.ParquetFile, group: int, ids: Ids) -> bool:
    statistics = parquet.metadata.row_group(group).column(0).statistics
    if statistics is None or not statistics.has_min_max:
        return True
    return _between(ids, statistics.min, statistics.max)


def _group_ids(parquet: pq.ParquetFile, group: int) -> Ids:
    column = parquet.read_row_group(group, columns=["response_id"])["response_id"]
    ids: Ids = column.to_numpy()
    return ids
