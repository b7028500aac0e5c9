"""How much faster one group leaves than another: discrete-time hazards from counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.estimates import Estimate, Floats
from cxstats.intervals.trinomial import critical_value
from cxstats.loyalty.life import LifeTable

__all__ = ["HazardFit", "hazard_ratios"]

_STEPS = 100
_CLOSE = 1e-10


@dataclass(frozen=True, eq=False)
class _Cells:
    """Counts by time (rows) and group (columns), only where they inform."""

    at_risk: Floats
    events: Floats


@dataclass(frozen=True)
class HazardFit:
    """Log hazard ratios of groups against the first.

    Parameters
    ----------
    coefficients
        Log ratio per group with its interval; NaN for a group without any event, 0
        for the first.
    ratios
        The same as ratios: 2 means leaving twice as fast.
    """

    coefficients: tuple[Estimate, ...]
    ratios: tuple[Estimate, ...]


def hazard_ratios(tables: tuple[LifeTable, ...], level: float = 0.95) -> HazardFit:
    """Fit a complementary log-log model with one level per time and one per group.

    The hazards of grouped times then are proportional as in Cox's model, so the
    ratios agree with his; all that is needed are counts per time and group.

    Parameters
    ----------
    tables
        Unweighted life tables; the first is compared with.
    level
        Confidence level of Wald intervals.

    Notes
    -----
    Prentice and Gloeckler (1978), Biometrics 34, 57-67. Times at which nobody or
    everybody left say nothing about the ratios and are left out.
    """
    with_events = [table.events.sum() > 0 for table in tables]
    fitted = [at for at, some in enumerate(with_events) if some]
    beta = np.full(len(tables), math.nan)
    errors = np.full(len(tables), math.nan)
    if with_events[0] and len(fitted) > 1:
        found = _fit(_cells([tables[at] for at in fitted]))
        beta[fitted], errors[fitted] = found
    beta[0] = errors[0] = 0.0
    half = critical_value(level) * errors
    logs, ratios = [], []
    for at, table in enumerate(tables):
        ends = np.array([beta[at], beta[at] - half[at], beta[at] + half[at]])
        with np.errstate(over="ignore"):
            # A group that leaves only where the others never do has no upper end.
            times = np.exp(ends)
        logs.append(_estimate(ends, errors[at], table, level, "log_ratio"))
        spread = errors[at] * times[0]
        ratios.append(_estimate(times, spread, table, level, "ratio"))
    return HazardFit(tuple(logs), tuple(ratios))


def _estimate(
    numbers: Floats, std_error: float, table: LifeTable, level: float, unit: str
) -> Estimate:
    value, lower, upper = numbers.tolist()
    return Estimate(
        value=value,
        unit=unit,
        std_error=float(std_error),
        lower=lower,
        upper=upper,
        level=level,
        n=table.n,
        n_effective=float(table.n),
        method="cloglog_hazard",
    )


def _cells(tables: list[LifeTable]) -> _Cells:
    times = np.unique(np.concatenate([table.time for table in tables]))
    at_risk = np.zeros((len(times), len(tables)))
    events = np.zeros_like(at_risk)
    for at, table in enumerate(tables):
        place = np.searchsorted(table.time, times, side="left")
        at_risk[:, at] = np.append(table.at_risk, 0.0)[place]
        events[np.searchsorted(times, table.time), at] = table.events
    left, there = events.sum(axis=1), at_risk.sum(axis=1)
    several = (at_risk > 0).sum(axis=1) > 1
    informs = several & (left > 0) & (left < there)
    return _Cells(at_risk[informs], events[informs])


def _fit(cells: _Cells) -> tuple[Floats, Floats]:
    """Solve by Fisher scoring; times are eliminated, so any number of them is cheap."""
    n, e = cells.at_risk, cells.events
    pooled = e.sum(axis=1) / n.sum(axis=1)
    alpha = np.log(-np.log1p(-pooled))
    beta = np.zeros(n.shape[1])
    inverse = np.zeros((len(beta) - 1, len(beta) - 1))
    for _step in range(_STEPS):
        eta = (alpha[:, None] + beta).clip(-30, 3)
        rate = np.exp(eta)
        chance = -np.expm1(-rate)
        score = rate * (e / chance - n)
        weight = n * rate**2 * (1 - chance) / chance
        by_time = weight.sum(axis=1)
        share = weight / by_time[:, None]
        # Schur complement: what groups tell once each time has its own level.
        reduced = np.diag(weight.sum(axis=0)) - weight.T @ share
        free = score.sum(axis=0) - share.T @ score.sum(axis=1)
        inverse = np.linalg.pinv(reduced[1:, 1:])
        # Steps of at most one keep hazards near 1 from overshooting to certainty.
        step = np.append(0.0, inverse @ free[1:]).clip(-1, 1)
        alpha += ((score.sum(axis=1) - weight @ step) / by_time).clip(-1, 1)
        beta += step
        if np.abs(step).max() < _CLOSE:
            break
    return beta, np.append(0.0, np.sqrt(np.diag(inverse)))
