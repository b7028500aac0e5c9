"""What a cleaning run found as a CSV file, line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.common.spreadsheets import harmless_cell
from zhiyin.listen.quality.models import CleaningHit, CleaningRun

HEADER = ("response", "customer", "answered", "touchpoint", "wave", "channel", "rule")


def export_hits(
    *, by: Person, run: CleaningRun, hits: QuerySet[CleaningHit]
) -> Iterator[str]:
    """Record the export, then return the file's lines; customers are masked."""
    record(action="cleaning.exported", actor=by, target=run, rows=hits.count())
    return _lines(hits)


def _lines(hits: QuerySet[CleaningHit]) -> Iterator[str]:
    # The mark at the start tells spreadsheets that this is UTF-8.
    yield "\ufeff" + _line(HEADER)
    for hit in hits.iterator(chunk_size=2000):
        answer = hit.response
        yield _line(
            (
                answer.pk,
                answer.customer or "",
                timezone.localtime(answer.responded_at),
                answer.touchpoint,
                answer.wave,
                answer.channel,
                hit.rule,
            ),
        )


def _line(cells: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless_cell(cell) for cell in cells])
    return out.getvalue()
