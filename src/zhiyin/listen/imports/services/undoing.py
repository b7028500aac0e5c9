"""Taking an import back whole: its responses go, and the lake forgets them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.imports.models import Import, ImportKind, ImportStatus
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.tables import undo_table
from zhiyin.listen.responses.models import Response

_ROWS_PER_SLICE = 2_000
# So many rows are taken back while the person waits.
AT_ONCE_ROWS = 6_000


@transaction.atomic
def undo_import(*, batch: Import, by: Person) -> Import:
    """Begin to take an import back; large ones are finished by the worker.

    Raises ImportRefusedError where there is nothing to take back.
    """
    batch = Import.objects.select_for_update().get(pk=batch.pk)
    if not batch.can_be_undone:
        raise ImportRefusedError("nothing_to_undo")
    batch.status = ImportStatus.UNDOING
    batch.undone_by = by
    batch.save(update_fields=["status", "undone_by"])
    record(action="import.undo_asked", target=batch, actor=by)
    return batch


def undo_some(*, batch: Import) -> bool:
    """Take back the next rows; True while there are more.

    Deleting a response leaves its tombstone by a trigger of the database, which is
    how the lake learns of it.
    """
    if batch.kind != ImportKind.RESPONSES:
        is_more = undo_table(batch=batch)
        if not is_more:
            _settle(batch)
        return is_more
    rows = Response.objects.of(batch.organisation_id).filter(source=batch.source)
    with transaction.atomic():
        ids = list(rows.order_by().values_list("pk", flat=True)[:_ROWS_PER_SLICE])
        Response.objects.filter(pk__in=ids).delete()
        if len(ids) < _ROWS_PER_SLICE:
            _settle(batch)
            return False
    return True


def _settle(batch: Import) -> None:
    ended: Any = Import.objects.filter(pk=batch.pk, status=ImportStatus.UNDOING)
    if ended.update(status=ImportStatus.UNDONE, undone_at=clock.now()):
        record(
            action="import.undone",
            target=batch,
            actor=batch.undone_by,
            removed=batch.rows_accepted + batch.rows_kept,
        )
