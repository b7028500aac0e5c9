"""Models of uplift: what a treatment adds to each customer's probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.models import Design, Rows, fit_boosted, fit_logistic

__all__ = ["LEARNERS", "Base", "Learner", "UpliftModel", "fit_uplift"]

Learner = Literal["t_learner", "s_learner", "class_transformation"]
LEARNERS: tuple[Learner, ...] = ("t_learner", "s_learner", "class_transformation")

Base = Literal["logistic", "boosted"]
Flags = npt.NDArray[np.bool_]

_TREATED = "__treated__"


class _Classifier(Protocol):
    """What both kinds of model can do."""

    def predict(self, rows: Rows) -> Floats:
        """Give the probability of the outcome for each row."""


@dataclass(frozen=True, eq=False)
class UpliftModel:
    """A fitted model of uplift.

    Parameters
    ----------
    learner, base
        How uplift is learned, and by which kind of model.
    parts
        The fitted models: of treated and control; of both; of the transformed class.
    """

    learner: Learner
    base: Base
    parts: tuple[_Classifier, ...]

    def predict(self, rows: Rows) -> Floats:
        """Give the expected uplift of each row, as a difference of probabilities."""
        if self.learner == "t_learner":
            treated, control = self.parts
            return treated.predict(rows) - control.predict(rows)
        (model,) = self.parts
        if self.learner == "s_learner":
            sides = [model.predict(_with_treatment(rows, side)) for side in (1.0, 0.0)]
            return sides[0] - sides[1]
        return 2 * model.predict(rows) - 1


def fit_uplift(
    rows: Rows,
    outcome: Flags,
    treated: Flags,
    features: list[str],
    *,
    learner: Learner = "t_learner",
    base: Base = "logistic",
) -> UpliftModel:
    """Fit a model of uplift from a randomised experiment.

    Parameters
    ----------
    rows
        Features known before the assignment.
    outcome, treated
        What happened, and who was treated.
    features
        Columns to use.
    learner
        ``t_learner``: one model of the treated, one of the control. ``s_learner``: one
        model with the treatment as a feature (with the logistic base it can only rank
        by risk; use it with boosted trees). ``class_transformation``: one model of
        "treated and yes, or control and no" with weights that make the arms equal
        (Jaskowski & Jaroszewicz 2012).
    base
        ``logistic`` or ``boosted``.

    Raises
    ------
    InputError
        If a part has only one outcome, or no feature varies.
    """
    if learner not in LEARNERS or base not in {"logistic", "boosted"}:
        raise InputError(
            f"uplift is learned by {', '.join(LEARNERS)} with logistic or boosted; "
            f"received {learner!r} with {base!r}"
        )
    if learner == "t_learner":
        parts = tuple(
            _fitted(rows.take(side), outcome[side], features, base)
            for side in (treated, ~treated)
        )
        return UpliftModel(learner, base, parts)
    if learner == "s_learner":
        both = _with_treatment(rows, treated.astype(float))
        model = _fitted(both, outcome, [*features, _TREATED], base)
        return UpliftModel(learner, base, (model,))
    share = float(treated.mean())
    weight = np.where(treated, 0.5 / share, 0.5 / (1 - share))
    model = _fitted(rows, outcome == treated, features, base, weight)
    return UpliftModel(learner, base, (model,))


def _fitted(
    rows: Rows,
    label: Flags,
    features: list[str],
    base: Base,
    weight: Floats | None = None,
) -> _Classifier:
    design = Design.fit(rows, features)
    if base == "boosted":
        return fit_boosted(rows, label, design, weight=weight)
    return fit_logistic(rows, label, design, weight=weight)


def _with_treatment(rows: Rows, treated: Any) -> Rows:
    return Rows(rows.frame.assign(**{_TREATED: treated}), rows.unreadable)
