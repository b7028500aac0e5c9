"""cxstats: honest statistics of customer experience, pushed down to an engine."""

from __future__ import annotations
