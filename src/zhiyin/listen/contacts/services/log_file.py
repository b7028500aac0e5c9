"""The log of decisions as a CSV file, line by line, however long it is."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from zhiyin.accounts.models import ExportRecord
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common.spreadsheets import csv_pieces
from zhiyin.listen.contacts.models import ContactDecision

HEADER = (
    "time",
    "customer",
    "stream",
    "programme",
    "channel",
    "decision",
    "rule",
    "reason",
    "not_before",
    "policy_version",
)


def export_decisions(
    *, request: HttpRequest, rows: QuerySet[ContactDecision], narrowed: dict[str, str]
) -> tuple[ExportRecord, Iterator[bytes]]:
    """Enter the export in the register; return that entry and the masked file."""
    known = rows.order_by("customer_id").values_list("customer_id", flat=True)
    made = open_export(
        request,
        WantedExport(
            kind="contacts.exported",
            rows=rows.count(),
            customers=known.distinct(),
            detail={"filters": narrowed},
        ),
    )
    cells = (_cells(one) for one in rows.iterator(chunk_size=2000))
    return made, csv_pieces(HEADER, cells)


def _cells(one: ContactDecision) -> tuple[object, ...]:
    later = timezone.localtime(one.not_before) if one.not_before else ""
    return (
        timezone.localtime(one.decided_at),
        one.customer.key_masked,
        one.stream,
        one.programme,
        one.channel,
        one.verdict,
        one.rule,
        one.reason,
        later,
        one.policy_version,
    )
