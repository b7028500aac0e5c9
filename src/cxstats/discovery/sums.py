"""Sums of answers, and the contrast of a part with the rest, for millions of slices.

Everything is estimated from arrays whose last axis holds sums over answers: n, Σv
and Σv² without weights; n, Σw, Σwv, Σwv², Σw², Σw²v and Σw²v² with weights. They add
up and subtract, so rows can be taken out of every slice without reading the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from scipy.special import ndtr

from cxstats.estimates import Floats

__all__ = ["Contrast", "coded_moments", "contrast", "explained", "shifted", "sums_of"]

_PLAIN = (0, 1, 2, 0, 1, 2)
_WEIGHTED = (1, 2, 3, 4, 5, 6)

Added = tuple[float, float, float] | None


def sums_of(values: Floats, n: Floats, weights: tuple[Floats, Floats] | None) -> Floats:
    """Return the sums of cells that hold one coded value each.

    Parameters
    ----------
    values
        Coded value per cell.
    n, weights
        Answers per cell; sums of weights and of squared weights, None without.
    """
    if weights is None:
        return np.stack([n, n * values, n * values**2], axis=-1)
    w, w2 = weights
    powers = [values**0, values, values**2]
    return np.stack([n, *(w * p for p in powers), *(w2 * p for p in powers)], axis=-1)


def shifted(sums: Floats, differences: Floats | float) -> Floats:
    """Return the sums after subtracting a difference from every coded value.

    Parameters
    ----------
    sums
        Sums, last axis as above.
    differences
        One number, or one per group of sums.
    """
    d = np.asarray(differences)
    made = sums.copy()
    starts = (0,) if sums.shape[-1] == len(_PLAIN) // 2 else (1, 4)
    for at in starts:
        count, first, second = (sums[..., at + step] for step in range(3))
        made[..., at + 1] = first - d * count
        made[..., at + 2] = second - 2 * d * first + d**2 * count
    return made


@dataclass(frozen=True, eq=False)
class Contrast:
    """A part against the rest of its base, per slice, in coded values.

    Parameters
    ----------
    n, rest_n
        Answers in the part and in the rest.
    value, rest
        Mean coded value of both.
    centre
        Difference after the adjustment of the measure, where the interval lies.
    std_error
        Standard error of the difference from the spread on each side.
    cautious
        The larger of that and the standard error if both sides spread alike: slices
        that look certain by chance must not win a search.
    """

    n: Floats
    rest_n: Floats
    value: Floats
    rest: Floats
    centre: Floats
    std_error: Floats
    cautious: Floats

    @property
    def difference(self) -> Floats:
        """Value of the part minus the rest's."""
        return self.value - self.rest

    @property
    def z(self) -> Floats:
        """Cautious test statistic; 0 where nothing can be told."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = self.centre / self.cautious
        return np.where(np.isfinite(z), z, 0.0)

    @property
    def p(self) -> Floats:
        """Two-sided p value by the normal law."""
        made: Floats = 2 * ndtr(-np.abs(self.z))
        return made

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return the ends of the difference's interval."""
        spread = np.where(self.std_error > 0, self.std_error, self.cautious)
        half = float(scipy.stats.norm.ppf((1 + level) / 2)) * spread
        return self.centre - half, self.centre + half


def contrast(part: Floats, base: Floats, added: Added) -> Contrast:
    """Compare parts with the rest of their bases.

    Parameters
    ----------
    part, base
        Sums, last axis as above; every part lies within its base.
    added
        Answers, Σv and Σv² that an adjusted Wald comparison adds to each side (the
        ``added`` of a measure); None adds nothing.

    Notes
    -----
    With weights the variance of a mean is linearised: Σw²(v - m)² / (Σw)². The added
    answers then weigh as much as the mean answer.
    """
    rest = base - part
    one, other = _means(part, base, added), _means(rest, base, added)
    common = _variance(base)
    alike = common * (one[2] + other[2])
    error = np.sqrt(one[1] + other[1])
    return Contrast(
        n=part[..., 0],
        rest_n=rest[..., 0],
        value=_mean(part),
        rest=_mean(rest),
        centre=one[0] - other[0],
        std_error=error,
        cautious=np.fmax(error, np.sqrt(alike)),
    )


def coded_moments(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Return Σw, Σwv and Σwv² (n, Σv and Σv² without weights)."""
    w, s, q = _columns(sums)[:3]
    return w, s, q


def explained(table: Floats) -> float:
    """Return the share of the variance that lies between the rows of a table.

    It is adjusted for the number of rows, so that many small groups explain nothing
    by chance; 0 where nothing varies.
    """
    used = table[table[:, 0] > 0]
    w, s, _ = _columns(used)[:3]
    whole = used.sum(axis=0)
    total_w, total_s, total_q = _columns(whole)[:3]
    total = float(total_q - total_s**2 / total_w)
    within = total - float((s**2 / w).sum() - total_s**2 / total_w)
    n, groups = float(whole[0]), len(used)
    if total <= 0 or n <= groups:
        return 0.0
    return 1 - (within / (n - groups)) / (total / (n - 1))


def _columns(sums: Floats) -> list[Floats]:
    places = _PLAIN if sums.shape[-1] == len(_PLAIN) // 2 else _WEIGHTED
    return [sums[..., at] for at in places]


def _mean(sums: Floats) -> Floats:
    w, s = _columns(sums)[:2]
    with np.errstate(divide="ignore", invalid="ignore"):
        made: Floats = s / w
    return made


def _variance(sums: Floats) -> Floats:
    w, s, q = _columns(sums)[:3]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(q / w - (s / w) ** 2, 0.0)


def _means(sums: Floats, base: Floats, added: Added) -> tuple[Floats, Floats, Floats]:
    """Adjusted mean, its variance, and the inverse of the effective n."""
    w, s, q, w2, s2, q2 = _columns(sums)
    if added is not None:
        whole, _, _, whole2, _, _ = _columns(base)
        answers, first, second = added
        with np.errstate(divide="ignore", invalid="ignore"):
            unit, unit2 = whole / base[..., 0], whole2 / base[..., 0]
        w, s, q = w + answers * unit, s + first * unit, q + second * unit
        w2, s2, q2 = w2 + answers * unit2, s2 + first * unit2, q2 + second * unit2
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = s / w
        spread = np.maximum(q2 - 2 * mean * s2 + mean**2 * w2, 0.0)
        return mean, spread / w**2, w2 / w**2
