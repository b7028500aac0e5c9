"""A notice that names the columns it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxstats.estimates import Notice

__all__ = ["ColumnNotice"]


@dataclass(frozen=True)
class ColumnNotice(Notice):
    """What the reader must know about some columns.

    Parameters
    ----------
    columns
        The columns, in the order of the data.
    """

    columns: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the notice with its columns for JSON."""
        return {**super().to_dict(), "columns": list(self.columns)}
