"""The outcome to predict: one column read as happened or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.models import Rows

__all__ = ["FEWEST_EVENTS", "Outcome", "read_outcome"]

FEWEST_EVENTS = 20
"""Customers with and without the outcome that a model needs at the very least."""

_YES = frozenset(
    {"1", "true", "yes", "y", "t", "churn", "churned", "left", "lost", "cancelled"}
    | {"canceled", "是", "流失", "已流失", "离网", "已离网", "離網", "已離網"}
)
_NO = frozenset(
    {"0", "false", "no", "n", "f", "stayed", "active", "retained"}
    | {"否", "未流失", "在网", "在網", "留存"}
)
_SHOWN = 6


@dataclass(frozen=True, eq=False)
class Outcome:
    """The outcome of each row whose outcome is known.

    Parameters
    ----------
    positive
        The value of the column that means that it happened.
    known
        Rows with an outcome.
    label
        Of those rows, whether it happened.
    """

    positive: str
    known: npt.NDArray[np.bool_]
    label: npt.NDArray[np.bool_]

    @property
    def unknown(self) -> int:
        """Rows without an outcome, which were left out."""
        return int((~self.known).sum())


def read_outcome(rows: Rows, name: str, positive: Any = None) -> Outcome:
    """Read the outcome column.

    Parameters
    ----------
    rows
        Customers.
    name
        The column; NULL, NaN and blank mean unknown.
    positive
        The value that means that it happened. Without it the column must hold two
        values, one of them 1, true, yes, churned, 是, 流失 or the like.

    Raises
    ------
    InputError
        If the value cannot be told, does not occur, or one class is too small.
    """
    texts = rows.texts(name)
    known = np.array([text is not None for text in texts], dtype=bool)
    values = texts[known]
    counts: dict[str, int] = {}
    for value in values.tolist():
        counts[value] = counts.get(value, 0) + 1
    chosen = _chosen(name, counts, positive)
    label = values == chosen
    for kind, word in ((label, "with"), (~label, "without")):
        if kind.sum() < FEWEST_EVENTS:
            raise InputError(
                f"a model needs at least {FEWEST_EVENTS} customers {word} the outcome, "
                f"{name!r} has {int(kind.sum()):,}; take more customers or more time"
            )
    return Outcome(chosen, known, np.asarray(label, dtype=bool))


def _chosen(name: str, counts: dict[str, int], positive: Any) -> str:
    shown = ", ".join(repr(value) for value in sorted(counts)[:_SHOWN])
    if not counts:
        raise InputError(f"{name!r} holds no outcome; every row is blank")
    if positive is not None:
        text = str(positive).strip()
        text = text.lower() if isinstance(positive, bool) else text
        if text not in counts:
            raise InputError(f"{name!r} never is {text!r}; it holds {shown}")
        return text
    if len(counts) != 2:  # noqa: PLR2004 - happened or not
        raise InputError(
            f"{name!r} holds {len(counts):,} different values ({shown}); a label holds "
            "two, or say which value means that it happened (positive)"
        )
    lowered = {value.casefold(): value for value in counts}
    yes, no = set(lowered) & _YES, set(lowered) & _NO
    if len(yes) == 1:
        return lowered[yes.pop()]
    if len(no) == 1:
        return lowered[(set(lowered) - no).pop()]
    raise InputError(
        f"{name!r} holds {shown}; say which of them means that it happened (positive)"
    )
