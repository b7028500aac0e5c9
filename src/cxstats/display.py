"""Estimates as short text and plain tables, in English.

Only codes (units, verdicts, methods) leave the library for translation; this
module is how a notebook, a terminal and a log line read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from cxstats.estimates import Estimate, Notice
from cxstats.reporting import MinimumN

__all__ = [
    "VERDICTS",
    "format_estimate",
    "format_key",
    "format_value",
    "notice_lines",
    "text_table",
]

VERDICTS = {
    "rose": "rose",
    "fell": "fell",
    "no_detectable_change": "no detectable change",
}
"""Verdict codes with their English words."""

_DECIMALS = {"points": 0, "score": 2, "share": 1}
_UNKNOWN = "–"


def format_value(value: float, unit: str, decimals: int | None = None) -> str:
    """Write one number in its unit.

    Parameters
    ----------
    value
        In ``unit``; NaN gives a dash.
    unit
        ``points`` (signed), ``score`` or ``share`` (shown in percent).
    decimals
        Digits after the point; by default 0, 2 and 1 by unit.

    Examples
    --------
    >>> format_value(39.84, "points"), format_value(0.5808, "share")
    ('+40', '58.1%')
    """
    if value != value:  # noqa: PLR0124 - NaN is the one number unequal to itself
        return _UNKNOWN
    digits = _DECIMALS.get(unit, 2) if decimals is None else decimals
    if unit == "share":
        return f"{100 * value:.{digits}f}%"
    rounded = round(value, digits) + 0.0
    return f"{rounded:+.{digits}f}" if unit == "points" else f"{rounded:.{digits}f}"


def format_estimate(
    estimate: Estimate, policy: MinimumN | None = None, decimals: int | None = None
) -> str:
    """Write an estimate with its interval and n.

    Parameters
    ----------
    estimate
        What to write.
    policy
        With a policy, a score below its minimum is replaced by how many answers
        there are and how many it takes.
    decimals
        Digits after the point.

    Examples
    --------
    >>> e = Estimate(39.84, "points", 1.5, 36.9, 42.8, 0.95, 2746, 2746.0, "score")
    >>> format_estimate(e)
    '+40 ±3 (n 2,746)'
    """
    if policy is not None and policy.standing(estimate.n) == "hidden":
        return f"too few answers ({estimate.n:,} of {policy.shown})"
    value = format_value(estimate.value, estimate.unit, decimals)
    half = format_value(estimate.half_width, estimate.unit, decimals)
    margin = "" if half == _UNKNOWN else f" ±{half.lstrip('+')}"
    return f"{value}{margin} (n {estimate.n:,})"


def format_key(value: Any) -> str:
    """Write one key of a group; a missing key says so."""
    return "(none)" if value is None else str(value)


def text_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out a table in fixed width: first column left, numbers right.

    Chinese characters count as two columns, as terminals draw them.
    """
    grid = [list(headers), *(list(row) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    numeric = [
        bool(rows) and all(_is_numeric(row[i]) for row in rows)
        for i in range(len(headers))
    ]
    lines = [
        "  ".join(
            _pad(cell, width, right=right)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in grid
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([lines[0], rule, *lines[1:]])


def _is_numeric(cell: str) -> bool:
    return cell[:1] in "+-–0123456789" if cell else True


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    fill = " " * (width - _width(text))
    return fill + text if right else text + fill


def notice_lines(notices: Iterable[Notice]) -> list[str]:
    """Write what the reader must know, a line for each notice.

    Examples
    --------
    >>> notice_lines([Notice("small_n", "12 answers")])
    ['small_n: 12 answers']
    """
    return [f"{notice.kind}: {notice.message}" for notice in notices]
