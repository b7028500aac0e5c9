"""Pieces of output that several commands share."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from cxstats.display import format_value
from cxstats.estimates import Estimate, Notice
from cxstats.reporting import DEFAULT_POLICY, MinimumN

__all__ = [
    "describe_excluded",
    "minimum_n",
    "numbers",
    "print_json",
    "print_notices",
    "shorten",
]

_WIDEST = 28
_DECIMALS = {"points": 1, "score": 2, "share": 1}
_REASONS = {
    "blank": "blank",
    "missing_code": "missing code",
    "not_a_number": "not a number",
    "not_whole": "between two points of the scale",
    "out_of_range": "outside the scale",
    "no_weight": "no usable weight",
    "no_stratum": "no stratum",
    "no_cluster": "no cluster",
}


def print_json(data: Any) -> None:
    """Print JSON with Chinese as it is."""
    print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def minimum_n(given: int | None) -> MinimumN:
    """Make the policy of small groups from what the user asked for.

    Raises
    ------
    InputError
        If the number is below 1.
    """
    if given is None:
        return DEFAULT_POLICY
    return MinimumN(given, max(given, DEFAULT_POLICY.ranked))


def numbers(estimate: Estimate) -> list[str]:
    """Write value, half-width and interval of an estimate."""
    digits = _DECIMALS[estimate.unit]
    value, half, lower, upper = (
        format_value(number, estimate.unit, digits)
        for number in (
            estimate.value,
            estimate.half_width,
            estimate.lower,
            estimate.upper,
        )
    )
    return [value, half.lstrip("+"), f"{lower} to {upper}"]


def describe_excluded(excluded: Mapping[str, int]) -> str:
    """Write what was left out and why in one line."""
    return ", ".join(
        f"{count:,} {_REASONS.get(reason, reason)}"
        for reason, count in excluded.items()
        if count
    )


def print_notices(notices: Iterable[Notice]) -> None:
    """Print what the reader must know to the error stream, one line each."""
    for notice in notices:
        print(f"warning ({notice.kind}): {notice.message}", file=sys.stderr)


def shorten(text: str, widest: int = _WIDEST) -> str:
    """Cut a text for a table cell; line breaks become spaces."""
    line = " ".join(text.split())
    return line if len(line) <= widest else f"{line[: widest - 1]}…"
