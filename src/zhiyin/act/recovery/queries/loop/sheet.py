"""The report as one table, for files: a line per number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cxstats.estimates import Estimate
from zhiyin.accounts.models import Person
from zhiyin.act.recovery.queries.loop.conversion import CLASSES
from zhiyin.act.recovery.queries.loop.names import DIMENSION_NAMES, names_of
from zhiyin.act.recovery.queries.loop.report import LoopReport
from zhiyin.analyze.dashboards.queries.analysis import class_names, period_label
from zhiyin.analyze.dashboards.queries.tables import Sheet, estimate_cells

Line = tuple[str, str, Estimate, int]


def report_sheet(report: LoopReport, person: Person) -> Sheet:
    """Return every number with its interval; below the minimum n only the n."""
    policy = report.policy
    lines = [
        *_measures(report),
        *_compared(report),
        *_groups(report, person),
    ]
    rows = [
        [part, name, *estimate_cells(own, shown=policy.standing(least) != "hidden")]
        for part, name, own, least in lines
    ]
    return Sheet(
        name=_("Loop report"),
        about=[
            (_("Organisation"), person.organisation.name),
            (_("Cases opened"), period_label(report.wanted.period)),
            (_("Cases"), str(report.cases)),
        ],
        headers=[
            _("Part"), _("Number"), _("Value"), _("Standard error"), _("Lower"),
            _("Upper"), "n", _("Effective n"), _("Method"),
        ],
        rows=[*rows, *_matrix(report)],
    )  # fmt: skip


def _measures(report: LoopReport) -> Iterator[Line]:
    for each in report.measured:
        quantile = f" p{each.quantile * 100:.0f}" if each.quantile else ""
        name = f"{each.definition.name}{quantile}"
        yield _("Loop"), name, each.estimate, each.estimate.n


def _compared(report: LoopReport) -> Iterator[Line]:
    found = report.conversion
    part = _("Conversion")
    yield part, _("No longer detractors, contacted"), found.contacted, found.contacted.n
    yield part, _("No longer detractors, left alone"), found.alone, found.alone.n
    for one in report.saved:
        if not one.missing:
            name = _("Customers saved within %(days)s days") % {"days": one.days}
            least = min(one.contacted.n, one.alone.n)
            yield _("Saved customers"), name, one.saved, least
    if report.risk.result is not None:
        total = report.risk.result.total.at_risk
        yield _("Revenue at risk"), _("Open cases, within a year"), total, total.n


def _groups(report: LoopReport, person: Person) -> Iterator[Line]:
    dimension = report.groups.dimension
    known = names_of(person.organisation, dimension)
    for group in report.groups.groups:
        part = f"{DIMENSION_NAMES[dimension]}: {known.get(group.key, str(group.key))}"
        for each in report.shares:
            if each.code in group.shares:
                own = group.shares[each.code]
                yield part, str(each.definition.name), own, own.n


def _matrix(report: LoopReport) -> list[list[Any]]:
    names = class_names()
    return [
        [
            _("Conversion"),
            f"{names[before]} → {names[after]}",
            *([None] * 4),
            report.conversion.count(before, after),
            None,
            _("count"),
        ]
        for before in CLASSES
        for after in CLASSES
    ]
