"""Joint cells with their weights, and where the rows of a table belong among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.aggregates import to_number
from cxstats.aggregates.encoding import Ints
from cxstats.estimates import Floats
from cxstats.filters import Filter
from cxstats.weighting.calibration import Side
from cxstats.weighting.margins import Label, label_of

__all__ = ["Calibration", "JointCells", "usable_weight"]


def usable_weight(value: Any) -> float:
    """Read a base weight; 0 where it is missing, not finite or not above 0."""
    number = to_number(value)
    return number if number is not None and 0 < number < np.inf else 0.0


@dataclass(frozen=True, eq=False)
class JointCells:
    """Cells of all weighting columns together, split by base weight.

    Parameters
    ----------
    columns
        Columns of the margins.
    weight_column
        Column of base weights, if any.
    where
        Filter that the rows had to meet.
    labels, n, base
        Per cell: texts of the values, answers, base weight of one answer.
    """

    columns: tuple[str, ...]
    weight_column: str | None
    where: Filter | None
    labels: tuple[tuple[Label, ...], ...]
    n: Floats
    base: Floats

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that tell a row's cell."""
        last = (self.weight_column,) if self.weight_column else ()
        return (*self.columns, *last)

    def places(self, keys: Sequence[tuple[Any, ...]]) -> Ints:
        """Return the cell of each combination of values, -1 where there is none.

        Parameters
        ----------
        keys
            Values in the order of `needed`.
        """
        wanted = zip(self.labels, self.base.tolist(), strict=True)
        known = {key: place for place, key in enumerate(wanted)}
        size = len(self.columns)
        found = [
            known.get(
                (
                    tuple(label_of(part) for part in key[:size]),
                    usable_weight(key[size]) if self.weight_column else 1.0,
                ),
                -1,
            )
            for key in keys
        ]
        return np.asarray(found, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What an estimate needs of finished weights.

    Parameters
    ----------
    cells
        The joint cells.
    weights
        Weight of one answer, per cell.
    sides
        The margins that were met.
    """

    cells: JointCells
    weights: Floats
    sides: tuple[Side, ...]
