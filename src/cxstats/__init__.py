"""Customer-experience statistics: scores with their uncertainty, on any engine.

``cxstats.nps("answers.csv", score="q1", by="region")`` answers with a score per
region, its interval, what was left out and why. The same call runs inside DuckDB,
PostgreSQL, Spark or ClickHouse; only small tables of counts come back.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxstats.churn import ChurnResult, StoredModel, churn
    from cxstats.comparisons import (
        ALL_PAIRS,
        REST,
        Comparison,
        compare,
        compare_groups,
        compare_paired,
        compare_results,
    )
    from cxstats.discovery import (
        Breakpoints,
        Discovery,
        Finding,
        Surprise,
        breakpoints,
        discover,
        recovery_paradox,
        value_inversion,
    )
    from cxstats.drivers import (
        Contributions,
        ImportancePerformance,
        KeyDrivers,
        PenaltyReward,
        TopicImpact,
        driver_contributions,
        importance_performance,
        key_drivers,
        penalty_reward,
        topic_impact,
    )
    from cxstats.engine import open_engine
    from cxstats.errors import CxstatsError
    from cxstats.estimates import Estimate, Notice
    from cxstats.experiments import (
        ExperimentResult,
        assign,
        difference_in_differences,
        experiment,
        regression_to_the_mean,
        sample_ratio_check,
        sequential_looks,
        uplift,
    )
    from cxstats.filters import parse_filter
    from cxstats.metrics import Boxes, MetricResult, ces, csat, nps, share
    from cxstats.nonresponse import Nonresponse, adjust_nonresponse
    from cxstats.planning import (
        detectable_change,
        half_width,
        sample_size_for_change,
        sample_size_for_margin,
    )
    from cxstats.reporting import MinimumN
    from cxstats.scales import NPS_0_10, Scale, parse_scale
    from cxstats.scorecards import Scorecard, scorecard
    from cxstats.trends import (
        Monitoring,
        TimeToDetect,
        change_points,
        interrupted_series,
        monitor,
        run_length,
        seasonal_trend,
        time_to_detect,
    )
    from cxstats.weighting import Weighting, poststratify, rake

__all__ = [
    "ALL_PAIRS",
    "NPS_0_10",
    "REST",
    "Boxes",
    "Breakpoints",
    "ChurnResult",
    "Comparison",
    "Contributions",
    "CxstatsError",
    "Discovery",
    "Estimate",
    "ExperimentResult",
    "Finding",
    "ImportancePerformance",
    "KeyDrivers",
    "MetricResult",
    "MinimumN",
    "Monitoring",
    "Nonresponse",
    "Notice",
    "PenaltyReward",
    "Scale",
    "Scorecard",
    "StoredModel",
    "Surprise",
    "TimeToDetect",
    "TopicImpact",
    "Weighting",
    "adjust_nonresponse",
    "assign",
    "breakpoints",
    "ces",
    "change_points",
    "churn",
    "compare",
    "compare_groups",
    "compare_paired",
    "compare_results",
    "csat",
    "detectable_change",
    "difference_in_differences",
    "discover",
    "driver_contributions",
    "experiment",
    "half_width",
    "importance_performance",
    "interrupted_series",
    "key_drivers",
    "monitor",
    "nps",
    "open_engine",
    "parse_filter",
    "parse_scale",
    "penalty_reward",
    "poststratify",
    "rake",
    "recovery_paradox",
    "regression_to_the_mean",
    "run_length",
    "sample_ratio_check",
    "sample_size_for_change",
    "sample_size_for_margin",
    "scorecard",
    "seasonal_trend",
    "sequential_looks",
    "share",
    "time_to_detect",
    "topic_impact",
    "uplift",
    "value_inversion",
]

_HOMES = {
    "ALL_PAIRS": "comparisons",
    "NPS_0_10": "scales",
    "REST": "comparisons",
    "Boxes": "metrics",
    "Breakpoints": "discovery",
    "ChurnResult": "churn",
    "Comparison": "comparisons",
    "Contributions": "drivers",
    "CxstatsError": "errors",
    "Discovery": "discovery",
    "Estimate": "estimates",
    "ExperimentResult": "experiments",
    "Finding": "discovery",
    "ImportancePerformance": "drivers",
    "KeyDrivers": "drivers",
    "MetricResult": "metrics",
    "MinimumN": "reporting",
    "Monitoring": "trends",
    "Nonresponse": "nonresponse",
    "Notice": "estimates",
    "PenaltyReward": "drivers",
    "Scale": "scales",
    "Scorecard": "scorecards",
    "StoredModel": "churn",
    "Surprise": "discovery",
    "TimeToDetect": "trends",
    "TopicImpact": "drivers",
    "Weighting": "weighting",
    "adjust_nonresponse": "nonresponse",
    "assign": "experiments",
    "breakpoints": "discovery",
    "ces": "metrics",
    "change_points": "trends",
    "churn": "churn",
    "compare": "comparisons",
    "compare_groups": "comparisons",
    "compare_paired": "comparisons",
    "compare_results": "comparisons",
    "csat": "metrics",
    "detectable_change": "planning",
    "difference_in_differences": "experiments",
    "discover": "discovery",
    "driver_contributions": "drivers",
    "experiment": "experiments",
    "half_width": "planning",
    "importance_performance": "drivers",
    "interrupted_series": "trends",
    "key_drivers": "drivers",
    "monitor": "trends",
    "nps": "metrics",
    "open_engine": "engine",
    "parse_filter": "filters",
    "parse_scale": "scales",
    "penalty_reward": "drivers",
    "poststratify": "weighting",
    "rake": "weighting",
    "recovery_paradox": "discovery",
    "regression_to_the_mean": "experiments",
    "run_length": "trends",
    "sample_ratio_check": "experiments",
    "sample_size_for_change": "planning",
    "sample_size_for_margin": "planning",
    "scorecard": "scorecards",
    "seasonal_trend": "trends",
    "sequential_looks": "experiments",
    "share": "metrics",
    "time_to_detect": "trends",
    "topic_impact": "drivers",
    "uplift": "experiments",
    "value_inversion": "discovery",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that one module does not cost them all."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cxstats' has no attribute {name!r}")
    return getattr(import_module(f"cxstats.{home}"), name)
