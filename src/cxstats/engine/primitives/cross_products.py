"""Cross-products: sums over pairs of columns, in SQL or in BLAS."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cxstats.engine.answers import COUNT, SUM, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.rows import grouped, projected, usable_weight
from cxstats.engine.queries import CrossProductsQuery
from cxstats.engine.relation import Relation

__all__ = ["PairSums", "assembled", "pair_sums", "pair_values"]

MEASURES = ("n", "w", "w_left", "w_right", "w_left2", "w_right2", "w_product")
# PostgreSQL allows 1,664 columns in a SELECT; ClickHouse compiles long ones slowly.
_WIDEST = 700
# Multiplications of one call that BLAS does on one thread.
_BLOCK = 200_000

Products = dict[str, NDArray[np.float64]]
"""The sums of one batch, each for all pairs at once."""


def pair_values(
    query: CrossProductsQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the rows themselves as doubles x0, x1, ... and the usable weight w."""
    items = _items(query, relation, dialect)
    inner = projected(items, relation, dialect, query.where)
    outputs = tuple(Output(alias, SUM) for alias in items)
    return Statement(f"SELECT {', '.join(items)} FROM {inner}", outputs)


def pair_sums(
    query: CrossProductsQuery, relation: Relation, dialect: Dialect
) -> list[tuple[tuple[str, ...], Statement]]:
    """Write the sums, each once, in statements of a bounded width.

    Sums that several pairs share (all counts, when only complete rows are used)
    are asked once; ``assembled`` hands them to their pairs.
    """
    inner = projected(_items(query, relation, dialect), relation, dialect, query.where)
    if query.complete:
        inner = f"(SELECT * FROM {inner} WHERE {_all_known(query)}) AS u"
    found = [sql for pair in _pairs(query) for sql in _sums(*pair, query).values()]
    sums = tuple(dict.fromkeys(found))
    statements = []
    for start in range(0, len(sums), _WIDEST):
        asked = sums[start : start + _WIDEST]
        outputs = tuple(Output(f"s{start + at}", SUM) for at in range(len(asked)))
        statements.append((asked, Statement(grouped((), asked, inner), outputs)))
    return statements


def assembled(query: CrossProductsQuery, values: dict[str, float]) -> pa.Table:
    """Lay the sums out by pair."""
    rows = [
        (*pair, *(values[sql] for sql in _sums(*pair, query).values()))
        for pair in _pairs(query)
    ]
    return _table(rows)


