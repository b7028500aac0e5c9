"""Fair comparison of units: shrinkage, mix adjustment, rank intervals, funnels."""

from __future__ import annotations

from cxstats.scorecards.card import scorecard, scorecard_from_cells
from cxstats.scorecards.funnel import Funnel, funnel, funnel_of_shares
from cxstats.scorecards.heterogeneity import Heterogeneity, heterogeneity
from cxstats.scorecards.judging import Rules
from cxstats.scorecards.result import Scorecard, UnitCard
from cxstats.scorecards.shrinkage import james_stein, posterior, shrink

__all__ = [
    "Funnel",
    "Heterogeneity",
    "Rules",
    "Scorecard",
    "UnitCard",
    "funnel",
    "funnel_of_shares",
    "heterogeneity",
    "james_stein",
    "posterior",
    "scorecard",
    "scorecard_from_cells",
    "shrink",
]
