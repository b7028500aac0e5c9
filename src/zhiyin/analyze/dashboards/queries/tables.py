"""What is seen, as rows: the same rows for the page, CSV, XLSX and the API."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from cxstats.comparisons import Difference
from cxstats.estimates import Estimate
from zhiyin.accounts.models import ExportRecord
from zhiyin.analyze.dashboards.queries.analysis import (
    Analysis,
    class_names,
    period_label,
)
from zhiyin.analyze.dashboards.queries.breakdowns import (
    breakdown_of,
    dimension_of,
    group_label,
)
from zhiyin.analyze.dashboards.queries.compare_page import compare_page
from zhiyin.analyze.dashboards.queries.score_page import exclusions_of, part_names
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.comparing import verdict_words
from zhiyin.analyze.voices.queries import Quote
from zhiyin.common.spreadsheets import csv_pieces


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
    numbers = (estimate.value, estimate.std_error, estimate.lower, estimate.upper)
    cells = [rounded(number) for number in numbers]
    return [*cells, estimate.n, round(estimate.n_effective, 2), estimate.method]


def rounded(number: float) -> float | None:
    """Return a number as it is handed out; what is not known is empty."""
    return round(number, 6) if math.isfinite(number) else None


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
    definition = chosen.definition
    period = scores.filled(analysis.snapshot, chosen)
    return [
        (_("Metric"), f"{definition.name} v{definition.version}"),
        (_("Question"), analysis.labels.series(chosen.series)),
        (_("Period"), period_label(period) if period else str(analysis.period_text)),
        *((chip.label, chip.text) for chip in analysis.chips),
        *(
            (_("Class"), name)
            for code, name in analysis.classes
            if code == chosen.answer_class
        ),
        *((_("Departments"), name) for name in analysis.reach[:1]),
        (_("Weighted"), _("yes") if chosen.is_weighted else _("no")),
        (_("Data version"), analysis.snapshot.version),
    ]


def score_sheet(analysis: Analysis) -> Sheet:
    """Return the score with its parts, what was left out, and its trend."""
    policy = analysis.policy
    total = scores.score(analysis.snapshot, analysis.chosen)
    shown = policy.standing(total.estimate.n) != "hidden"
    names = part_names()
    rows: list[list[Any]] = [
        [_("All"), "", *estimate_cells(total.estimate, shown=shown)],
    ]
    rows += [
        [names.get(code, code), "", *estimate_cells(part, shown=shown)]
        for code, part in total.groups[0].parts.items()
    ]
    for point in scores.trend(analysis.snapshot, analysis.chosen).points:
        n = point.estimate.n if point.estimate else 0
        cells = estimate_cells(point.estimate, shown=policy.standing(n) != "hidden")
        rows.append([point.start.isoformat(), point.end.isoformat(), *cells])
    said = about(analysis)
    said += [
        (f"{_('Left out')}: {one.label}", str(one.n))
        for one in exclusions_of(analysis, total)
    ]
    headers = [_("From"), _("Until"), *estimate_headers()]
    return Sheet(_("Score and trend"), said, headers, rows)


def breakdown_sheet(analysis: Analysis, name: str) -> Sheet:
    """Return the groups of one dimension, with their differences from the rest."""
    dimension = dimension_of(analysis, name)
    table = breakdown_of(analysis, dimension)
    rows = []
    for row in table.rows:
        shown = row.standing != "hidden"
        cells = estimate_cells(row.group.estimate, shown=shown)
        label = group_label(analysis, dimension, table, row)
        rows.append([label, row.rank, *cells, *difference_cells(row.difference)])
    headers = [
        dimension.label,
        _("Rank"),
        *estimate_headers(),
        _("Difference from the rest"),
        _("Lower"),
        _("Upper"),
        "q",
        _("Verdict"),
    ]
    return Sheet(_("Table"), about(analysis), headers, rows)


def difference_cells(found: Difference | None) -> list[Any]:
    """Return a judged difference: value, interval, q and verdict."""
    if found is None:
        return [None, None, None, None, ""]
    ends = (found.estimate.value, found.estimate.lower, found.estimate.upper, found.q)
    words = verdict_words(is_change=False)
    words |= {"rose": _("above"), "fell": _("below")}
    return [*(rounded(end) for end in ends), words[found.verdict]]


def compare_sheet(analysis: Analysis) -> Sheet:
    """Return both sides of a comparison and the verdict."""
    page = compare_page(analysis)
    rows: list[list[Any]] = []
    for name, side in (("A", page.a), ("B", page.b)):
        if side is not None:
            shown = side.score.standing != "hidden"
            cells = estimate_cells(side.estimate, shown=shown)
            rows.append([name, side.label, *cells])
    said = about(analysis)
    if page.verdict is not None:
        said.append((_("Verdict"), f"{page.verdict.text}: {page.verdict.detail}"))
    headers = ["", _("Side"), *estimate_headers()]
    return Sheet(_("Comparison"), said, headers, rows)


def voices_sheet(analysis: Analysis, quotes: list[Quote]) -> Sheet:
    """Return comments with their scores and what was known; numbers stay masked."""
    labels = [one.label for one in analysis.labels.dimensions if one.is_attribute]
    rows: list[list[Any]] = []
    for quote in quotes:
        facts = dict(quote.facts)
        moment = timezone.localtime(quote.answered_at)
        rows.append(
            [
                f"{moment:%Y-%m-%d %H:%M}",
                float(quote.score) if quote.score else None,
                class_names().get(quote.score_class, ""),
                quote.words,
                quote.touchpoint,
                quote.channel,
                quote.customer,
                *(facts.get(label) for label in labels),
            ],
        )
    headers = [
        _("Answered"),
        _("Score"),
        _("Class"),
        _("Comment"),
        _("Touchpoint"),
        _("Channel"),
        _("Customer"),
        *labels,
    ]
    return Sheet(_("Comments"), about(analysis), headers, rows)


def stamped(sheet: Sheet, made: ExportRecord) -> Sheet:
    """Return the sheet with who took it, when, what for, and its number."""
    moment = timezone.localtime(made.at)
    who = f"{made.number} · {made.by.name} · {moment:%Y-%m-%d %H:%M}"
    said = [*sheet.about, (_("Exported"), who)]
    if made.purpose:
        said.append((_("Purpose"), made.purpose))
    return Sheet(sheet.name, said, sheet.headers, sheet.rows)


def as_csv(sheet: Sheet) -> bytes:
    """Write a sheet as CSV that Excel opens in the right encoding."""
    (first, *others) = [*sheet.about, (), sheet.headers]
    return b"".join(csv_pieces(first, [*others, *sheet.rows]))


def as_xlsx(sheet: Sheet) -> bytes:
    """Write a sheet as a workbook; no cell is read as a formula."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        about = "; ".join(f"{name}: {value}" for name, value in sheet.about[-2:])
        book.set_properties({"title": sheet.name, "comments": about[:255]})
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