@dataclass
class PairSums:
    """The same sums gathered from batches of rows by matrix products.

    With X the values (0 where unknown) and M the mask of known values, all pairs
    at once are MᵀM, MᵀWM, XᵀWM, (X²)ᵀWM and XᵀWX. When only complete rows are used,
    one product of (1, X) with itself holds them all.
    """

    query: CrossProductsQuery
    sums: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def add_all(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Add the rows of batches with columns x0, x1, ..., w.

        Products are made on all cores while the engine reads on, and added in the
        order of the batches, so that the sums are the same every time.
        """
        cores = os.cpu_count() or 1
        waiting: deque[Future[Products]] = deque()
        with ThreadPoolExecutor(cores) as pool:
            for batch in batches:
                waiting.append(pool.submit(self._products, batch))
                if len(waiting) > cores:
                    self._gather(waiting.popleft().result())
            while waiting:
                self._gather(waiting.popleft().result())

    def _products(self, batch: pa.RecordBatch) -> Products:
        columns = [
            column.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
            for column in batch.columns
        ]
        weight = columns.pop()
        if self.query.complete:
            return _complete_products(columns, weight)
        return _pairwise_products(np.column_stack(columns), weight)

    def _gather(self, products: Products) -> None:
        for name, product in products.items():
            self.sums[name] = self.sums.get(name, 0.0) + product

    def table(self) -> pa.Table:
        """Lay the sums out by pair."""
        size = len(self.query.values)
        sums = self.sums or dict.fromkeys(
            ("n", "w", "x", "x2", "xx"), np.zeros((size, size))
        )
        rows = [
            (
                i,
                j,
                sums["n"][i, j],
                sums["w"][i, j],
                sums["x"][i, j],
                sums["x"][j, i],
                sums["x2"][i, j],
                sums["x2"][j, i],
                sums["xx"][i, j],
            )
            for i, j in _pairs(self.query)
        ]
        return _table(rows)


def _complete_products(
    columns: list[NDArray[np.float64]], weight: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    size, rows = len(columns), len(weight)
    # One row per column: copied in one go, and read along the rows by BLAS.
    stacked = np.empty((size + 1, rows))
    stacked[0] = 1.0
    for at, column in enumerate(columns):
        stacked[at + 1] = column
    unknown = np.isnan(stacked.sum(axis=0) + weight)
    if unknown.any():
        stacked[:, unknown] = 0.0
        weight = np.where(unknown, 0.0, weight)
    product = _product(stacked * weight, stacked)
    n = float(rows - np.count_nonzero(unknown))
    sums, squares = product[1:, 0], np.diag(product)[1:]
    return {
        "n": np.full((size, size), n),
        "w": np.full((size, size), product[0, 0]),
        "x": np.repeat(sums[:, None], size, axis=1),
        "x2": np.repeat(squares[:, None], size, axis=1),
        "xx": product[1:, 1:],
    }


def _pairwise_products(
    x: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    usable = ~np.isnan(weight)
    if not usable.all():
        x, weight = x[usable], weight[usable]
    mask = (~np.isnan(x)).astype(np.float64)
    x = np.nan_to_num(x, copy=False, nan=0.0)
    weighted_mask = mask * weight[:, None]
    weighted = x * weight[:, None]
    return {
        "n": _product(mask.T, mask.T),
        "w": _product(mask.T, weighted_mask.T),
        "x": _product(weighted.T, mask.T),
        "x2": _product((weighted * x).T, mask.T),
        "xx": _product(weighted.T, x.T),
    }


def _product(
    left: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Multiply (columns, rows) with (columns, rows) transposed, block by block.

    Larger blocks wake the threads of BLAS, which then compete with the engine's own
    for the same cores: measured up to ten times slower.
    """
    size, rows = left.shape
    step = max(1, _BLOCK // (size * size))
    total = np.zeros((size, size))
    for start in range(0, rows, step):
        part = slice(start, start + step)
        total += left[:, part] @ right[:, part].T
    return total


def _items(
    query: CrossProductsQuery, relation: Relation, dialect: Dialect
) -> dict[str, str]:
    items = {
        f"x{index}": dialect.as_double(relation.column(name))
        for index, name in enumerate(query.values)
    }
    items["w"] = usable_weight(query.weight, relation, dialect)
    return items


def _pairs(query: CrossProductsQuery) -> Iterable[tuple[int, int]]:
    return combinations_with_replacement(range(len(query.values)), 2)


def _sums(left: int, right: int, query: CrossProductsQuery) -> dict[str, str]:
    x, y = f"x{left}", f"x{right}"
    terms = {
        "w": "w",
        "w_left": f"w * {x}",
        "w_right": f"w * {y}",
        "w_left2": f"w * {x} * {x}",
        "w_right2": f"w * {y} * {y}",
        "w_product": f"w * {x} * {y}",
    }
    if query.complete:
        sums = {name: f"coalesce(sum({term}), 0)" for name, term in terms.items()}
        return {"n": "count(*)", **sums}
    known = " AND ".join(f"{name} IS NOT NULL" for name in dict.fromkeys((x, y, "w")))
    sums = {
        name: f"coalesce(sum(CASE WHEN {known} THEN {term} END), 0)"
        for name, term in terms.items()
    }
    return {"n": f"count(CASE WHEN {known} THEN 1 END)", **sums}


def _all_known(query: CrossProductsQuery) -> str:
    names = [f"x{index}" for index in range(len(query.values))]
    return " AND ".join(f"{name} IS NOT NULL" for name in [*names, "w"])


def _table(rows: Sequence[tuple[float, ...]]) -> pa.Table:
    names = ("left", "right", *MEASURES)
    integers = {"left", "right", "n"}
    columns = [
        pa.array([row[at] for row in rows], SUM).cast(
            COUNT if name in integers else SUM
        )
        for at, name in enumerate(names)
    ]
    return pa.Table.from_arrays(columns, names=list(names))
