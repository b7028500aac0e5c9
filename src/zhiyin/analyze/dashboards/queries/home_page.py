"""Home: what changed, what waits, and where it is at risk, by what one may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person, Role
from zhiyin.analyze.dashboards.queries.analysis import Analysis, open_analysis
from zhiyin.analyze.dashboards.queries.home_places import (
    Place,
    Waiting,
    places_of,
    waiting_for,
)
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.addresses import Query
from zhiyin.analyze.metrics.queries.comparing import (
    Verdict,
    breakdown,
    compare_periods,
    difference_between,
    moved_groups,
    verdict_of,
    write_difference,
)
from zhiyin.analyze.metrics.queries.definitions import Definition
from zhiyin.analyze.metrics.queries.periods import Period, preset_period, today
from zhiyin.analyze.metrics.queries.presentation import ScoreText, present
from zhiyin.analyze.metrics.queries.regrouping import GROUP
from zhiyin.analyze.metrics.queries.selection import NOT_GIVEN, Condition, Selection
from zhiyin.analyze.metrics.queries.series import Series
from zhiyin.analyze.voices.queries import Quote, latest_quotes
from zhiyin.common import clock
from zhiyin.listen.programs.models import Stream, Wave

# People who meet customers read customers' words before any number.
WORDS_FIRST = {Role.AGENT, Role.TEAM_LEAD, Role.GRID_MANAGER, Role.RETENTION}
QUOTES, QUOTES_BESIDE = 10, 5
MOST_RISKS = 3


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
class News:
    """How many answers came since yesterday, and how many were unhappy."""

    name: str | Promise
    n: int
    unhappy: int
    url: str
    unhappy_url: str


@dataclass(frozen=True)
class Risk:
    """A touchpoint clearly below all the others."""

    label: str
    score: ScoreText
    detail: str
    url: str


@dataclass(frozen=True)
class HomePage:
    """Everything Home shows to one person."""

    waiting: list[Waiting]
    places: list[Place]
    words_first: bool
    has_data: bool = False
    news: tuple[News, ...] = ()
    scores: tuple[HomeScore, ...] = ()
    moves: tuple[Move, ...] = ()
    risks: tuple[Risk, ...] = ()
    quotes: list[Quote] | None = None
    quotes_url: str = ""


def home_page(person: Person) -> HomePage:
    """Collect Home for one person."""
    page = HomePage(
        waiting=waiting_for(person),
        places=places_of(person),
        words_first=bool(WORDS_FIRST & set(person.roles)),
    )
    if not person.may(Permission.SEE_SCORES):
        return page
    analysis = open_analysis(person, Query())
    if analysis.selection is None:
        return page
    found = [_relationship(analysis), _transactional(analysis)]
    shown = [one for one in found if one] or [_any(analysis, analysis.selection)]
    quotes, quotes_url = _unhappy(analysis)
    return replace(
        page,
        has_data=True,
        news=tuple(_news(analysis)),
        scores=tuple(shown),
        moves=tuple(_moves(analysis)),
        risks=tuple(_risks(analysis)),
        quotes=quotes,
        quotes_url=quotes_url,
    )


def _news(analysis: Analysis) -> list[News]:
    """Count what came since yesterday's midnight, by stream."""
    zone = analysis.chosen.period.zone
    period = Period(today(zone) - dt.timedelta(1), today(zone), zone)
    found = []
    for stream in Stream.values:
        series = _series(analysis, stream)
        if series is None:
            continue
        base = replace(analysis.chosen, series=series, conditions=(), period=period)
        unhappy = replace(base, answer_class="detractor")
        n, low = (
            scores.score(analysis.snapshot, one).estimate.n for one in (base, unhappy)
        )
        if n:
            urls = (f"{reverse('voices')}?{one.query()}" for one in (base, unhappy))
            found.append(News(series.definition.name, n, low, *urls))
    return found


def _risks(analysis: Analysis) -> list[Risk]:
    """Return touchpoints clearly below the others over 90 days, the lowest first."""
    series = _series(analysis, Stream.TRANSACTIONAL)
    dimension = analysis.labels.dimension("touchpoint")
    if series is None or dimension is None:
        return []
    period = preset_period("90d", analysis.chosen.period.zone)
    base = replace(analysis.chosen, series=series, conditions=(), period=period)
    table = breakdown(analysis.snapshot, base, dimension, analysis.policy)
    low = [row for row in table.rows if row.difference and row.rank]
    low = [row for row in low if row.difference and row.difference.verdict == "fell"]
    low.sort(key=lambda row: row.group.estimate.value)
    return [
        Risk(
            label=analysis.labels.value("touchpoint", row.key),
            score=present(row.group.estimate, analysis.policy, series.scale),
            detail=write_difference(row.difference.estimate.value, "points"),
            url=_touchpoint_url(base, row.key),
        )
        for row in low[:MOST_RISKS]
        if row.difference
    ]


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
    size = QUOTES if WORDS_FIRST & set(analysis.person.roles) else QUOTES_BESIDE
    quotes = latest_quotes(
        analysis.person,
        analysis.snapshot,
        base,
        analysis.labels,
        size,
    )
    return quotes, f"{reverse('voices')}?{base.query()}"
