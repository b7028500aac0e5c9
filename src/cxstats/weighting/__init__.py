"""Weights and sampling designs: what they do to an estimate and its variance."""

from __future__ import annotations

from cxstats.weighting.design import Fpc, LinearisedMeans, linearise
from cxstats.weighting.diagnostics import WeightDiagnostics, weight_diagnostics

__all__ = [
    "Fpc",
    "LinearisedMeans",
    "WeightDiagnostics",
    "linearise",
    "weight_diagnostics",
]
