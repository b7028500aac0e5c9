"""The command line: one thin command per question, human tables or JSON."""

from __future__ import annotations

from cxstats.cli.main import main

__all__ = ["main"]
