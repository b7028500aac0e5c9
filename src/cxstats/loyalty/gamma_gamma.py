"""What a purchase is worth: the Gamma-Gamma model of mean spend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from cxstats.estimates import Floats
from cxstats.loyalty.likelihood import Maximum, maximise

__all__ = ["GammaGamma", "fit_gamma_gamma"]


@dataclass(frozen=True)
class GammaGamma:
    """How mean spend varies between customers and around each of them.

    Parameters
    ----------
    p
        Shape of one customer's spend per purchase.
    q, v
        Shape and rate of the gamma distribution of the customers' own rates.

    Notes
    -----
    Fader and Hardie (2013), "The Gamma-Gamma model of monetary value", equation 1a.
    Spend per purchase and number of purchases must not be related.
    """

    p: float
    q: float
    v: float

    def log_likelihood(self, frequency: Floats, mean: Floats, weight: Floats) -> float:
        """Return the weighted log-likelihood of mean spends over repeat purchases."""
        px, q, v = self.p * frequency, self.q, self.v
        parts = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
        parts += (px - 1) * np.log(mean) + px * np.log(frequency)
        parts -= (px + q) * np.log(frequency * mean + v)
        return float((weight * parts).sum())

    def expected_spend(self, frequency: Floats, mean: Floats) -> Floats:
        """Return the mean spend per purchase to expect of a customer.

        Few purchases are drawn towards the mean of all; without a repeat purchase it
        is that mean.
        """
        x = np.asarray(frequency, dtype=float)
        own = np.where(x > 0, np.nan_to_num(mean), 0.0)
        below = self.p * x + self.q - 1
        return np.asarray(self.p * (self.v + x * own) / below)


def fit_gamma_gamma(
    frequency: Floats, mean: Floats, weight: Floats
) -> tuple[GammaGamma, Maximum]:
    """Fit the model to customers with a repeat purchase and a mean spend above 0.

    Raises
    ------
    InputError
        If the spends do not determine the three parameters.
    """
    unit = float(np.average(mean, weights=weight)) / 30
    scaled = mean / unit
    found = maximise(
        lambda p: GammaGamma(*p.tolist()).log_likelihood(frequency, scaled, weight),
        np.array([5.0, 4.0, 15.0]),
    )
    values = found.values * np.array([1, 1, unit])
    model = GammaGamma(*values.tolist())
    likelihood = model.log_likelihood(frequency, mean, weight)
    return model, Maximum(values, likelihood, found.log_errors)
