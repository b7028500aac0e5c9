"""The audit log as a CSV file; making one is recorded like any other export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from django.db.models import QuerySet

from zhiyin.accounts.models import AuditEntry, Person
from zhiyin.accounts.services.audit import record
from zhiyin.common.spreadsheets import harmless_cell

HEADER = (
    "time_utc",
    "person_id",
    "person",
    "action",
    "object_type",
    "object_id",
    "object",
    "reason",
    "detail",
    "address",
)


def export_audit(
    *,
    by: Person,
    entries: QuerySet[AuditEntry],
    narrowed: dict[str, str],
) -> Iterator[str]:
    """Record the export, then return the file's lines one by one."""
    last = entries.first()
    record(
        action="audit.exported",
        actor=by,
        rows=entries.count(),
        filters=narrowed,
    )
    # What is recorded from now on, this export first of all, is not part of it.
    upper = last.at if last else None
    kept = entries.filter(at__lte=upper) if upper else entries.none()
    return _lines(kept)


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    # The mark at the start tells spreadsheets that this is UTF-8.
    yield "\ufeff" + _line(HEADER)
    for entry in entries.iterator(chunk_size=2000):
        yield _line(
            (
                entry.at.isoformat(),
                str(entry.actor_id or ""),
                entry.actor_name,
                entry.action,
                entry.object_type,
                entry.object_id,
                entry.object_name,
                entry.reason,
                json.dumps(entry.detail, ensure_ascii=False),
                entry.address or "",
            ),
        )


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless_cell(cell) for cell in cells])
    return out.getvalue()
