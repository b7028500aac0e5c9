"""Rows that could not be read, kept with their place and reason, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cxstats.errors import FileError

__all__ = ["RejectedRow", "Rejections"]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that does not fit the table.

    `line` is the line of the file (or row of the sheet) as its user sees it, `column`
    the column where reading stopped (None: the row as a whole), `reason` a stable code
    (`too_few_cells`, `too_many_cells`, `unclosed_quote`, `cell_too_long`, `nul_byte`),
    `message` the same in words, and `cells` what was read of it.
    """

    file: str
    line: int
    column: str | None
    reason: str
    message: str
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class Rejections:
    """The rejected rows of one reading; take them with `drain` to keep memory small."""

    limit: int
    count: int = 0
    rows: list[RejectedRow] = field(default_factory=list)

    def add(self, row: RejectedRow) -> None:
        """Keep one rejected row.

        Raises
        ------
        FileError
            If more rows wait than the limit: the rows are not what is wrong.
        """
        self.count += 1
        self.rows.append(row)
        if len(self.rows) > self.limit:
            raise FileError(
                f"{row.file}: more than {self.limit:,} rows do not fit the header "
                f"(the last: line {row.line}, {row.message}); check the delimiter, the "
                "encoding and the header row",
                code="too_many_rejected",
                limit=self.limit,
            )

    def drain(self) -> Sequence[RejectedRow]:
        """Give the rows rejected since the last call and forget them; `count` stays."""
        taken, self.rows = self.rows, []
        return taken

    def clear(self) -> None:
        """Begin a new reading of the same file."""
        self.count = 0
        self.rows = []
