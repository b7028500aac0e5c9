"""The log of decisions as a CSV file, line by line, however long it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.common.spreadsheets import harmless_cell
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
    *, by: Person, rows: QuerySet[ContactDecision], narrowed: dict[str, str]
) -> Iterator[str]:
    """Record the export, then return the file's lines; customers are masked."""
    organisation = by.organisation
    record(
        action="contacts.exported",
        actor=by,
        organisation=organisation,
        rows=rows.count(),
        filters=narrowed,
    )
    return _lines(rows)


def _lines(rows: QuerySet[ContactDecision]) -> Iterator[str]:
    # The mark at the start tells spreadsheets that this is UTF-8.
    yield "\ufeff" + _line(HEADER)
    for one in rows.iterator(chunk_size=2000):
        later = timezone.localtime(one.not_before) if one.not_before else ""
        yield _line(
            (
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
            ),
        )


def _line(cells: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless_cell(cell) for cell in cells])
    return out.getvalue()
