"""Comparing the groups of one result: all pairs, against a baseline, or the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa

from cxstats.aggregates import ScoreCells
from cxstats.comparisons.difference import Comparison, Difference, judge
from cxstats.comparisons.two_samples import (
    Moments,
    Tested,
    from_error,
    square_and_add,
    two_samples,
)
from cxstats.errors import InputError
from cxstats.estimates import Estimate
from cxstats.metrics import MetricResult
from cxstats.metrics.estimators import EQUAL_WEIGHTS, estimate_measure
from cxstats.multiplicity import Correction, q_values
from cxstats.weighting import LinearisedMeans, linearise

__all__ = ["ALL_PAIRS", "REST", "Sides", "compare_groups", "compare_results"]


@dataclass(frozen=True)
class Sides:
    """What each group is compared with, when it is not a value of the column."""

    name: str


ALL_PAIRS: Final = Sides("all_pairs")
"""Every pair of groups, the later minus the earlier in sorted order."""

REST: Final = Sides("rest")
"""Every group against all others of its kind together."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups that can be compared pairwise: their estimates and their variance."""

    result: MetricResult
    cells: ScoreCells

    @cached_property
    def estimates(self) -> list[Estimate]:
        """Estimates per group."""
        made = estimate_measure(self.cells, self.result.measure, self.result.precision)
        return made.rows()

    @cached_property
    def means(self) -> LinearisedMeans:
        """Linearised means per group."""
        values = self.result.measure.values(self.cells.numbers("score"))
        return linearise(self.cells, values, self.result.precision.fpc)

    @property
    def has_design(self) -> bool:
        """Whether groups share a design."""
        return (
            self.cells.has_strata
            or self.cells.has_clusters
            or self.result.precision.fpc is not None
        )

    def is_plain(self, *indices: int) -> bool:
        """Whether these groups are independent and equally weighted."""
        kish = self.means.kish[list(indices)]
        return not self.has_design and not (np.abs(kish - 1) > EQUAL_WEIGHTS).any()

    def moments(self, index: int) -> Moments:
        """Moments of one equally weighted group."""
        keep = self.cells.is_valid & (self.cells.group_index == index)
        n = self.cells.numbers("n")[keep]
        v = self.result.measure.values(self.cells.numbers("score")[keep])
        return Moments(float(n.sum()), float(n @ v), float(n @ v**2))

    def ends(self, index: int) -> tuple[float, float, float]:
        """Value and interval of one group, in the unit of the metric."""
        estimate = self.estimates[index]
        return estimate.value, estimate.lower, estimate.upper

    def is_flat(self, index: int) -> bool:
        """Whether a group shows no spread that a standard error could be made of."""
        low, high = self.result.measure.ends
        return not self.means.variance[index] > EQUAL_WEIGHTS**2 * (high - low) ** 2

    def test(self, first: int, second: int) -> Tested:
        """Test second minus first, in the unit of the metric."""
        level, measure = self.result.precision.level, self.result.measure
        if self.is_plain(first, second):
            a, b = self.moments(first), self.moments(second)
            return two_samples(a, b, measure, level).scaled(measure.factor)
        if self.is_flat(first) or self.is_flat(second):
            return square_and_add(self.ends(first), self.ends(second), level)
        variance, df = self.means.contrast(first, second)
        value = float(self.means.value[second] - self.means.value[first])
        std_error = math.sqrt(variance)
        tested = from_error(value, std_error, level, df=df, method="linearized_t")
        return tested.scaled(measure.factor)


def compare_groups(
    result: MetricResult,
    *,
    between: str,
    baseline: Any = ALL_PAIRS,
    correction: Correction = "bh",
) -> Comparison:
    """Compare the groups of a result over one of its group columns.

    Parameters
    ----------
    result
        A metric grouped by ``between`` and possibly by other columns; values are
        compared within each combination of the others.
    between
        The column whose values are compared.
    baseline
        A value of the column that every other value is compared with, `REST`, or
        `ALL_PAIRS`.
    correction
        False discovery rate over all differences together: ``bh``, ``by``, ``none``.

    Raises
    ------
    InputError
        If the column is not among the groups, or the baseline is no value of it.

    Notes
    -----
    Groups of one sample with weights, strata or clusters are compared by the
    linearised variance of the difference, which accounts for shared clusters.
    """
    if between not in result.by:
        raise InputError(f"{between!r} is not a group column; groups are {result.by}")
    position = result.by.index(between)
    keys = result.cells.groups
    if not isinstance(baseline, Sides) and all(k[position] != baseline for k in keys):
        known = ", ".join(str(k) for k in dict.fromkeys(key[position] for key in keys))
        raise InputError(f"no group of {between!r} is {baseline!r}; there are {known}")
    if baseline is REST:
        made = list(_against_rest(result, position))
    else:
        made = list(_pairs(result, position, baseline))
    return corrected(made, result, between, correction)


def corrected(
    made: list[Difference], result: MetricResult, between: str, correction: Correction
) -> Comparison:
    """Correct differences for each other and judge them."""
    q = q_values([item.p for item in made], correction)
    judged = tuple(
        replace(
            item,
            q=float(value),
            verdict=judge(
                item.estimate.lower, item.estimate.upper, value, result.level
            ),
        )
        for item, value in zip(made, q, strict=True)
    )
    return Comparison(
        metric=result.metric,
        between=between,
        differences=judged,
        correction=correction,
        excluded=result.excluded,
        warnings=result.warnings,
    )


