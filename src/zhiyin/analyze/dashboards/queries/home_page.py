"""Home: what changed, what waits, and where it is at risk, by what one may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import AuditEntry, Permission, Person, Role
from zhiyin.accounts.models import ColleagueInvitation as Invited
from zhiyin.analyze.dashboards.queries.analysis import Analysis, open_analysis
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.addresses import Query
from zhiyin.analyze.metrics.queries.comparing import (
    Verdict,
    compare_periods,
    difference_between,
    moved_groups,
    verdict_of,
)
from zhiyin.analyze.metrics.queries.definitions import Definition
from zhiyin.analyze.metrics.queries.periods import preset_period
from zhiyin.analyze.metrics.queries.presentation import ScoreText, present
from zhiyin.analyze.metrics.queries.regrouping import GROUP
from zhiyin.analyze.metrics.queries.selection import NOT_GIVEN, Condition, Selection
from zhiyin.analyze.metrics.queries.series import Series
from zhiyin.analyze.voices.queries import Quote, latest_quotes
from zhiyin.common import clock
from zhiyin.listen.programs.models import Stream, Wave

# People who meet customers read customers' words before any number.
WORDS_FIRST = {Role.AGENT, Role.TEAM_LEAD, Role.GRID_MANAGER, Role.RETENTION}
QUOTES = 6
RECENT_DAYS = 7


@dataclass(frozen=True)
class HomeScore:
    """A headline score with what changed."""

    definition: Definition
    question: str
    span: str
    score: ScoreText
    verdict: Verdict | None
    url: str


@dataclass(frozen=True)
class Move:
    """A touchpoint whose score changed."""

    label: str
    verdict: Verdict
    url: str


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person."""

    text: str
    url: str


@dataclass(frozen=True)
class HomePage:
    """Everything Home shows to one person."""

    scores: list[HomeScore]
    moves: list[Move]
    quotes: list[Quote] | None
    quotes_url: str
    waiting: list[Waiting]
    words_first: bool
    has_data: bool


def home_page(person: Person) -> HomePage:
    """Collect Home for one person."""
    waiting = _waiting(person)
    words_first = bool(WORDS_FIRST & set(person.roles))
    nothing = HomePage([], [], None, "", waiting, words_first, has_data=False)
    if person.organisation is None or not person.may(Permission.SEE_SCORES):
        return nothing
    analysis = open_analysis(person, Query())
    if analysis.selection is None:
        return nothing
    found = [_relationship(analysis), _transactional(analysis)]
    quotes, quotes_url = _unhappy(analysis)
    return HomePage(
        scores=[one for one in found if one] or [_any(analysis, analysis.selection)],
        moves=_moves(analysis),
        quotes=quotes,
        quotes_url=quotes_url,
        waiting=waiting,
        words_first=words_first,
        has_data=True,
    )


def _series(analysis: Analysis, stream: str) -> Series | None:
    fitting = (
        s for s in analysis.every_series if s.stream == stream and s.kind == "nps"
    )
    return next(fitting, None)


def _home_score(
    analysis: Analysis,
    selection: Selection,
    span: str,
    verdict: Verdict | None,
) -> HomeScore:
    estimate = scores.score(analysis.snapshot, selection).estimate
    return HomeScore(
        definition=selection.series.definition,
        question=analysis.labels.series(selection.series),
        span=span,
        score=present(estimate, analysis.policy, selection.series.scale),
        verdict=verdict,
        url=f"{reverse('scores')}?{selection.query()}",
    )


def _any(analysis: Analysis, selection: Selection) -> HomeScore:
    everything = selection.during(preset_period("all", selection.period.zone))
    return _home_score(analysis, everything, _("all time"), None)


def _relationship(analysis: Analysis) -> HomeScore | None:
    """Return the latest wave against the one before it, or the last 12 months."""
    series = _series(analysis, Stream.RELATIONSHIP)
    if series is None:
        return None
    base = replace(analysis.chosen, series=series, conditions=())
    base = base.during(preset_period("all", base.period.zone))
    waves = list(
        Wave.objects.visible_to(analysis.person)
        .filter(starts_on__lte=clock.now().date())
        .order_by("-starts_on")[:2],
    )
    if not waves:
        return _home_score(analysis, base, _("all time"), None)
    narrowed = [
        replace(base, conditions=(Condition("wave", "wave", (wave.code,)),))
        for wave in waves
    ]
    verdict = None
    if len(waves) > 1:
        found = difference_between(analysis.snapshot, narrowed[0], narrowed[1])
        if found is not None:
            verdict = verdict_of(found, analysis.policy, waves[1].name)
    return _home_score(analysis, narrowed[0], waves[0].name, verdict)


def _transactional(analysis: Analysis) -> HomeScore | None:
    series = _series(analysis, Stream.TRANSACTIONAL)
    if series is None:
        return None
    period = preset_period("30d", analysis.chosen.period.zone)
    base = replace(analysis.chosen, series=series, conditions=(), period=period)
    verdict = compare_periods(analysis.snapshot, base, analysis.policy)
    return _home_score(analysis, base, _("last 30 days"), verdict)


def _moves(analysis: Analysis) -> list[Move]:
    """Return touchpoints whose last 30 days differ, corrected for their number."""
    series = _series(analysis, Stream.TRANSACTIONAL)
    if series is None:
        return []
    period = preset_period("30d", analysis.chosen.period.zone)
    base = replace(analysis.chosen, series=series, conditions=(), period=period)
    found = moved_groups(analysis.snapshot, base, "touchpoint", analysis.policy)
    return [
        Move(
            label=analysis.labels.value("touchpoint", item.by[GROUP]),
            verdict=verdict_of(item, analysis.policy, _("the 30 days before")),
            url=_touchpoint_url(base, item.by[GROUP]),
        )
        for item in found
    ]


def _touchpoint_url(base: Selection, code: str | None) -> str:
    one = base.only(Condition("touchpoint", "touchpoint", (code or NOT_GIVEN,)))
    return f"{reverse('scores')}?{one.query()}"


def _unhappy(analysis: Analysis) -> tuple[list[Quote] | None, str]:
    """Return the newest words of detractors."""
    stream = Stream.TRANSACTIONAL
    series = _series(analysis, stream) or _series(analysis, Stream.RELATIONSHIP)
    if series is None:
        return None, ""
    period = preset_period("30d", analysis.chosen.period.zone)
    base = replace(
        analysis.chosen,
        series=series,
        conditions=(),
        period=period,
        answer_class="detractor",
    )
    quotes = latest_quotes(
        analysis.person, analysis.snapshot, base, analysis.labels, QUOTES
    )
    return quotes, f"{reverse('voices')}?{base.query()}"


def _waiting(person: Person) -> list[Waiting]:
    """Return what waits for this person's roles."""
    found = []
    if person.may(Permission.MANAGE_PEOPLE):
        open_invitations = Invited.objects.visible_to(person).filter(
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
        )
        if n := open_invitations.count():
            text = _("Invitations not yet accepted: %(n)s") % {"n": n}
            found.append(Waiting(text, reverse("people")))
    if person.may(Permission.SEE_AUDIT):
        since = clock.now() - dt.timedelta(days=RECENT_DAYS)
        reveals = AuditEntry.objects.visible_to(person).filter(
            action__endswith=".revealed",
            at__gte=since,
        )
        text = _("Personal data revealed in the last 7 days: %(n)s") % {
            "n": reveals.count(),
        }
        found.append(Waiting(text, reverse("audit")))
    return found
