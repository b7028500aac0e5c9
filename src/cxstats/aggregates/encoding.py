"""Numbering the distinct rows of small Arrow tables in sorted order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Ints", "encode_rows", "rank_values"]

Ints = npt.NDArray[np.int64]
"""Positions, one per row."""


def encode_rows(table: pa.Table) -> tuple[Ints, tuple[tuple[Any, ...], ...]]:
    """Number the distinct rows of a table in sorted order, nulls last.

    Returns
    -------
    index
        Number of its distinct row, per row.
    keys
        The distinct rows; one empty row for a table without columns.
    """
    if not table.num_columns:
        return np.zeros(table.num_rows, dtype=np.int64), ((),)
    code = np.zeros(table.num_rows, dtype=np.int64)
    for column in table.columns:
        values, ranks = rank_values(column)
        # Compacting at every column keeps the product of levels within 64 bits.
        _, code = np.unique(code * max(len(values), 1) + ranks, return_inverse=True)
    _, first = np.unique(code, return_index=True)
    rows = table.take(pa.array(first))
    keys = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    return code.astype(np.int64), tuple(keys)


def rank_values(column: pa.ChunkedArray) -> tuple[list[Any], Ints]:
    """Return the sorted distinct values of a column and each row's position."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    order = pc.sort_indices(encoded.dictionary)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order.to_numpy()] = np.arange(len(order))
    values = encoded.dictionary.take(order).to_pylist()
    return values, ranks[encoded.indices.to_numpy(zero_copy_only=False)]
