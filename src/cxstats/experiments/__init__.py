"""Experiments: assignment, checks, effects, early looks, uplift, before and after."""

from __future__ import annotations

from cxstats.experiments.analysis import experiment
from cxstats.experiments.assignment import assign
from cxstats.experiments.before_after import difference_in_differences
from cxstats.experiments.before_after_result import BeforeAfter
from cxstats.experiments.differences import FourCells
from cxstats.experiments.effects import Effect, effect_of
from cxstats.experiments.learners import UpliftModel, fit_uplift
from cxstats.experiments.moments import Moments
from cxstats.experiments.qini import UpliftQuality, qini_curve, uplift_quality
from cxstats.experiments.referral import viral_customers, viral_limit
from cxstats.experiments.regression_to_mean import Rebound, regression_to_the_mean
from cxstats.experiments.result import ExperimentResult
from cxstats.experiments.sample_ratio import SampleRatio, sample_ratio_check
from cxstats.experiments.sequential import Looks, always_valid, sequential_looks
from cxstats.experiments.uplift import uplift
from cxstats.experiments.uplift_result import UpliftResult

__all__ = [
    "BeforeAfter",
    "Effect",
    "ExperimentResult",
    "FourCells",
    "Looks",
    "Moments",
    "Rebound",
    "SampleRatio",
    "UpliftModel",
    "UpliftQuality",
    "UpliftResult",
    "always_valid",
    "assign",
    "difference_in_differences",
    "effect_of",
    "experiment",
    "fit_uplift",
    "qini_curve",
    "regression_to_the_mean",
    "sample_ratio_check",
    "sequential_looks",
    "uplift",
    "uplift_quality",
    "viral_customers",
    "viral_limit",
]
