"""Gradient-boosted trees, kept small: many short trees that learn slowly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.models.columns import Rows
from cxstats.models.design import Design

__all__ = ["BoostedModel", "fit_boosted"]

BACKGROUND = 20
"""Training rows whose values stand in for a column when its effect is asked."""

_ROUNDS = 120
_RATE = 0.05
_LEAVES = 8
_LEAF_ROWS = 20


@dataclass(frozen=True, eq=False)
class BoostedModel:
    """Fitted trees with a few training rows to explain against.

    Parameters
    ----------
    design
        Columns, as raw numbers: trees need no scaling.
    trees
        The fitted scikit-learn classifier.
    background
        Raw numbers of training rows, spread evenly over the predicted log-odds.
    """

    design: Design
    trees: Any
    background: Floats

    def predict(self, rows: Rows) -> Floats:
        """Give the probability of the outcome for each row."""
        return np.asarray(self.trees.predict_proba(self._raw(rows))[:, 1])

    def contributions(self, rows: Rows) -> Floats:
        """Give what each column's value changes in each row's log-odds.

        The row's log-odds minus their mean when this one column takes the values of
        the background rows and all others stay. It is a local what-if, not a split of
        the total: with interactions the parts need not sum to the difference from the
        average customer.

        Returns
        -------
        numpy.ndarray
            One row per row, one column per column of the design.
        """
        raw = self._raw(rows)
        own = self.trees.decision_function(raw)
        parts = np.empty_like(raw)
        copies = len(self.background)
        for at in range(raw.shape[1]):
            changed = np.repeat(raw, copies, axis=0)
            changed[:, at] = np.tile(self.background[:, at], len(raw))
            there = self.trees.decision_function(changed).reshape(len(raw), copies)
            parts[:, at] = own - there.mean(axis=1)
        return parts

    def _raw(self, rows: Rows) -> Floats:
        return _for_trees(self.design, rows)


def fit_boosted(
    rows: Rows,
    label: npt.NDArray[np.bool_],
    design: Design,
    *,
    weight: Floats | None = None,
    rounds: int = _ROUNDS,
) -> BoostedModel:
    """Fit histogram gradient boosting with 8 leaves per tree and a rate of 0.05.

    Small on purpose: on tables of customers larger trees rank no better and their
    probabilities are too extreme.

    Parameters
    ----------
    rows
        Training rows.
    label
        The outcome of each.
    design
        Columns to use; texts stay categories.
    weight
        Positive weights; scaled to a mean of 1.
    rounds
        Number of trees.

    Raises
    ------
    InputError
        If only one outcome occurs.
    """
    from sklearn.ensemble import (  # noqa: PLC0415 - slow import
        HistGradientBoostingClassifier,
    )

    if label.all() or not label.any():
        raise InputError("all rows have the same outcome; there is nothing to learn")
    weights = None if weight is None else weight / weight.mean()
    raw = _for_trees(design, rows)
    trees = HistGradientBoostingClassifier(
        learning_rate=_RATE,
        max_iter=rounds,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=_LEAF_ROWS,
        l2_regularization=1.0,
        categorical_features=design.is_category,
        early_stopping=False,
        random_state=0,
    ).fit(raw, label, sample_weight=weights)
    order = np.argsort(trees.decision_function(raw), kind="stable")
    spread = np.linspace(0, len(order) - 1, min(BACKGROUND, len(order))).round()
    return BoostedModel(design, trees, raw[order[spread.astype(int)]])


def _for_trees(design: Design, rows: Rows) -> Floats:
    """Give raw numbers in which an unknown text is missing, as trees have it."""
    raw = design.raw(rows)
    unknown = design.is_category & (raw < 0)
    return np.where(unknown, np.nan, raw)
