"""The loop by department, touchpoint, cause, tier, network and person.

Each group is compared with all the others together on the closed-loop rate, and the
comparisons are corrected for being many. Small groups have no number and no verdict.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, replace

from cxstats.comparisons import judge
from cxstats.estimates import Estimate
from cxstats.experiments import Effect, Moments, effect_of
from cxstats.experiments.effects import arm_estimate
from cxstats.multiplicity import q_values
from cxstats.reporting import MinimumN
from zhiyin.act.recovery.queries.loop.definitions import LEAST_OF_PERSON, LEVEL
from zhiyin.act.recovery.queries.loop.measures import judgements, share_of
from zhiyin.act.recovery.queries.loop.rows import Row, Rows

DIMENSIONS = (
    "department", "touchpoint", "cause", "star_tier", "value_tier", "network", "person"
)  # fmt: skip
_FIELDS = {
    "department": "department_id",
    "touchpoint": "touchpoint",
    "cause": "cause_id",
    "star_tier": "star_tier",
    "value_tier": "value_tier",
    "network": "network",
    "person": "owner_id",
}
SHOWN = ("closed_loop", "contact", "contact_clock", "reopened", "told")


@dataclass(frozen=True)
class Group:
    """One group with its shares, and its closed-loop rate against all others'."""

    key: Hashable
    cases: int
    shares: dict[str, Estimate]
    effect: Effect | None = None
    verdict: str = "no_detectable_change"
    standing: str = "normal"

    @property
    def rate(self) -> Estimate:
        """Return the closed-loop rate."""
        return self.shares["closed_loop"]


@dataclass(frozen=True)
class Groups:
    """The groups of one dimension, the largest first; `hidden` counts small ones."""

    dimension: str
    groups: list[Group]
    hidden: int = 0


def groups_of(rows: Rows, name: str, policy: MinimumN, now: dt.datetime) -> Groups:
    """Cut the cases by one dimension; what a case has no value of is left out."""
    parts: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows.cases:
        if value := getattr(row, _FIELDS[name]):
            parts[value].append(row)
    judges = judgements(rows, now)
    counted = {
        key: share_of(cases, judges["closed_loop"]) for key, cases in parts.items()
    }
    whole = sum(counted.values(), Moments())
    made = []
    for key, cases in parts.items():
        shares = {
            code: arm_estimate(share_of(cases, judges[code]), "share", LEVEL)
            for code in SHOWN
        }
        standing = policy.standing(int(counted[key].n))
        effect = None
        if standing != "hidden" and whole.n > counted[key].n:
            rest = _rest(whole, counted[key])
            effect = effect_of(key, counted[key], rest, "share", LEVEL)
        made.append(Group(key, len(cases), shares, effect, standing=standing))
    made.sort(key=lambda each: (-each.cases, str(each.key)))
    if name == "person":
        shown = [each for each in made if each.cases >= LEAST_OF_PERSON]
        return Groups(name, _corrected(shown), len(made) - len(shown))
    return Groups(name, _corrected(made))


def _rest(whole: Moments, own: Moments) -> Moments:
    return Moments(
        whole.rows - own.rows, whole.n - own.n, whole.s1 - own.s1, whole.s2 - own.s2
    )


def _corrected(groups: list[Group]) -> list[Group]:
    compared = [each for each in groups if each.effect is not None]
    corrected = q_values([each.effect.p for each in compared if each.effect])
    found = dict(zip((each.key for each in compared), corrected.tolist(), strict=True))
    return [
        each if each.effect is None else _judged(each, each.effect, found[each.key])
        for each in groups
    ]


def _judged(group: Group, effect: Effect, q: float) -> Group:
    ends = effect.estimate
    verdict = judge(ends.lower, ends.upper, q, LEVEL)
    return replace(group, effect=replace(effect, q=q), verdict=verdict)
