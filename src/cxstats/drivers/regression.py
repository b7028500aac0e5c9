"""Least squares from weighted sums, with robust variances where cells allow them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cxstats.estimates import Floats

__all__ = ["Fit", "Sums", "fit", "robust_variance"]

Ints = npt.NDArray[np.int64]

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of a design and its outcome.

    Parameters
    ----------
    n
        Rows.
    n_effective
        Kish's effective n.
    products
        ``Σ w z zᵀ`` with z = (1, columns of the design, outcome).
    """

    n: int
    n_effective: float
    products: Floats = field(repr=False)

    @property
    def residual(self) -> float:
        """Weighted sum of squares of the outcome around its mean."""
        places = ((0, 0), (0, -1), (-1, -1))
        weight, total, square = (float(self.products[at]) for at in places)
        return square - total * total / weight


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of a design.

    Parameters
    ----------
    coefficients
        The intercept, then one per column; NaN for a column that is a sum of
        columns before it.
    inverse
        Inverse of the design's sums; 0 in rows of columns without a coefficient.
    r_squared
        Part of the outcome's variance that is explained.
    residual
        Weighted sum of squared residuals.
    """

    coefficients: Floats
    inverse: Floats = field(repr=False)
    r_squared: float
    residual: float

    @property
    def estimable(self) -> npt.NDArray[np.bool_]:
        """Whether each coefficient could be estimated."""
        return ~np.isnan(self.coefficients)

    @property
    def terms(self) -> int:
        """Coefficients that could be estimated."""
        return int(self.estimable.sum())


def fit(sums: Sums) -> Fit:
    """Fit least squares, passing over columns that are sums of earlier ones."""
    products = sums.products
    kept = _independent(products[:-1, :-1])
    size = len(products) - 1
    inverse = np.zeros((size, size))
    inverse[np.ix_(kept, kept)] = np.linalg.inv(products[np.ix_(kept, kept)])
    solved = inverse @ products[:-1, -1]
    explained = float(solved @ products[:-1, -1])
    residual = max(float(products[-1, -1]) - explained, 0.0)
    total = sums.residual
    coefficients = np.full(size, np.nan)
    coefficients[kept] = solved[kept]
    share = 1 - residual / total if total > 0 else 0.0
    return Fit(coefficients, inverse, share, residual)


def robust_variance(
    found: Fit, design: Floats, outcome: Floats, weights: tuple[Floats, Floats, Ints]
) -> Floats:
    """Return the sandwich variance of the coefficients from cells.

    Parameters
    ----------
    found
        The fit.
    design
        One row per cell, the column of ones first.
    outcome
        One number per cell.
    weights
        Sums of weights and of squared weights per cell, and the number of the
        cell's cluster; without clusters an empty array.

    Returns
    -------
    numpy.ndarray
        Without clusters White's (1980) with the correction n / (n - k), summed over
        the rows of each cell; with clusters the cluster-robust one.
    """
    weight, weight2, cluster = weights
    fitted = design @ np.nan_to_num(found.coefficients)
    away = outcome - fitted
    if len(cluster):
        scores = np.zeros((int(cluster.max()) + 1, design.shape[1]))
        np.add.at(scores, cluster, design * (weight * away)[:, None])
        units = len(np.unique(cluster))
        middle = scores.T @ scores * units / max(units - 1, 1)
    else:
        middle = (design * (weight2 * away**2)[:, None]).T @ design
        n = weight.sum() ** 2 / weight2.sum()
        middle = middle * n / max(n - found.terms, 1.0)
    return np.asarray(found.inverse @ middle @ found.inverse)


def _independent(products: Floats) -> list[int]:
    """Return the columns that are no sums of earlier ones, by sweeping in order."""
    scale = np.sqrt(np.maximum(np.diag(products), 0.0))
    usable = scale > 0
    inverse = np.where(usable, 1 / np.where(usable, scale, 1), 0.0)
    left = products * inverse[:, None] * inverse[None, :]
    kept = []
    for at in range(len(left)):
        pivot = left[at, at]
        if pivot <= _TOLERANCE:
            continue
        kept.append(at)
        left = left - np.outer(left[:, at], left[at]) / pivot
    return kept
