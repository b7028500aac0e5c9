"""Simulate a telecom operator whose truth is known: for demo, tests and power."""

from __future__ import annotations

from cxstats.simulate.files import SimulatedFiles
from cxstats.simulate.operator import Operator
from cxstats.simulate.organisation import (
    Department,
    Employee,
    Grid,
    Organisation,
    Shop,
)
from cxstats.simulate.period import DEFAULT_END
from cxstats.simulate.survey_file import export_survey_csv
from cxstats.simulate.tables import Batch
from cxstats.simulate.truth import (
    EffectTruth,
    GroupTruth,
    InterventionTruth,
    Level,
    RateTruth,
    Truth,
)
from cxstats.simulate.vocabulary import BRAND

__all__ = [
    "BRAND",
    "DEFAULT_END",
    "Batch",
    "Department",
    "EffectTruth",
    "Employee",
    "Grid",
    "GroupTruth",
    "InterventionTruth",
    "Level",
    "Operator",
    "Organisation",
    "RateTruth",
    "Shop",
    "SimulatedFiles",
    "Truth",
    "export_survey_csv",
]
