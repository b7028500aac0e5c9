"""From rows in any order to files sorted by customer, in bounded memory.

Rows come a batch at a time and are put down as they come (`add`), so that a killed
worker loses none that were committed. In the end (`finish`) they are dealt out into
ranges of customers small enough to be sorted in memory, and each range becomes a file.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import ipc

from zhiyin.listen.customers.models import FieldKind
from zhiyin.listen.customers.queries.known import Ids
from zhiyin.listen.customers.queries.known_files import (
    ID_COLUMN,
    KnownFile,
    known_folder,
)
from zhiyin.listen.customers.services.known.publishing import (
    publish_part,
    work_folder,
    writing_lock,
)

ROWS_A_GROUP = 16_384
# What one range may hold: about 130 MB of numbers.
CELLS_A_RANGE = 16_000_000
MOST_RANGES = 400


class KnownWriter:
    """Takes the rows of one part as of one date, and publishes them whole.

    `columns` maps codes of fields to their kinds. A customer who comes twice is known
    by the later row.
    """

    def __init__(
        self,
        *,
        organisation_id: int,
        part: str,
        as_of: str,
        columns: Mapping[str, str],
    ) -> None:
        self._organisation_id = organisation_id
        self._part = part
        self._as_of = as_of
        self._columns = dict(columns)
        self._work = work_folder(organisation_id, part)
        self.schema = pa.schema(
            [
                (ID_COLUMN, pa.int64()),
                *((code, _type(kind)) for code, kind in self._columns.items()),
            ],
        )

    def table(self, columns: Mapping[str, Any]) -> pa.Table:
        """Return rows given by column in the shape of this part; ids first."""
        return pa.table(dict(columns), schema=self.schema)

    def add(self, *, place: int, table: pa.Table) -> None:
        """Put rows down under their place in the source; the same place replaces.

        To be called before the place is committed as done; `keep_until` removes what
        was put down for a place that never was.
        """
        self._work.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self._work / f"run-{place:015d}.arrow"
        _put(target, table.select(self.schema.names).cast(self.schema))

    def keep_until(self, place: int) -> None:
        """Throw away what was put down after the last place that was committed."""
        for path in self._runs():
            if int(path.stem.removeprefix("run-")) > place:
                path.unlink()

    def finish(self) -> Iterator[int]:
        """Sort and publish; yields the number of rows done now and then.

        A worker killed meanwhile begins this again from the rows put down.
        """
        shutil.rmtree(self._work / "ranges", ignore_errors=True)
        with writing_lock(self._organisation_id):
            # From here on an erasure waits, so that no row slips by it.
            (self._work / "ranges").mkdir(parents=True)
        runs = self._runs()
        bounds = _bounds(runs, len(self.schema))
        yield from self._deal(runs, bounds)
        files: list[KnownFile] = []
        for number in range(len(bounds) + 1):
            written = self._write(number)
            if written is not None:
                files.append(written)
                yield written.rows
        publish_part(self._organisation_id, self._part, files)
        shutil.rmtree(self._work, ignore_errors=True)

    def _runs(self) -> list[Path]:
        return sorted(self._work.glob("run-*.arrow"))

    def _deal(self, runs: list[Path], bounds: Ids) -> Iterator[int]:
        """Deal the rows of every run out to the ranges they belong to."""
        folder = self._work / "ranges"
        with ExitStack() as open_files:
            writers = [
                open_files.enter_context(
                    ipc.new_stream(
                        str(folder / f"{number}.arrow"),
                        self.schema,
                        options=_options(),
                    ),
                )
                for number in range(len(bounds) + 1)
            ]
            for path in runs:
                table = _read(path).sort_by(ID_COLUMN) if len(bounds) else _read(path)
                cuts = np.searchsorted(table[ID_COLUMN].to_numpy(), bounds)
                edges = [0, *cuts.tolist(), table.num_rows]
                for writer, start, end in zip(writers, edges, edges[1:], strict=False):
                    if end > start:
                        piece = table.slice(start, end - start).combine_chunks()
                        writer.write_table(piece)
                yield 0

    def _write(self, number: int) -> KnownFile | None:
        """Sort one range and write it, each customer once, the later row winning."""
        source = self._work / "ranges" / f"{number}.arrow"
        with pa.memory_map(str(source)) as mapped:
            table = ipc.open_stream(mapped).read_all()
            if not table.num_rows:
                return None
            ids = table[ID_COLUMN].to_numpy()
            order = np.argsort(ids, kind="stable")
            is_last = np.append(np.diff(ids[order]) != 0, [True])
            table = table.take(pa.array(order[is_last]))
        source.unlink()
        low, high = int(ids.min()), int(ids.max())
        path = f"{self._as_of}/{uuid.uuid4().hex}.parquet"
        write_parquet(known_folder(self._organisation_id) / path, table)
        return KnownFile(
            path=path,
            as_of=self._as_of,
            part=self._part,
            sequence=0,
            rows=table.num_rows,
            low=low,
            high=high,
            columns=self._columns,
        )


def forget_in_run(path: Path, gone: Ids) -> None:
    """Take customers out of rows that were put down and not yet published."""
    if not np.isin(_read_ids(path), gone).any():
        return
    table = _read(path)
    _put(path, table.filter(pc.invert(pc.is_in(table[ID_COLUMN], pa.array(gone)))))


def _put(target: Path, table: pa.Table) -> None:
    waiting = target.with_suffix(".tmp")
    with ipc.new_file(str(waiting), table.schema, options=_options()) as writer:
        writer.write_table(table)
    waiting.replace(target)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a whole file in small row groups, safe from a loss of power."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("xb") as file:
        pq.write_table(table, file, row_group_size=ROWS_A_GROUP, compression="zstd")
        file.flush()
        os.fsync(file.fileno())


def _type(kind: str) -> pa.DataType:
    return pa.float64() if kind == FieldKind.NUMBER else pa.string()


def _options() -> ipc.IpcWriteOptions:
    return ipc.IpcWriteOptions(compression="lz4")


def _read(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as mapped:
        return ipc.open_file(mapped).read_all()


def _bounds(runs: list[Path], width: int) -> Ids:
    """Return the ids that divide all rows into ranges of bearable size."""
    ids = [_read_ids(path) for path in runs] or [np.array([], dtype=np.int64)]
    everybody = np.concatenate(ids)
    count = min(MOST_RANGES, -(-len(everybody) * width // CELLS_A_RANGE))
    if count <= 1:
        return np.array([], dtype=np.int64)
    everybody.sort()
    places = np.linspace(0, len(everybody), count + 1)[1:-1].astype(int)
    bounds: Ids = np.unique(everybody[places])
    return bounds


def _read_ids(path: Path) -> Ids:
    options = ipc.IpcReadOptions(included_fields=[0])
    with pa.memory_map(str(path)) as mapped:
        table = ipc.open_file(mapped, options=options).read_all()
        ids: Ids = table[ID_COLUMN].to_numpy().copy()
    return ids
