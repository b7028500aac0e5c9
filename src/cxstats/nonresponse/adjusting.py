"""The score of everybody asked, from those who answered.

With R_i = 1 for who answered, p_i the fitted probability, h_i = 1 / p_i (trimmed):

    theta = Σ w R h s / Σ w R h                                   (Hájek 1971)
    phi_i = R h (s - theta) / N - c' A⁻¹ x (R - p) ;  N = Σ w R h
    c = Σ w R h (1 - p) (s - theta) x / N ;  A = Σ w p (1 - p) x x'
    Var   = Σ w² phi²                        (Lunceford and Davidian 2004, eq. 19)

The second term of phi counts that p is estimated, which makes the variance smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.aggregates.encoding import Ints
from cxstats.estimates import Floats
from cxstats.nonresponse.propensity import Propensity

__all__ = [
    "Answers",
    "Shift",
    "Weighted",
    "inverse_weights",
    "shifted",
    "weighted_mean",
]


@dataclass(frozen=True, eq=False)
class Answers:
    """Rows of people with one class, one answer and one state.

    Parameters
    ----------
    cell
        Cell of classes, per row.
    answered
        Whether these people answered.
    value
        What is averaged; 0 for those who did not answer.
    n, w, w2
        People, and sums of weights and of their squares.
    """

    cell: Ints
    answered: np.typing.NDArray[np.bool_]
    value: Floats
    n: Floats
    w: Floats
    w2: Floats

    def sums(self, values: Floats, cells: int) -> Floats:
        """Add up per cell."""
        return np.asarray(np.bincount(self.cell, values, cells), dtype=float)


@dataclass(frozen=True)
class Weighted:
    """A weighted mean.

    Parameters
    ----------
    value, std_error
        In the unit of the values.
    kish
        Effect of the unequal weights of those who answered.
    """

    value: float
    std_error: float
    kish: float


def inverse_weights(
    answers: Answers, model: Propensity, trim: float
) -> tuple[Floats, float, int]:
    """Return 1 / p per cell, cut at a multiple of the median of those who answered.

    Returns
    -------
    weights
        Per cell.
    cap
        Largest weight.
    trimmed
        People who answered and whose weight was cut.
    """
    weights = 1 / model.probability
    own = weights[answers.cell[answers.answered]]
    n = answers.n[answers.answered]
    order = np.argsort(own, kind="stable")
    middle = np.searchsorted(np.cumsum(n[order]), n.sum() / 2)
    cap = trim * float(own[order][middle])
    trimmed = int(n[own > cap].sum())
    return np.minimum(weights, cap), cap, trimmed


def weighted_mean(answers: Answers, model: Propensity, weights: Floats) -> Weighted:
    """Return the weighted mean of those who answered, with its standard error."""
    r = answers.answered.astype(float)
    h = weights[answers.cell]
    share = r * answers.w * h
    total = float(share.sum())
    theta = float(share @ answers.value) / total
    away = r * (answers.value - theta)
    p = model.probability[answers.cell]
    # A weight that was cut does not move with its probability.
    moves = np.where(h < 1 / p * (1 - 1e-12), 0.0, 1 - p)
    x = model.design
    pull = answers.sums(answers.w * h * moves * away, len(x)) / total
    effect = x @ (model.inverse @ (x.T @ pull))
    influence = h * away / total - effect[answers.cell] * (r - p)
    squares = float((r * answers.w2 * h**2).sum())
    people = float((r * answers.n).sum())
    return Weighted(
        value=theta,
        std_error=math.sqrt(float(answers.w2 @ influence**2)),
        kish=people * squares / total**2,
    )


@dataclass(frozen=True)
class Shift:
    """The score of everybody if those who did not answer differ by a shift.

    Parameters
    ----------
    delta
        Their true score minus what the model expects of them.
    nonrespondents
        Their score then, held within the scale.
    value, lower, upper
        Score of everybody asked.
    """

    delta: float
    nonrespondents: float
    value: float
    lower: float
    upper: float


def shifted(
    delta: float,
    expected: float,
    missing: float,
    ends: tuple[float, float],
    interval: tuple[float, float, float],
) -> Shift:
    """Shift those who did not answer.

    Parameters
    ----------
    delta
        The shift.
    expected
        Score that the model expects of them.
    missing
        Their share of everybody asked, 0 to 1.
    ends
        Lowest and highest possible score.
    interval
        Adjusted score and its ends, without a shift.
    """
    low, high = ends
    reached = float(np.clip(expected + delta, low, high))
    moved = missing * (reached - expected)
    value, lower, upper = (
        float(np.clip(number + moved, low, high)) for number in interval
    )
    return Shift(delta, reached, value, lower, upper)
