"""The comparison page: any two periods, segments or touchpoints, judged."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.comparisons import Difference
from cxstats.estimates import Estimate
from zhiyin.analyze.dashboards.queries.analysis import Analysis, Option
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.comparing import (
    Verdict,
    difference_between,
    period_words,
    verdict_of,
)
from zhiyin.analyze.metrics.queries.periods import Period, parse_period
from zhiyin.analyze.metrics.queries.presentation import ScoreText, present
from zhiyin.analyze.metrics.queries.selection import (
    DEPARTMENT,
    Condition,
    Selection,
)


@dataclass(frozen=True)
class Side:
    """One of the two things compared."""

    label: str
    selection: Selection
    estimate: Estimate
    score: ScoreText


@dataclass(frozen=True)
class ComparePage:
    """Two sides with the verdict, or the choices that are still open."""

    mode: str
    dimension: str = ""
    options: tuple[Option, ...] = ()
    a: Side | None = None
    b: Side | None = None
    difference: Difference | None = None
    verdict: Verdict | None = None
    a_value: str = ""
    b_value: str = ""
    b_period: Period | None = None


def compare_page(analysis: Analysis) -> ComparePage:
    """Collect the page; without a dimension two periods are compared."""
    name = analysis.query.get("between")
    dimension = analysis.labels.dimension(name)
    if dimension is None or dimension.is_number:
        return _periods(analysis)
    options = analysis.options(name)
    known = [option.value for option in options]
    a_value = _known(analysis.query.get("a"), known, 0)
    b_value = _known(analysis.query.get("b"), known, 1)
    choices = ComparePage(
        "values", name, tuple(options), a_value=a_value, b_value=b_value
    )
    if not (a_value and b_value):
        return choices
    sides = [
        (
            analysis.labels.value(name, value),
            analysis.chosen.only(Condition(name, dimension.column, (value,))),
        )
        for value in (a_value, b_value)
    ]
    return _judged(analysis, choices, sides)


def _known(value: str, known: list[str], position: int) -> str:
    if value in known:
        return value
    return known[position] if len(known) > position else ""


def _periods(analysis: Analysis) -> ComparePage:
    chosen, query = analysis.chosen, analysis.query
    first = scores.filled(analysis.snapshot, chosen)
    second = first.before() if first else None
    if first and query.get("b_from") and query.get("b_to"):
        second = parse_period(query.get("b_from"), query.get("b_to"), "", first.zone)
    choices = ComparePage("periods", b_period=second)
    if first is None or second is None:
        return choices
    sides = [
        (period_words(analysis.snapshot, chosen, one), chosen.during(one))
        for one in (first, second)
    ]
    return _judged(analysis, choices, sides)


def _judged(
    analysis: Analysis,
    choices: ComparePage,
    sides: list[tuple[str, Selection]],
) -> ComparePage:
    snapshot, policy = analysis.snapshot, analysis.policy
    scale = analysis.chosen.series.scale
    made = []
    for label, selection in sides:
        estimate = scores.score(snapshot, selection).estimate
        made.append(Side(label, selection, estimate, present(estimate, policy, scale)))
    a, b = made
    found = None
    if overlap(a.selection, b.selection):
        text = _("answers that are in both cannot tell them apart")
        verdict = Verdict("unknown", _("The two sides overlap"), text)
    else:
        found = difference_between(snapshot, a.selection, b.selection)
        verdict = _verdict(found, analysis, b.label, choices.mode)
    return ComparePage(
        mode=choices.mode,
        dimension=choices.dimension,
        options=choices.options,
        a=a,
        b=b,
        difference=found,
        verdict=verdict,
        a_value=choices.a_value,
        b_value=choices.b_value,
        b_period=choices.b_period,
    )


def _verdict(
    found: Difference | None,
    analysis: Analysis,
    against: str,
    mode: str,
) -> Verdict:
    if found is None:
        return Verdict("unknown", _("Nothing to compare"), _("one side is empty"))
    is_change = mode == "periods"
    return verdict_of(found, analysis.policy, against, is_change=is_change)


def overlap(a: Selection, b: Selection) -> bool:
    """Tell whether one answer can be in both: days in common, or one inside the other.

    Two samples are compared as independent ones; answers in both would break that.
    """
    if a.conditions != b.conditions:
        paths = (_path(a), _path(b))
        return any(
            one and two and two.startswith(one) for one, two in (paths, paths[::-1])
        )
    days = (a.period.first, a.period.last, b.period.first, b.period.last)
    if None in days:
        return True
    return bool(days[0] <= days[3] and days[2] <= days[1])  # type: ignore[operator]


def _path(selection: Selection) -> str:
    """Return the path of the department that a side is limited to last."""
    last = selection.conditions[-1] if selection.conditions else None
    return last.values[0] if last is not None and last.column == DEPARTMENT else ""
