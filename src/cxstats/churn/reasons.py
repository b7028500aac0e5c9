"""Why a customer is on the list: the columns that raise the probability most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.estimates import json_number, json_value
from cxstats.models import Rows

__all__ = ["CustomerReasons", "Reason", "reasons_of"]

SHOWN = 3
"""Reasons per customer."""


@dataclass(frozen=True)
class Reason:
    """One column that raises a customer's probability.

    Parameters
    ----------
    column
        The column.
    value
        What the customer has there; None where missing.
    contribution
        What it adds in log-odds: against the average customer for the logistic
        model, against what other customers have there for trees.
    """

    column: str
    value: Any
    contribution: float

    def to_dict(self) -> dict[str, Any]:
        """Return the reason for JSON."""
        return {
            "column": self.column,
            "value": json_value(self.value),
            "contribution": json_number(self.contribution),
        }


@dataclass(frozen=True)
class CustomerReasons:
    """A customer with the probability of the outcome and the reasons.

    Parameters
    ----------
    id
        The customer; None without an id column.
    probability
        Given by a model that had not seen the customer's outcome.
    reasons
        Columns that raise it, the strongest first; at most three.
    """

    id: Any
    probability: float
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the customer for JSON."""
        return {
            "id": json_value(self.id),
            "probability": self.probability,
            "reasons": [reason.to_dict() for reason in self.reasons],
        }


def reasons_of(
    contributions: Mapping[str, float], rows: Rows, at: int
) -> tuple[Reason, ...]:
    """Choose the strongest reasons of one row; what lowers the probability is none."""
    raising = [(name, part) for name, part in contributions.items() if part > 0]
    raising.sort(key=lambda item: (-item[1], item[0]))
    return tuple(
        Reason(name, plain(rows.frame[name].iat[at]), part)
        for name, part in raising[:SHOWN]
    )


def plain(value: Any) -> Any:
    """Give a cell of a frame as a plain Python value; missing is None."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return None
    return value.item() if isinstance(value, np.generic) else value