def difference(
    by: Mapping[str, Any],
    sides: tuple[Any, Any],
    estimates: tuple[Estimate, Estimate],
    tested: Tested,
    n: int | None = None,
) -> Difference:
    """Put a tested difference together with its two sides; n of a panel is one side."""
    first, second = estimates
    estimate = Estimate(
        value=tested.value,
        unit=first.unit,
        std_error=tested.std_error,
        lower=tested.lower,
        upper=tested.upper,
        level=first.level,
        n=first.n + second.n if n is None else n,
        n_effective=first.n_effective + second.n_effective if n is None else float(n),
        method=tested.method,
    )
    return Difference(
        by=MappingProxyType(dict(by)),
        baseline=sides[0],
        compared=sides[1],
        baseline_estimate=first,
        compared_estimate=second,
        estimate=estimate,
        p=tested.p,
        q=tested.p,
        detectable=tested.detectable(first.level),
        verdict="no_detectable_change",
    )


def _blocks(result: MetricResult, position: int) -> dict[tuple[Any, ...], list[int]]:
    """Collect the groups to compare: equal in every other column."""
    blocks: dict[tuple[Any, ...], list[int]] = {}
    for index, key in enumerate(result.cells.groups):
        blocks.setdefault(key[:position] + key[position + 1 :], []).append(index)
    return blocks


def _others(result: MetricResult, position: int) -> tuple[str, ...]:
    return result.by[:position] + result.by[position + 1 :]


def _pairs(result: MetricResult, position: int, baseline: Any) -> Iterator[Difference]:
    groups, keys = Groups(result, result.cells), result.cells.groups
    names = _others(result, position)
    for other, members in _blocks(result, position).items():
        by = dict(zip(names, other, strict=True))
        for first in members:
            if baseline is not ALL_PAIRS and keys[first][position] != baseline:
                continue
            for second in members:
                if second == first or (baseline is ALL_PAIRS and second < first):
                    continue
                yield difference(
                    by,
                    (keys[first][position], keys[second][position]),
                    (groups.estimates[first], groups.estimates[second]),
                    groups.test(first, second),
                )


def _against_rest(result: MetricResult, position: int) -> Iterator[Difference]:
    keys, names = result.cells.groups, _others(result, position)
    for other, members in _blocks(result, position).items():
        by = dict(zip(names, other, strict=True))
        for member in members:
            if len(members) == 1:
                continue
            side = np.full(len(keys), 2)
            side[members] = 0
            side[member] = 1
            groups = Groups(result, _sided(result.cells, side))
            yield difference(
                by,
                (REST.name, keys[member][position]),
                (groups.estimates[0], groups.estimates[1]),
                groups.test(0, 1),
            )


def _sided(cells: ScoreCells, side: np.ndarray[Any, Any]) -> ScoreCells:
    """Regroup cells by side: 0 the rest, 1 the group, 2 outside of both.

    Cells outside stay, because they belong to the sampling design.
    """
    names = [name for name in cells.table.column_names if not name.startswith("by")]
    table = cells.table.select(names)
    table = table.add_column(0, "by0", pa.array(side[cells.group_index]))
    return ScoreCells(("side",), cells.coding, table, cells.is_weighted)


def compare_results(
    baseline: MetricResult,
    compared: MetricResult,
    *,
    sides: tuple[str, str] = ("baseline", "compared"),
    correction: Correction = "bh",
) -> Comparison:
    """Compare two results of independent samples, group by group.

    Parameters
    ----------
    baseline, compared
        The same metric with the same groups; groups that only one has are left out.
    sides
        Names of the two.
    correction
        False discovery rate over all groups together.

    Raises
    ------
    InputError
        If metric, scale or groups differ.
    """
    if (baseline.metric, baseline.scale, baseline.by) != (
        compared.metric,
        compared.scale,
        compared.by,
    ):
        raise InputError(
            "results are compared only with the same metric, scale and groups; "
            f"received {baseline.metric} on {baseline.scale} by {baseline.by} and "
            f"{compared.metric} on {compared.scale} by {compared.by}"
        )
    first, second = Groups(baseline, baseline.cells), Groups(compared, compared.cells)
    position = {key: i for i, key in enumerate(compared.cells.groups)}
    made = [
        difference(
            dict(zip(baseline.by, key, strict=True)),
            sides,
            (first.estimates[i], second.estimates[position[key]]),
            _independent(first, i, second, position[key]),
        )
        for i, key in enumerate(baseline.cells.groups)
        if key in position
    ]
    return corrected(made, compared, " / ".join(sides), correction)


def _independent(first: Groups, i: int, second: Groups, j: int) -> Tested:
    measure, level = first.result.measure, first.result.precision.level
    if first.is_plain(i) and second.is_plain(j):
        tested = two_samples(first.moments(i), second.moments(j), measure, level)
        return tested.scaled(measure.factor)
    if first.is_flat(i) or second.is_flat(j):
        return square_and_add(first.ends(i), second.ends(j), level)
    a, b = first.means, second.means
    value = float(b.value[j] - a.value[i])
    std_error = math.sqrt(a.variance[i] + b.variance[j])
    df = float(a.df[i] + b.df[j])
    tested = from_error(value, std_error, level, df=df, method="linearized_t")
    return tested.scaled(measure.factor)
