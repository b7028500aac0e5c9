"""What a cleaning run found as a CSV file, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from zhiyin.accounts.models import ExportRecord
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common.spreadsheets import csv_pieces
from zhiyin.listen.quality.models import CleaningHit, CleaningRun

HEADER = ("response", "customer", "answered", "touchpoint", "wave", "channel", "rule")


def export_hits(
    *, request: HttpRequest, run: CleaningRun, hits: QuerySet[CleaningHit]
) -> tuple[ExportRecord, Iterator[bytes]]:
    """Enter the export in the register; return that entry and the masked file."""
    column = "response__customer_id"
    known = hits.exclude(response__customer=None).order_by(column)
    made = open_export(
        request,
        WantedExport(
            kind="cleaning.exported",
            rows=hits.count(),
            customers=known.values_list(column, flat=True).distinct(),
            target=run,
        ),
    )
    cells = (_cells(hit) for hit in hits.iterator(chunk_size=2000))
    return made, csv_pieces(HEADER, cells)


def _cells(hit: CleaningHit) -> tuple[object, ...]:
    answer = hit.response
    return (
        answer.pk,
        str(answer.customer or ""),
        timezone.localtime(answer.responded_at),
        answer.touchpoint,
        answer.wave,
        answer.channel,
        hit.rule,
    )
