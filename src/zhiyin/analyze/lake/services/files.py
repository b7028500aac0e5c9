"""Writing Parquet files that are whole before anybody knows their names."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhiyin.analyze.lake.queries.manifest import DataFile
from zhiyin.analyze.lake.queries.rows import Chunk, dataset_schema

ROWS_A_FILE = 2_000_000
ROWS_A_GROUP = 122_880


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _HashedFile(io.RawIOBase):
    """A file that knows the hash of what was written to it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self.hash = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.hash.update(data)
        written = self._file.write(data)
        self.size += written
        return written

    def tell(self) -> int:
        return self.size

    def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        super().close()


@dataclass
class _Facts:
    """What the manifest keeps about the file being written."""

    rows: int = 0
    response_low: int = 2**63 - 1
    response_high: int = 0
    revision_low: int = 2**63 - 1
    revision_high: int = 0
    unregistered: set[str] = field(default_factory=set)

    def add(self, chunk: Chunk) -> None:
        ids = chunk.table["response_id"].to_numpy()
        self.rows += len(ids)
        self.response_low = min(self.response_low, int(ids.min()))
        self.response_high = max(self.response_high, int(ids.max()))
        self.revision_low = min(self.revision_low, chunk.revision_low)
        self.revision_high = max(self.revision_high, chunk.revision_high)
        self.unregistered |= chunk.unregistered


class MonthWriter:
    """Writes the rows of one month into as many files as they need."""

    def __init__(self, folder: Path, month: str, fields: dict[str, str]) -> None:
        self.written: list[DataFile] = []
        self._folder = folder
        self._month = month
        self._fields = fields
        self._schema = dataset_schema(fields)
        self._waiting: list[pa.Table] = []
        self._facts = _Facts()
        self._file: _HashedFile | None = None
        self._path = ""

    def add(self, chunk: Chunk) -> None:
        """Take rows; they are written a row group at a time."""
        if not chunk.table.num_rows:
            return
        self._waiting.append(chunk.table)
        self._facts.add(chunk)
        if sum(table.num_rows for table in self._waiting) >= ROWS_A_GROUP:
            self._write_waiting()
        if self._facts.rows >= ROWS_A_FILE:
            self._finish_file()

    def close(self) -> list[DataFile]:
        """Finish the last file and return all that were written."""
        if self._facts.rows:
            self._finish_file()
        return self.written

    def _write_waiting(self) -> None:
        if self._file is None:
            self._open_file()
        if self._waiting:
            table = pa.concat_tables(self._waiting).combine_chunks()
            self._writer.write_table(table, row_group_size=ROWS_A_GROUP)
            self._waiting = []

    def _open_file(self) -> None:
        folder = self._folder / f"month={self._month}"
        if not folder.is_dir():
            folder.mkdir(parents=True)
            flush_folder(self._folder)
        self._path = f"{folder.name}/{uuid.uuid4().hex}.parquet"
        self._file = _HashedFile(self._folder / self._path)
        self._writer = pq.ParquetWriter(self._file, self._schema, compression="zstd")

    def _finish_file(self) -> None:
        self._write_waiting()
        file, self._file = self._file, None
        if file is None:
            return
        self._writer.close()
        file.close()
        flush_folder((self._folder / self._path).parent)
        facts, self._facts = self._facts, _Facts()
        self.written.append(
            DataFile(
                path=self._path,
                month=self._month,
                rows=facts.rows,
                size=file.size,
                sha256=file.hash.hexdigest(),
                response_low=facts.response_low,
                response_high=facts.response_high,
                revision_low=facts.revision_low,
                revision_high=facts.revision_high,
                attributes=self._fields,
                unregistered=tuple(sorted(facts.unregistered)),
            ),
        )
