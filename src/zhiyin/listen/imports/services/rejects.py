"""The rejected rows of an import: a file beside the uploads, as bounded as they are.

One JSON line per row. The import's `rejects_bytes` says how much of it is true: what a
killed worker wrote beyond that is cut off before its successor writes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from zhiyin.common.spreadsheets import csv_pieces
from zhiyin.listen.customers.services.returning import REFUSED
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.models.files import folder

# Why a row of somebody who was erased is not taken.
ERASED = "erased"
_CELLS_KEPT = 400
_CELL_KEPT = 500


@dataclass(frozen=True, slots=True)
class Reject:
    """One rejected row: where it stood, why it was not taken, and the row itself."""

    file: str
    line: int
    column: str
    value: str
    reason: str
    cells: tuple[str, ...]


def log_path(batch: Import) -> Path:
    """Return where an import's rejected rows are written."""
    return folder() / f"rejected-{batch.pk}.jsonl"


def append_rejects(batch: Import, rejects: Iterable[Reject]) -> int:
    """Write rejected rows after what is known to be true; return the new length.

    To be called within the transaction that keeps the length.
    """
    lines = "".join(
        json.dumps(asdict(_discreet(reject)), ensure_ascii=False) + "\n"
        for reject in rejects
    )
    if not lines:
        return batch.rejects_bytes
    path = log_path(batch)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.truncate(batch.rejects_bytes)
        file.seek(batch.rejects_bytes)
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _discreet(reject: Reject) -> Reject:
    """Return what is kept of a row: nothing but its place of somebody erased."""
    if reject.reason in {ERASED, str(REFUSED)}:
        return replace(reject, value="", cells=())
    return reject


def kept(cells: Iterable[str | None]) -> tuple[str, ...]:
    """Return a row's cells as far as they are worth keeping."""
    return tuple(
        (cell or "")[:_CELL_KEPT]
        for cell, _ in zip(cells, range(_CELLS_KEPT), strict=False)
    )


def read_rejects(batch: Import) -> Iterator[Reject]:
    """Yield the rejected rows in the order of the file; none once it is deleted."""
    path = log_path(batch)
    if not path.exists():
        return
    left = batch.rejects_bytes
    with path.open("rb") as file:
        for line in file:
            left -= len(line)
            if left < 0:
                return
            stored = json.loads(line)
            yield Reject(**{**stored, "cells": tuple(stored["cells"])})


def rejects_as_csv(
    batch: Import,
    *,
    header: tuple[str, ...],
    say: Callable[[str], str],
) -> Iterator[bytes]:
    """Yield a CSV of the rejected rows that any spreadsheet opens safely.

    `say` puts a reason into words.
    """
    names = [column["name"] for column in _first_columns(batch)[:_CELLS_KEPT]]
    rows = (
        [
            *(reject.file, reject.line, reject.column, reject.value),
            say(reject.reason),
            *reject.cells,
        ]
        for reject in read_rejects(batch)
    )
    return csv_pieces([*header, *names], rows)


def _first_columns(batch: Import) -> list[dict[str, str]]:
    file = batch.files.first()
    return file.columns if file else []
