"""Comparing the lake with the rows it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhiyin.analyze.lake.queries.changes import Everything, changes_since
from zhiyin.analyze.lake.queries.files import conform
from zhiyin.analyze.lake.queries.manifest import DataFile, read_manifest
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.queries.readings import Reading, open_reading
from zhiyin.analyze.lake.queries.rows import Ids, dataset_schema, read_answers

_ORDER = [("response_id", "ascending"), ("item", "ascending")]


@dataclass(frozen=True)
class MonthCheck:
    """One month on both sides; `damaged` files are not what was written."""

    month: str
    rows_in_lake: int
    rows_in_database: int
    is_equal: bool
    damaged: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether nothing is wrong with the month."""
        return self.is_equal and not self.damaged


def verify_lake(organisation_id: int) -> Iterator[MonthCheck]:
    """Compare every month row by row, and every file with its recorded hash.

    What changed in the database since the last sync is left out on both sides. The
    caller holds the writing lock.
    """
    manifest = read_manifest(organisation_id)
    if manifest is None:
        return
    folder = dataset_folder(organisation_id)
    months = manifest.in_months()
    with open_reading() as reading:
        since = changes_since(reading, organisation_id, manifest.horizon)
        everything = Everything(reading, organisation_id)
        for month in sorted({*months, *everything.months()}):
            files = months.get(month, [])
            damaged = tuple(file.path for file in files if _is_damaged(folder, file))
            readable = [file for file in files if file.path not in damaged]
            ids = np.setdiff1d(everything.ids(month), since.outdated)
            ours = _from_lake(folder, readable, since.outdated, manifest.attributes)
            theirs = _from_database(reading, ids, manifest.attributes)
            yield MonthCheck(
                month=month,
                rows_in_lake=ours.num_rows,
                rows_in_database=theirs.num_rows,
                is_equal=ours.equals(theirs),
                damaged=damaged,
            )


def _is_damaged(folder: Path, file: DataFile) -> bool:
    try:
        with (folder / file.path).open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return True
    return found != file.sha256


def _from_lake(
    folder: Path,
    files: list[DataFile],
    outdated: Ids,
    fields: dict[str, str],
) -> pa.Table:
    schema = dataset_schema(fields)
    tables = [
        conform(pq.read_table(folder / file.path, partitioning=None), schema)
        for file in files
    ]
    table = pa.concat_tables([schema.empty_table(), *tables])
    gone = pc.is_in(table["response_id"], value_set=pa.array(outdated))
    return table.filter(pc.invert(gone)).sort_by(_ORDER).combine_chunks()


def _from_database(reading: Reading, ids: Ids, fields: dict[str, str]) -> pa.Table:
    tables = [chunk.table for chunk in read_answers(reading, ids, fields)]
    table = pa.concat_tables([dataset_schema(fields).empty_table(), *tables])
    return table.sort_by(_ORDER).combine_chunks()
