"""Discovery in operational and experience data: slices, breakpoints, surprises."""

from __future__ import annotations

from cxstats.discovery.associations import (
    Association,
    Associations,
    associations,
)
from cxstats.discovery.breaks import breakpoints
from cxstats.discovery.findings import Discovery, Finding, Replication
from cxstats.discovery.pieces import Breakpoints, Division, Piece
from cxstats.discovery.sentences import LANGUAGES, Language
from cxstats.discovery.slices import discover
from cxstats.discovery.surprises import Surprise, recovery_paradox, value_inversion

__all__ = [
    "LANGUAGES",
    "Association",
    "Associations",
    "Breakpoints",
    "Discovery",
    "Division",
    "Finding",
    "Language",
    "Piece",
    "Replication",
    "Surprise",
    "associations",
    "breakpoints",
    "discover",
    "recovery_paradox",
    "value_inversion",
]
