"""Linearised (Taylor) variance of weighted means under a sampling design.

Everything comes from cells of (group, stratum, cluster, score) with n, sum of w
and sum of w squared, so the cost follows the number of cells and not of rows.
The estimator is that of the survey literature for a ratio mean with one stage of
sampled units (Särndal, Swensson and Wretman 1992, ch. 5; Lumley 2010, ch. 2):

    theta = Σ w v / Σ w ;  z_i = w_i (v_i - theta) / Σ w
    Var   = Σ_h (1 - f_h) n_h / (n_h - 1) Σ_j (z_hj - mean_h z)^2

where j runs over the sampled units (clusters, or persons without clusters) of
stratum h. A group is a domain: units without a member in the group contribute
zero and still count in n_h.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.aggregates import ScoreCells, encode_rows
from cxstats.aggregates.encoding import Ints
from cxstats.errors import DesignError
from cxstats.estimates import Floats

__all__ = ["Fpc", "LinearisedMeans", "linearise", "sampling_variance"]

Fpc = Mapping[Any, float] | float | None
"""Units in the population: per stratum, or one number without strata."""


def sum_by(index: Ints, values: Floats, size: int) -> Floats:
    """Sum values per position; positions without a value get 0."""
    return np.asarray(np.bincount(index, values, size), dtype=float)


def count_by(index: Ints, size: int) -> Floats:
    """Count entries per position."""
    return np.asarray(np.bincount(index, minlength=size), dtype=float)


@dataclass(frozen=True, eq=False)
class Strata:
    """Sampled units and variance factor per stratum.

    Parameters
    ----------
    units
        Sampled units n_h.
    factor
        ``(1 - f_h) n_h / (n_h - 1)``; ``1 - f_h`` for a stratum of one unit,
        which is then centred at zero, the cautious choice.
    """

    units: Floats
    factor: Floats

    def variance(self, squares: Floats, sums: Floats) -> Floats:
        """Return the part of each stratum from Σz² and Σz over its units."""
        centred = np.where(self.units > 1, sums**2 / np.maximum(self.units, 1), 0.0)
        return self.factor * np.maximum(squares - centred, 0.0)


@dataclass(frozen=True, eq=False)
class Entries:
    """Σz² and Σz per (group, place), sorted by group; a place is a stratum or unit."""

    group: Ints
    place: Ints
    squares: Floats
    sums: Floats

    def of(self, group: int) -> slice:
        """Return where the entries of one group lie."""
        ends = np.searchsorted(self.group, [group, group + 1])
        return slice(int(ends[0]), int(ends[1]))


@dataclass(frozen=True, eq=False)
class LinearisedMeans:
    """Weighted means per group with their design-based variance.

    Parameters
    ----------
    value, variance
        Per group, in the unit of the coded values; NaN without answers.
    units, df
        Sampled units with members in the group, and these minus their strata.
    n, weight, kish
        Valid answers, sum of weights, and the Kish effect ``n Σw² / (Σw)²``.
    srs_variance
        Variance that a simple random sample of n with replacement would have.
    """

    value: Floats
    variance: Floats
    units: Floats
    df: Floats
    n: Floats
    weight: Floats
    kish: Floats
    srs_variance: Floats
    strata: Strata
    entries: Entries
    unit_stratum: Ints | None

    @property
    def deff_replace(self) -> Floats:
        """Design effect against a simple random sample with replacement."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(
                self.srs_variance > 0, self.variance / self.srs_variance, np.nan
            )

    @property
    def deff(self) -> Floats:
        """Design effect against a simple random sample without replacement.

        Needs weights that add up to the population; NaN where they do not exceed
        the number of answers.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            left = np.where(self.weight > self.n, 1 - self.n / self.weight, np.nan)
            return np.asarray(self.deff_replace / left)

    @property
    def has_lone_unit(self) -> npt.NDArray[np.bool_]:
        """Whether a stratum of the group was sampled by a single unit, per group."""
        place = self.entries.place
        stratum = place if self.unit_stratum is None else self.unit_stratum[place]
        lone = (self.strata.units[stratum] <= 1).astype(float)
        return sum_by(self.entries.group, lone, len(self.n)) > 0

    def contrast(self, first: int, second: int) -> tuple[float, float]:
        """Return the variance of ``second - first`` and its degrees of freedom.

        Two groups of one sample share strata and clusters, so their means are
        correlated; the difference is linearised as one statistic. The degrees of
        freedom are the units minus the strata of both groups, minus one.
        """
        a, b = self.entries.of(first), self.entries.of(second)
        place = np.concatenate([self.entries.place[a], self.entries.place[b]])
        signed = np.concatenate([-self.entries.sums[a], self.entries.sums[b]])
        size = len(self.strata.units)
        if self.unit_stratum is None:
            squares = np.concatenate([self.entries.squares[a], self.entries.squares[b]])
            squares, sums = sum_by(place, squares, size), sum_by(place, signed, size)
            units = float(self.n[first] + self.n[second])
            strata = len(np.unique(place))
        else:
            totals = sum_by(place, signed, len(self.unit_stratum))
            squares = sum_by(self.unit_stratum, totals**2, size)
            sums = sum_by(self.unit_stratum, totals, size)
            units = len(np.unique(place))
            strata = len(np.unique(self.unit_stratum[place]))
        return float(self.strata.variance(squares, sums).sum()), units - strata - 1


def linearise(cells: ScoreCells, values: Floats, fpc: Fpc = None) -> LinearisedMeans:
    """Estimate the weighted mean of coded values per group, with its variance.

    Parameters
    ----------
    cells
        Cells of the whole design: rows with a weight but without a valid answer
        belong to the design and count as units.
    values
        Coded value per cell; ignored where the cell is not valid.
    fpc
        Finite population correction: units in the population per stratum.

    Raises
    ------
    DesignError
        If ``fpc`` misses a stratum or is smaller than the sample.
    """
    size = len(cells.groups)
    keep = cells.is_valid
    group = cells.group_index[keep]
    v, n = values[keep], cells.numbers("n")[keep]
    w, w2 = cells.numbers("w")[keep], cells.numbers("w2")[keep]
    total, answers = sum_by(group, w, size), sum_by(group, n, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        theta = sum_by(group, w * v, size) / total
        away = (v - theta[group]) / total[group]
        kish = answers * sum_by(group, w2, size) / total**2
        spread = sum_by(group, w * (v - theta[group]) ** 2, size) / total
        srs = spread / np.where(answers > 1, answers - 1, np.nan)
    stratum, unit, strata = _design(cells, fpc)
    if unit is None:
        entries = _entries(group, stratum[keep], w2 * away**2, w * away)
        units = answers
    else:
        entries = _entries(group, unit[keep], np.zeros(len(v)), w * away)
        units = count_by(entries.group, size)
    unit_stratum = None if unit is None else _stratum_of(unit, stratum)
    variance, in_strata = _variance(entries, strata, unit_stratum, size)
    return LinearisedMeans(
        value=theta,
        variance=np.where(answers > 0, variance, np.nan),
        units=units,
        df=units - in_strata,
        n=answers,
        weight=total,
        kish=kish,
        srs_variance=srs,
        strata=strata,
        entries=entries,
        unit_stratum=unit_stratum,
    )


def sampling_variance(
    cells: ScoreCells, squares: Floats, sums: Floats, fpc: Fpc = None
) -> tuple[float, float]:
    """Return the variance of a sum over the whole sample and its degrees of freedom.

    Parameters
    ----------
    cells
        Cells of the design.
    squares, sums
        Per cell Σz² and Σz over its persons, with their weights.
    fpc
        Finite population correction, as in `linearise`.

    Raises
    ------
    DesignError
        As `linearise`.
    """
    stratum, unit, strata = _design(cells, fpc)
    keep = cells.numbers("w") > 0
    group = np.zeros(int(keep.sum()), dtype=np.int64)
    if unit is None:
        entries = _entries(group, stratum[keep], squares[keep], sums[keep])
        units, unit_stratum = float(cells.numbers("n")[keep].sum()), None
    else:
        zeros = np.zeros(len(group))
        entries = _entries(group, unit[keep], zeros, sums[keep])
        units, unit_stratum = float(len(entries.group)), _stratum_of(unit, stratum)
    variance, in_strata = _variance(entries, strata, unit_stratum, 1)
    return float(variance[0]), units - float(in_strata[0])


def _design(cells: ScoreCells, fpc: Fpc) -> tuple[Ints, Ints | None, Strata]:
    """Return stratum and unit per cell (None: persons) and the strata's factors."""
    in_design = cells.numbers("w") > 0
    names = ["stratum"] if cells.has_strata else []
    stratum, labels = encode_rows(cells.table.select(names))
    unit = None
    if cells.has_clusters:
        # A cluster belongs to its stratum: equal labels in two strata are two units.
        unit, _ = encode_rows(cells.table.select([*names, "cluster"]))
        sampled = np.unique(unit[in_design])
        units = count_by(_stratum_of(unit, stratum)[sampled], len(labels))
    else:
        persons = cells.numbers("n") * in_design
        units = sum_by(stratum, persons, len(labels))
    return stratum, unit, _strata(units, labels, fpc)


