"""From sums to estimates: a group's score, the others', and the difference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import scipy

from cxstats.discovery.study import Study
from cxstats.discovery.sums import contrast
from cxstats.estimates import Estimate, Floats

__all__ = ["comparable", "difference_of", "score_of"]

_PLAIN_SUMS = 3


def score_of(sums: Floats, study: Study) -> Estimate:
    """Estimate the score of a group.

    With weights the interval is that of an equal-weight sample of the effective n
    (Kish), which is what unequal weights leave of the answers.
    """
    measure, level = study.measure, study.level
    if len(sums) == _PLAIN_SUMS:
        n = n_effective = sums[0]
        first, second = sums[1], sums[2]
    else:
        n, w, s, q, w2 = sums[:5]
        n_effective = w**2 / w2 if w2 else 0.0
        ratio = n_effective / w if w else 0.0
        first, second = s * ratio, q * ratio
    columns = [np.array([item]) for item in (n_effective, first, second)]
    made = measure.interval(columns[0], columns[1], columns[2], level)
    factor = measure.factor
    return Estimate(
        value=float(factor * first / n_effective) if n_effective else float("nan"),
        unit=measure.unit,
        std_error=float(factor * made.std_error[0]),
        lower=float(factor * made.lower[0]),
        upper=float(factor * made.upper[0]),
        level=level,
        n=round(float(n)),
        n_effective=float(n_effective),
        method=made.methods[0],
    )


def comparable(value: Estimate, difference: Estimate, rest: Estimate) -> Estimate:
    """Estimate the score of the others, had they the group's mix of what was told.

    Parameters
    ----------
    value, difference
        The group's score as given, and its difference after levelling.
    rest
        The others' score after levelling, for its n.
    """
    middle = value.value - difference.value
    error = math.sqrt(max(difference.std_error**2 - value.std_error**2, 0.0))
    half = float(scipy.stats.norm.ppf((1 + value.level) / 2)) * error
    return replace(
        rest,
        value=middle,
        std_error=error,
        lower=middle - half,
        upper=middle + half,
        method="levelled",
    )


def difference_of(part: Floats, base: Floats, study: Study) -> Estimate:
    """Estimate a group's score minus that of the rest of its base."""
    made = contrast(part, base, study.measure.added)
    lower, upper = made.interval(study.level)
    factor = study.measure.factor
    one, other = score_of(part, study), score_of(base - part, study)
    return Estimate(
        value=float(factor * made.difference),
        unit=study.measure.unit,
        std_error=float(factor * made.std_error),
        lower=float(factor * lower),
        upper=float(factor * upper),
        level=study.level,
        n=one.n + other.n,
        n_effective=one.n_effective + other.n_effective,
        method="adjusted_wald" if study.measure.added is not None else "normal",
    )
