"""Altair charts with one look: a module per family, the look in `theme`."""

from __future__ import annotations

from cxstats.charts.scores import (
    difference_chart,
    distribution_chart,
    estimate_chart,
    trend_chart,
)
from cxstats.charts.theme import CLASS_COLOURS, PALETTE, Caption, themed

__all__ = [
    "CLASS_COLOURS",
    "PALETTE",
    "Caption",
    "difference_chart",
    "distribution_chart",
    "estimate_chart",
    "themed",
    "trend_chart",
]
