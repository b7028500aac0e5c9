"""Models judged only by customers, and at times, that they have not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats
from cxstats.models import (
    BoostedModel,
    Calibration,
    Capacity,
    Design,
    Judged,
    LogisticModel,
    Rows,
    Split,
    at_capacity,
    auc,
    auc_difference,
    brier,
    calibrate,
    fit_boosted,
    fit_logistic,
)

__all__ = [
    "Evaluated",
    "Kind",
    "Training",
    "better",
    "evaluate",
    "fit_readable",
    "fit_trees",
]

Kind = Literal["logistic", "boosted"]
"""A logistic regression with a ridge, or small gradient-boosted trees."""

WORTH = 0.005
"""AUC that trees must add before they replace the model that can be read."""

Model = LogisticModel | BoostedModel


@dataclass(frozen=True, eq=False)
class Training:
    """What models are fitted to.

    Parameters
    ----------
    rows
        Customers with known outcome.
    label
        Whether it happened.
    names
        Columns to predict from.
    weight
        Positive weights, or None.
    group
        A number per customer where customers repeat, else None.
    splits
        Which rows train and which judge.
    before
        Column of the moment of prediction, if it holds dates: other dates are counted
        back from it.
    """

    rows: Rows
    label: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    weight: Floats | None
    group: npt.NDArray[np.int64] | None
    splits: tuple[Split, ...]
    before: str | None = None

    def design(self, rows: Rows) -> Design:
        """Learn from some rows what the columns hold."""
        return Design.fit(rows, self.names, self.before)

    @property
    def judged_rows(self) -> npt.NDArray[np.int64]:
        """Positions of the rows that judge, in the order of `Evaluated`."""
        return np.concatenate([split.test for split in self.splits])


@dataclass(frozen=True, eq=False)
class Evaluated:
    """One kind of model and how it did on rows it had not seen.

    Parameters
    ----------
    kind
        The kind of model.
    judged
        Outcomes and predictions of the rows that judge.
    models
        The model of each split.
    training
        What they were fitted to.
    """

    kind: Kind
    judged: Judged
    models: tuple[Model, ...]
    training: Training

    def auc(self, level: float) -> Estimate:
        """How well it ranks."""
        return auc(self.judged, level)

    def brier(self, level: float) -> Estimate:
        """How far its probabilities are from what happened."""
        return brier(self.judged, level)

    def calibration(self, level: float) -> Calibration:
        """Whether its probabilities mean what they say."""
        return calibrate(self.judged, level)

    def capacity(self, share: float, level: float) -> Capacity:
        """What a list of that share of the customers would have met."""
        return at_capacity(self.judged, share, level)

    def contributions(
        self, chosen: npt.NDArray[np.int64]
    ) -> dict[int, dict[str, float]]:
        """Explain some judged rows, each by the model that judged it.

        Parameters
        ----------
        chosen
            Positions in `judged`.

        Returns
        -------
        dict
            Per position, log-odds per column.
        """
        ends = np.cumsum([len(split.test) for split in self.training.splits])
        owner = np.searchsorted(ends, chosen, side="right")
        found: dict[int, dict[str, float]] = {}
        for at, model in enumerate(self.models):
            mine = chosen[owner == at]
            if not len(mine):
                continue
            rows = self.training.rows.take(self.training.judged_rows[mine])
            parts = model.contributions(rows)
            for position, row in zip(mine.tolist(), parts.tolist(), strict=True):
                found[position] = dict(zip(model.design.names, row, strict=True))
        return found


def fit_readable(training: Training, chosen: npt.NDArray[np.int64]) -> LogisticModel:
    """Fit the logistic model; levels and means too are of the chosen rows alone."""
    rows, label, weight = _chosen(training, chosen)
    return fit_logistic(rows, label, training.design(rows), weight=weight)


def fit_trees(training: Training, chosen: npt.NDArray[np.int64]) -> BoostedModel:
    """Fit boosted trees to the chosen rows alone."""
    rows, label, weight = _chosen(training, chosen)
    return fit_boosted(rows, label, training.design(rows), weight=weight)


_FITS: dict[Kind, Callable[[Training, npt.NDArray[np.int64]], Model]] = {
    "logistic": fit_readable,
    "boosted": fit_trees,
}


def _chosen(
    training: Training, chosen: npt.NDArray[np.int64]
) -> tuple[Rows, npt.NDArray[np.bool_], Floats | None]:
    weight = None if training.weight is None else training.weight[chosen]
    return training.rows.take(chosen), training.label[chosen], weight


def evaluate(kind: Kind, training: Training) -> Evaluated:
    """Fit a model per split and let it predict the rows it has not seen.

    Raises
    ------
    InputError
        If the rows that train or that judge have one outcome only.
    """
    models, predictions = [], []
    for split in training.splits:
        model = _FITS[kind](training, split.train)
        models.append(model)
        predictions.append(model.predict(training.rows.take(split.test)))
    chosen = training.judged_rows
    label = training.label[chosen]
    if label.all() or not label.any():
        raise InputError(
            "all customers of the later period that judges have the same outcome; give "
            "more history, or leave the time column out"
        )
    judged = Judged(
        label,
        np.concatenate(predictions),
        None if training.weight is None else training.weight[chosen],
        None if training.group is None else training.group[chosen],
    )
    return Evaluated(kind, judged, tuple(models), training)


def better(evaluated: Sequence[Evaluated], level: float) -> Evaluated:
    """Choose the readable model unless trees rank clearly better.

    Clearly: by at least 0.005, with an interval of the paired difference above zero.
    """
    first, *others = evaluated
    for other in others:
        gain = auc_difference(first.judged, other.judged, level)
        if gain.value >= WORTH and gain.lower > 0:
            return other
    return first
