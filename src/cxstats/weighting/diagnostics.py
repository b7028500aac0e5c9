"""What unequal weights cost: Kish's design effect and the effective n."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cxstats.aggregates import ScoreCells

__all__ = ["WeightDiagnostics", "weight_diagnostics"]


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
