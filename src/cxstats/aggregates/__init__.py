"""From an engine's counts to score cells that add up."""

from __future__ import annotations

from cxstats.aggregates.cells import ScoreCells
from cxstats.aggregates.codings import (
    REASONS,
    ChoiceCoding,
    Coding,
    ScaleCoding,
    to_number,
)
from cxstats.aggregates.encoding import encode_rows

__all__ = [
    "REASONS",
    "ChoiceCoding",
    "Coding",
    "ScaleCoding",
    "ScoreCells",
    "encode_rows",
    "to_number",
]
