"""Linear effects of drivers, and how they add up to the mean of the outcome."""

from __future__ import annotations

import numpy as np

from cxstats.drivers.importance import explained
from cxstats.drivers.moments import correlations
from cxstats.estimates import Floats

__all__ = ["explained_without", "slopes"]

_SMALLEST = 1e-10


def slopes(covariances: Floats) -> Floats:
    """Return least-squares slopes of the outcome (last column) on the drivers.

    Where drivers are sums of each other, the smallest slopes (in standard units)
    among those that fit alike are given.

    Parameters
    ----------
    covariances
        Shape ``(..., p + 1, p + 1)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., p)``, in units of the outcome per unit of the driver.
    """
    spread = np.sqrt(np.maximum(np.einsum("...ii->...i", covariances), 0.0))
    matrix = correlations(covariances)
    values, vectors = np.linalg.eigh(matrix[..., :-1, :-1])
    floor = _SMALLEST * np.maximum(values.max(axis=-1, keepdims=True), 1.0)
    inverse = np.where(values > floor, 1 / np.where(values > floor, values, 1), 0.0)
    along = np.einsum("...jk,...j->...k", vectors, matrix[..., :-1, -1]) * inverse
    standard = np.einsum("...jk,...k->...j", vectors, along)
    own = spread[..., :-1]
    scale = np.where(own > 0, spread[..., -1:] / np.where(own > 0, own, 1), 0.0)
    return np.asarray(standard * scale)


def explained_without(correlation: Floats, left_out: list[int]) -> Floats:
    """Return R² of the outcome on the drivers that are not left out."""
    size = correlation.shape[-1]
    kept = [at for at in range(size) if at not in left_out]
    if len(kept) == 1:
        return np.zeros(correlation.shape[:-2])
    return explained(correlation[..., kept, :][..., kept])
