"""One analysis behind every answer: moments, simulated samples and what to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from cxstats.drivers.collecting import Collected, collect
from cxstats.drivers.moments import SecondMoments
from cxstats.drivers.notices import (
    DriverNotice,
    cluster_notice,
    constant_notice,
    driver_notices,
    loss_notices,
    normality_notice,
    sample_notices,
)
from cxstats.drivers.question import DriverQuestion
from cxstats.drivers.replicates import Replicates, percentile_bounds, replicate
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats
from cxstats.intervals import t_interval

__all__ = ["Analysis", "Simulation", "analyse"]

_EQUAL_WEIGHTS = 1e-9


@dataclass(frozen=True)
class Simulation:
    """How uncertainty is told.

    Parameters
    ----------
    level
        Confidence level, between 0 and 1.
    replicates
        Simulated samples, 50 or more.
    seed
        Start of the random numbers.
    """

    level: float = 0.95
    replicates: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a level that is no probability and too few replicates."""
        if not 0 < self.level < 1:
            raise InputError(
                f"the confidence level lies between 0 and 1, such as 0.95; received "
                f"{self.level}"
            )
        if self.replicates < 50:  # noqa: PLR2004 - fewer have no tails
            raise InputError(
                f"at least 50 replicates are needed for an interval; received "
                f"{self.replicates}"
            )


@dataclass(frozen=True, eq=False)
class Analysis:
    """Drivers that vary, their moments, simulated samples and notices."""

    question: DriverQuestion
    collected: Collected
    moments: SecondMoments
    replicates: Replicates
    simulation: Simulation
    notices: tuple[DriverNotice, ...]

    @property
    def drivers(self) -> tuple[str, ...]:
        """Drivers that vary."""
        return self.moments.names[:-1]

    @property
    def outcome_mean(self) -> float:
        """Mean of the outcome as read: the NPS, a share, or a mean score."""
        return float(self.moments.means[-1])

    def pooled(self, parts: Sequence[Replicates]) -> Analysis:
        """Return the analysis with the pooled samples of its disjoint groups."""
        return replace(self, replicates=reduce(add, parts))

    def of_group(self, moments: SecondMoments) -> Analysis:
        """Return the analysis with the moments of one group, for its n."""
        return replace(self, moments=moments)

    def estimates(
        self, value: Floats, replicates: Floats, unit: str, method: str
    ) -> list[Estimate]:
        """Return estimates with percentile intervals of the simulated samples.

        Parameters
        ----------
        value
            One number per thing estimated.
        replicates
            Shape ``(replicates, things)``.
        unit
            Unit of the numbers.
        method
            How the number was made; how samples were simulated is added.
        """
        level = self.simulation.level
        lower, upper = percentile_bounds(replicates, value, level)
        errors = replicates.std(axis=0, ddof=1)
        how = ", ".join(part for part in (method, self.replicates.method) if part)
        numbers = zip(value, errors, lower, upper, strict=True)
        return [
            self._estimate([float(number) for number in row], unit, how)
            for row in numbers
        ]

    def performances(self) -> list[Estimate]:
        """Return the mean of every driver, with a t interval."""
        moments = self.moments
        n = moments.n_effective
        means = moments.means[:-1]
        if self._simple_means:
            variance = np.diag(moments.covariance)[:-1]
            errors = np.sqrt(variance / max(n - 1, 1.0))
            how = "linear"
        else:
            errors = self.replicates.means[:, :-1].std(axis=0, ddof=1)
            how = self.replicates.method
        df = np.full(len(means), max(n - 1, 1.0))
        lower, upper = t_interval(means, errors, df, self.simulation.level)
        numbers = zip(means, errors, lower, upper, strict=True)
        return [
            self._estimate([float(number) for number in row], "score", f"mean, {how}")
            for row in numbers
        ]

    @property
    def _simple_means(self) -> bool:
        """Whether the variance of a mean is that of equally weighted rows."""
        moments = self.moments
        equal = abs(moments.n / moments.n_effective - 1) < _EQUAL_WEIGHTS
        drawn = self.replicates.method
        return drawn == "wishart" or (equal and drawn == "poisson")

    def _estimate(self, numbers: Sequence[float], unit: str, method: str) -> Estimate:
        value, error, lower, upper = numbers
        return Estimate(
            value=value,
            unit=unit,
            std_error=error,
            lower=lower,
            upper=upper,
            level=self.simulation.level,
            n=self.moments.n,
            n_effective=self.moments.n_effective,
            method=method,
        )


def analyse(
    data: Any,
    question: DriverQuestion,
    engine: Engine | str | None,
    simulation: Simulation,
) -> Analysis:
    """Collect, leave out what is constant, simulate, and note what to know.

    Raises
    ------
    InputError
        If the outcome or every driver is constant, or rows are fewer than drivers.
    """
    collected = collect(data, question, engine)
    whole = collected.moments
    _check_size(whole)
    constant = whole.constant
    if constant[-1]:
        raise InputError(
            f"{question.outcome!r} has one value only ({whole.means[-1]:g}) in "
            f"{whole.n:,} rows: there is no difference to explain"
        )
    kept = [name for name, flat in zip(whole.names, constant, strict=True) if not flat]
    if len(kept) == 1:
        raise InputError(
            "every driver has the same value in all rows; name columns that differ"
        )
    if whole.n < len(kept) + 1:
        raise InputError(
            f"{whole.n:,} complete rows cannot explain an outcome by {len(kept) - 1} "
            "drivers; name fewer drivers or bring more rows"
        )
    moments = whole.select(kept)
    notices = [*loss_notices(collected.rows, whole.n, collected.missing)]
    left_out = tuple(name for name in whole.names if name not in kept)
    if left_out:
        notices.append(constant_notice(left_out))
    notices += [*driver_notices(moments), *sample_notices(moments)]
    notices += _clusters(question, collected)
    replicates = replicate(
        moments,
        collected.cells,
        collected.parts,
        simulation.replicates,
        simulation.seed,
    )
    notices += normality_notice(replicates.method)
    return Analysis(
        question, collected, moments, replicates, simulation, tuple(notices)
    )


def _check_size(moments: SecondMoments) -> None:
    """Refuse values whose squares are too large for a computer's numbers."""
    fits = np.isfinite(np.diag(moments.products))
    if not fits.all():
        pairs = zip(moments.names, fits, strict=True)
        names = [name for name, fit in pairs if not fit]
        raise InputError(
            f"values of {', '.join(names)} are too large to square; divide them by a "
            "unit such as a million, or leave out what is no measurement"
        )


def _clusters(question: DriverQuestion, collected: Collected) -> list[DriverNotice]:
    if question.cluster is None:
        return []
    cells = collected.cells
    if collected.parts:
        return list(cluster_notice(len(collected.parts)))
    if cells is None or cells.cluster is None:
        return list(cluster_notice(None))
    return list(cluster_notice(len(np.unique(cells.cluster))))
