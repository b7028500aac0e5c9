"""Models of an outcome from mixed columns, and honest ways to judge them.

What others build on: rows in memory, a fitted design of columns, a regularised
logistic and a boosted model, splits that respect time and customers, and the numbers
that judge probabilities.
"""

from __future__ import annotations

from cxstats.models.boosting import BoostedModel, fit_boosted
from cxstats.models.calibration import Band, Calibration, bands_of, brier, calibrate
from cxstats.models.capacity import Capacity, at_capacity
from cxstats.models.columns import (
    MAX_ROWS,
    Rows,
    as_moments,
    as_numbers,
    as_texts,
    kind_of_column,
    read_rows,
)
from cxstats.models.design import CategoryColumn, Design, NumberColumn
from cxstats.models.discrimination import Judged, auc, auc_difference
from cxstats.models.drift import DriftReference, DriftRow, population_stability
from cxstats.models.logistic import LogisticModel, fit_logistic
from cxstats.models.notices import ColumnNotice
from cxstats.models.splits import Split, grouped_folds, time_splits

__all__ = [
    "MAX_ROWS",
    "Band",
    "BoostedModel",
    "Calibration",
    "Capacity",
    "CategoryColumn",
    "ColumnNotice",
    "Design",
    "DriftReference",
    "DriftRow",
    "Judged",
    "LogisticModel",
    "NumberColumn",
    "Rows",
    "Split",
    "as_moments",
    "as_numbers",
    "as_texts",
    "at_capacity",
    "auc",
    "auc_difference",
    "bands_of",
    "brier",
    "calibrate",
    "fit_boosted",
    "fit_logistic",
    "grouped_folds",
    "kind_of_column",
    "population_stability",
    "read_rows",
    "time_splits",
]
