"""What customers said of themselves in surveys they agreed to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from zhiyin.listen.customers.models import AnsweredField
from zhiyin.listen.customers.queries.contact import in_pieces


def answered_by(customer_ids: Collection[int]) -> dict[int, dict[str, AnsweredField]]:
    """Return the newest answer per field of each customer who gave one."""
    found: dict[int, dict[str, AnsweredField]] = {}
    for piece in in_pieces(customer_ids):
        rows = AnsweredField.objects.filter(customer_id__in=piece)
        for row in rows.select_related("field").order_by("answered_at", "pk"):
            found.setdefault(row.customer_id, {})[row.field.code] = row
    return found


def values_of(rows: dict[str, AnsweredField]) -> dict[str, Any]:
    """Return code and value of answers."""
    return {code: row.value for code, row in rows.items()}
