"""Erasing customers from the files: hidden at once, gone from the disk soon after."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhiyin.common import clock
from zhiyin.listen.customers.models import ForgottenCustomer
from zhiyin.listen.customers.queries.known import Ids
from zhiyin.listen.customers.queries.known_files import (
    ID_COLUMN,
    KnownFile,
    known_folder,
    read_known_manifest,
)
from zhiyin.listen.customers.services.known.publishing import (
    remove_files,
    swap_manifest,
    writing_lock,
)
from zhiyin.listen.customers.services.known.writing import (
    forget_in_run,
    write_parquet,
)

_AT_ONCE = 10_000
# Sorting writes all the time; silence for so long means that its worker is dead.
_SORTING_SECONDS = 600.0


def note_erasure(*, organisation_id: int, customer_ids: list[int]) -> None:
    """Remember that these customers' rows must leave the files."""
    now = clock.now()
    ForgottenCustomer.objects.bulk_create(
        (
            ForgottenCustomer(
                organisation_id=organisation_id,
                customer_number=number,
                erased_at=now,
            )
            for number in customer_ids
        ),
        batch_size=300,
        ignore_conflicts=True,
    )


def forget_erased() -> bool:
    """Rewrite one organisation's files without the erased; False if none can be.

    While rows are being sorted into files they cannot be found; the wait is short.
    """
    waiting_for = ForgottenCustomer.objects.order_by("organisation_id").distinct()
    numbers = waiting_for.values_list("organisation_id", flat=True)
    return any(_forget_in(organisation_id) for organisation_id in numbers)


def _forget_in(organisation_id: int) -> bool:
    waiting = ForgottenCustomer.objects.of(organisation_id).order_by("pk")[:_AT_ONCE]
    rows = dict(waiting.values_list("pk", "customer_number"))
    gone: Ids = np.array(sorted(rows.values()), dtype=np.int64)
    with writing_lock(organisation_id):
        work = known_folder(organisation_id) / "work"
        if _is_being_sorted(work):
            return False
        for path in work.glob("*/run-*.arrow"):
            forget_in_run(path, gone)
        manifest = read_known_manifest(organisation_id)
        fresh = [_without(organisation_id, file, gone) for file in manifest.files]
        old = [
            file
            for file, new in zip(manifest.files, fresh, strict=True)
            if new is not file
        ]
        if old:
            kept = tuple(file for file in fresh if file is not None)
            swap_manifest(organisation_id, replace(manifest, files=kept))
            remove_files(organisation_id, old)
    ForgottenCustomer.objects.filter(pk__in=list(rows)).delete()
    return True


def _is_being_sorted(work: Path) -> bool:
    """Tell whether rows are being sorted; what a dead worker left is thrown away."""
    oldest = clock.now().timestamp() - _SORTING_SECONDS
    for ranges in work.glob("*/ranges"):
        if any(each.stat().st_mtime > oldest for each in (ranges, *ranges.iterdir())):
            return True
        shutil.rmtree(ranges, ignore_errors=True)
    return False


def _without(organisation_id: int, file: KnownFile, gone: Ids) -> KnownFile | None:
    """Return the file itself, a new one without these rows, or None if none is left."""
    first = int(np.searchsorted(gone, file.low))
    if first >= len(gone) or int(gone[first]) > file.high:
        return file
    folder = known_folder(organisation_id)
    table = pq.read_table(folder / file.path, use_threads=False)
    kept = table.filter(pc.invert(pc.is_in(table[ID_COLUMN], pa.array(gone))))
    if kept.num_rows == table.num_rows:
        return file
    if not kept.num_rows:
        return None
    path = f"{file.as_of}/{uuid.uuid4().hex}.parquet"
    write_parquet(folder / path, kept)
    bounds = pc.min_max(kept[ID_COLUMN]).as_py()
    return replace(
        file, path=path, rows=kept.num_rows, low=bounds["min"], high=bounds["max"]
    )
