"""Penalty, reward and their difference with intervals, from the sums of classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from cxstats.drivers.contrast_sums import ContrastSums
from cxstats.drivers.notices import DriverNotice, cluster_notice
from cxstats.drivers.question import DriverQuestion
from cxstats.drivers.regression import Fit, robust_variance
from cxstats.estimates import Estimate, Floats
from cxstats.intervals import t_interval

__all__ = ["DriverKind", "contrast_estimates", "contrast_notices", "kind_of"]

DriverKind = Literal[
    "must_be", "one_dimensional", "attractive", "indifferent", "undetermined"
]
"""Codes for translation."""

FEW_RATINGS = 30


def contrast_estimates(
    collected: ContrastSums, found: Fit, unit: str, level: float
) -> list[Estimate]:
    """Return the intercept, then penalty, reward and difference of every driver."""
    sums = collected.sums
    variance, df, how = _variance(collected, found)
    contrasts = _contrasts((len(found.coefficients) - 1) // 2)
    value = contrasts @ np.nan_to_num(found.coefficients)
    errors = np.sqrt(
        np.maximum(np.einsum("ij,jk,ik->i", contrasts, variance, contrasts), 0.0)
    )
    unknown = np.abs(contrasts) @ ~found.estimable > 0
    value[unknown] = errors[unknown] = np.nan
    lower, upper = t_interval(value, errors, np.full(len(value), df), level)
    return [
        Estimate(
            value=float(number),
            unit=unit,
            std_error=float(error),
            lower=float(low),
            upper=float(high),
            level=level,
            n=sums.n,
            n_effective=sums.n_effective,
            method=how,
        )
        for number, error, low, high in zip(value, errors, lower, upper, strict=True)
    ]


def kind_of(penalty: Estimate, reward: Estimate, asymmetry: Estimate) -> DriverKind:
    """Say what the three intervals allow to say."""
    if not (penalty.is_known and reward.is_known):
        return "undetermined"
    harms, pleases = penalty.lower > 0, reward.lower > 0
    if harms and asymmetry.lower > 0:
        return "must_be"
    if pleases and asymmetry.upper < 0:
        return "attractive"
    if harms and pleases:
        return "one_dimensional"
    return "undetermined" if harms or pleases else "indifferent"


def contrast_notices(
    question: DriverQuestion, collected: ContrastSums, found: Fit
) -> Iterator[DriverNotice]:
    """Name drivers without low or high ratings, repeated ones, unused clusters."""
    sums = collected.sums
    rows = sums.products[0, 1:-1] / sums.products[0, 0] * sums.n
    estimable = found.estimable[1:]
    few, same = [], []
    for at, name in enumerate(question.drivers):
        pair = slice(2 * at, 2 * at + 2)
        middle = sums.n - rows[pair].sum()
        if min(*rows[pair], middle) < FEW_RATINGS:
            few.append(name)
        elif not estimable[pair].all():
            same.append(name)
    if few:
        yield DriverNotice(
            "few_ratings",
            f"{', '.join(few)}: fewer than {FEW_RATINGS} low, middle or high ratings, "
            "so penalty and reward are uncertain or unknown; choose other cuts",
            tuple(few),
        )
    if same:
        yield DriverNotice(
            "singular",
            f"{', '.join(same)}: rated low or high by the same people as drivers "
            "before it, so its effect cannot be told from theirs; leave it out",
            tuple(same),
        )
    cells = collected.cells
    if question.cluster is not None:
        labels = None if cells is None else cells.cluster
        yield from cluster_notice(None if labels is None else len(np.unique(labels)))


def _variance(collected: ContrastSums, found: Fit) -> tuple[Floats, float, str]:
    """Return the variance of the coefficients, its degrees of freedom and name."""
    sums, cells = collected.sums, collected.cells
    df = max(sums.n_effective - found.terms, 1.0)
    if cells is None:
        spread = found.residual / sums.products[0, 0] * sums.n_effective / df
        # With unequal weights each row tells less: n effective instead of Σw.
        scale = sums.products[0, 0] / sums.n_effective
        return found.inverse * spread * scale, df, "ols"
    none = np.empty(0, dtype=np.int64)
    clusters = none if cells.cluster is None else cells.cluster
    weights = (cells.weight, cells.weight2, clusters)
    variance = robust_variance(found, collected.design(), cells.matrix[:, -1], weights)
    if cells.cluster is None:
        return variance, df, "robust"
    return variance, max(len(np.unique(clusters)) - 1.0, 1.0), "cluster_robust"


def _contrasts(drivers: int) -> Floats:
    found = np.zeros((1 + 3 * drivers, 1 + 2 * drivers))
    found[0, 0] = 1
    for at in range(drivers):
        low, high = 1 + 2 * at, 2 + 2 * at
        found[1 + 3 * at, low] = -1
        found[2 + 3 * at, high] = 1
        found[3 + 3 * at, [low, high]] = -1
    return found
