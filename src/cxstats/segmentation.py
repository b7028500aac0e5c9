"""Exact segmentation of ordered bins: where the level of a number changes.

Bins in order (of a numeric field, or of time) are known by their count, sum and sum
of squares. Dynamic programming finds, for every number of breaks at once, the places
that leave the least squared error within segments; no other division is better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["MOST_BINS", "Segmentation", "segment", "squared_errors"]

MOST_BINS = 2_048
"""The table of all segments grows with the square of the bins: 34 MB at this many."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The best division of ordered bins for each number of breaks.

    Parameters
    ----------
    breaks
        For 0, 1, 2, ... breaks the bins before each break: ``28`` means that the
        level changes after the 28th bin.
    rss
        Squared error within the segments that is left, per number of breaks, in the
        squared unit of the number; never rises with more breaks unless the minimum
        size forces worse divisions.
    bic
        Schwarz's criterion per number of breaks; the lowest is best.
    n
        Observations (or the sum of their weights).
    bins
        How many bins were divided.
    """

    breaks: tuple[tuple[int, ...], ...]
    rss: Floats
    bic: Floats
    n: float
    bins: int

    @property
    def best(self) -> int:
        """Number of breaks with the lowest BIC."""
        return int(np.argmin(self.bic))

    def spans(self, breaks: int | None = None) -> tuple[tuple[int, int], ...]:
        """Return each segment's first bin and the bin after its last.

        Parameters
        ----------
        breaks
            How many breaks; the best number when None.
        """
        chosen = self.breaks[self.best if breaks is None else breaks]
        ends = (0, *chosen, self.bins)
        return tuple(pairwise(ends))


def segment(
    n: npt.ArrayLike,
    s: npt.ArrayLike,
    q: npt.ArrayLike,
    *,
    most_breaks: int,
    min_size: float | None = None,
    min_share: float | None = None,
) -> Segmentation:
    """Divide ordered bins into segments of constant mean, exactly.

    Parameters
    ----------
    n, s, q
        Observations, their sum and the sum of their squares per bin, in order; a bin
        may be empty. With weights: sums of weights and of weighted values.
    most_breaks
        Divisions with 0 up to this many breaks are sought; fewer are returned when
        the minimum size leaves room for fewer.
    min_size
        Least observations in a segment; 1 by default.
    min_share
        Least share of all observations in a segment (0 to 1, rounded down to whole
        observations); the larger of both limits counts.

    Returns
    -------
    Segmentation
        Breaks, squared error and BIC for each number of breaks.

    Raises
    ------
    InputError
        If the columns differ in length, hold negative counts or numbers that are not
        finite, nothing was observed, or there are more than `MOST_BINS` bins.

    References
    ----------
    Bellman & Roth (1969); Bai & Perron (2003), Computation and analysis of multiple
    structural change models. BIC counts a mean and a break per segment and one
    variance, as R's strucchange does: ``-2 log L + 2 (breaks + 1) log n``.

    Examples
    --------
    >>> found = segment([10, 10, 10], [90, 91, 20], [815, 834, 45], most_breaks=2)
    >>> found.breaks, found.best
    (((), (2,), (1, 2)), 1)
    """
    cells = _checked(n, s, q, most_breaks)
    total = float(cells[0].sum())
    least = max(1.0 if min_size is None else float(min_size), 1e-12)
    if min_share is not None:
        # A share of .15 of 20 is 3, not the 2 that its binary fraction rounds down to.
        least = max(least, math.floor(min_share * total + 1e-9))
    cost = squared_errors(*cells)
    cost[_sizes(cells[0]) < least] = np.inf
    breaks, rss = _divide(cost, most_breaks)
    if not breaks:
        breaks, rss = [()], [float(squared_errors(*cells)[0, -1])]
    found = np.asarray(rss)
    return Segmentation(
        breaks=tuple(breaks),
        rss=found,
        bic=_bic(found, total),
        n=total,
        bins=len(cells[0]),
    )


def squared_errors(n: Floats, s: Floats, q: Floats) -> Floats:
    """Return the squared error around its mean of every run of bins.

    Parameters
    ----------
    n, s, q
        Count, sum and sum of squares of B bins.

    Returns
    -------
    numpy.ndarray
        Shape (B + 1, B + 1): at ``[i, j]`` the error of bins i up to but without j,
        infinite where j is not after i.
    """
    centre = s.sum() / n.sum()
    # Around the overall mean the sums are small, and their difference keeps its digits.
    shifted = q - 2 * centre * s + centre**2 * n
    size = _sizes(n)
    moved = _sizes(s - centre * n)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = _sizes(shifted) - np.where(size > 0, moved**2 / size, 0.0)
    places = np.arange(len(n) + 1)
    error[places[:, None] >= places[None, :]] = np.inf
    return np.maximum(error, 0.0)


def _sizes(values: Floats) -> Floats:
    """Sums over every run of bins, as differences of running sums."""
    ends = np.concatenate([[0.0], np.cumsum(values)])
    made: Floats = ends[None, :] - ends[:, None]
    return made


def _divide(
    cost: Floats, most_breaks: int
) -> tuple[list[tuple[int, ...]], list[float]]:
    """Find the cheapest way to reach the last bin with 1, 2, ... segments."""
    best = cost[0].copy()
    came_from: list[npt.NDArray[np.int64]] = []
    breaks: list[tuple[int, ...]] = []
    rss: list[float] = []
    for count in range(most_breaks + 1):
        if not math.isfinite(best[-1]):
            break
        rss.append(float(best[-1]))
        breaks.append(_traced(came_from))
        if count < most_breaks:
            through = best[:, None] + cost
            came_from.append(np.argmin(through, axis=0))
            best = np.min(through, axis=0)
    return breaks, rss


def _traced(came_from: list[npt.NDArray[np.int64]]) -> tuple[int, ...]:
    """Walk back from the last bin to the breaks that were taken."""
    place, found = -1, []
    for step in reversed(came_from):
        place = int(step[place])
        found.append(place)
    return tuple(reversed(found))


def _bic(rss: Floats, n: float) -> Floats:
    parameters = 2 * (np.arange(len(rss)) + 1)
    # Bins without any error would otherwise win by an infinite likelihood.
    floor = np.finfo(float).tiny
    likelihood = n * (math.log(2 * math.pi) + np.log(np.maximum(rss, floor) / n) + 1)
    made: Floats = likelihood + parameters * math.log(n)
    return made


def _checked(
    n: npt.ArrayLike, s: npt.ArrayLike, q: npt.ArrayLike, most_breaks: int
) -> tuple[Floats, Floats, Floats]:
    columns = [np.asarray(item, dtype=float).ravel() for item in (n, s, q)]
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1 or not lengths[0]:
        raise InputError(
            "bins need one count, sum and sum of squares each; received "
            f"{lengths[0]}, {lengths[1]} and {lengths[2]}"
        )
    if lengths[0] > MOST_BINS:
        raise InputError(
            f"{lengths[0]:,} bins are more than the {MOST_BINS:,} that can be divided "
            "exactly; put neighbouring bins together first"
        )
    if not all(np.isfinite(column).all() for column in columns):
        raise InputError("bins hold numbers that are not finite; leave those out first")
    if (columns[0] < 0).any() or not columns[0].sum() > 0:
        raise InputError("counts of bins must not be negative, nor all be zero")
    if most_breaks < 0:
        raise InputError(f"most_breaks must be 0 or more; received {most_breaks}")
    return columns[0], columns[1], columns[2]
