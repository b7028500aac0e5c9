"""The standards of service in words: what is promised to whom, and by when."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Role
from zhiyin.act.cases.models import CaseLevel, PriorityRule
from zhiyin.act.cases.queries.time_left import duration_in_words
from zhiyin.act.clocks.models import Counts
from zhiyin.common.conditions import sentence


@dataclass(frozen=True)
class Standard:
    """One level with its clocks in words, and whom it is for."""

    level: CaseLevel
    clocks: list[tuple[str, str]]
    holds_for: list[str]
    escalation: str


def clock_in_words(minutes: int | None, counts: str) -> str:
    """Write one clock: “within 4 h of working time”; "" where there is none."""
    if minutes is None:
        return ""
    time = duration_in_words(minutes)
    if counts == Counts.WORKING:
        return _("within %(time)s of working time") % {"time": time}
    return _("within %(time)s") % {"time": time}


def clocks_of(level: CaseLevel) -> list[tuple[str, str]]:
    """Return what a level promises, each with its time, in order."""
    known = (
        (_("We acknowledge"), level.acknowledge_minutes, level.acknowledge_counts),
        (_("We call back"), level.contact_minutes, level.contact_counts),
        (_("We solve or explain"), level.resolve_minutes, level.resolve_counts),
    )
    written = ((label, clock_in_words(given, how)) for label, given, how in known)
    return [(label, text) for label, text in written if text]


def _escalation(level: CaseLevel) -> str:
    roles = dict(Role.choices)
    if not level.escalate_to:
        return ""
    share = f"{level.escalate_share:.0%}"
    early = str(roles.get(level.escalate_to, level.escalate_to))
    late = level.escalate_late_to
    if not late or late == level.escalate_to:
        return _("At %(share)s of the time and when it is over: %(role)s.") % {
            "share": share,
            "role": early,
        }
    return _("At %(share)s of the time: %(early)s; when it is over: %(late)s.") % {
        "share": share,
        "early": early,
        "late": roles.get(late, late),
    }


def standards(
    organisation: Organisation, labels: dict[str, str] | None = None
) -> list[Standard]:
    """Return every level in use with its clocks in words."""
    levels = CaseLevel.objects.of(organisation).filter(is_active=True)
    rules = PriorityRule.objects.of(organisation).filter(is_active=True)
    by_level: dict[int, list[str]] = {}
    for rule in rules:
        if rule.level_id is not None:
            words = sentence(rule.condition, labels)
            by_level.setdefault(rule.level_id, []).append(words)
    return [
        Standard(
            level=level,
            clocks=clocks_of(level),
            holds_for=by_level.get(level.pk, []),
            escalation=_escalation(level),
        )
        for level in levels
    ]
