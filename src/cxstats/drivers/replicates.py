"""Moments as they would be in other samples: what every interval here is made of.

Three ways, by what is at hand:

* ``poisson``: each row counts a Poisson(1) number of times. Rows that are equal are
  drawn together: a cell of n rows counts a Poisson(n) number of times. The draws of
  a cell with weights have the mean Σw and the variance Σw².
* ``poisson_clusters``: each sampled cluster counts a Poisson(1) number of times,
  which is the bootstrap of a sample of clusters.
  Clusters of which only the moments are at hand are drawn in the same way.
* ``wishart``: where the cells are too many to bring back, second moments are drawn
  from the Wishart distribution and means from the normal one, at Kish's effective n.
  That takes the columns as jointly normal.

Chamandy, Muralidharan, Najmi and Naidu (2012), Estimating uncertainty for massive
data streams; Rao and Wu (1988), JASA 83, 231-241, for clusters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from cxstats.drivers.cells import DriverCells
from cxstats.drivers.moments import SecondMoments, correlations
from cxstats.estimates import Floats

__all__ = ["Replicates", "percentile_bounds", "replicate"]

_DRAWS = 10_000_000
"""Random numbers at most; beyond it fewer replicates are made."""

_FEWEST = 200
_CHUNK = 2_048
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Replicates:
    """Means and covariances of simulated samples.

    Parameters
    ----------
    method
        ``poisson``, ``poisson_clusters`` or ``wishart``.
    weight
        Sum of weights, one per replicate.
    means
        Shape ``(replicates, columns)``.
    covariances
        Shape ``(replicates, columns, columns)``.
    """

    method: str
    weight: Floats = field(repr=False)
    means: Floats = field(repr=False)
    covariances: Floats = field(repr=False)

    @property
    def correlations(self) -> Floats:
        """Correlation matrices, shape ``(replicates, columns, columns)``."""
        return correlations(self.covariances)

    def __len__(self) -> int:
        """Count the replicates."""
        return len(self.means)

    def first(self, count: int) -> Replicates:
        """Return the first replicates only."""
        return Replicates(
            self.method,
            self.weight[:count],
            self.means[:count],
            self.covariances[:count],
        )

    def __add__(self, other: Replicates) -> Replicates:
        """Pool as many replicates of two disjoint, independent sets of rows."""
        weight = self.weight + other.weight
        mine, theirs = self.weight / weight, other.weight / weight
        means = mine[:, None] * self.means + theirs[:, None] * other.means
        spread = np.zeros_like(self.covariances)
        for share, one in ((mine, self), (theirs, other)):
            away = one.means - means
            inside = one.covariances + away[:, :, None] * away[:, None, :]
            spread += share[:, None, None] * inside
        methods = dict.fromkeys((self.method, other.method))
        return Replicates("+".join(methods), weight, means, spread)


def replicate(
    moments: SecondMoments,
    cells: DriverCells | None,
    parts: Sequence[SecondMoments],
    count: int,
    seed: int = 0,
) -> Replicates:
    """Simulate samples from cells, or from second moments where there are none.

    Parameters
    ----------
    moments
        The columns to simulate, chosen from those of the cells or parts.
    cells
        The rows, if they could be brought back.
    parts
        Moments of each cluster, if those could.
    count
        Replicates wanted; with very many cells fewer are made, never below 200.
    seed
        The same seed gives the same replicates, whatever the order of the rows.
    """
    rng = np.random.default_rng(seed)
    if cells is not None:
        units = len(cells.n) if cells.cluster is None else int(cells.cluster.max()) + 1
        count = min(count, max(_FEWEST, _DRAWS // units))
        method = "poisson" if cells.cluster is None else "poisson_clusters"
        return _poisson(moments, _units(moments, cells), count, rng, method)
    if parts:
        totals = _part_totals(moments, parts)
        units_of_parts = iter([(totals, np.ones(len(parts)))])
        return _poisson(moments, units_of_parts, count, rng, "poisson_clusters")
    return _wishart(moments, count, rng)


def _poisson(
    moments: SecondMoments,
    units: Iterator[tuple[Floats, Floats]],
    count: int,
    rng: np.random.Generator,
    method: str,
) -> Replicates:
    size = len(moments.names)
    sums: Floats | float = 0.0
    whole: Floats | float = 0.0
    for totals, rate in units:
        drawn = rng.poisson(rate, (count, len(rate))) / rate
        sums = sums + drawn @ totals
        whole = whole + totals.sum(axis=0)
    sums = np.asarray(sums)
    sums[sums[:, 0] <= 0] = whole
    weight = sums[:, 0]
    means = sums[:, 1 : size + 1] / weight[:, None]
    upper = np.triu_indices(size)
    squares = np.empty((count, size, size))
    squares[:, upper[0], upper[1]] = sums[:, size + 1 :] / weight[:, None]
    squares[:, upper[1], upper[0]] = squares[:, upper[0], upper[1]]
    covariances = squares - means[:, :, None] * means[:, None, :]
    rounding = _ROUNDING * np.diag(moments.covariance)
    flat = np.einsum("bii->bi", covariances) <= rounding
    covariances[flat[:, :, None] | flat[:, None, :]] = 0.0
    return Replicates(method, weight, means + moments.means, covariances)


def _units(
    moments: SecondMoments, cells: DriverCells
) -> Iterator[tuple[Floats, Floats]]:
    """Give what is drawn together: its sums (w, w z, w z zᵀ) and its Poisson rate.

    Values are centred, so that sums of squares lose no digits.
    """
    kept = [cells.names.index(name) for name in moments.names]
    left, right = np.triu_indices(len(kept))
    clustered: Floats | None = None
    if cells.cluster is not None:
        width = 1 + len(kept) + len(left)
        clustered = np.zeros((int(cells.cluster.max()) + 1, width))
    for start in range(0, len(cells.n), _CHUNK):
        part = slice(start, start + _CHUNK)
        centred = cells.matrix[part][:, kept] - moments.means
        products = centred[:, left] * centred[:, right]
        ones = np.ones((len(centred), 1))
        totals = np.hstack([ones, centred, products]) * cells.weight[part, None]
        if clustered is None or cells.cluster is None:
            yield totals, cells.weight[part] ** 2 / cells.weight2[part]
        else:
            np.add.at(clustered, cells.cluster[part], totals)
    if clustered is not None:
        yield clustered, np.ones(len(clustered))


def _part_totals(moments: SecondMoments, parts: Sequence[SecondMoments]) -> Floats:
    """Return the sums (w, w z, w z zᵀ) of each part, around the overall means."""
    upper = np.triu_indices(len(moments.names))
    rows = []
    for part in parts:
        chosen = part.select(moments.names)
        away = chosen.means - moments.means
        spread = chosen.covariance + np.outer(away, away)
        rows.append(chosen.weight * np.concatenate([[1.0], away, spread[upper]]))
    return np.array(rows)


def _wishart(
    moments: SecondMoments, count: int, rng: np.random.Generator
) -> Replicates:
    size = len(moments.names)
    values, vectors = np.linalg.eigh(moments.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    n = max(moments.n_effective, float(size + 1))
    # Bartlett's decomposition of a Wishart matrix with n - 1 degrees of freedom.
    lower = np.tril(rng.standard_normal((count, size, size)), -1)
    lower[:, range(size), range(size)] = np.sqrt(
        rng.chisquare(n - 1 - np.arange(size), (count, size))
    )
    factors = root @ lower
    covariances = factors @ factors.transpose(0, 2, 1) / n
    drawn = rng.standard_normal((count, size)) @ root.T / np.sqrt(n)
    weight = np.full(count, moments.weight)
    return Replicates("wishart", weight, moments.means + drawn, covariances)


def percentile_bounds(
    replicates: Floats, value: Floats, level: float
) -> tuple[Floats, Floats]:
    """Return the wider of plain and bias-corrected percentile bounds, per column.

    Shares of R² are biased upwards in small samples. Plain percentiles then lie too
    high, and corrected ones (Efron 1981, Canadian Journal of Statistics 9(2)) are far
    too short for a driver without importance. Together they miss less often than
    either, above and below.

    Parameters
    ----------
    replicates
        Shape ``(replicates, columns)``.
    value
        The estimates, one per column; the bounds hold them.
    level
        Confidence level.
    """
    count = len(replicates)
    below = (replicates < value).sum(axis=0) + (replicates == value).sum(axis=0) / 2
    shift = ndtri(np.clip(below / count, 0.5 / count, 1 - 0.5 / count))
    half = ndtri((1 + level) / 2)
    ordered = np.sort(replicates, axis=0)
    lower, upper = value, value
    for moved in (np.zeros_like(shift), 2 * shift):
        lower = np.minimum(lower, _at(ordered, ndtr(moved - half)))
        upper = np.maximum(upper, _at(ordered, ndtr(moved + half)))
    return lower, upper


def _at(ordered: Floats, share: Floats) -> Floats:
    """Return a quantile of every column, between neighbours by a straight line."""
    place = share * (len(ordered) - 1)
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, len(ordered) - 1)
    columns = np.arange(ordered.shape[1])
    low, high = ordered[left, columns], ordered[right, columns]
    return np.asarray(low + (high - low) * (place - left))
