"""What comes of two sides changing one case: a three-way merge, field by field.

Both sides start from what they last agreed on. A field that only one side changed
takes that side's value; a field that both changed differently is a conflict, which
a rule per field decides. Pure: the same arguments give the same result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhiyin.act.workorders.models import Winner

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One field that both sides changed, and whose word holds."""

    field: str
    ours: Any
    theirs: Any
    kept: str


@dataclass(frozen=True)
class Merged:
    """What to take over from the other side, and what was in conflict."""

    taken: dict[str, Any] = field(default_factory=dict)
    conflicts: tuple[Difference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Whose word holds per field, and when each side last changed something."""

    winners: Mapping[str, str]
    our_time: dt.datetime | None = None
    their_time: dt.datetime | None = None

    def kept(self, name: str) -> str:
        """Return `ours` or `theirs` for a field in conflict.

        The newer one is theirs only when both times are known and theirs is later.
        """
        winner = self.winners.get(name, Winner.THEIRS)
        if winner != Winner.NEWEST:
            return str(winner)
        if self.our_time is None or self.their_time is None:
            return Winner.OURS
        return Winner.THEIRS if self.their_time > self.our_time else Winner.OURS


def merge(*, agreed: Values, ours: Values, theirs: Values, rule: Rule) -> Merged:
    """Return what we take from `theirs`; fields they do not name stay as they are."""
    taken: dict[str, Any] = {}
    conflicts = []
    for name, value in theirs.items():
        mine, before = ours.get(name), agreed.get(name)
        if value in (mine, before):
            continue
        if mine == before:
            taken[name] = value
            continue
        kept = rule.kept(name)
        conflicts.append(Difference(name, mine, value, kept))
        if kept == Winner.THEIRS:
            taken[name] = value
    return Merged(taken, tuple(conflicts))
