"""The table page: a metric in the groups of one dimension, fairly compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.metrics.queries.comparing import (
    Breakdown,
    Row,
    breakdown,
    write_difference,
)
from zhiyin.analyze.metrics.queries.labels import Dimension
from zhiyin.analyze.metrics.queries.presentation import (
    Axis,
    ScoreText,
    axis_of,
    present,
)
from zhiyin.analyze.metrics.queries.selection import NOT_GIVEN, Condition, Range

SORTS = ("name", "score", "n", "difference")
_STANDINGS = {"normal": 0, "indicative": 1, "hidden": 2}
_FULL_AXIS_SHARE = 0.6
_MOST_CUTS = 20


@dataclass(frozen=True)
class TableRow:
    """One group as the table shows it."""

    label: str
    score: ScoreText
    difference: str
    interval: str
    q: str
    verdict: str
    rank: int | None
    url: str


@dataclass(frozen=True)
class Head:
    """A column's head: what a click on it sorts by, and how it is sorted now."""

    label: str
    sort: str
    aria: str
    is_number: bool = True


@dataclass(frozen=True)
class TablePage:
    """The table of one dimension."""

    name: str
    label: str
    heads: list[Head]
    rows: list[TableRow]
    compared: int
    hidden: int
    total: int
    is_number: bool
    is_tree: bool
    sort: str
    cuts: str


def dimension_of(analysis: Analysis, name: str) -> Dimension:
    """Return a dimension by name; an unknown name means the first that tells apart."""
    known = analysis.labels.dimension(name)
    if known is not None:
        return known
    is_relationship = analysis.chosen.series.stream == "relationship"
    usual = "wave" if is_relationship else "touchpoint"
    return analysis.labels.dimension(usual) or analysis.labels.dimensions[0]


def read_cuts(text: str) -> tuple[float, ...]:
    """Read the points at which a number is cut, as `5, 10`; nothing for anything else.

    Each is the first value of the upper group.
    """
    try:
        cuts = [float(part) for part in text.replace("，", ",").split(",") if part]
    except ValueError:
        return ()
    rises = all(a < b for a, b in pairwise(cuts))
    is_fine = rises and all(map(math.isfinite, cuts)) and len(cuts) <= _MOST_CUTS
    return tuple(cuts) if is_fine else ()


def breakdown_of(analysis: Analysis, dimension: Dimension) -> Breakdown:
    """Return the groups of a dimension."""
    cuts = read_cuts(analysis.query.get("cuts")) if dimension.is_number else ()
    return breakdown(
        analysis.snapshot,
        analysis.chosen,
        dimension,
        analysis.policy,
        cuts,
    )


def group_label(
    analysis: Analysis,
    dimension: Dimension,
    table: Breakdown,
    row: Row,
) -> str:
    """Return what a group is called: its value, or the ends of its bin."""
    if not table.edges or row.key is None:
        return analysis.labels.value(dimension.name, row.key)
    wanted = bin_range(table, int(row.key))
    low, high = wanted.low, wanted.high
    if low is None:
        return _("under %(high)s") % {"high": f"{high:g}"}
    if high is None:
        return _("%(low)s and over") % {"low": f"{low:g}"}
    return _("%(low)s to under %(high)s") % {"low": f"{low:g}", "high": f"{high:g}"}


def bin_range(table: Breakdown, number: int) -> Range:
    """Return the numbers of a bin; its upper end belongs to the next one."""
    low = table.edges[number - 1] if number else None
    high = table.edges[number] if number < len(table.edges) else None
    return Range(low, high, excludes_high=True)


def table_page(analysis: Analysis, name: str, sort: str) -> TablePage:
    """Return the table, sorted; groups that may not be ranked come last."""
    dimension = dimension_of(analysis, name)
    table = breakdown_of(analysis, dimension)
    axis = _common_axis(analysis, table)
    pairs = [
        (row, _table_row(analysis, dimension, table, row, axis)) for row in table.rows
    ]
    chosen = sort if sort.removeprefix("-") in SORTS else _usual_sort(table)
    pairs.sort(key=lambda pair: _sort_key(pair[0], pair[1], chosen))
    return TablePage(
        name=dimension.name,
        label=dimension.label,
        heads=_heads(dimension, chosen),
        rows=[shown for _row, shown in pairs],
        compared=table.compared,
        hidden=sum(row.standing == "hidden" for row in table.rows),
        total=table.total,
        is_number=dimension.is_number,
        is_tree=dimension.is_tree,
        sort=chosen,
        cuts=", ".join(f"{edge:g}" for edge in table.edges),
    )


