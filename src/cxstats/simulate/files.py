"""Batches to Parquet: one file per month, written with bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxstats.simulate.tables import Batch

__all__ = ["SimulatedFiles", "write_batches"]

_ROW_GROUP = 32_768
# Readers skip row groups by these; statistics of every text column cost a quarter
# of the writing.
_SOUGHT = ("response_id", "responded_at", "score")
_COUNTS = {
    "score",
    "weight",
    "age",
    *(
        prefix + name
        for prefix in ("", "a_")
        for name in (
            "tenure_months",
            "overage",
            "complaints_90d",
            "drop_count",
            "mos_poor_count",
            "silent_days",
        )
    ),
}


@dataclass(frozen=True)
class SimulatedFiles:
    """Where the files are.

    Attributes
    ----------
    answers
        Response tables by month (UTC): the first question of every response.
    ratings
        Response tables by month: further rated questions of the same responses.
    customers
        One row per customer.
    comments
        The truth of every comment by ``response_id``, for judging text analysis.
    truth
        The truth as JSON.
    """

    answers: tuple[Path, ...]
    ratings: tuple[Path, ...]
    customers: Path
    comments: Path
    truth: Path


def write_batches(batches: Iterable[Batch], folder: Path) -> SimulatedFiles:
    """Write batches below a folder.

    The answers lie in ``answers/month=YYYY-MM/part-0.parquet``, the ratings in
    ``ratings/month=YYYY-MM/part-0.parquet``. Text is plain text to every reader.
    """
    with ExitStack() as stack:
        answers = stack.enter_context(_Months(folder / "answers"))
        ratings = stack.enter_context(_Months(folder / "ratings"))
        customers = stack.enter_context(_File(folder / "customers.parquet"))
        comments = stack.enter_context(_File(folder / "truth" / "comments.parquet"))
        for batch in batches:
            answers.add(batch.answers)
            ratings.add(batch.ratings)
            customers.add(batch.customers)
            comments.add(batch.comments)
    return SimulatedFiles(
        answers=answers.paths,
        ratings=ratings.paths,
        customers=customers.path,
        comments=comments.path,
        truth=folder / "truth" / "truth.json",
    )


def _few_values(schema: pa.Schema) -> list[str]:
    """Name the columns worth a dictionary; trying it on the others costs time."""
    return [
        field.name
        for field in schema
        if pa.types.is_dictionary(field.type)
        or pa.types.is_integer(field.type)
        or field.name in _COUNTS
    ]


class _File:
    """A Parquet file that grows by whole row groups."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def add(self, table: pa.Table) -> None:
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        table = pa.concat_tables(self._waiting)
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Without the stored schema dictionary columns are read as plain text.
            self._writer = pq.ParquetWriter(
                self.path,
                table.schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=_few_values(table.schema),
                write_statistics=[n for n in _SOUGHT if n in table.schema.names],
                store_schema=False,
            )
        self._writer.write_table(table, row_group_size=_ROW_GROUP)
        self._waiting, self._rows = [], 0


class _Months:
    """One growing file per month of ``responded_at``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self._files[month].path for month in sorted(self._files))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.__exit__()

    def add(self, table: pa.Table) -> None:
        when = table.column("responded_at").to_numpy()
        months = when.astype("datetime64[M]")
        order = np.argsort(months, kind="stable")
        names, starts = np.unique(months[order], return_index=True)
        ends = np.append(starts[1:], len(order))
        for name, start, end in zip(names, starts, ends, strict=True):
            # A copy, not a slice: a slice would keep the whole batch in memory until
            # the slowest month has filled a row group.
            self._file(str(name)).add(table.take(pa.array(order[start:end])))

    def _file(self, month: str) -> _File:
        if month not in self._files:
            path = self._folder / f"month={month}" / "part-0.parquet"
            self._files[month] = _File(path)
        return self._files[month]
