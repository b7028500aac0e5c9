"""Cut points of a column: fixed or by rank, equal values always on one side."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from cxstats.engine import Bins
from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["Cuts", "Spread", "fixed_cuts", "rank_cuts", "spread_of", "version_of"]


@dataclass(frozen=True, eq=False)
class Spread:
    """How often each value of a column occurs.

    Parameters
    ----------
    numbers
        Different values, rising.
    weight
        Sum of weights per value; counts without weights.
    n
        Rows per value with a usable weight.
    missing
        Rows without a number, or without a usable weight.
    """

    numbers: Floats
    weight: Floats
    n: Floats
    missing: int

    @property
    def middle_ranks(self) -> Floats:
        """Share of the rows below each value plus half of those at it, 0 to 1."""
        total = self.weight.sum()
        return np.asarray((np.cumsum(self.weight) - self.weight / 2) / total)


@dataclass(frozen=True)
class Cuts:
    """Edges of a column and the score of each range between them.

    Parameters
    ----------
    column
        The column.
    edges
        Rising; a value at an edge belongs to the range above it.
    scores
        One per range, from the lowest values up.
    method
        ``fixed`` or ``rank``.
    """

    column: str
    edges: tuple[float, ...]
    scores: tuple[int, ...]
    method: Literal["fixed", "rank"]

    def score(self, values: Floats | float) -> Floats:
        """Give the score of each value; NaN where it is missing."""
        numbers = np.asarray(values, dtype=float)
        found = np.array(self.scores, float)[np.digitize(numbers, self.edges)]
        return np.where(np.isnan(numbers), math.nan, found)

    def key(self, name: str) -> Bins | None:
        """Give the bins to group by; None if all values have one score."""
        return Bins(self.column, self.edges, name) if self.edges else None

    def to_dict(self) -> dict[str, Any]:
        """Return the cut points for JSON."""
        return {
            "column": self.column,
            "edges": list(self.edges),
            "scores": list(self.scores),
            "method": self.method,
        }


def spread_of(table: pa.Table, *, weighted: bool) -> Spread:
    """Read a value histogram.

    Raises
    ------
    InputError
        If no row has a number.
    """
    rows = sorted(
        (
            row["value"],
            row["w"] if weighted else row["n"],
            _used(row, weighted=weighted),
        )
        for row in table.to_pylist()
        if row["value"] is not None and _used(row, weighted=weighted)
    )
    total = sum(table["n"].to_pylist())
    if not rows:
        raise InputError("the column holds no number with a usable weight")
    values, weight, n = np.array(rows, dtype=float).T
    return Spread(values, weight, n, total - int(n.sum()))


def _used(row: dict[str, Any], *, weighted: bool) -> int:
    return int(row["n_weighted"] if weighted else row["n"])


def rank_cuts(
    column: str, spread: Spread, shares: Sequence[float], *, reverse: bool = False
) -> Cuts:
    """Cut a column so that its ranges hold given shares, as near as ties allow.

    A value's rank is the share of rows below it plus half of those at it, so equal
    values have one rank and one score, however many they are.

    Parameters
    ----------
    column
        The column.
    spread
        Its values.
    shares
        Rising shares between 0 and 1 at which the score goes up by one, from 1.
    reverse
        Whether low values score high.
    """
    ranks = spread.middle_ranks
    ranks = 1 - ranks if reverse else ranks
    # A rank that is a share up to rounding has reached it.
    scores = np.searchsorted(np.asarray(shares) - 1e-12, ranks, side="right") + 1
    change = np.flatnonzero(np.diff(scores)) + 1
    edges = tuple(spread.numbers[change].tolist())
    kept = tuple(int(score) for score in scores[[0, *change.tolist()]])
    return Cuts(column, edges, kept, "rank")


def fixed_cuts(column: str, edges: Sequence[float], *, reverse: bool = False) -> Cuts:
    """Cut a column at given values.

    Raises
    ------
    InputError
        If the edges are not finite and rising.
    """
    found = tuple(float(edge) for edge in edges)
    rising = all(a < b for a, b in pairwise(found))
    if not found or not rising or not all(map(math.isfinite, found)):
        raise InputError(
            f"cut points of {column!r} must be finite and rise; received {found}"
        )
    scores = range(1, len(found) + 2)
    return Cuts(column, found, tuple(reversed(scores) if reverse else scores), "fixed")


def version_of(definition: str, cuts: Sequence[Cuts]) -> str:
    """Name a definition with its cut points: equal names mean equal rules.

    Examples
    --------
    >>> version_of("tiers/1", [fixed_cuts("fee", [50, 100])])
    'tiers/1-a3cbe7d5'
    """
    text = json.dumps([cut.to_dict() for cut in cuts], ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{definition}-{digest[:8]}"
