"""The groups of a result under other names: branches of a tree, or all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from cxstats.aggregates import ScoreCells
from cxstats.metrics import (
    MetricResult,
    ces_from_cells,
    csat_from_cells,
    nps_from_cells,
)
from cxstats.scales import NPS_0_10

GROUP = "group"


def regrouped(result: MetricResult, names: Sequence[str | None]) -> MetricResult:
    """Return a result with a name for each of its groups; equal names become one.

    Counts add up, so nothing is read again.
    """
    cells = result.cells
    kept = [name for name in cells.table.column_names if not name.startswith("by")]
    column = pa.array([names[at] for at in cells.group_index], pa.string())
    table = cells.table.select(kept).add_column(0, "by0", column)
    named = ScoreCells((GROUP,), cells.coding, table, cells.is_weighted)
    return _estimated(result, named.rollup((GROUP,)))


def _estimated(result: MetricResult, cells: ScoreCells) -> MetricResult:
    scale, precision = result.scale or NPS_0_10, result.precision
    if result.metric == "csat":
        made = csat_from_cells(cells, scale, None, precision)
    elif result.metric == "ces":
        made = ces_from_cells(cells, scale, None, precision)
    else:
        made = nps_from_cells(cells, scale, precision)
    return replace(made, warnings=result.warnings)


def branches(paths: Sequence[str | None]) -> list[str | None]:
    """Return for each path the branch it belongs to, under what all have in common.

    `/1/4/7/` and `/1/4/8/` and `/1/5/` give `/1/4/`, `/1/4/` and `/1/5/`; a path that
    is the common trunk itself stays, and so does a missing one.
    """
    parts = [path.strip("/").split("/") for path in paths if path]
    common = _common(parts)
    return [
        f"/{'/'.join(path.strip('/').split('/')[: common + 1])}/" if path else None
        for path in paths
    ]


def _common(parts: list[list[str]]) -> int:
    """Return how many first parts all have in common."""
    if not parts:
        return 0
    low, high = min(parts), max(parts)
    pairs = zip(low, high, strict=False)
    return next(
        (at for at, (a, b) in enumerate(pairs) if a != b), min(len(low), len(high))
    )
