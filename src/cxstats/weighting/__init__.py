"""Weights and sampling designs: what they do to an estimate and its variance."""

from __future__ import annotations

from cxstats.weighting.design import Fpc, LinearisedMeans, linearise
from cxstats.weighting.diagnostics import (
    WeightDiagnostics,
    WeightSummary,
    summarise_weights,
    weight_diagnostics,
)
from cxstats.weighting.raking import poststratify, rake
from cxstats.weighting.result import MarginRow, Weighting

__all__ = [
    "Fpc",
    "LinearisedMeans",
    "MarginRow",
    "WeightDiagnostics",
    "WeightSummary",
    "Weighting",
    "linearise",
    "poststratify",
    "rake",
    "summarise_weights",
    "weight_diagnostics",
]
