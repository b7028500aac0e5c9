"""Metrics: each declares what it counts, then estimates from the counts."""

from __future__ import annotations

from cxstats.metrics.ces import ces, ces_from_cells
from cxstats.metrics.csat import Boxes, csat, csat_from_cells
from cxstats.metrics.estimators import Precision
from cxstats.metrics.nps import nps, nps_from_cells
from cxstats.metrics.question import Question
from cxstats.metrics.result import GroupResult, MetricResult
from cxstats.metrics.share import share, share_from_cells

__all__ = [
    "Boxes",
    "GroupResult",
    "MetricResult",
    "Precision",
    "Question",
    "ces",
    "ces_from_cells",
    "csat",
    "csat_from_cells",
    "nps",
    "nps_from_cells",
    "share",
    "share_from_cells",
]
