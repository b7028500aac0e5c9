"""Mix adjustment: what a unit would score with everybody's mix of customers.

Both ways work on cells of unit and mix with n and mean score.

Direct standardisation: y_i = Σ_m W_m y_im / Σ_m W_m over the mix classes m that the
unit has answers from, W_m the share of class m among all answers.

Model: y_im = unit_i + Σ_j beta_j x_mj, least squares weighted by n, and
y_i = mean_i - (x̄_i - x̄)' beta: the unit's mean without what its mix explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.aggregates.encoding import Ints
from cxstats.estimates import Floats, Notice

__all__ = ["Adjusted", "MixCells", "adjust_by_model", "standardise"]

_LOW_COVERAGE = 0.5
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class MixCells:
    """Cells of unit and mix.

    Parameters
    ----------
    unit
        Position of the unit, per cell.
    levels
        Values of the mix columns, one list per column, one entry per cell.
    n, w, mean
        Answers, sum of weights and weighted mean score, per cell.
    inflation
        Σw² n / (Σw)² per cell: the Kish effect of its weights.
    units
        How many units there are.
    names
        Names of the mix columns.
    """

    unit: Ints
    levels: tuple[list[Any], ...]
    n: Floats
    w: Floats
    mean: Floats
    inflation: Floats
    units: int
    names: tuple[str, ...]

    def by_unit(self, values: Floats) -> Floats:
        """Add up per unit."""
        return np.asarray(np.bincount(self.unit, values, self.units), dtype=float)

    def means(self) -> Floats:
        """Return the weighted mean score of each unit."""
        return np.asarray(self.by_unit(self.w * self.mean) / self.by_unit(self.w))

    def precision(self) -> Floats:
        """Return Σw² / (Σw)² of each unit: its variance per variance of an answer."""
        squares = self.w**2 * self.inflation / self.n
        return np.asarray(self.by_unit(squares) / self.by_unit(self.w) ** 2)


@dataclass(frozen=True, eq=False)
class Adjusted:
    """Adjusted scores.

    Parameters
    ----------
    value
        Score of each unit with everybody's mix.
    precision
        Its sampling variance divided by the variance of one answer.
    coverage
        Share of everybody's mix that the unit has answers from, 0 to 1.
    warnings
        What the reader must know.
    """

    value: Floats
    precision: Floats
    coverage: Floats
    warnings: tuple[Notice, ...]


def _mix(cells: MixCells) -> tuple[Ints, Floats]:
    """Number the distinct mixes and return each one's share of everybody."""
    rows = list(zip(*cells.levels, strict=True))
    known: dict[tuple[Any, ...], int] = {}
    index = np.array([known.setdefault(row, len(known)) for row in rows])
    total = np.bincount(index, cells.w, len(known))
    return index, np.asarray(total / total.sum())


def standardise(cells: MixCells) -> Adjusted:
    """Adjust by direct standardisation to everybody's mix."""
    index, share = _mix(cells)
    weight = share[index]
    coverage = cells.by_unit(weight)
    value = cells.by_unit(weight * cells.mean) / coverage
    one = cells.inflation / cells.n
    precision = cells.by_unit(weight**2 * one) / coverage**2
    warnings = []
    low = int((coverage < _LOW_COVERAGE).sum())
    if low:
        warnings.append(
            Notice(
                "coverage",
                f"{low:,} units have answers from less than half of everybody's mix; "
                "their standardised score speaks of that part only. Adjust by fewer "
                "columns or by the model",
            )
        )
    return Adjusted(value, precision, coverage.clip(max=1.0), tuple(warnings))


def adjust_by_model(cells: MixCells) -> Adjusted:
    """Adjust by the effects of the mix columns, compared within units."""
    design, owners = _indicators(cells)
    total = cells.by_unit(cells.w)
    unit_mean = np.column_stack(
        [cells.by_unit(cells.w * column) / total for column in design.T]
    ).reshape(cells.units, design.shape[1])
    everybody = cells.w @ design / cells.w.sum()
    means = cells.means()
    within = design - unit_mean[cells.unit]
    # Weights are brought to the number of answers, so that precision counts answers.
    w = cells.w * (cells.n.sum() / cells.w.sum())
    cross = within.T @ (w[:, None] * within)
    inverse = np.linalg.pinv(cross, rcond=_TINY, hermitian=True)
    effects = inverse @ (within.T @ (w * (cells.mean - means[cells.unit])))
    away = unit_mean - everybody
    value = means - away @ effects
    extra = ((away @ inverse) * away).sum(axis=1)
    _index, share = _mix(cells)
    lost = away - away @ inverse @ cross
    stuck = np.abs(lost).max(axis=1, initial=0.0) > 1e-6  # noqa: PLR2004 - rounding
    warnings = _confounded(cells, owners, cross, int(stuck.sum()))
    coverage = cells.by_unit(share[_index]).clip(max=1.0)
    return Adjusted(value, cells.precision() + extra, coverage, warnings)


def _indicators(cells: MixCells) -> tuple[Floats, list[int]]:
    """Return indicators of every value but each column's first, and their column."""
    columns, owners = [], []
    for place, levels in enumerate(cells.levels):
        known = sorted(set(levels), key=lambda value: (value is None, str(value)))
        at = {value: i for i, value in enumerate(known)}
        index = np.array([at[value] for value in levels], dtype=np.int64)
        columns += [(index == i).astype(float) for i in range(1, len(known))]
        owners += [place] * (len(known) - 1)
    design = np.array(columns, dtype=float).T
    return design.reshape(len(cells.n), len(columns)), owners


def _confounded(
    cells: MixCells, owners: list[int], cross: Floats, stuck: int
) -> tuple[Notice, ...]:
    found = []
    spread = np.diag(cross)
    for place, name in enumerate(cells.names):
        mine = [i for i, owner in enumerate(owners) if owner == place]
        if not mine:
            found.append(
                Notice("constant", f"{name!r} has one value and adjusts nothing")
            )
        elif (spread[mine] <= _TINY * max(float(cells.n.sum()), 1.0)).all():
            found.append(
                Notice(
                    "confounded",
                    f"{name!r} never varies within a unit, so its effect cannot be "
                    "told from that of the units; nothing was adjusted for it",
                )
            )
    if stuck and not any(notice.kind == "confounded" for notice in found):
        found.append(
            Notice(
                "confounded",
                f"{stuck:,} units have a mix that no comparison within units reaches; "
                "their score is adjusted for a part of it only",
            )
        )
    return tuple(found)
