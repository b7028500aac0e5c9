"""What is seen, as rows: the same rows for the page, CSV, XLSX and the API."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from cxstats.estimates import Estimate
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.dashboards.queries.breakdowns import breakdown_of, group_label
from zhiyin.analyze.dashboards.queries.score_page import part_names
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.presentation import write_value

# A cell that begins so would run as a formula when the file is opened.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """A table to hand out, with what it is about."""

    name: str
    about: list[tuple[str, str]]
    headers: list[str]
    rows: list[list[Any]]


def estimate_cells(estimate: Estimate | None, *, shown: bool) -> list[Any]:
    """Return value, interval and n; nothing but n below the minimum."""
    if estimate is None:
        return [None, None, None, None, 0, None, ""]
    if not shown:
        return [None, None, None, None, estimate.n, None, _("too few answers")]
    numbers = [estimate.value, estimate.std_error, estimate.lower, estimate.upper]
    finite = [None if number != number else round(number, 6) for number in numbers]  # noqa: PLR0124 - NaN
    return [*finite, estimate.n, round(estimate.n_effective, 2), estimate.method]


def estimate_headers() -> list[str]:
    """Return the headers of `estimate_cells`."""
    return [
        _("Score"),
        _("Standard error"),
        _("Lower"),
        _("Upper"),
        "n",
        _("Effective n"),
        _("Interval"),
    ]


def about(analysis: Analysis) -> list[tuple[str, str]]:
    """Say what the numbers are: metric, version, question, period, filters, data."""
    chosen = analysis.chosen
    definition = chosen.series.definition
    return [
        (_("Metric"), f"{definition.name} v{definition.version}"),
        (_("Question"), analysis.labels.series(chosen.series)),
        (_("Period"), str(analysis.period_text)),
        *((chip.label, chip.text) for chip in analysis.chips),
        (_("Weighted"), _("yes") if chosen.is_weighted else _("no")),
        (_("Data version"), analysis.snapshot.version),
    ]


def score_sheet(analysis: Analysis) -> Sheet:
    """Return the score and its trend."""
    policy = analysis.policy
    total = scores.score(analysis.snapshot, analysis.chosen)
    shown = policy.standing(total.estimate.n) != "hidden"
    rows: list[list[Any]] = [
        [_("All"), "", *estimate_cells(total.estimate, shown=shown)],
    ]
    names = part_names()
    rows += [
        [names.get(code, code), "", *estimate_cells(part, shown=shown)]
        for code, part in total.groups[0].parts.items()
    ]
    for point in scores.trend(analysis.snapshot, analysis.chosen).points:
        n = point.estimate.n if point.estimate else 0
        cells = estimate_cells(point.estimate, shown=policy.standing(n) != "hidden")
        rows.append([point.start.isoformat(), point.end.isoformat(), *cells])
    headers = [_("From"), _("Until"), *estimate_headers()]
    return Sheet(_("Score and trend"), about(analysis), headers, rows)


def breakdown_sheet(analysis: Analysis, name: str) -> Sheet:
    """Return the groups of one dimension, with their differences from the rest."""
    table = breakdown_of(analysis, name)
    dimension = analysis.labels.dimension(name)
    rows = []
    for row in table.rows:
        shown = row.standing != "hidden"
        cells = estimate_cells(row.group.estimate, shown=shown)
        found = row.difference
        judged = [None, None, None, None, ""]
        if found is not None:
            ends = (found.estimate.value, found.estimate.lower, found.estimate.upper)
            judged = [*(round(x, 6) for x in ends), round(found.q, 6), found.verdict]  # type: ignore[list-item]
        rows.append([group_label(analysis, name, table, row), *cells, *judged])
    headers = [
        dimension.label if dimension else name,
        *estimate_headers(),
        _("Difference from the rest"),
        _("Lower"),
        _("Upper"),
        "q",
        _("Verdict"),
    ]
    return Sheet(_("Table"), about(analysis), headers, rows)


def as_csv(sheet: Sheet) -> bytes:
    """Write a sheet as CSV that Excel opens in the right encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    for name, value in sheet.about:
        writer.writerow([_safe(name), _safe(value)])
    writer.writerow([])
    writer.writerow([_safe(header) for header in sheet.headers])
    writer.writerows([_safe(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
        return f"'{cell}"
    return cell


def as_xlsx(sheet: Sheet) -> bytes:
    """Write a sheet as a workbook; no cell is read as a formula."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(sheet.name[:31])
        bold = book.add_format({"bold": True, "bottom": 1})
        for number, (name, value) in enumerate(sheet.about):
            page.write_row(number, 0, [name, value])
        top = len(sheet.about) + 1
        page.write_row(top, 0, sheet.headers, bold)
        for number, row in enumerate(sheet.rows, start=top + 1):
            page.write_row(number, 0, row)
        page.set_column(0, 0, 26)
        page.set_column(1, len(sheet.headers), 14)
        page.freeze_panes(top + 1, 1)
    return stream.getvalue()


__all__ = [
    "Sheet",
    "as_csv",
    "as_xlsx",
    "breakdown_sheet",
    "score_sheet",
    "write_value",
]