def _stratum_of(unit: Ints, stratum: Ints) -> Ints:
    owner = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
    owner[unit] = stratum
    return owner


def _strata(units: Floats, labels: tuple[tuple[Any, ...], ...], fpc: Fpc) -> Strata:
    population = np.array([_population(label, fpc) for label in labels])
    short = population < units
    if short.any():
        label = labels[int(np.argmax(short))]
        message = (
            f"the population of stratum {label[0] if label else 'all'} is given as "
            f"{population[short][0]:g}, but {units[short][0]:g} units were sampled"
        )
        raise DesignError(message)
    ratio = np.where(units > 1, units / np.maximum(units - 1, 1), 1.0)
    return Strata(units, (1 - units / population) * ratio)


def _population(label: tuple[Any, ...], fpc: Fpc) -> float:
    if fpc is None:
        return float("inf")
    if isinstance(fpc, Mapping) != bool(label):
        message = (
            "give fpc as a mapping from stratum to units in the population when there "
            "are strata, and as one number when there are none"
        )
        raise DesignError(message)
    if not isinstance(fpc, Mapping):
        return float(fpc)
    for name in (label[0], str(label[0])):
        if name in fpc:
            return float(fpc[name])
    known = ", ".join(sorted(map(str, fpc)))
    message = f"fpc has no population for stratum {label[0]!r}; it has {known}"
    raise DesignError(message)


def _entries(group: Ints, place: Ints, squares: Floats, sums: Floats) -> Entries:
    places = int(place.max(initial=0)) + 1
    keys, index = np.unique(group * places + place, return_inverse=True)
    size = len(keys)
    return Entries(
        group=keys // places,
        place=keys % places,
        squares=sum_by(index, squares, size),
        sums=sum_by(index, sums, size),
    )


def _variance(
    entries: Entries, strata: Strata, unit_stratum: Ints | None, size: int
) -> tuple[Floats, Floats]:
    """Return the variance and the number of strata with members, per group."""
    if unit_stratum is not None:
        stratum = unit_stratum[entries.place]
        entries = _entries(entries.group, stratum, entries.sums**2, entries.sums)
    place = entries.place
    of_stratum = Strata(strata.units[place], strata.factor[place])
    parts = of_stratum.variance(entries.squares, entries.sums)
    variance = sum_by(entries.group, parts, size)
    return variance, count_by(entries.group, size)
