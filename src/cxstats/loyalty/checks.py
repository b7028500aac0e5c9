"""What the analyses of loyalty read from cells of any type."""

from __future__ import annotations

import math
from typing import Any

from cxstats.errors import InputError

__all__ = ["check_level", "number_of", "truth_of"]

_TRUE = frozenset(
    {"1", "true", "t", "yes", "y", "是", "churned", "left", "流失", "离网"}
)
_FALSE = frozenset({"0", "false", "f", "no", "n", "否", "stayed", "active", "在网"})


def check_level(level: float) -> None:
    """Refuse a confidence level that is none.

    Raises
    ------
    InputError
        If it is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"level must be between 0 and 1; received {level}")


def number_of(value: Any) -> float | None:
    """Read a cell as a finite number; None for everything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def truth_of(value: Any, column: str) -> bool | None:
    """Read a cell as happened or not; None where it is missing.

    Raises
    ------
    InputError
        If it is neither.
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN differs from itself
        return None
    number = number_of(value)
    text = (f"{number:g}" if number is not None else str(value)).strip().casefold()
    if not text:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise InputError(
        f"{column!r} holds {value!r}; an event is 1 or 0, true or false, yes or no"
    )
