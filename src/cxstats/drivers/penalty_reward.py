"""Penalty-reward contrast: what a low rating costs, what a high one brings.

    y = a + Σ_j ( penalty_j · 1{x_j ≤ low} + reward_j · 1{x_j ≥ high} ) + e

A driver whose penalty is larger than its reward is a must-be (its absence annoys, its
presence is taken for granted); the other way round it is attractive; where both work
and cannot be told apart it is one-dimensional. Brandt (1988); Kano et al. (1984);
Mikulić and Prebežac (2008), Managing Service Quality 18(6), 559-576.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_value, notice_lines, text_table
from cxstats.drivers.collecting import Desk
from cxstats.drivers.contrast_sums import ContrastSums, Cuts, contrast_sums
from cxstats.drivers.contrasts import (
    DriverKind,
    contrast_estimates,
    contrast_notices,
    kind_of,
)
from cxstats.drivers.notices import DriverNotice
from cxstats.drivers.question import DriverQuestion, Measure
from cxstats.drivers.regression import fit
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate, json_number
from cxstats.filters import Filter
from cxstats.inputs import engine_for, source_of
from cxstats.results import Result
from cxstats.scales import Scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ContrastDriver", "PenaltyReward", "penalty_reward"]

_NO_SPREAD = 1e-13


@dataclass(frozen=True)
class ContrastDriver:
    """One driver's penalty and reward, in the unit of the outcome.

    Parameters
    ----------
    name
        Column.
    low, high
        Ratings up to ``low`` are low, from ``high`` on high.
    low_share, high_share
        Share of the rows with a low and with a high rating.
    penalty
        What a low rating takes away against a middle one; above 0 it harms.
    reward
        What a high rating adds to a middle one.
    asymmetry
        Penalty minus reward.
    kind
        What the three intervals allow to say.
    """

    name: str
    low: float
    high: float
    low_share: float
    high_share: float
    penalty: Estimate
    reward: Estimate
    asymmetry: Estimate
    kind: DriverKind

    def to_dict(self) -> dict[str, Any]:
        """Return the driver for JSON."""
        found: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "low_share": json_number(self.low_share),
            "high_share": json_number(self.high_share),
        }
        for name in ("penalty", "reward", "asymmetry"):
            estimate: Estimate = getattr(self, name)
            found[name] = json_number(estimate.value)
            found[f"{name}_lower"] = json_number(estimate.lower)
            found[f"{name}_upper"] = json_number(estimate.upper)
        return found


@dataclass(frozen=True, repr=False)
class PenaltyReward(Result):
    """All drivers' contrasts, the largest penalty first.

    Parameters
    ----------
    outcome, measure, unit
        What was explained, how it was read, and in which unit.
    intercept
        The outcome of a middle rating on every driver.
    r_squared
        What the classes of ratings explain; without an interval.
    drivers
        Penalty, reward and kind of each.
    warnings
        Classes without ratings, columns that repeat others, unused clusters.
    """

    outcome: str
    measure: Measure
    unit: str
    intercept: Estimate
    r_squared: Estimate
    drivers: tuple[ContrastDriver, ...]
    warnings: tuple[DriverNotice, ...]

    def __iter__(self) -> Iterator[ContrastDriver]:
        """Go through the drivers, the largest penalty first."""
        return iter(self.drivers)

    def to_dict(self) -> dict[str, Any]:
        """Return the contrasts for JSON."""
        return {
            "outcome": self.outcome,
            "measure": self.measure,
            "unit": self.unit,
            "n": self.r_squared.n,
            "intercept": json_number(self.intercept.value),
            "r_squared": json_number(self.r_squared.value),
            "drivers": [driver.to_dict() for driver in self.drivers],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per driver."""
        import pandas as pd  # noqa: PLC0415 - only who wants a frame waits for pandas

        return pd.DataFrame([driver.to_dict() for driver in self.drivers])

    def chart(self) -> Any:
        """Draw penalties to the left and rewards to the right of zero."""
        from cxstats.charts.drivers import penalty_reward_chart  # noqa: PLC0415 - slow

        rows = [driver.to_dict() for driver in self.drivers]
        return penalty_reward_chart(rows, outcome=self.outcome)

    def __str__(self) -> str:
        """Write the contrasts as a table with the warnings."""
        headers = ["driver", "penalty", "interval", "reward", "interval", "kind"]
        rows = [
            [driver.name]
            + [
                text
                for estimate in (driver.penalty, driver.reward)
                for text in self._cells(estimate)
            ]
            + [driver.kind.replace("_", " ")]
            for driver in self.drivers
        ]
        middle = format_value(self.intercept.value, self.unit, 2)
        explained = format_value(self.r_squared.value, "share")
        head = (
            f"{self.outcome} ({self.measure}): {middle} with middle ratings; low and "
            f"high ratings explain {explained} (n {self.r_squared.n:,})"
        )
        notices = notice_lines(self.warnings)
        return "\n".join([head, text_table(headers, rows), *notices])

    def _cells(self, estimate: Estimate) -> list[str]:
        numbers = (estimate.value, estimate.lower, estimate.upper)
        value, lower, upper = (format_value(x, self.unit, 2) for x in numbers)
        return [value, f"{lower} to {upper}"]


