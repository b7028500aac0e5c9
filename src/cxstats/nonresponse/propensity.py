"""Who answers: the probability of answering from what is known of everybody.

Logistic regression on cells of classes, by Newton's method (McCullagh and Nelder
1989, ch. 4). A ridge far below the information of one answer keeps classes in which
nobody, or everybody, answered finite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.estimates import Floats

__all__ = ["Propensity", "area_under_curve", "calibration_gap", "fit_propensity"]

_RIDGE = 1e-8
_STEPS = 60
_TOLERANCE = 1e-13
_GROUPS = 10


@dataclass(frozen=True, eq=False)
class Propensity:
    """A fitted model of answering.

    Parameters
    ----------
    design
        Indicators per cell, the first column 1.
    probability
        Probability of answering, per cell.
    inverse
        Inverse of the information about the coefficients.
    """

    design: Floats
    probability: Floats
    inverse: Floats


def _indicators(levels: Sequence[Sequence[Any]], cells: int) -> Floats:
    columns = [np.ones(cells)]
    for values in levels:
        known = sorted(set(values), key=lambda value: (value is None, str(value)))
        place = {value: i for i, value in enumerate(known)}
        index = np.array([place[value] for value in values], dtype=np.int64)
        columns += [(index == i).astype(float) for i in range(1, len(known))]
    return np.column_stack(columns)


def fit_propensity(
    levels: Sequence[Sequence[Any]], people: Floats, answered: Floats
) -> Propensity:
    """Fit main effects of all classes on answering.

    Parameters
    ----------
    levels
        Per feature, the class of each cell.
    people, answered
        Sums of weights per cell: all, and those who answered.
    """
    design = _indicators(levels, len(people))
    rate = float(answered.sum() / people.sum())
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(rate / (1 - rate))
    ridge = _RIDGE * np.eye(len(beta))
    ridge[0, 0] = 0.0
    previous = float("-inf")
    for _step in range(_STEPS):
        chance = _sigmoid(design @ beta)
        penalty = float(beta @ ridge @ beta) / 2
        fit = _likelihood(chance, people, answered) - penalty
        slope = design.T @ (answered - people * chance) - ridge @ beta
        information = _information(design, people, chance) + ridge
        beta = beta + _limited(np.linalg.pinv(information, hermitian=True) @ slope)
        if abs(fit - previous) <= _TOLERANCE * (1 + abs(fit)):
            break
        previous = fit
    chance = _sigmoid(design @ beta)
    information = _information(design, people, chance) + ridge
    inverse = np.asarray(np.linalg.pinv(information, hermitian=True), dtype=float)
    return Propensity(design, chance, inverse)


def _sigmoid(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds.clip(-35, 35))))


def _limited(step: Floats) -> Floats:
    """Hold back a step that would leap beyond what any odds need."""
    return np.asarray(step * min(1.0, 5.0 / (float(np.abs(step).max()) or 1.0)))


def _information(design: Floats, people: Floats, chance: Floats) -> Floats:
    return np.asarray(design.T @ ((people * chance * (1 - chance))[:, None] * design))


def _likelihood(chance: Floats, people: Floats, answered: Floats) -> float:
    yes = answered @ np.log(chance.clip(1e-300))
    no = (people - answered) @ np.log((1 - chance).clip(1e-300))
    return float(yes + no)


def area_under_curve(chance: Floats, people: Floats, answered: Floats) -> float:
    """Return how often who answered had the higher probability, ties as one half."""
    values, index = np.unique(chance.round(12), return_inverse=True)
    yes = np.bincount(index, answered, len(values))
    no = np.bincount(index, people - answered, len(values))
    below = np.cumsum(no) - no
    pairs = float(yes.sum() * no.sum())
    return float(yes @ (below + no / 2)) / pairs if pairs else float("nan")


def calibration_gap(chance: Floats, people: Floats, answered: Floats) -> float:
    """Return the largest gap between rate and probability over tenths of the people.

    Cells are put in order of their probability and cut into ten groups of about
    equal size.
    """
    order = np.argsort(chance, kind="stable")
    ends = np.cumsum(people[order])
    group = np.minimum((ends - people[order] / 2) * _GROUPS // ends[-1], _GROUPS - 1)
    index = group.astype(np.int64)
    total = np.bincount(index, people[order], _GROUPS)
    gap = np.bincount(index, (answered - people * chance)[order], _GROUPS)
    return float(np.max(np.abs(gap[total > 0] / total[total > 0])))
