"""Maximum likelihood of a few positive parameters, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats
from cxstats.intervals.trinomial import critical_value

__all__ = ["Maximum", "maximise"]

_STEP = 1e-3
_FARTHEST = 12.0
_SETTLED = 1e-5


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a likelihood is highest.

    Parameters
    ----------
    values
        The parameters.
    log_likelihood
        Its logarithm there.
    log_errors
        Standard errors of the parameters' logarithms; NaN where it is flat.
    """

    values: Floats
    log_likelihood: float
    log_errors: Floats

    def estimates(
        self, names: Sequence[str], n: int, n_effective: float, level: float
    ) -> dict[str, Estimate]:
        """Return the parameters with intervals, symmetric in their logarithms."""
        half = critical_value(level) * self.log_errors
        return {
            name: Estimate(
                value=float(value),
                unit="parameter",
                std_error=float(value * error),
                lower=float(value * np.exp(-width)),
                upper=float(value * np.exp(width)),
                level=level,
                n=n,
                n_effective=n_effective,
                method="maximum_likelihood",
            )
            for name, value, error, width in zip(
                names, self.values, self.log_errors, half, strict=True
            )
        }


def maximise(log_likelihood: Callable[[Floats], float], start: Floats) -> Maximum:
    """Find positive parameters that make the data likeliest.

    Parameters
    ----------
    log_likelihood
        Of the parameters.
    start
        Where to begin.

    Raises
    ------
    InputError
        If the likelihood has no maximum in a sensible range.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - slow import

    def cost(logs: Floats) -> float:
        return -log_likelihood(np.exp(logs.clip(-_FARTHEST, _FARTHEST)))

    logs = np.log(start)
    for _round in range(3):
        # The simplex finds the valley, the second method its bottom.
        logs = minimize(
            cost,
            logs,
            method="Nelder-Mead",
            options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000},
        ).x
        found = minimize(cost, logs, method="BFGS", options={"gtol": 1e-7})
        settled = np.abs(found.x - logs).max() < _SETTLED
        logs = found.x
        if settled:
            break
    if not np.isfinite(found.fun) or np.abs(logs).max() >= _FARTHEST:
        raise InputError(
            "the purchases do not determine the model: a parameter runs to its limit; "
            "give more customers, or customers who differ more"
        )
    errors = _errors(cost, logs)
    return Maximum(np.exp(logs), -float(found.fun), errors)


def _errors(cost: Callable[[Floats], float], at: Floats) -> Floats:
    """Take standard errors from the curvature of the log-likelihood."""
    size = len(at)
    steps = np.eye(size) * _STEP
    curve = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            curve[i, j] = (
                cost(at + steps[i] + steps[j])
                - cost(at + steps[i] - steps[j])
                - cost(at - steps[i] + steps[j])
                + cost(at - steps[i] - steps[j])
            )
    curve /= 4 * (_STEP) ** 2
    values, vectors = np.linalg.eigh(curve)
    if (values <= 0).any():
        return np.full(size, np.nan)
    return np.asarray(np.sqrt(((vectors**2) / values).sum(axis=1)))
