"""What every analysis answers with: a frozen, named result that shows itself.

A result carries its numbers, how they were made and what its reader must know as
data. It turns into JSON, a frame, a chart and a table of plain text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from cxstats.display import notice_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cxstats.estimates import Notice

__all__ = ["Result"]


class Result(ABC):
    """The four faces of an answer. Implementations are frozen data classes.

    Where there is something that the reader must know, it stands in ``warnings``.
    """

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
        """Show the same in a notebook, and whatever its reader must know besides."""
        text = str(self)
        told = set(text.splitlines())
        warnings: Sequence[Notice] = getattr(self, "warnings", ())
        more = [line for line in notice_lines(warnings) if line not in told]
        return "\n".join([text, *more])
