"""Logistic regression with a ridge: readable, stable, and stored as plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.models.columns import Rows
from cxstats.models.design import Design

__all__ = ["LogisticModel", "fit_logistic"]

_FORMAT = "cxstats.logistic/1"

RIDGES = (1.0, 10.0, 100.0, 1000.0)
"""Penalties that are tried."""


@dataclass(frozen=True, eq=False)
class LogisticModel:
    """A fitted model that gives probabilities and says why.

    Parameters
    ----------
    design
        How columns become numbers.
    intercept
        Log-odds where every number of the matrix is zero.
    coefficients
        Log-odds per unit of each matrix column.
    centre
        Mean of each matrix column in training: contributions are against the average
        customer.
    ridge
        Penalty on the squared coefficients (half of it is added to the loss).
    """

    design: Design
    intercept: float
    coefficients: Floats
    centre: Floats
    ridge: float

    def predict(self, rows: Rows) -> Floats:
        """Give the probability of the outcome for each row.

        Raises
        ------
        ColumnNotFoundError
            If the rows lack a column of the model.
        """
        odds = self.intercept + self.design.matrix(rows) @ self.coefficients
        return np.asarray(1 / (1 + np.exp(-odds.clip(-700, 700))))

    def contributions(self, rows: Rows) -> Floats:
        """Give what each column adds to each row's log-odds against the average.

        They sum exactly to the row's log-odds minus those of the average customer.

        Returns
        -------
        numpy.ndarray
            One row per row, one column per column of the design.
        """
        parts = (self.design.matrix(rows) - self.centre) * self.coefficients
        blocks = self.design.blocks
        return np.column_stack([parts[:, block].sum(axis=1) for block in blocks])

    def to_dict(self) -> dict[str, Any]:
        """Return the model as plain JSON: no code, readable by any program.

        ``columns`` says how each column becomes numbers: ``(x - mean) / std`` with
        missing numbers at the median, then 1 where missing if ``has_missing``; one
        indicator per level of a category, where None is missing. ``coefficients``
        follow in that order; the probability is ``1 / (1 + exp(-(intercept + sum)))``.
        """
        return {
            "format": _FORMAT,
            "intercept": self.intercept,
            "ridge": self.ridge,
            "columns": [
                {
                    **column,
                    "coefficients": self.coefficients[block].tolist(),
                    "centre": self.centre[block].tolist(),
                }
                for column, block in zip(
                    self.design.to_list(), self.design.blocks, strict=True
                )
            ],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read a model that `to_dict` wrote.

        Raises
        ------
        InputError
            If it is not such a model.
        """
        if stored.get("format") != _FORMAT:
            raise InputError(
                f"this is not a stored model of the format {_FORMAT!r}; received "
                f"{stored.get('format')!r}"
            )
        try:
            columns = stored["columns"]
            design = Design.from_list(columns)
            numbers = [
                np.concatenate([np.asarray(column[key], float) for column in columns])
                for key in ("coefficients", "centre")
            ]
            intercept, ridge = float(stored["intercept"]), float(stored["ridge"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"the stored model cannot be read: {error}") from error
        width = sum(column.width for column in design.columns)
        usable = all(len(part) == width and np.isfinite(part).all() for part in numbers)
        if not usable or not math.isfinite(intercept):
            raise InputError("the stored model has unusable or missing coefficients")
        return cls(design, intercept, numbers[0], numbers[1], ridge)


def fit_logistic(
    rows: Rows,
    label: npt.NDArray[np.bool_],
    design: Design,
    *,
    weight: Floats | None = None,
    ridge: float | None = None,
) -> LogisticModel:
    """Fit a logistic regression with an L2 penalty on standardised columns.

    Parameters
    ----------
    rows
        Training rows.
    label
        The outcome of each.
    design
        Columns to use.
    weight
        Positive weights; scaled to a mean of 1.
    ridge
        Strength of the penalty; above 0, so that collinear columns and perfect
        separation still give finite coefficients. By default the one of 1, 10, 100
        and 1000 under which each training row is best predicted by all others.

    Raises
    ------
    InputError
        If only one outcome occurs or the ridge is not above 0.

    Notes
    -----
    The prediction of a row without itself is the approximation of Rad and Maleki
    (2020), Journal of the Royal Statistical Society B 82, 965-996: one Newton step.
    """
    if label.all() or not label.any():
        raise InputError("all rows have the same outcome; there is nothing to learn")
    if ridge is not None and not ridge > 0:
        raise InputError(f"the ridge must be above 0; received {ridge}")
    weights = np.ones(len(label)) if weight is None else weight / weight.mean()
    problem = _Problem(design.matrix(rows), label.astype(float), weights)
    fits = [(one, problem.fit(one)) for one in (RIDGES if ridge is None else (ridge,))]
    if len(fits) > 1:
        fits.sort(key=lambda item: problem.left_out_loss(*item))
    chosen, coefficients = fits[0]
    return LogisticModel(
        design=design,
        intercept=float(coefficients[0]),
        coefficients=coefficients[1:],
        centre=np.asarray(np.average(problem.matrix, axis=0, weights=weights)),
        ridge=chosen,
    )


@dataclass(frozen=True, eq=False)
class _Problem:
    """A matrix with outcomes and weights, to be fitted under several penalties."""

    matrix: Floats
    label: Floats
    weights: Floats

    def fit(self, ridge: float) -> Floats:
        """Give intercept and coefficients."""
        from sklearn.linear_model import (  # noqa: PLC0415 - slow import
            LogisticRegression,
        )

        fitted = LogisticRegression(
            C=1 / ridge, solver="newton-cholesky", tol=1e-8, max_iter=200
        ).fit(self.matrix, self.label, sample_weight=self.weights)
        return np.append(fitted.intercept_, fitted.coef_[0])

    def left_out_loss(self, ridge: float, coefficients: Floats) -> float:
        """Give the log loss of each row predicted by all others, approximately."""
        wide = np.column_stack([np.ones(len(self.label)), self.matrix])
        odds = wide @ coefficients
        chance = 1 / (1 + np.exp(-odds.clip(-700, 700)))
        curve = self.weights * chance * (1 - chance)
        penalty = np.full(wide.shape[1], ridge)
        penalty[0] = 0.0
        hessian = (wide * curve[:, None]).T @ wide + np.diag(penalty)
        reach = np.einsum("ij,ij->i", wide @ np.linalg.pinv(hessian), wide)
        pull = self.weights * (chance - self.label)
        without = odds + reach * pull / np.maximum(1 - curve * reach, 1e-6)
        side = np.where(self.label > 0, without, -without)
        return float((self.weights * np.logaddexp(0, -side)).sum())
