"""The trained part of a model: one weight per symbol run, one row per class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from cxstats.estimates import Floats

__all__ = ["Linear", "fit_blend", "fit_linear"]

_COST = 0.5
_TOLERANCE = 0.1
_MOST_STEPS = 1_000
_RIDGE = 100.0


@dataclass(frozen=True, eq=False)
class Linear:
    """Weights (classes x runs) and constants (classes) of linear models."""

    weights: npt.NDArray[np.float32]
    constants: Floats

    def margins(self, rows: scipy.sparse.csr_matrix) -> Floats:
        """Return one column per class: above 0 where the class is likelier."""
        return np.asarray(rows @ self.weights.T.astype(float) + self.constants)


def fit_linear(
    rows: scipy.sparse.csr_matrix,
    labels: npt.NDArray[np.bool_],
    *,
    balanced: bool = False,
) -> Linear:
    """Fit a linear support vector machine; the same data give the same weights.

    Parameters
    ----------
    rows
        One row per text.
    labels
        Shape ``(texts,)`` of both values.
    balanced
        Whether the rarer side weighs as much as the other.
    """
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - heavy, for training alone

    machine = LinearSVC(
        C=_COST,
        tol=_TOLERANCE,
        max_iter=_MOST_STEPS,
        random_state=0,
        class_weight="balanced" if balanced else None,
    )
    machine.fit(rows, labels)
    return Linear(machine.coef_.astype(np.float32), machine.intercept_)


def fit_blend(
    margins: Floats, scores: Floats, positive: npt.NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Weigh margin and lexicon by the log odds of praise in held-out texts.

    Returns
    -------
    tuple of float
        Weight of the margin (0 or more), weight of the lexicon (0 or more), constant.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    if len(set(positive.tolist())) == 1:
        return 1.0, 1.0, 0.0
    both = np.column_stack([margins, scores])
    model = LogisticRegression(C=_RIDGE).fit(both, positive)
    by_margin, by_lexicon = model.coef_[0].tolist()
    if by_margin < 0 or by_lexicon < 0:
        # A weight below zero is noise of a small sample: use the other part alone.
        column = 1 if by_margin < 0 else 0
        model = LogisticRegression(C=_RIDGE).fit(both[:, [column]], positive)
        alone = max(float(model.coef_[0][0]), 0.0)
        by_margin, by_lexicon = (0.0, alone) if column else (alone, 0.0)
    return by_margin, by_lexicon, float(model.intercept_[0])
