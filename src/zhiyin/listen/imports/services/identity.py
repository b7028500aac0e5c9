"""What makes a row the same row, so that a repeated file adds nothing.

Two rules. Where a file names the customer and the time, a row is that customer's
answer of that time: the same customer, time, main score and touchpoint are the same
answer, in whichever file they stand. Otherwise a row is a line of a file: the same
line of the same bytes (and sheet) is the same answer, and any other file is another.

A row without a customer or a time in a file of the first kind follows the second rule.
The rule is settled when a file is first imported; the same bytes follow it again even
when somebody maps them differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from zhiyin.listen.imports.models import ImportFile, ImportMapping, ImportStatus, Role
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.services.cells import canonical

Cells = Sequence[str | None]

# An import in one of these has, or may have, rows of the file among the answers.
_STORED = (
    ImportStatus.QUEUED,
    ImportStatus.RUNNING,
    ImportStatus.DONE,
    ImportStatus.FAILED,
    ImportStatus.CANCELLED,
)
_BY_EVENT = "event"
_BY_LINE = "line"
_SEPARATOR = "\x1f"


def choose_identity(file: ImportFile, mapping: ImportMapping) -> dict[str, Any]:
    """Return the rule for one file: the one its bytes had before, else the mapping's.

    `columns` are customer, time, main score and, where there is one, touchpoint.
    """
    before = (
        ImportFile.objects.filter(
            sha256=file.sha256,
            batch__organisation_id=file.batch.organisation_id,
            batch__status__in=_STORED,
        )
        .exclude(batch_id=file.batch_id)
        .exclude(identity={})
        .order_by("pk")
        .first()
    )
    if before is not None:
        settled: dict[str, Any] = before.identity
        return settled
    parts = [mapping.one(Role.CUSTOMER), mapping.one(Role.TIME), mapping.primary]
    if None in parts:
        return {"rule": _BY_LINE}
    parts.append(mapping.one(Role.TOUCHPOINT))
    return {"rule": _BY_EVENT, "columns": [plain(part.name) for part in parts if part]}


class RowIdentity:
    """Makes the source keys of one file's rows.

    A key is a keyed hash: it tells equal rows apart from others and gives away
    neither the customer nor the score.
    """

    def __init__(self, file: ImportFile, rule: Mapping[str, Any]) -> None:
        sheet = file.found.get("details", {}).get("sheet") or ""
        whole = f"{file.sha256}{_SEPARATOR}{sheet}"
        self._columns: list[str] = rule.get("columns", [])
        self._secret = hashlib.sha256(
            f"import row identity {settings.FIELD_KEY}".encode(),
        ).digest()
        self._file = self._digest(f"{_BY_LINE}{_SEPARATOR}{whole}")

    def keys(self, lines: Sequence[int], columns: Mapping[str, Cells]) -> list[str]:
        """Return one key per row."""
        if not self._columns:
            return [self._of_line(line) for line in lines]
        blank: Cells = [None] * len(lines)
        parts = [columns.get(name, blank) for name in self._columns]
        return [
            self._of_event(cells) if cells[0] and cells[1] else self._of_line(line)
            for line, cells in zip(lines, zip(*parts, strict=True), strict=True)
        ]

    def _of_line(self, line: int) -> str:
        # In the order of the file, so that the index grows at its end only.
        return f"{self._file}.{line:010}"

    def _of_event(self, cells: Cells) -> str:
        told = _SEPARATOR.join(canonical(cell) for cell in cells)
        question = self._columns[2]
        return self._digest(f"{_BY_EVENT}{_SEPARATOR}{question}{_SEPARATOR}{told}")

    def _digest(self, text: str) -> str:
        key = self._secret
        return hashlib.blake2b(text.encode(), digest_size=20, key=key).hexdigest()