def penalty_reward(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    outcome: str,
    drivers: str | Sequence[str],
    cuts: tuple[float, float] | Mapping[str, tuple[float, float]] = (6, 9),
    measure: Measure = "score",
    scale: str | Scale | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> PenaltyReward:
    """Tell must-be, one-dimensional and attractive drivers apart.

    Parameters other than these are those of `key_drivers`.

    Parameters
    ----------
    cuts
        Highest low rating and lowest high rating, for all drivers or by driver:
        ``(6, 9)`` reads 0-6 as low and 9-10 as high, ``(2, 5)`` suits 1-5.

    Returns
    -------
    PenaltyReward
        Penalty, reward and their difference with intervals, and what they allow to
        say.

    Raises
    ------
    InputError
        If a column or cut cannot be used, or no row is complete.

    Notes
    -----
    Intervals are robust against unequal spread (White 1980), with clusters
    cluster-robust. With very many rows and more than seven drivers only pairs of
    drivers are counted, and intervals take the spread as equal (method ``ols``).
    The cuts matter: a wide low class holds worse ratings, and so a larger penalty.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"overall": [3, 8, 8, 2, 8, 9, 7, 8] * 30,
    ...                  "network": [4, 7, 9, 5, 8, 10, 8, 7] * 30})
    >>> (found,) = penalty_reward(data, outcome="overall", drivers="network")
    >>> found.kind, round(found.penalty.value, 1), round(found.reward.value, 1)
    ('must_be', 5.2, 0.7)
    """
    question = DriverQuestion.of(
        outcome,
        drivers,
        measure=measure,
        scale=scale,
        weight=weight,
        cluster=cluster,
        where=where,
        missing=missing,
    )
    if not 0 < level < 1:
        raise InputError(
            f"the confidence level lies between 0 and 1, such as 0.95; received {level}"
        )
    chosen = _cuts(question.drivers, cuts)
    with engine_for(engine) as opened:
        source = source_of(data, question.columns)
        desk = Desk(opened, source, question, opened.kinds(source))
        collected = contrast_sums(desk, chosen)
    return _result(question, collected, chosen, level)


def _cuts(
    drivers: tuple[str, ...],
    cuts: tuple[float, float] | Mapping[str, tuple[float, float]],
) -> Cuts:
    found: dict[str, tuple[float, float]] = {}
    for name in drivers:
        if isinstance(cuts, Mapping) and name not in cuts:
            raise InputError(f"there are no cuts for {name!r}; give (low, high)")
        low, high = cuts[name] if isinstance(cuts, Mapping) else cuts
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(
                f"the low cut of {name!r} must be below the high one; received "
                f"{low:g} and {high:g}"
            )
        found[name] = (float(low), float(high))
    return found


def _result(
    question: DriverQuestion, collected: ContrastSums, cuts: Cuts, level: float
) -> PenaltyReward:
    sums = collected.sums
    if not math.isfinite(sums.residual):
        raise InputError(f"values of {question.outcome!r} are too large to square")
    if sums.residual <= _NO_SPREAD * sums.products[-1, -1]:
        raise InputError(
            f"{question.outcome!r} has one value only in {sums.n:,} rows: there is no "
            "difference to explain"
        )
    found = fit(sums)
    intercept, *rest = contrast_estimates(collected, found, question.unit, level)
    shares = sums.products[0, 1:-1] / sums.products[0, 0]
    placed = []
    for at, name in enumerate(question.drivers):
        penalty, reward, asymmetry = rest[3 * at : 3 * at + 3]
        low_share, high_share = shares[2 * at : 2 * at + 2].tolist()
        placed.append(
            ContrastDriver(
                name=name,
                low=cuts[name][0],
                high=cuts[name][1],
                low_share=low_share,
                high_share=high_share,
                penalty=penalty,
                reward=reward,
                asymmetry=asymmetry,
                kind=kind_of(penalty, reward, asymmetry),
            )
        )
    placed.sort(key=lambda driver: -np.nan_to_num(driver.penalty.value, nan=-math.inf))
    return PenaltyReward(
        outcome=question.outcome,
        measure=question.measure,
        unit=question.unit,
        intercept=intercept,
        r_squared=replace(
            intercept,
            value=found.r_squared,
            unit="share",
            method="ols",
            std_error=math.nan,
            lower=math.nan,
            upper=math.nan,
        ),
        drivers=tuple(placed),
        warnings=tuple(contrast_notices(question, collected, found)),
    )
