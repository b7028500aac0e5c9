"""What the reader of a driver analysis must know, with the columns it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.drivers.importance import explained, inflation
from cxstats.drivers.moments import SecondMoments
from cxstats.estimates import Notice

__all__ = [
    "DriverNotice",
    "cluster_notice",
    "constant_notice",
    "driver_notices",
    "loss_notices",
    "normality_notice",
    "sample_notices",
]

HALO_R_SQUARED = 0.8
HALO_MEAN_CORRELATION = 0.8
NEAR_SINGULAR = 100.0
"""Variance inflation: the coefficient's standard error is ten times that alone."""

EXACTLY_SINGULAR = 1e7
ROWS_PER_DRIVER = 10
FEW_ROWS = 100
HEAVY_KISH = 2.0
FEW_CLUSTERS = 30


@dataclass(frozen=True)
class DriverNotice(Notice):
    """A notice about columns.

    Parameters
    ----------
    columns
        The columns it is about; empty if it is about all of them.
    """

    columns: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the notice with the keys of the command line's JSON."""
        return {**super().to_dict(), "columns": list(self.columns)}


def driver_notices(moments: SecondMoments) -> Iterator[DriverNotice]:
    """Give the notices on halo and collinearity of drivers that all vary."""
    matrix = moments.correlation
    drivers = moments.names[:-1]
    yield from _halo(moments.names[-1], float(explained(matrix)), drivers)
    if len(drivers) < 2:  # noqa: PLR2004 - one driver has no correlation with others
        return
    pairs = np.abs(matrix[:-1, :-1][np.triu_indices(len(drivers), 1)])
    mean = float(pairs.mean())
    if mean > HALO_MEAN_CORRELATION:
        yield DriverNotice(
            "collinearity",
            f"the drivers correlate {mean:.2f} with each other on average (more than "
            f"{HALO_MEAN_CORRELATION}): they measure nearly the same, and which of "
            "them comes first is decided by small differences; join them into topics "
            "or ask fewer",
            drivers,
        )
    yield from _singular(drivers, inflation(matrix))


def _halo(
    outcome: str, r_squared: float, drivers: tuple[str, ...]
) -> Iterator[DriverNotice]:
    if r_squared > HALO_R_SQUARED:
        yield DriverNotice(
            "halo",
            f"the drivers explain {r_squared:.1%} of {outcome!r} (more than "
            f"{HALO_R_SQUARED:.0%}): ratings given beside an overall score repeat that "
            "score, so a ranking of them says little about causes; analyse operational "
            "data or stated problems as a separate model",
            drivers,
        )


def _singular(
    drivers: tuple[str, ...], inflated: np.ndarray[Any, np.dtype[np.float64]]
) -> Iterator[DriverNotice]:
    exact = inflated >= EXACTLY_SINGULAR
    near = (inflated >= NEAR_SINGULAR) & ~exact
    if exact.any():
        columns = _named(drivers, exact)
        yield DriverNotice(
            "singular",
            f"{_listed(columns)} are exact sums of each other: R² is divided among "
            "them, but no single one has an effect of its own; leave out what repeats",
            columns,
        )
    if near.any():
        columns = _named(drivers, near)
        highest = float(inflated[near].max())
        yield DriverNotice(
            "near_singular",
            f"{_listed(columns)} can almost be computed from the other drivers "
            f"(variance inflation up to {highest:,.0f}): their effects cannot be told "
            "apart; leave some of them out",
            columns,
        )


def _named(
    drivers: tuple[str, ...], chosen: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[str, ...]:
    return tuple(np.array(drivers, dtype=object)[chosen])


def _listed(columns: tuple[str, ...], most: int = 6) -> str:
    shown = ", ".join(columns[:most])
    more = len(columns) - most
    return f"{shown} and {more} more" if more > 0 else shown


def constant_notice(columns: tuple[str, ...]) -> DriverNotice:
    """Name the drivers that were left out because they have one value only."""
    return DriverNotice(
        "constant",
        f"{_listed(columns)}: the same value in every row, or values that differ by "
        "less than a millionth, so nothing can be learnt from it; it was left out",
        columns,
    )


def loss_notices(
    rows: int, n: int, missing: Mapping[str, int]
) -> Iterator[DriverNotice]:
    """Say how many rows were not complete, and why."""
    if not missing:
        return
    most = sorted(
        (name for name in missing if missing[name]), key=lambda x: -missing[x]
    )
    shown = ", ".join(f"{name} ({missing[name]:,})" for name in most[:3])
    yield DriverNotice(
        "incomplete",
        f"{rows - n:,} of {rows:,} rows were left out because a number or a usable "
        f"weight is missing or the outcome is off its scale; missing most: "
        f"{shown or 'weights'}; those left may differ from the others",
        tuple(most[:3]),
    )


def sample_notices(moments: SecondMoments) -> Iterator[DriverNotice]:
    """Say that the rows are few or their weights very unequal."""
    drivers = len(moments.names) - 1
    n = moments.n_effective
    if n < max(FEW_ROWS, ROWS_PER_DRIVER * drivers):
        yield DriverNotice(
            "small_n",
            f"{n:,.0f} effective answers for {drivers} drivers are few (at least "
            f"{FEW_ROWS}, and {ROWS_PER_DRIVER} per driver): R² is too high by chance "
            "and the order is unstable; do not rank",
        )
    if n and moments.n / n >= HEAVY_KISH:
        yield DriverNotice(
            "weights",
            f"the weights are so unequal that {moments.n:,} answers are worth only "
            f"{n:,.0f}; consider trimming them",
        )


def normality_notice(method: str) -> Iterator[DriverNotice]:
    """Say that intervals rest on a distribution that ratings do not have."""
    if method == "wishart":
        yield DriverNotice(
            "intervals",
            "there are too many rows and combinations of values to simulate them, so "
            "intervals take the columns as jointly normal; for ratings they can be "
            "several times too narrow: name a column of clusters with at most 100 "
            "values, or use fewer or coarser drivers",
        )


def cluster_notice(clusters: int | None) -> Iterator[DriverNotice]:
    """Say that clusters are too few, or could not be used (None)."""
    if clusters is None:
        yield DriverNotice(
            "clusters",
            "there are too many combinations of values and too many clusters to "
            "simulate them: the intervals take rows as independent and are too narrow; "
            "use larger clusters, or fewer or coarser drivers",
        )
    elif clusters < FEW_CLUSTERS:
        yield DriverNotice(
            "clusters",
            f"only {clusters} clusters were sampled; with fewer than {FEW_CLUSTERS} "
            "the intervals themselves are uncertain",
        )