def _usual_sort(table: Breakdown) -> str:
    return "name" if table.edges else "-score"


def _heads(dimension: Dimension, chosen: str) -> list[Head]:
    labels = {
        "name": dimension.label,
        "score": _("Score"),
        "n": "n",
        "difference": _("Difference from the rest"),
    }
    heads = []
    for code, label in labels.items():
        down = f"-{code}"
        aria = {code: "ascending", down: "descending"}.get(chosen, "none")
        first, then = (code, down) if code == "name" else (down, code)
        following = then if chosen == first else first
        heads.append(Head(label, following, aria, is_number=code != "name"))
    return heads


def _common_axis(analysis: Analysis, table: Breakdown) -> Axis:
    """Return one axis for all whiskers, closer than the whole range where it can be."""
    full = axis_of(table.result.unit, analysis.chosen.series.scale)
    shown = [row.group.estimate for row in table.rows if row.standing != "hidden"]
    if not shown:
        return full
    low = min(estimate.lower for estimate in shown)
    high = max(estimate.upper for estimate in shown)
    if not 0 < high - low <= (full.high - full.low) * _FULL_AXIS_SHARE:
        return full
    room = (high - low) * 0.08
    return Axis(max(full.low, low - room), min(full.high, high + room))


def _table_row(
    analysis: Analysis,
    dimension: Dimension,
    table: Breakdown,
    row: Row,
    axis: Axis,
) -> TableRow:
    found = row.difference
    estimate = row.group.estimate
    unit = estimate.unit
    interval = ""
    if found is not None:
        ends = (found.estimate.lower, found.estimate.upper)
        interval = " … ".join(write_difference(end, unit) for end in ends)
    return TableRow(
        label=group_label(analysis, dimension, table, row),
        score=present(estimate, analysis.policy, analysis.chosen.series.scale, axis),
        difference=write_difference(found.estimate.value, unit) if found else "",
        interval=interval,
        q=write_q(found.q) if found else "",
        verdict=found.verdict if found else "",
        rank=row.rank,
        url=f"?{analysis.chosen.only(condition_of(dimension, table, row)).query()}",
    )


def write_q(q: float) -> str:
    """Write a false discovery rate; a tiny one is not zero."""
    if math.isnan(q):
        return "–"
    return "<0.001" if q < 0.001 else f"{q:.3f}"  # noqa: PLR2004


def condition_of(dimension: Dimension, table: Breakdown, row: Row) -> Condition:
    """Return the condition that keeps exactly the answers of a group."""
    if row.key is None:
        text = NOT_GIVEN
    elif table.edges:
        text = str(bin_range(table, int(row.key)))
    else:
        text = str(row.key)
    return Condition(dimension.name, dimension.column, (text,), dimension.is_number)


def _sort_key(row: Row, shown: TableRow, sort: str) -> tuple[int, float, str]:
    """Order rows; what has no value to sort by, or may not be ranked, comes last."""
    name, sign = sort.removeprefix("-"), -1.0 if sort.startswith("-") else 1.0
    if name == "n":
        return (0, sign * row.group.estimate.n, shown.label)
    if name == "name":
        return _name_key(row, shown, sign)
    standing = _STANDINGS[row.standing]
    estimate = row.group.estimate
    if name == "difference" and row.difference is not None:
        return (standing, sign * row.difference.estimate.value, shown.label)
    return (standing, sign * estimate.value if standing < 2 else 0.0, shown.label)  # noqa: PLR2004


def _name_key(row: Row, shown: TableRow, sign: float) -> tuple[int, float, str]:
    if row.key is None:
        return (1, 0.0, "")
    if isinstance(row.key, int | float):
        return (0, sign * float(row.key), "")
    # Python sorts texts upwards only: characters turned over sort them downwards.
    text = shown.label
    turned = "".join(chr(0x10FFFF - ord(letter)) for letter in text)
    return (0, 0.0, text if sign > 0 else turned)
