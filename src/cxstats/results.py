"""What every analysis answers with: a frozen, named result that shows itself.

A result carries its numbers, how they were made and what its reader must know as
data. It turns into JSON, a frame, a chart and a table of plain text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Result"]


class Result(ABC):
    """The four faces of an answer. Implementations are frozen data classes."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return what the command line prints as JSON; unknown numbers are None."""

    @abstractmethod
    def to_pandas(self) -> pd.DataFrame:
        """Return one row per thing that was estimated."""

    @abstractmethod
    def chart(self) -> Any:
        """Return an Altair chart of the result."""

    @abstractmethod
    def __str__(self) -> str:
        """Write the result as a reader at a terminal wants it."""

    def __repr__(self) -> str:
        """Show the same in a notebook, where the last value of a cell is printed."""
        return str(self)
