"""The point from which contributions are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np

from cxstats.drivers.analysis import Analysis
from cxstats.drivers.collecting import Desk
from cxstats.engine import MomentsQuery
from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["Reference", "ReferencePoint", "reference_point"]

ReferencePoint = Literal["lowest", "highest", "mean"]

Reference = ReferencePoint | Mapping[str, float] | float
"""A code, one value for all drivers, or a value for each."""


def reference_point(
    reference: Reference, analysis: Analysis, desk: Desk
) -> tuple[Floats, Floats]:
    """Return the reference of every driver, and in every simulated sample.

    Returns
    -------
    tuple of numpy.ndarray
        Shape ``(drivers,)``, and ``(replicates, drivers)`` or one that broadcasts.

    Raises
    ------
    InputError
        If the code is unknown or a driver has no value.
    """
    if reference == "mean":
        return analysis.moments.means[:-1], analysis.replicates.means[:, :-1]
    point = np.array(_fixed(reference, analysis, desk), dtype=float)
    return point, point[None, :]


def _fixed(reference: Reference, analysis: Analysis, desk: Desk) -> Sequence[float]:
    if isinstance(reference, int | float):
        return [float(reference)] * len(analysis.drivers)
    if isinstance(reference, Mapping):
        absent = [name for name in analysis.drivers if name not in reference]
        if absent:
            raise InputError(f"the reference has no value for {', '.join(absent)}")
        return [float(reference[name]) for name in analysis.drivers]
    if reference not in get_args(ReferencePoint):
        known = ", ".join(get_args(ReferencePoint))
        raise InputError(
            f"the reference is {known}, a number, or a number for each driver; "
            f"received {reference!r}"
        )
    side = 0 if reference == "lowest" else 1
    return [ends[side] for ends in _ends(analysis, desk)]


def _ends(analysis: Analysis, desk: Desk) -> list[tuple[float, float]]:
    """Return the lowest and highest value of every driver among complete rows."""
    cells = analysis.collected.cells
    if cells is not None:
        kept = [cells.names.index(name) for name in analysis.drivers]
        values = cells.matrix[:, kept]
        pairs = zip(values.min(axis=0), values.max(axis=0), strict=True)
        return [(float(low), float(high)) for low, high in pairs]
    found = []
    for name in analysis.drivers:
        query = MomentsQuery(name, weight=desk.question.weight, where=desk.complete)
        row = desk.engine.group_moments(desk.source, query).to_pylist()[0]
        found.append((float(row["lowest"]), float(row["highest"])))
    return found
