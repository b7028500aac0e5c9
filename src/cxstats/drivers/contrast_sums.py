"""Sums of low and high ratings: from joint cells, or from every two drivers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cxstats.drivers.cells import DriverCells, numbers_of
from cxstats.drivers.collecting import MOST_CELLS, Desk
from cxstats.drivers.regression import Sums
from cxstats.engine import Bins, DistinctQuery, HistogramQuery, SliceQuery
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.filters import Filter

__all__ = ["ContrastSums", "Cuts", "contrast_sums"]

Cuts = Mapping[str, tuple[float, float]]
"""Highest low rating and lowest high rating of every driver."""

Ints = npt.NDArray[np.int64]

_CLASSES = 3
_MIDDLE = 1
_MOST_OUTCOMES = 1_000


@dataclass(frozen=True, eq=False)
class ContrastSums:
    """What the regression on low and high ratings needs.

    Parameters
    ----------
    sums
        Of the design (1, low_1, high_1, low_2, ...) and the outcome.
    cells
        The classes of each driver and the outcome as joint cells, where these are
        few.
    """

    sums: Sums
    cells: DriverCells | None = field(repr=False)

    def design(self) -> Floats:
        """Return the design of the cells, the column of ones first."""
        if self.cells is None:
            return np.empty((0, len(self.sums.products) - 1))
        classes = self.cells.matrix[:, :-1]
        flags = np.stack([classes == 0, classes == _CLASSES - 1], axis=2)
        flat = flags.reshape(len(classes), -1).astype(float)
        return np.hstack([np.ones((len(flat), 1)), flat])


def contrast_sums(desk: Desk, cuts: Cuts) -> ContrastSums:
    """Count the classes of all drivers together, or, if they are many, in pairs.

    Raises
    ------
    InputError
        If no row is complete, or the outcome has too many different values.
    """
    kept = desk.complete
    n, weight2 = desk.size(kept)
    if not n:
        raise InputError(
            "no row has a number in every driver, an outcome on its scale and a usable "
            "weight; leave out the drivers that are missing most"
        )
    bins = [
        Bins(name, (float(np.nextafter(cuts[name][0], math.inf)), cuts[name][1]), key)
        for name, key in zip(desk.drivers, _keys(desk), strict=True)
    ]
    if n <= MOST_CELLS or _few(desk, kept):
        query = HistogramQuery(
            desk.question.outcome,
            by=tuple(bins),
            weight=desk.question.weight,
            cluster=desk.question.cluster,
            where=kept,
        )
        table = desk.engine.score_histogram(desk.source, query)
        return _from_cells(DriverCells.from_histogram(table, desk.question))
    slices = SliceQuery(
        desk.question.outcome,
        by=tuple(bins),
        order=2,
        weight=desk.question.weight,
        where=kept,
    )
    return _from_pairs(desk, desk.engine.slice_scan(desk.source, slices), weight2)


def _keys(desk: Desk) -> list[str]:
    return [f"by{at}" for at in range(len(desk.drivers))]


def _few(desk: Desk, kept: Filter) -> bool:
    """Tell whether joint cells are few; refuse an outcome that makes any table long."""
    query = DistinctQuery(desk.question.outcome, where=kept)
    table = desk.engine.distinct_count(desk.source, query)
    outcomes = int(table["n_distinct"][0].as_py())
    if outcomes > _MOST_OUTCOMES:
        raise InputError(
            f"{desk.question.outcome!r} has {outcomes:,} different values in this many "
            f"rows; explain a rating, or round it to {_MOST_OUTCOMES} values"
        )
    return bool(outcomes * _CLASSES ** len(desk.drivers) <= MOST_CELLS)


def _from_cells(cells: DriverCells) -> ContrastSums:
    empty = Sums(0, 0.0, np.empty((0, 0)))
    design = ContrastSums(empty, cells).design()
    whole = np.hstack([design, cells.matrix[:, -1:]])
    with np.errstate(over="ignore", invalid="ignore"):
        products = (whole * cells.weight[:, None]).T @ whole
    n_effective = float(cells.weight.sum() ** 2 / cells.weight2.sum())
    return ContrastSums(Sums(int(cells.n.sum()), n_effective, products), cells)


def _from_pairs(desk: Desk, table: pa.Table, weight2: float) -> ContrastSums:
    """Fill the products of the design from the slices of every two drivers.

    Every pair of drivers holds all rows, so sums about one driver are read from its
    pair with the first driver only.
    """
    weighted = desk.question.weight is not None
    weight = numbers_of(table["w" if weighted else "n"])
    key, other, first, second = (
        numbers_of(table[name]).astype(np.int64)
        for name in ("key", "other_key", "value", "other_value")
    )
    raw, pair = numbers_of(table["score"]), key * len(desk.drivers) + other
    y = np.empty(len(raw))
    for each in np.unique(pair):
        y[pair == each] = desk.question.read(raw[pair == each], weight[pair == each])
    size = 2 + 2 * len(desk.drivers)
    products = np.zeros((size, size))
    whole = (key == 0) & (other == 1)
    for power, place in ((0, (0, 0)), (1, (0, -1)), (2, (-1, -1))):
        products[place] = (weight * y**power)[whole].sum()
    for chosen, driver, rated in (
        (whole & (first != _MIDDLE), key, first),
        ((key == 0) & (second != _MIDDLE), other, second),
    ):
        at = _place(driver[chosen], rated[chosen])
        np.add.at(products[0], at, weight[chosen])
        np.add.at(products, (at, at), weight[chosen])
        np.add.at(products[:, -1], at, (weight * y)[chosen])
    both = (first != _MIDDLE) & (second != _MIDDLE)
    rows = _place(key[both], first[both])
    columns = _place(other[both], second[both])
    np.add.at(products, (rows, columns), weight[both])
    products = products + np.triu(products, 1).T
    n = int(numbers_of(table["n_weighted" if weighted else "n"])[whole].sum())
    n_effective = float(products[0, 0] ** 2 / weight2)
    return ContrastSums(Sums(n, n_effective, products), None)


def _place(driver: Ints, rated: Ints) -> Ints:
    """Return the design's column of a driver's low (0) or high (2) class."""
    return np.asarray(1 + 2 * driver + rated // 2, dtype=np.int64)
