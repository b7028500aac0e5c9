"""Fitting the weights of joint cells: limits, trimming, refusals that name a cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from cxstats.aggregates import encode_rows
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.filters import Filter
from cxstats.weighting.calibration import (
    Fitted,
    Side,
    Stop,
    fit_margins,
    largest_miss,
    trim_weights,
)
from cxstats.weighting.design import sum_by
from cxstats.weighting.diagnostics import summarise_weights
from cxstats.weighting.joint import JointCells
from cxstats.weighting.margins import Label, Margin, cell_name

__all__ = ["Bounds", "Plan", "Task", "fit_task", "trim_task"]

Bounds = tuple[float, float]
"""Smallest and largest ratio of a weight to its base weight."""

_TRIM_PASSES = 200


@dataclass(frozen=True)
class Plan:
    """What was asked for, besides data and targets."""

    weight: str | None
    bounds: Bounds | None
    trim: float | None
    where: Filter | None
    stop: Stop
    is_joint: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds and trimming that no weights can meet."""
        if self.bounds is not None:
            low, high = self.bounds
            if not 0 <= low < 1 < high:
                raise InputError(
                    "bounds are ratios below and above 1, such as (0.3, 3); received "
                    f"{self.bounds}"
                )
        if self.trim is not None and not self.trim > 1:
            raise InputError(
                f"trim is a multiple of the median weight above 1, such as 5; received "
                f"{self.trim}"
            )


@dataclass(frozen=True, eq=False)
class Task:
    """Cells, base weights brought to the total of the targets, and margins."""

    cells: JointCells
    start: Floats
    margins: tuple[Margin, ...]
    sides: tuple[Side, ...]
    keys: tuple[list[tuple[Label, ...]], ...]

    @classmethod
    def of(cls, cells: JointCells, margins: tuple[Margin, ...]) -> Task:
        """Check margins against the cells and put both together.

        Raises
        ------
        InputError
            If a value has no target or a target no answer.
        """
        whole = float(cells.n @ cells.base)
        if all(margin.is_shares for margin in margins):
            margins = tuple(margin.scaled(whole) for margin in margins)
        made = [_side(cells, margin) for margin in margins]
        return cls(
            cells=cells,
            start=cells.base * margins[0].total / whole,
            margins=margins,
            sides=tuple(side for side, _keys in made),
            keys=tuple(keys for _side, keys in made),
        )

    def name(self, margin: int, place: int) -> str:
        """Name one value of a margin."""
        return cell_name(self.margins[margin].columns, self.keys[margin][place])


def _side(cells: JointCells, margin: Margin) -> tuple[Side, list[tuple[Label, ...]]]:
    """Return a margin over the cells, checked, with its values in order."""
    places = [cells.columns.index(name) for name in margin.columns]
    columns = [
        pa.array([row[place] for row in cells.labels], pa.string()) for place in places
    ]
    table = pa.table(columns, names=[str(place) for place in places])
    index, found = encode_rows(table)
    keys = list(found)
    n = sum_by(index, cells.n, len(keys))
    return Side(index, margin.matched(keys, n)), keys


def fit_task(task: Task, plan: Plan) -> Fitted:
    """Fit the weights within the bounds.

    Raises
    ------
    InputError
        If the margins cannot be met together; the message names the worst value.
    """
    limits = None
    if plan.bounds is not None:
        limits = (task.start * plan.bounds[0], task.start * plan.bounds[1])
        _check_limits(task, limits)
    n = task.cells.n
    fitted = fit_margins(n, task.start, task.sides, plan.stop, limits)
    if fitted.has_converged:
        return fitted
    people = n * fitted.weights
    misses = [largest_miss(people, [side]) for side in task.sides]
    margin = int(np.argmax(misses))
    side = task.sides[margin]
    sums = side.sums(people)
    worst = int(np.argmax(np.abs(sums / side.target - 1)))
    bounds = ", or widen the bounds" if plan.bounds else ""
    raise InputError(
        f"the weights did not settle in {fitted.passes:,} passes: "
        f"{task.name(margin, worst)} adds up to {sums[worst]:g} instead of "
        f"{side.target[worst]:g}; some combinations of values have no answer, so merge "
        f"values or leave a margin out{bounds}"
    )


def _check_limits(task: Task, limits: tuple[Floats, Floats]) -> None:
    """Refuse bounds that leave a value out of reach of its target."""
    for margin, side in enumerate(task.sides):
        least, most = (side.sums(task.cells.n * limit) for limit in limits)
        out = (most < side.target * (1 - 1e-12)) | (least > side.target * (1 + 1e-12))
        if out.any():
            place = int(np.argmax(out))
            raise InputError(
                f"within the bounds {task.name(margin, place)} can add up to "
                f"{least[place]:g} to {most[place]:g}, but its target is "
                f"{side.target[place]:g}; widen the bounds or merge it with another "
                "value"
            )


def trim_task(
    task: Task, fitted: Fitted, plan: Plan
) -> tuple[Floats, float | None, list[Notice]]:
    """Trim the weights; return them with the cap and what the reader must know.

    Raises
    ------
    InputError
        If the cap is so low that the answers cannot stand for the base.
    """
    if plan.trim is None:
        return fitted.weights, None, []
    n = task.cells.n
    whole = summarise_weights(n, fitted.weights)
    cap = plan.trim * whole.median
    if whole.largest <= cap:
        return fitted.weights, cap, []
    if cap * whole.n < whole.total:
        raise InputError(
            f"trimmed at {plan.trim:g} times the median, {whole.n:,} answers cannot "
            f"stand for {whole.total:g} people; raise trim"
        )
    lowest = plan.bounds[0] if plan.bounds else 0.0
    limits = (np.minimum(task.start * lowest, cap), np.full(len(n), cap))
    stop = replace(plan.stop, passes=_TRIM_PASSES)
    again = fit_margins(n, fitted.weights, task.sides, stop, limits)
    if again.has_converged:
        return again.weights, cap, []
    weights = trim_weights(n, fitted.weights, cap)
    miss = largest_miss(n * weights, task.sides)
    notice = Notice(
        "trimming",
        f"with weights of at most {plan.trim:g} times the median the margins cannot "
        f"all hold; the farthest is {100 * miss:.1f}% off its target. Merge small "
        "values, or accept a larger trim",
    )
    return weights, cap, [notice]
