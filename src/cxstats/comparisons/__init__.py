"""Comparisons: what rose, what fell, and what cannot be told apart."""

from __future__ import annotations

from cxstats.comparisons.compare import compare
from cxstats.comparisons.difference import Comparison, Difference, Verdict, judge
from cxstats.comparisons.groups import (
    ALL_PAIRS,
    REST,
    compare_groups,
    compare_results,
)
from cxstats.comparisons.paired import compare_paired, paired_difference
from cxstats.comparisons.two_samples import Tested, net_score_difference

__all__ = [
    "ALL_PAIRS",
    "REST",
    "Comparison",
    "Difference",
    "Tested",
    "Verdict",
    "compare",
    "compare_groups",
    "compare_paired",
    "compare_results",
    "judge",
    "net_score_difference",
    "paired_difference",
]
