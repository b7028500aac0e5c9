"""What rose, what fell, and what cannot be told apart: in words, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
from zhiyin.analyze.metrics.queries.presentation import MINUS
from zhiyin.analyze.metrics.queries.selection import Selection

MOST_ROWS = 500
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


def verdict_of(difference: Difference, policy: MinimumN, against: str) -> Verdict:
    """Say what may be said of a difference, and from how little it was judged."""
    estimate = difference.estimate
    if difference.standing(policy) == "hidden":
        smaller = min(difference.baseline_estimate.n, difference.compared_estimate.n)
        detail = _("one side has %(n)s answers, %(needed)s are needed") % {
            "n": smaller,
            "needed": policy.shown,
        }
        return Verdict("unknown", _("Too few answers to compare"), detail)
    words = {
        "rose": _("Rose"),
        "fell": _("Fell"),
        "no_detectable_change": _("No detectable change"),
    }
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
        unseen = _("; a change under %(detectable)s would go unseen") % {
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
    return compare_results(earlier, later)[0]


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
    against = f"{before.first:%Y-%m-%d} – {before.last:%Y-%m-%d}"
    return verdict_of(found, policy, against)


@dataclass(frozen=True)
class Row:
    """One group of a comparison table, judged against all the others together."""

    key: str
    group: GroupResult
    difference: Difference | None
    standing: str
    rank: int | None


@dataclass(frozen=True)
class Breakdown:
    """A metric in the groups of one dimension."""

    result: MetricResult
    rows: tuple[Row, ...]
    edges: tuple[float, ...]
    compared: int


def breakdown(
    snapshot: LakeSnapshot,
    selection: Selection,
    dimension: Dimension,
    policy: MinimumN,
) -> Breakdown:
    """Return every group with its score and its difference from the rest.

    Differences are corrected together (Benjamini-Hochberg) over the groups that may
    be shown; groups under the minimum are listed last, without score or rank.
    """
    edges = bin_edges(snapshot, selection, dimension) if dimension.is_number else ()
    key: KeyLike = EngineColumn(dimension.column, "group")
    if edges:
        key = Bins(dimension.column, edges, name="group")
    what = f"by|{dimension.column}|{edges}"
    result = scores.remembered(
        snapshot,
        selection,
        what,
        lambda: scores.measure(snapshot, selection, (key,)),
    )
    shown = [g for g in result.groups if policy.standing(g.estimate.n) != "hidden"]
    judged = _against_rest(result, {str(group.by["group"]) for group in shown})
    ranks = policy.ranks([group.estimate for group in result.groups])
    rows = [
        Row(
            key=str(group.by["group"]),
            group=group,
            difference=judged.get(str(group.by["group"])),
            standing=policy.standing(group.estimate.n),
            rank=rank,
        )
        for group, rank in zip(result.groups, ranks, strict=True)
    ]
    return Breakdown(result, tuple(rows[:MOST_ROWS]), edges, len(judged))


def _against_rest(result: MetricResult, shown: set[str]) -> dict[str, Difference]:
    if len(result.groups) < 2 or not shown:  # noqa: PLR2004 - one group has no rest
        return {}
    every = compare_groups(result, between="group", baseline=REST, correction="none")
    # Groups that may not be shown are no findings, so they are no tests either.
    kept = [item for item in every if str(item.compared) in shown]
    comparison = corrected(kept, result, "group", "bh")
    return {str(item.compared): item for item in comparison}


def bin_edges(
    snapshot: LakeSnapshot,
    selection: Selection,
    dimension: Dimension,
) -> tuple[float, ...]:
    """Return the inner quintiles of a number among the selected answers."""
    return scores.remembered(
        snapshot,
        selection,
        f"edges|{dimension.column}",
        lambda: scores.quantile_edges(snapshot, selection, dimension.column, BIN_COUNT),
    )
