"""How much each driver explains: four measures, from correlations alone.

Every function takes correlation matrices of shape ``(..., p + 1, p + 1)`` with the
outcome last and returns ``(..., p)``. A driver that is a sum of others never divides
by zero: directions without variance explain nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from cxstats.drivers.sweep import lmg_shares
from cxstats.estimates import Floats

__all__ = [
    "MEASURES",
    "Method",
    "explained",
    "first_shares",
    "inflation",
    "last_shares",
    "relative_weights",
]

Method = Literal["lmg", "johnson", "first", "last"]

_SMALLEST = 1e-10
"""Share of the largest eigenvalue below which a direction has no variance."""


def relative_weights(correlations: Floats) -> Floats:
    """Divide R² by relative weights: through the nearest uncorrelated variables.

        R = V Λ Vᵀ,  L = V Λ^½ Vᵀ,  b = L⁻¹ r,  weight_j = Σ_k L_jk² b_k²

    They sum to R². Equal to the weights of Genizi (1993). Johnson (2000),
    Multivariate Behavioral Research 35(1), 1-19.
    """
    vectors, values = _directions(correlations)
    roots = np.sqrt(values)
    inverse = np.where(values > 0, 1 / np.where(values > 0, roots, 1), 0.0)
    with_outcome = np.asarray(correlations, dtype=float)[..., :-1, -1]
    along = np.einsum("...jk,...j->...k", vectors, with_outcome) * inverse
    b = np.einsum("...jk,...k->...j", vectors, along)
    loadings = np.einsum("...jk,...k,...lk->...jl", vectors, roots, vectors)
    return np.asarray(np.einsum("...jl,...l->...j", loadings**2, b**2))


def first_shares(correlations: Floats) -> Floats:
    """Return what each driver explains alone: its squared correlation."""
    return np.asarray(np.asarray(correlations, dtype=float)[..., :-1, -1] ** 2)


def last_shares(correlations: Floats) -> Floats:
    """Return what R² loses without each driver: its gain when it enters last."""
    matrices = np.asarray(correlations, dtype=float)
    whole = explained(matrices)
    size = matrices.shape[-1]
    lost = []
    for driver in range(size - 1):
        kept = [at for at in range(size) if at != driver]
        rest = explained(matrices[..., kept, :][..., kept]) if len(kept) > 1 else 0.0
        lost.append(np.maximum(whole - rest, 0.0))
    return np.stack(lost, axis=-1)


def explained(correlations: Floats) -> Floats:
    """Return R² of the outcome on all drivers, shape ``(...)``."""
    vectors, values = _directions(correlations)
    with_outcome = np.asarray(correlations, dtype=float)[..., :-1, -1]
    along = np.einsum("...jk,...j->...k", vectors, with_outcome) ** 2
    inverse = np.where(values > 0, 1 / np.where(values > 0, values, 1), 0.0)
    return np.asarray(np.clip((along * inverse).sum(axis=-1), 0.0, 1.0))


def inflation(correlations: Floats) -> Floats:
    """Return each driver's variance inflation 1 / (1 - R² on the other drivers).

    A driver that is exactly a sum of others has 1e8 or more.
    """
    matrix = np.asarray(correlations, dtype=float)[:-1, :-1]
    values, vectors = np.linalg.eigh(matrix)
    floor = _SMALLEST * max(float(values.max(initial=0.0)), 1.0)
    return np.asarray((vectors**2 / np.maximum(values, floor)).sum(axis=1))


def _directions(correlations: Floats) -> tuple[Floats, Floats]:
    """Return eigenvectors and eigenvalues of the drivers, tiny ones set to 0."""
    matrices = np.asarray(correlations, dtype=float)[..., :-1, :-1]
    values, vectors = np.linalg.eigh(matrices)
    floor = _SMALLEST * np.maximum(values.max(axis=-1, keepdims=True), 1.0)
    return vectors, np.where(values > floor, values, 0.0)


MEASURES: dict[Method, Callable[[Floats], Floats]] = {
    "lmg": lmg_shares,
    "johnson": relative_weights,
    "first": first_shares,
    "last": last_shares,
}
"""The measures of importance by their code."""
