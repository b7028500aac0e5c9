"""The table page: a metric in the groups of one dimension, fairly compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.metrics.queries.comparing import (
    Breakdown,
    Row,
    breakdown,
    write_difference,
)
from zhiyin.analyze.metrics.queries.presentation import (
    Axis,
    ScoreText,
    axis_of,
    present,
)
from zhiyin.analyze.metrics.queries.selection import NOT_GIVEN, Condition

SORTS = {"score", "n", "name", "difference"}
_FULL_AXIS_SHARE = 0.6


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
class TablePage:
    """The table of one dimension."""

    name: str
    label: str
    rows: list[TableRow]
    compared: int
    hidden: int
    is_number: bool
    sort: str


def breakdown_of(analysis: Analysis, name: str) -> Breakdown:
    """Return the groups of a dimension; an unknown name means the first one."""
    dimension = analysis.labels.dimension(name) or analysis.labels.dimensions[0]
    return breakdown(analysis.snapshot, analysis.chosen, dimension, analysis.policy)


def group_label(analysis: Analysis, name: str, table: Breakdown, row: Row) -> str:
    """Return what a group is called: its value, or the ends of its bin."""
    value = row.group.by["group"]
    if not table.edges or value is None:
        return analysis.labels.value(name, value)
    number = int(value)
    low = "" if number == 0 else f"{table.edges[number - 1]:g}"
    high = "" if number == len(table.edges) else f"{table.edges[number]:g}"
    if not low:
        return _("under %(high)s") % {"high": high}
    return _("%(low)s and over") % {"low": low} if not high else f"{low} – {high}"


def table_page(analysis: Analysis, name: str, sort: str) -> TablePage:
    """Return the table, sorted; groups that may not be ranked come last."""
    dimension = analysis.labels.dimension(name) or analysis.labels.dimensions[0]
    table = breakdown_of(analysis, dimension.name)
    axis = _common_axis(analysis, table)
    pairs = [
        (row, _table_row(analysis, dimension.name, table, row, axis))
        for row in table.rows
    ]
    chosen = sort if sort in SORTS else ("group" if dimension.is_number else "score")
    pairs.sort(key=lambda pair: _sort_key(pair[0], pair[1], chosen))
    return TablePage(
        name=dimension.name,
        label=dimension.label,
        rows=[shown for _row, shown in pairs],
        compared=table.compared,
        hidden=sum(row.standing == "hidden" for row in table.rows),
        is_number=dimension.is_number,
        sort=chosen,
    )


def _common_axis(analysis: Analysis, table: Breakdown) -> Axis:
    """Return one axis for all whiskers, closer than the whole range where it can be."""
    unit = table.result.unit
    full = axis_of(unit, analysis.chosen.series.scale)
    shown = [row.group.estimate for row in table.rows if row.standing != "hidden"]
    if not shown:
        return full
    low = min(estimate.lower for estimate in shown)
    high = max(estimate.upper for estimate in shown)
    if high - low > (full.high - full.low) * _FULL_AXIS_SHARE or high <= low:
        return full
    room = (high - low) * 0.08
    return Axis(max(full.low, low - room), min(full.high, high + room))


def _table_row(
    analysis: Analysis,
    name: str,
    table: Breakdown,
    row: Row,
    axis: Axis,
) -> TableRow:
    found = row.difference
    estimate = row.group.estimate
    unit = estimate.unit
    scale = analysis.chosen.series.scale
    interval = ""
    if found is not None:
        interval = (
            f"{write_difference(found.estimate.lower, unit)} … "
            f"{write_difference(found.estimate.upper, unit)}"
        )
    return TableRow(
        label=group_label(analysis, name, table, row),
        score=present(estimate, analysis.policy, scale, axis),
        difference=write_difference(found.estimate.value, unit) if found else "",
        interval=interval,
        q=write_q(found.q) if found else "",
        verdict=found.verdict if found else "",
        rank=row.rank,
        url=_behind(analysis, name, table, row),
    )


def write_q(q: float) -> str:
    """Write a false discovery rate; a tiny one is not zero."""
    return "<0.001" if q < 0.001 else f"{q:.3f}"  # noqa: PLR2004


def _behind(analysis: Analysis, name: str, table: Breakdown, row: Row) -> str:
    """Return the query of the same selection, narrowed to this group."""
    value = row.group.by["group"]
    if table.edges and value is not None:
        return ""
    dimension = analysis.labels.dimension(name)
    if dimension is None:
        return ""
    text = NOT_GIVEN if value is None else str(value)
    others = tuple(c for c in analysis.chosen.conditions if c.name != name)
    only = Condition(name, dimension.column, (text,))
    return f"?{replace(analysis.chosen, conditions=(*others, only)).query()}"


def _sort_key(row: Row, shown: TableRow, sort: str) -> tuple[int, float, str]:
    standing = {"normal": 0, "indicative": 1, "hidden": 2}[row.standing]
    if sort == "group":
        value = row.group.by["group"]
        return (0, float("inf") if value is None else float(value), shown.label)
    if sort == "n":
        return (0, -row.group.estimate.n, shown.label)
    if sort == "name":
        return (0, 0.0, shown.label)
    if sort == "difference" and row.difference is not None:
        return (standing, row.difference.estimate.value, shown.label)
    return (standing, -row.group.estimate.value if standing < 2 else 0.0, shown.label)  # noqa: PLR2004
