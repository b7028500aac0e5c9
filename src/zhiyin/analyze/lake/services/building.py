"""Copy on write: the files of a touched month are replaced, the others stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhiyin.analyze.lake.queries.attributes import wanted_attributes
from zhiyin.analyze.lake.queries.changes import Changes
from zhiyin.analyze.lake.queries.files import holds_any, read_kept, response_ids
from zhiyin.analyze.lake.queries.manifest import DataFile, Manifest
from zhiyin.analyze.lake.queries.readings import Reading
from zhiyin.analyze.lake.queries.rows import Ids, read_answers
from zhiyin.analyze.lake.services.files import ROWS_A_FILE, MonthWriter

ROWS_OF_SMALL_FILE = 10_000
GROWTH = 4


@dataclass(frozen=True)
class MonthPlan:
    """What happens to the files of one month.

    `kept` files stay as they are; `copied` ones are written again without their
    outdated rows; `reread` ones carry other columns than are registered now, so
    their responses are read from the source once more.
    """

    month: str
    kept: tuple[DataFile, ...]
    copied: tuple[DataFile, ...]
    reread: tuple[DataFile, ...]


def plan_months(
    folder: Path,
    base: Manifest | None,
    changes: Changes,
    fields: dict[str, str],
) -> Iterator[MonthPlan]:
    """Yield a plan for every month that has files or rows to read."""
    months = base.in_months() if base else {}
    arriving = set(changes.months())
    for month in sorted(arriving | set(months)):
        yield _plan(folder, month, months.get(month, []), changes, fields)


def _plan(
    folder: Path,
    month: str,
    files: list[DataFile],
    changes: Changes,
    fields: dict[str, str],
) -> MonthPlan:
    reread = [file for file in files if not has_right_columns(file, fields)]
    hit = [
        file
        for file in files
        if file not in reread and holds_any(folder, file, changes.outdated)
    ]
    rest = [file for file in files if file not in reread and file not in hit]
    arriving = len(changes.ids(month)) if files else 0
    rows = arriving + sum(file.rows for file in (*reread, *hit))
    swallowed = swallow(rest, rows)
    return MonthPlan(
        month=month,
        kept=tuple(file for file in rest if file not in swallowed),
        copied=(*hit, *swallowed),
        reread=tuple(reread),
    )


def has_right_columns(file: DataFile, fields: dict[str, str]) -> bool:
    """Tell whether a file shows what is registered of what its rows carry."""
    carried = (*file.attributes, *file.unregistered)
    return wanted_attributes(fields, carried) == file.attributes


def swallow(files: list[DataFile], rows: int) -> tuple[DataFile, ...]:
    """Choose files to merge with new rows, so that few remain and little is copied.

    Each row is copied once for every time its file grows to a multiple; a month
    keeps about as many files as its size has orders of magnitude.
    """
    taken: list[DataFile] = []
    if not rows:
        return ()
    for file in sorted(files, key=lambda file: file.rows):
        large = file.rows > max(ROWS_OF_SMALL_FILE, GROWTH * rows)
        if large or rows + file.rows > ROWS_A_FILE:
            break
        taken.append(file)
        rows += file.rows
    return tuple(taken)


def build_month(
    folder: Path,
    plan: MonthPlan,
    reading: Reading,
    changes: Changes,
    fields: dict[str, str],
) -> list[DataFile]:
    """Write what a plan asks for, and return the month's files afterwards."""
    ids: Ids = changes.ids(plan.month)
    for file in plan.reread:
        there = response_ids(folder, file)
        ids = np.union1d(ids, np.setdiff1d(there, changes.outdated))
    writer = MonthWriter(folder, plan.month, fields)
    for file in plan.copied:
        for chunk in read_kept(folder, file, changes.outdated, fields):
            writer.add(chunk)
    for chunk in read_answers(reading, ids, fields):
        writer.add(chunk)
    return [*plan.kept, *writer.close()]
