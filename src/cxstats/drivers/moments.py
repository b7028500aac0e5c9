"""Second moments of drivers and outcome: all that importance needs, and they add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["SecondMoments", "correlations"]

_NO_SPREAD = 1e-13
"""Variance below this part of the mean square is rounding: the column is constant."""


@dataclass(frozen=True, eq=False)
class SecondMoments:
    """Weighted sums and sums of products over complete rows.

    Parameters
    ----------
    names
        Columns, the outcome last.
    n
        Rows used.
    weight, weight2
        Sum of the weights and of their squares.
    sums, products
        ``Σ w z`` and ``Σ w z zᵀ`` of the columns z, in the order of ``names``.
    """

    names: tuple[str, ...]
    n: int
    weight: float
    weight2: float
    sums: Floats = field(repr=False)
    products: Floats = field(repr=False)

    @classmethod
    def from_cross_products(
        cls, table: pa.Table, names: Sequence[str]
    ) -> SecondMoments:
        """Read the answer of ``Engine.cross_products`` for complete rows.

        It does not tell squared weights; they are taken as those of weights of 1.
        """
        size = len(names)
        left, right = (table[name].to_numpy() for name in ("left", "right"))
        products = np.zeros((size, size))
        products[left, right] = products[right, left] = table["w_product"].to_numpy()
        same = left == right
        sums = np.zeros(size)
        sums[left[same]] = table["w_left"].to_numpy()[same]
        n, weight = (float(table[name][0].as_py() or 0) for name in ("n", "w"))
        return cls(tuple(names), int(n), weight, n, sums, products)

    def __add__(self, other: SecondMoments) -> SecondMoments:
        """Merge the moments of two disjoint sets of rows.

        Raises
        ------
        InputError
            If they are of different columns.
        """
        if self.names != other.names:
            raise InputError(
                f"moments add up only for the same columns; got {self.names} and "
                f"{other.names}"
            )
        return SecondMoments(
            self.names,
            self.n + other.n,
            self.weight + other.weight,
            self.weight2 + other.weight2,
            self.sums + other.sums,
            self.products + other.products,
        )

    def with_constant_outcome(self, name: str, value: float) -> SecondMoments:
        """Append an outcome that has one value in all of these rows."""
        along = np.append(self.sums * value, self.weight * value**2)
        products = np.zeros((len(along), len(along)))
        products[:-1, :-1] = self.products
        products[-1, :] = products[:, -1] = along
        return SecondMoments(
            (*self.names, name),
            self.n,
            self.weight,
            self.weight2,
            np.append(self.sums, self.weight * value),
            products,
        )

    def select(self, names: Sequence[str]) -> SecondMoments:
        """Return the moments of some of the columns, in the order given."""
        kept = [self.names.index(name) for name in names]
        return SecondMoments(
            tuple(names),
            self.n,
            self.weight,
            self.weight2,
            self.sums[kept],
            self.products[np.ix_(kept, kept)],
        )

    @property
    def n_effective(self) -> float:
        """Kish's effective n: equally weighted rows that would be as precise."""
        return self.weight**2 / self.weight2 if self.weight2 else 0.0

    @property
    def means(self) -> Floats:
        """Weighted means."""
        return self.sums / self.weight

    @property
    def covariance(self) -> Floats:
        """Weighted covariances, divided by the sum of weights."""
        spread = self.products / self.weight - np.outer(self.means, self.means)
        constant = self.constant
        spread[constant, :] = spread[:, constant] = 0.0
        return np.asarray(spread)

    @property
    def constant(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each column has one value only."""
        square = np.diag(self.products) / self.weight
        return np.asarray(square - self.means**2 <= _NO_SPREAD * square)

    @property
    def correlation(self) -> Floats:
        """Weighted correlations; 0 with a constant column."""
        return correlations(self.covariance)


def correlations(covariances: Floats) -> Floats:
    """Turn covariance matrices ``(..., q, q)`` into correlations.

    A column without variance correlates 0 with all others.
    """
    spread = np.sqrt(np.maximum(np.einsum("...ii->...i", covariances), 0.0))
    inverse = np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 0.0)
    found = covariances * inverse[..., :, None] * inverse[..., None, :]
    found = np.clip(found, -1.0, 1.0)
    size = found.shape[-1]
    found[..., range(size), range(size)] = 1.0
    return np.asarray(found)
