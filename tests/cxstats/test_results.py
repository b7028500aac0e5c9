"""What every result shows of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from cxstats.estimates import Notice
from cxstats.results import Result

KNOWN = Notice("halo", "all move together")
NEW = Notice("file", "2 rows could not be read")


@dataclass(frozen=True, repr=False)
class Answer(Result):
    """An answer that tells one of its two notices itself."""

    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def to_pandas(self) -> pd.DataFrame:
        """Return nothing."""
        return pd.DataFrame()

    def chart(self) -> Any:
        """Draw nothing."""

    def __str__(self) -> str:
        """Tell the first notice."""
        return "table\nhalo: all move together"


@pytest.mark.parametrize(
    ("warnings", "more"),
    [((), ""), ((KNOWN,), ""), ((KNOWN, NEW), "\nfile: 2 rows could not be read")],
)
def test_a_notebook_shows_every_warning_once(
    warnings: tuple[Notice, ...], more: str
) -> None:
    assert repr(Answer(warnings)) == f"table\nhalo: all move together{more}"
