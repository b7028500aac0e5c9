"""What kind of surprise a slice is: told from its columns, values and direction."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Literal

from cxstats.discovery.conditions import Condition

__all__ = ["Kind", "is_complaint", "is_value", "kind_of_slice"]

Kind = Literal["slice", "value_inversion", "recovery_paradox", "coverage"]
"""``value_inversion``: customers of high value score lower; ``recovery_paradox``:
customers who complained score higher; ``coverage``: presence of a value tells the
score."""

_VALUE = re.compile(
    r"arpu|revenue|spen[dt]|fee\b|bill|clv|ltv|value|tier|vip|消费|消費|收入|营收|營收|月费"
    r"|月費|话费|話費|客单价|客單價|价值|價值|星级|星級",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"高|钻|鑽|白金|金卡|旗舰|旗艦|\bhigh|\btop|\bvip|premium|platinum|gold|diamond",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(r"complain|投诉|投訴|申诉|申訴|抱怨", re.IGNORECASE)
_YES = {"是", "有", "yes", "y", "true", "1", "已解决", "已解決", "resolved"}


def is_value(column: str, named: Collection[str] = ()) -> bool:
    """Whether a column says what a customer is worth: by its name, or as told."""
    return column in named or bool(_VALUE.search(column))


def is_complaint(column: str, named: Collection[str] = ()) -> bool:
    """Whether a column counts or marks complaints: by its name, or as told."""
    return column in named or bool(_COMPLAINT.search(column))


def kind_of_slice(
    conditions: Sequence[Condition],
    difference: float,
    *,
    value: Collection[str] = (),
    complaints: Collection[str] = (),
) -> Kind:
    """Tell the kind of a slice.

    Parameters
    ----------
    conditions, difference
        The slice, and its value minus the rest's.
    value, complaints
        Columns that are known to be such whatever their name.
    """
    if any(condition.is_coverage for condition in conditions):
        return "coverage"
    single = conditions[0] if len(conditions) == 1 else None
    if single is not None and difference < 0:
        is_high = single.is_open_above or _is_high(single.low)
        return "value_inversion" if _named(single, value) and is_high else "slice"
    complained = [item for item in conditions if is_complaint(item.column, complaints)]
    if difference > 0 and any(_complained(item.low) for item in complained):
        return "recovery_paradox"
    return "slice"


def _named(condition: Condition, value: Collection[str]) -> bool:
    return is_value(condition.column, value)


def _is_high(value: Any) -> bool:
    return isinstance(value, str) and bool(_HIGH.search(value))


def _complained(low: Any) -> bool:
    """Whether a condition on a complaint column means at least one complaint."""
    if isinstance(low, str):
        return low.strip().casefold() in _YES
    return low is not None and float(low) >= 1
