"""What unequal weights cost: Kish's design effect and the effective n."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.aggregates import ScoreCells
from cxstats.estimates import Floats

__all__ = [
    "WeightDiagnostics",
    "WeightSummary",
    "summarise_weights",
    "weight_diagnostics",
]


@dataclass(frozen=True)
class WeightDiagnostics:
    """Summary of the weights of the valid answers.

    Parameters
    ----------
    n
        Valid answers with a usable weight.
    total
        Sum of the weights: the people they stand for, if they are scaled so.
    kish
        ``n Σw² / (Σw)²``, at least 1 (Kish 1965, sec. 11.7; 1992).
    n_effective
        ``n / kish``: equally weighted answers that would be as precise.
    without_weight
        Rows left out because their weight is missing, zero, negative or infinite.
    """

    n: int
    total: float
    kish: float
    n_effective: float
    without_weight: int

    @property
    def variation(self) -> float:
        """Coefficient of variation of the weights: ``sqrt(kish - 1)``."""
        return math.sqrt(max(self.kish - 1, 0.0))


def weight_diagnostics(cells: ScoreCells) -> WeightDiagnostics:
    """Summarise the weights over all groups; NaN effects without answers."""
    keep = cells.is_valid
    n = int(cells.numbers("n")[keep].sum())
    total = float(cells.numbers("w")[keep].sum())
    squares = float(cells.numbers("w2")[keep].sum())
    kish = n * squares / total**2 if total else math.nan
    return WeightDiagnostics(
        n=n,
        total=total,
        kish=kish,
        n_effective=n / kish if n else 0.0,
        without_weight=cells.excluded.get("no_weight", 0),
    )


@dataclass(frozen=True)
class WeightSummary:
    """How unequal weights are and what that costs.

    Parameters
    ----------
    n
        Answers with a weight.
    total
        Sum of the weights.
    kish
        ``n Σw² / (Σw)²``, at least 1.
    n_effective
        ``n / kish``.
    efficiency
        ``1 / kish``: the share of the answers' worth that is left, 0 to 1.
    smallest, median, largest
        Weight of one answer.
    """

    n: int
    total: float
    kish: float
    n_effective: float
    efficiency: float
    smallest: float
    median: float
    largest: float

    def to_dict(self) -> dict[str, Any]:
        """Return the summary for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def summarise_weights(n: Floats, weights: Floats) -> WeightSummary:
    """Summarise weights of one answer, ``n`` answers having each.

    Examples
    --------
    >>> import numpy as np
    >>> found = summarise_weights(np.array([50.0, 50.0]), np.array([1.0, 3.0]))
    >>> found.kish, found.n_effective, found.median
    (1.25, 80.0, 2.0)
    """
    answers, total = float(n.sum()), float(n @ weights)
    kish = answers * float(n @ weights**2) / total**2
    order = np.argsort(weights, kind="stable")
    ends = np.cumsum(n[order])
    # The median of the answers, not of the cells: the middle one, or middle two.
    middle = np.searchsorted(ends, [np.ceil(answers / 2), np.floor(answers / 2) + 1])
    return WeightSummary(
        n=int(answers),
        total=total,
        kish=kish,
        n_effective=answers / kish,
        efficiency=1 / kish,
        smallest=float(weights.min()),
        median=float(weights[order][middle].mean()),
        largest=float(weights.max()),
    )
