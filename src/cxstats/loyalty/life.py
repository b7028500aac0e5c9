"""Life tables: how many were there, how many left, and the survival that follows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats
from cxstats.intervals.trinomial import critical_value

__all__ = ["LifeTable", "LogRank", "log_rank"]


@dataclass(frozen=True, eq=False)
class LifeTable:
    """Customers at risk and events at each time, for one group.

    Parameters
    ----------
    time
        Rising times.
    at_risk, events
        Sums of weights of customers present just before each time, and of those with
        the event at it.
    n
        Customers.
    at_risk_squared, events_squared
        The same sums of squared weights; equal to the sums without weights.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    n: int
    at_risk_squared: Floats
    events_squared: Floats

    @classmethod
    def of(cls, time: Floats, at_risk: Floats, events: Floats, n: int) -> LifeTable:
        """Make a table of unweighted counts.

        Raises
        ------
        InputError
            If times repeat, counts are negative or more leave than are there.
        """
        order = np.argsort(time, kind="stable")
        time, at_risk, events = time[order], at_risk[order], events[order]
        if (np.diff(time) <= 0).any():
            raise InputError("a life table needs each time once per group")
        if (events < 0).any() or (events > at_risk).any():
            raise InputError(
                "events must lie between 0 and the customers at risk at every time"
            )
        return cls(time, at_risk, events, n, at_risk, events)

    @property
    def hazard(self) -> Floats:
        """Share of those at risk with the event, per time."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.at_risk > 0, self.events / self.at_risk, 0.0)

    @property
    def survival(self) -> Floats:
        """Kaplan and Meier's product of one minus the hazard, after each time."""
        return np.asarray(np.cumprod(1 - self.hazard), dtype=float)

    def interval(self, level: float) -> tuple[Floats, Floats, Floats]:
        """Return standard errors (Greenwood) and ends of log intervals, per time.

        With weights each time's term is the linearised variance of its hazard; with
        equal weights it is Greenwood's.
        """
        hazard, survival = self.hazard, self.survival
        left = self.at_risk_squared - self.events_squared
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = self.events_squared * (1 - hazard) ** 2 + left * hazard**2
            term = spread / (self.at_risk * (1 - hazard)) ** 2
            variance = np.cumsum(np.where(hazard > 0, term, 0.0))
            half = critical_value(level) * np.sqrt(variance)
            lower = survival * np.exp(-half)
            upper = np.minimum(survival * np.exp(half), 1.0)
        gone = survival <= 0
        # After the last customer has left, the bound before it is what is known.
        held = upper[~gone][-1] if (~gone).any() else 1.0
        return (
            np.where(gone, np.nan, survival * np.sqrt(variance)),
            np.where(gone, 0.0, lower),
            np.where(gone, held, upper),
        )

    def at(self, time: float, level: float) -> Estimate:
        """Estimate the share that is still there after a time.

        Beyond the last time observed nothing is known: NaN.
        """
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        beyond = not len(self.time) or time > self.time[-1]
        if beyond:
            value = std_error = lower = upper = math.nan
        elif place < 0:
            value, std_error, lower, upper = 1.0, 0.0, 1.0, 1.0
        else:
            value = float(self.survival[place])
            ends = self.interval(level)
            std_error, lower, upper = (float(part[place]) for part in ends)
        return Estimate(
            value=value,
            unit="share",
            std_error=std_error,
            lower=lower,
            upper=upper,
            level=level,
            n=self.n,
            n_effective=self.n_effective,
            method="kaplan_meier_log",
        )

    @property
    def n_effective(self) -> float:
        """Customers of equal weight that would be as precise at the start."""
        if not len(self.time) or not self.at_risk_squared[0]:
            return 0.0
        return float(self.at_risk[0] ** 2 / self.at_risk_squared[0])

    def median(self, level: float) -> Estimate:
        """Estimate the time after which half have left."""
        return self.quantile(0.5, level)

    def quantile(self, share: float, level: float) -> Estimate:
        """Estimate the time after which a share has left (Brookmeyer and Crowley 1982).

        NaN where so many have not left yet; an end that was not reached is NaN.

        Raises
        ------
        InputError
            If the share is not between 0 and 1.
        """
        if not 0 < share < 1:
            raise InputError(f"a share lies between 0 and 1; received {share}")
        _std_error, lower, upper = self.interval(level)
        value, low, high = (
            self._first(curve, share) for curve in (self.survival, lower, upper)
        )
        return Estimate(
            value=value,
            unit="time",
            std_error=math.nan,
            lower=low,
            upper=high,
            level=level,
            n=self.n,
            n_effective=self.n_effective,
            method="brookmeyer_crowley",
        )

    def _first(self, curve: Floats, share: float) -> float:
        reached = np.flatnonzero(curve <= 1 - share + 1e-12)
        return float(self.time[reached[0]]) if len(reached) else math.nan


@dataclass(frozen=True)
class LogRank:
    """A test that groups leave at the same pace.

    Parameters
    ----------
    statistic, df
        Chi-square and its degrees of freedom.
    p
        Probability of as much or more if the pace were one.
    """

    statistic: float
    df: int
    p: float


def log_rank(tables: tuple[LifeTable, ...]) -> LogRank:
    """Test whether groups leave at the same pace (Mantel 1966).

    Parameters
    ----------
    tables
        Unweighted life tables of two or more groups.
    """
    times = np.unique(np.concatenate([table.time for table in tables]))
    risk = np.array([_at_risk(table, times) for table in tables])
    events = np.array([_events(table, times) for table in tables])
    total, left = risk.sum(axis=0), events.sum(axis=0)
    some = left > 0
    risk, total, left = risk[:, some], total[some], left[some]
    share = risk / total
    surplus = events[:, some].sum(axis=1) - (share * left).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = left * (total - left) / (total - 1)
    spread = np.where(total > 1, spread, 0.0)
    variance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    statistic = float(surplus @ np.linalg.pinv(variance) @ surplus)
    df = len(tables) - 1
    return LogRank(statistic, df, float(scipy.stats.chi2.sf(statistic, df)))


def _at_risk(table: LifeTable, times: Floats) -> Floats:
    place = np.searchsorted(table.time, times, side="left")
    return np.append(table.at_risk, 0.0)[place]


def _events(table: LifeTable, times: Floats) -> Floats:
    found = np.zeros(len(times))
    found[np.searchsorted(times, table.time)] = table.events
    return found
