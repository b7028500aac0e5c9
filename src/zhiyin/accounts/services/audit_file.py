"""The audit log as a CSV file; making one is recorded like any other export."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest

from zhiyin.accounts.models import AuditEntry, ExportRecord
from zhiyin.accounts.services.exports import WantedExport, open_export
from zhiyin.accounts.services.seals import digest_of
from zhiyin.common.spreadsheets import csv_pieces

HEADER = (
    "entry",
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
    "digest",
)


def export_audit(
    *,
    request: HttpRequest,
    entries: QuerySet[AuditEntry],
    narrowed: dict[str, str],
) -> tuple[ExportRecord, Iterator[bytes]]:
    """Enter the export in the register; return that entry and the file in pieces."""
    last = entries.first()
    made = open_export(
        request,
        WantedExport(
            kind="audit.exported",
            rows=entries.count(),
            detail={"filters": narrowed},
        ),
    )
    # What is recorded from now on, this export first of all, is not part of it.
    kept = entries.filter(at__lte=last.at) if last else entries.none()
    rows = (_cells(entry) for entry in kept.iterator(chunk_size=2000))
    return made, csv_pieces(HEADER, rows)


def _cells(entry: AuditEntry) -> tuple[object, ...]:
    return (
        entry.pk,
        entry.at.isoformat(),
        entry.actor_id or "",
        entry.actor_name,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.reason,
        json.dumps(entry.detail, ensure_ascii=False),
        entry.address or "",
        digest_of(entry),
    )
