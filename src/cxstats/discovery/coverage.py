"""Columns whose presence tells the score: artefacts of collection, not findings.

Where a field is filled in for some customers only, and those score differently, every
value of it seems to matter. That says how the data came together, not what customers
live through. Such columns are found before anything else and set apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.discovery.axes import Axis
from cxstats.discovery.conditions import Condition
from cxstats.discovery.shaping import Measured
from cxstats.discovery.study import Study
from cxstats.discovery.sums import contrast
from cxstats.estimates import Floats, Notice
from cxstats.multiplicity import q_values

__all__ = ["Gap", "coverage_gaps", "gap_notices", "without_repeats"]

MATERIAL = 0.025
"""Share of the range of scores by which presence must move them: 5 points of NPS."""

SAME_ROWS = 0.95
"""Overlap from which two columns are blank on the same rows."""


@dataclass(frozen=True, eq=False)
class Gap:
    """A column whose presence tells the score.

    ``together`` has the columns that are blank on the same rows.
    """

    axis: int
    slice: Measured
    q: float
    together: tuple[str, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """That the column has no value."""
        return self.slice.conditions


def coverage_gaps(
    study: Study,
    axes: Sequence[Axis],
    marginals: Sequence[Floats],
    *,
    support: float,
    alpha: float,
) -> tuple[list[Gap], int]:
    """Find the columns whose presence tells the score and is not explained.

    A blank that another column explains is no artefact: who never complained has no
    date of a solution. It is explained where the blank rows are those of some values
    of another column, but for one row in twenty.

    Parameters
    ----------
    study, axes
        What is searched.
    marginals
        Sums by code of each axis.
    support
        Least answers with and without a value.
    alpha
        False discovery rate over the columns.

    Returns
    -------
    list of Gap
        The clearest first.
    int
        Columns whose presence was tested.
    """
    total = marginals[0].sum(axis=0)
    missing = np.stack([table[-1] for table in marginals])
    enough = (missing[:, 0] >= support) & (total[0] - missing[:, 0] >= support)
    places = np.flatnonzero(enough)
    if not len(places):
        return [], 0
    tested = contrast(missing[places], total, study.measure.added)
    low, high = study.measure.ends
    is_material = np.abs(tested.difference) >= MATERIAL * (high - low)
    q = q_values(tested.p, "by")
    found = np.flatnonzero(is_material & (q <= alpha))
    order = found[np.argsort(-np.abs(tested.z[found]), kind="stable")]
    gaps: list[Gap] = []
    for at in order:
        axis = int(places[at])
        overlap = _Overlap(study, axes, axis, marginals)
        if not overlap.is_explained:
            condition = Condition.missing(axes[axis].column)
            whole = Measured((condition,), missing[axis], total)
            gaps.append(Gap(axis, whole, float(q[at]), overlap.together))
    return gaps, len(places)


class _Overlap:
    """How the blank rows of one column lie on the other columns."""

    def __init__(
        self,
        study: Study,
        axes: Sequence[Axis],
        axis: int,
        marginals: Sequence[Floats],
    ) -> None:
        blank = Condition.missing(axes[axis].column).to_filter()
        self.is_explained = False
        together = []
        for at, other in enumerate(axes):
            if at == axis:
                continue
            counted = study.counted([other.key], blank)
            codes = other.codes(counted.keys[0])
            n = np.bincount(codes, counted.sums[:, 0], minlength=other.size + 2)
            whole = marginals[at][:, 0]
            if _jaccard(n[-1], whole[-1], n.sum()) >= SAME_ROWS:
                together.append(other.column)
            blank_in, all_in = n[: other.size], whole[: other.size]
            values = blank_in > all_in / 2
            shared = _jaccard(blank_in[values].sum(), all_in[values].sum(), n.sum())
            self.is_explained |= shared >= SAME_ROWS
        self.together = tuple(together)


def _jaccard(both: float, one: float, other: float) -> float:
    either = one + other - both
    return float(both / either) if either else 0.0


def gap_notices(gaps: Sequence[Gap], axes: Sequence[Axis]) -> list[Notice]:
    """Say which columns are blank together with one whose presence tells the score."""
    return [
        Notice(
            "coverage",
            f"whether {axes[gap.axis].column} has a value tells the score, and "
            f"{', '.join(gap.together)} lack theirs on the same rows: look at how "
            "these were collected before using any of them",
        )
        for gap in gaps
        if gap.together
    ]


def without_repeats(gaps: Sequence[Gap], axes: Sequence[Axis]) -> list[Gap]:
    """Keep the clearest gap of several columns that are blank on the same rows."""
    told: set[str] = set()
    kept = []
    for gap in gaps:
        if axes[gap.axis].column not in told:
            kept.append(gap)
            told.update(gap.together)
    return kept
