"""Exact Shapley (LMG) shares of R² over all 2^p models, from correlations alone.

    LMG_j = Σ_{S without j} |S|! (p-1-|S|)! / p! · [R²(S + j) - R²(S)]

R² of every model comes from sweeping one driver after the other out of a batch of
conditional covariance matrices: each is kept once without and once with the driver.
Every value serves all drivers at once, because the sum over the models that hold
driver j is a marginal sum of one table. The table is made in pieces that fit into a
processor's cache, so that memory does not grow with 2^p.

Lindeman, Merenda and Gold (1980), p. 119 ff.; Grömping (2006), Journal of
Statistical Software 17(1), eq. 8.
"""

from __future__ import annotations

from math import comb

import numpy as np

from cxstats.estimates import Floats

__all__ = ["LARGEST_EXACT", "lmg_shares"]

LARGEST_EXACT = 24
"""Most drivers with exact shares: 2^24 models are seconds, each more doubles them."""

_LEAVES = 1 << 16
_TOLERANCE = 1e-10
"""A driver whose variance given the others is less adds nothing: it is their sum."""


def lmg_shares(correlations: Floats) -> Floats:
    """Divide R² among the drivers by the average gain over all orders of entry.

    Parameters
    ----------
    correlations
        One or many correlation matrices, shape ``(..., p + 1, p + 1)``, the outcome
        last; p from 1 to 24.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., p)``, in units of R²; they sum to the R² of all drivers.
    """
    matrices = np.asarray(correlations, dtype=float)
    size = matrices.shape[-1]
    flat = matrices.reshape(-1, size, size)
    upper = np.triu_indices(size)
    packed = np.ascontiguousarray(flat[:, upper[0], upper[1]].T)
    step = max(1, _LEAVES >> (size - 1))
    parts = [
        _shares_of(packed[:, start : start + step], size - 1)
        for start in range(0, packed.shape[1], step)
    ]
    found = np.concatenate(parts) if parts else np.empty((0, size - 1))
    return found.reshape(*matrices.shape[:-2], size - 1)


def _shares_of(packed: Floats, p: int) -> Floats:
    """Return the shares of a batch, shape ``(batch, p)``, of packed triangles."""
    batch = packed.shape[1]
    outer = max(0, p - (_LEAVES // batch).bit_length() + 1)
    for done in range(outer):
        packed = _swept(packed, p - done)
    inner = p - outer
    # A model of s drivers counts a(s) for each driver in it and -b(s) for the others.
    held = np.array([0.0, *(1 / (p * comb(p - 1, s - 1)) for s in range(1, p + 1))])
    missed = np.array([*(1 / (p * comb(p - 1, s)) for s in range(p)), 0.0])
    counts = _set_sizes(inner)
    gains = np.zeros((p, batch))
    base = np.zeros(batch)
    for subset in range(1 << outer):
        part = packed[:, subset * batch : (subset + 1) * batch]
        for done in range(inner):
            part = _swept(part, inner - done)
        explained = 1 - part.reshape(1 << inner, batch)
        sizes = counts + subset.bit_count()
        base += missed[sizes] @ explained
        table = (held + missed)[sizes][:, None] * explained
        for place in reversed(range(inner)):
            halves = table.reshape(2, -1, batch)
            gains[outer + place] += halves[1].sum(axis=0)
            table = halves[0] + halves[1]
        for place in range(outer):
            if subset >> place & 1:
                gains[place] += table[0]
    return np.ascontiguousarray((gains - base).T)


def _set_sizes(drivers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    counts = np.zeros(1, dtype=np.int64)
    for _ in range(drivers):
        counts = np.concatenate([counts, counts + 1])
    return counts


def _swept(packed: Floats, drivers: int) -> Floats:
    """Take the first of some drivers out: once ignored, once controlled for.

    ``packed`` holds the upper triangle of (drivers + outcome), one matrix per
    column; the result has one driver less and twice the columns.
    """
    pivot, row, rest = packed[0], packed[1 : drivers + 1], packed[drivers + 1 :]
    usable = pivot > _TOLERANCE
    inverse = np.where(usable, 1 / np.where(usable, pivot, 1.0), 0.0)
    scaled = row * inverse
    width = packed.shape[1]
    out = np.empty((len(rest), 2 * width))
    out[:, :width] = rest
    start = 0
    for first in range(drivers):
        stop = start + drivers - first
        target = out[start:stop, width:]
        np.multiply(row[first:], scaled[first], out=target)
        np.subtract(rest[start:stop], target, out=target)
        start = stop
    return out
