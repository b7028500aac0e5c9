"""The comparison page: any two periods, segments or touchpoints, judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from zhiyin.analyze.dashboards.queries.analysis import Analysis, Option
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.comparing import (
    Verdict,
    difference_between,
    verdict_of,
)
from zhiyin.analyze.metrics.queries.periods import Period, parse_period
from zhiyin.analyze.metrics.queries.presentation import ScoreText, present
from zhiyin.analyze.metrics.queries.selection import Condition, Selection


@dataclass(frozen=True)
class Side:
    """One of the two things compared."""

    label: str
    score: ScoreText


@dataclass(frozen=True)
class ComparePage:
    """Two sides with the verdict, or the choices that are still open."""

    mode: str
    dimension: str
    options: list[Option]
    a: Side | None
    b: Side | None
    verdict: Verdict | None
    a_value: str
    b_value: str
    b_period: Period | None


def compare_page(analysis: Analysis) -> ComparePage:
    """Collect the page; without a dimension two periods are compared."""
    query = analysis.query
    name = query.get("between", "")
    dimension = analysis.labels.dimension(name)
    if dimension is None or dimension.is_number:
        return _periods(analysis)
    options = analysis.options(name)
    known = [option.value for option in options]
    a_value = _known(query.get("a", ""), known, 0)
    b_value = _known(query.get("b", ""), known, 1)
    selections = [
        _narrowed(analysis.chosen, Condition(name, dimension.column, (value,)))
        for value in (a_value, b_value)
    ]
    labels = [analysis.labels.value(name, value) for value in (a_value, b_value)]
    a, b, verdict = _judged(analysis, selections[0], selections[1], labels)
    return ComparePage("values", name, options, a, b, verdict, a_value, b_value, None)


def _known(value: str, known: list[str], position: int) -> str:
    if value in known:
        return value
    return known[position] if len(known) > position else ""


def _narrowed(selection: Selection, condition: Condition) -> Selection:
    rest = tuple(c for c in selection.conditions if c.name != condition.name)
    return replace(selection, conditions=(*rest, condition))


def _periods(analysis: Analysis) -> ComparePage:
    chosen, query = analysis.chosen, analysis.query
    first = scores.filled(analysis.snapshot, chosen)
    if first is None:
        return ComparePage("periods", "", [], None, None, None, "", "", None)
    before = first.before()
    second = before
    if query.get("b_from", "") and query.get("b_to", ""):
        second = parse_period(query.get("b_from"), query.get("b_to"), "", first.zone)
    if second is None:
        return ComparePage("periods", "", [], None, None, None, "", "", None)
    labels = [f"{one.first:%Y-%m-%d} – {one.last:%Y-%m-%d}" for one in (first, second)]
    a, b, verdict = _judged(
        analysis, chosen.during(first), chosen.during(second), labels
    )
    return ComparePage("periods", "", [], a, b, verdict, "", "", second)


def _judged(
    analysis: Analysis,
    compared: Selection,
    baseline: Selection,
    labels: list[str],
) -> tuple[Side, Side, Verdict]:
    snapshot, policy = analysis.snapshot, analysis.policy
    scale = analysis.chosen.series.scale
    sides = [
        Side(label, present(scores.score(snapshot, one).estimate, policy, scale))
        for label, one in zip(labels, (compared, baseline), strict=True)
    ]
    found = difference_between(snapshot, compared, baseline)
    if found is None:
        detail = _("one side has no answer")
        verdict = Verdict("unknown", _("Nothing to compare"), detail)
    else:
        verdict = verdict_of(found, policy, labels[1])
    return sides[0], sides[1], verdict
