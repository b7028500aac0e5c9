"""Repeat purchases without a contract: the BG/NBD model, from cells of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, hyp2f1

from cxstats.estimates import Floats
from cxstats.loyalty.likelihood import Maximum, maximise

__all__ = ["BgNbd", "Histories", "fit_bgnbd"]


@dataclass(frozen=True, eq=False)
class Histories:
    """Purchase histories, equal ones once with their weight.

    Parameters
    ----------
    frequency
        Repeat purchases: all but the first.
    recency
        Time from the first to the last purchase; 0 without a repeat purchase.
    age
        Time from the first purchase to the end of the data.
    weight
        Customers (or weights) with this history.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    weight: Floats


@dataclass(frozen=True)
class BgNbd:
    """How often customers buy while they are active, and how soon they stop.

    Parameters
    ----------
    r, alpha
        Purchase rates vary as a gamma distribution of this shape and rate.
    a, b
        The chance to stop after a purchase varies as a beta distribution of these.

    Notes
    -----
    Fader, Hardie and Lee (2005), Marketing Science 24(2), 275-284; equation numbers
    are theirs.
    """

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, histories: Histories) -> float:
        """Return the weighted log-likelihood of histories (equation 6)."""
        x, tx, age = histories.frequency, histories.recency, histories.age
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        repeat = np.maximum(x, 1)
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        common += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        active = -(r + x) * np.log(alpha + age)
        stopped = np.log(a) - np.log(b + repeat - 1) - (r + x) * np.log(alpha + tx)
        both = np.logaddexp(active, np.where(x > 0, stopped, -np.inf))
        return float((histories.weight * (common + both)).sum())

    def p_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """Return the probability of still being active.

        It is 1 for whoever has not bought again, by construction of the model: one
        can stop only after a repeat purchase.
        """
        return np.asarray(1 / (1 + self._odds_stopped(frequency, recency, age)))

    def expected_purchases(
        self, frequency: Floats, recency: Floats, age: Floats, horizon: float
    ) -> Floats:
        """Return the purchases expected within a horizon (equation 10)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x = np.asarray(frequency, dtype=float)
        till = alpha + np.asarray(age, dtype=float)
        # At a = 1 the formula is zero over zero; a hair beside it is its limit.
        a = a + 1e-9 if abs(a - 1) < 1e-9 else a  # noqa: PLR2004 - see above
        share = (till / (till + horizon)) ** (r + x)
        series = hyp2f1(r + x, b + x, a + b + x - 1, horizon / (till + horizon))
        purchases = (a + b + x - 1) / (a - 1) * (1 - share * series)
        return np.asarray(purchases / (1 + self._odds_stopped(x, recency, age)))

    def _odds_stopped(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        x = np.asarray(frequency, dtype=float)
        ratio = (self.alpha + age) / (self.alpha + recency)
        odds = self.a / (self.b + np.maximum(x, 1) - 1) * ratio ** (self.r + x)
        return np.where(x > 0, odds, 0.0)


def fit_bgnbd(histories: Histories) -> tuple[BgNbd, Maximum]:
    """Fit the model to weighted histories.

    Times are scaled for the search, so that days and weeks give the same answer.

    Raises
    ------
    InputError
        If the histories do not determine the four parameters.
    """
    unit = float(histories.age.mean()) / 30
    scaled = Histories(
        histories.frequency,
        histories.recency / unit,
        histories.age / unit,
        histories.weight,
    )
    found = maximise(
        lambda p: BgNbd(*p.tolist()).log_likelihood(scaled), np.array([0.5, 5, 1, 2])
    )
    values = found.values * np.array([1, unit, 1, 1])
    model = BgNbd(*values.tolist())
    likelihood = model.log_likelihood(histories)
    return model, Maximum(values, likelihood, found.log_errors)
