"""What rose, what fell, and what cannot be told apart: in words, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cxstats.comparisons import REST, Difference, compare_groups, compare_results
from cxstats.comparisons.groups import corrected
from cxstats.engine import Bins, KeyLike
from cxstats.engine import Column as EngineColumn
from cxstats.metrics import GroupResult, MetricResult
from cxstats.reporting import MinimumN
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.labels import Dimension
from zhiyin.analyze.metrics.queries.memory import remembered
from zhiyin.analyze.metrics.queries.periods import Period
from zhiyin.analyze.metrics.queries.presentation import MINUS
from zhiyin.analyze.metrics.queries.regrouping import GROUP, branches, regrouped
from zhiyin.analyze.metrics.queries.selection import Selection

MOST_ROWS = 200
BIN_COUNT = 5


@dataclass(frozen=True)
class Verdict:
    """A judged difference for a page."""

    code: str
    text: str
    detail: str


def write_difference(value: float, unit: str) -> str:
    """Write a difference with its sign: +3.2, −0.04, +1.5 percentage points."""
    if math.isnan(value):
        return "–"
    number = {"points": f"{value:+.1f}", "share": f"{value * 100:+.1f}"}.get(
        unit,
        f"{value:+.2f}",
    )
    return number.replace("-", MINUS)


def verdict_words(*, is_change: bool) -> dict[str, str]:
    """Return the verdicts in words: a change in time, or which side is higher."""
    if is_change:
        return {
            "rose": _("Rose"),
            "fell": _("Fell"),
            "no_detectable_change": _("No detectable change"),
        }
    return {
        "rose": _("A is higher"),
        "fell": _("A is lower"),
        "no_detectable_change": _("No detectable difference"),
    }


def verdict_of(
    difference: Difference,
    policy: MinimumN,
    against: str,
    *,
    is_change: bool = True,
) -> Verdict:
    """Say what may be said of a difference, and from how little it was judged."""
    estimate = difference.estimate
    if difference.standing(policy) == "hidden":
        smaller = min(difference.baseline_estimate.n, difference.compared_estimate.n)
        detail = _("one side has %(n)s answers, %(needed)s are needed") % {
            "n": smaller,
            "needed": policy.shown,
        }
        return Verdict("unknown", _("Too few answers to compare"), detail)
    words = verdict_words(is_change=is_change)
    interval = _(
        "%(value)s (%(level)s%% interval %(lower)s to %(upper)s) against %(what)s"
    ) % {
        "value": write_difference(estimate.value, estimate.unit),
        "level": round(estimate.level * 100),
        "lower": write_difference(estimate.lower, estimate.unit),
        "upper": write_difference(estimate.upper, estimate.unit),
        "what": f"{against} (n {difference.baseline_estimate.n:,})",
    }
    if difference.verdict == "no_detectable_change":
        unseen = _("; a difference under %(detectable)s would go unseen") % {
            "detectable": write_difference(difference.detectable, estimate.unit).lstrip(
                "+"
            ),
        }
        interval += unseen
    return Verdict(difference.verdict, words[difference.verdict], interval)


def difference_between(
    snapshot: LakeSnapshot,
    compared: Selection,
    baseline: Selection,
) -> Difference | None:
    """Return the judged difference of two selections, or None without answers."""
    later, earlier = scores.score(snapshot, compared), scores.score(snapshot, baseline)
    if not (later.estimate.n and earlier.estimate.n):
        return None
    return remembered(
        snapshot,
        compared,
        f"minus|{baseline.cache_key()}",
        lambda: compare_results(earlier, later)[0],
    )


def compare_periods(
    snapshot: LakeSnapshot,
    selection: Selection,
    policy: MinimumN,
) -> Verdict | None:
    """Judge a period against the one of equal length right before it."""
    before = selection.period.before()
    if before is None:
        return None
    found = difference_between(snapshot, selection, selection.during(before))
    if found is None:
        return None
    return verdict_of(found, policy, period_words(snapshot, selection, before))


def period_words(snapshot: LakeSnapshot, selection: Selection, period: Period) -> str:
    """Name the days of a period, and where the answers begin only later in it."""
    words = f"{period.first:%Y-%m-%d} – {period.last:%Y-%m-%d}"
    begun = scores.first_day(snapshot, selection)
    if begun is None or period.first is None or begun <= period.first:
        return words
    return _("%(days)s, answers only from %(day)s on") % {
        "days": words,
        "day": f"{begun:%Y-%m-%d}",
    }


@dataclass(frozen=True)
class Row:
    """One group of a comparison table, judged against all the others together."""

    key: Any
    group: GroupResult
    difference: Difference | None
    standing: str
    rank: int | None


@dataclass(frozen=True)
class Breakdown:
    """A metric in the groups of one dimension; `total` groups, the largest as rows."""

    result: MetricResult
    rows: tuple[Row, ...]
    edges: tuple[float, ...]
    compared: int
    total: int


def breakdown(
    snapshot: LakeSnapshot,
    selection: Selection,
    dimension: Dimension,
    policy: MinimumN,
    cuts: tuple[float, ...] = (),
) -> Breakdown:
    """Return every group with its score and its difference from the rest.

    Differences are corrected together (Benjamini-Hochberg) over the groups that may
    be shown; groups under the minimum get no score and no rank. A number is cut at
    `cuts`, or into quintiles.
    """
    edges = cuts if dimension.is_number else ()
    if dimension.is_number and not edges:
        edges = bin_edges(snapshot, selection, dimension)
    limits = (policy.shown, policy.ranked, MOST_ROWS)
    return remembered(
        snapshot,
        selection,
        f"by|{dimension.column}|{edges}|{limits}",
        lambda: _breakdown(snapshot, selection, dimension, policy, edges),
    )


def _breakdown(
    snapshot: LakeSnapshot,
    selection: Selection,
    dimension: Dimension,
    policy: MinimumN,
    edges: tuple[float, ...],
) -> Breakdown:
    key: KeyLike = EngineColumn(dimension.column, GROUP)
    if edges:
        key = Bins(dimension.column, edges, name=GROUP)
    result = scores.measure(snapshot, selection, (key,))
    if dimension.is_tree:
        result = regrouped(result, branches([key[0] for key in result.cells.groups]))
    sizes = result.estimates.n
    largest = sorted(range(len(result)), key=lambda at: (-int(sizes[at]), at))
    listed = sorted(largest[:MOST_ROWS])
    shown = [at for at in listed if policy.standing(int(sizes[at])) != "hidden"]
    judged = _against_rest(result, shown)
    ranks = policy.ranks([group.estimate for group in result.groups])
    rows = [
        Row(
            key=result.groups[at].by[GROUP],
            group=result.groups[at],
            difference=judged.get(at),
            standing=policy.standing(int(sizes[at])),
            rank=ranks[at],
        )
        for at in listed
    ]
    return Breakdown(result, tuple(rows), edges, len(judged), len(result))


def _against_rest(result: MetricResult, shown: list[int]) -> dict[int, Difference]:
    """Judge the groups that may be shown, each against all other answers.

    The others are no findings, so they are no tests either: they become one group
    that belongs to every rest.
    """
    if len(result.groups) < 2:  # noqa: PLR2004 - one group has no rest
        return {}
    names: list[str | None] = ["others"] * len(result)
    for at in shown:
        names[at] = str(at)
    folded = regrouped(result, names)
    every = compare_groups(folded, between=GROUP, baseline=REST, correction="none")
    kept = [item for item in every if item.compared != "others"]
    return {int(item.compared): item for item in corrected(kept, result, GROUP, "bh")}


def moved_groups(
    snapshot: LakeSnapshot,
    selection: Selection,
    column: str,
    policy: MinimumN,
) -> list[Difference]:
    """Return the groups whose score changed against the period right before.

    They are corrected together over the groups that may be compared.
    """
    before = selection.period.before()
    if before is None:
        return []
    limits = (policy.shown, policy.ranked)
    return remembered(
        snapshot,
        selection,
        f"moved|{column}|{limits}",
        lambda: _moved_groups(snapshot, selection, before, column, policy),
    )


def _moved_groups(
    snapshot: LakeSnapshot,
    selection: Selection,
    before: Period,
    column: str,
    policy: MinimumN,
) -> list[Difference]:
    key = (EngineColumn(column, GROUP),)
    now = scores.measure(snapshot, selection, key)
    then = scores.measure(snapshot, selection.during(before), key)
    every = compare_results(then, now, correction="none")
    kept = [item for item in every if item.standing(policy) != "hidden"]
    judged = corrected(kept, now, GROUP, "bh")
    return [item for item in judged if item.verdict != "no_detectable_change"]


def bin_edges(
    snapshot: LakeSnapshot,
    selection: Selection,
    dimension: Dimension,
) -> tuple[float, ...]:
    """Return the inner quintiles of a number among the selected answers."""
    return remembered(
        snapshot,
        selection,
        f"edges|{dimension.column}",
        lambda: scores.quantile_edges(snapshot, selection, dimension.column, BIN_COUNT),
    )
