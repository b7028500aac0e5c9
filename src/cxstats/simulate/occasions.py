"""Who is asked, when, about what and how: waves and events at touchpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.customers import Customers
from cxstats.simulate.draws import generator, sigmoid
from cxstats.simulate.drivers import (
    apply_effect,
    effect_on_satisfaction,
    satisfaction,
)
from cxstats.simulate.effects import MODE, OCCASION_NOISE, SPREAD
from cxstats.simulate.organisation import AGENTS_PER_REGION, STAFF_PER_HALL
from cxstats.simulate.response import BLANK_RATE, EXCLUDED_RATE, answering
from cxstats.simulate.scoring import ITEM_CODES, ITEMS, score_item
from cxstats.simulate.territory import Territory
from cxstats.simulate.vocabulary import CHANNELS, DRIVERS, TOUCHPOINTS
from cxstats.simulate.world import World

__all__ = [
    "SAMPLED",
    "WAVE_KINDS",
    "Occasions",
    "ask_events",
    "ask_wave",
    "felt_on",
    "join_occasions",
]

Floats = NDArray[np.float32]

WAVE_KINDS = (len(TOUCHPOINTS), len(TOUCHPOINTS) + 1)
"""Codes of the two waves, after the codes of the touchpoints."""

SAMPLED = (0.50, 0.60, 0.70, 0.90)
"""Share of consenting customers asked in a wave, by region: small regions are
sampled more densely, so an unweighted score misrepresents the whole."""

_DAYS_PER_MONTH = 30.44
_MODE = np.array([MODE[name] for name in CHANNELS], dtype=np.float32)
_LEVEL = np.array([t.level for t in TOUCHPOINTS], dtype=np.float32)
_FOCUS = np.array([DRIVERS.index(t.focus) for t in TOUCHPOINTS])
_ITEM = np.array([ITEM_CODES.index(t.item) for t in TOUCHPOINTS] + [0, 0])
_PRIMARY = np.array([CHANNELS.index(t.channel) for t in TOUCHPOINTS])
_FALLBACK = np.array([CHANNELS.index(t.fallback) for t in TOUCHPOINTS])
_HOURS = np.array([0, 3, 6, 8, 8, 7, 6, 7, 8, 8, 8, 9, 10, 8, 4], dtype=float)
_FIRST_HOUR = 8
_REPAIR = next(at for at, t in enumerate(TOUCHPOINTS) if t.code == "TP_BB_REPAIR")
# Mood carries over from the relationship; the rest is what happened that day.
_CARRY, _FOCUSED, _EVENT_NOISE = 0.6, 0.35, 0.6


@dataclass(frozen=True)
class Occasions:
    """One row per occasion on which a customer could be asked.

    ``score`` is what the person would answer, whether asked or not; that makes
    the population's true score known. ``luck`` is the draw that decided about
    heaping, kept to score the same person again without an effect.
    """

    person: NDArray[np.int32]
    kind: NDArray[np.int8]
    day: NDArray[np.int16]
    second: NDArray[np.int32]
    channel: NDArray[np.int8]
    staff: NDArray[np.int16]
    item: NDArray[np.int8]
    latent: Floats
    luck: Floats
    score: NDArray[np.int8]
    asked: NDArray[np.bool_]
    responded: NDArray[np.bool_]
    blank: NDArray[np.bool_]
    excluded: NDArray[np.bool_]

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Answers that count: given, with a number, not excluded."""
        return self.responded & ~self.blank & ~self.excluded

    def at(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Occasions:
        """Keep the given rows."""
        return Occasions(*(getattr(self, field.name)[rows] for field in fields(self)))


def join_occasions(parts: Sequence[Occasions]) -> Occasions:
    """Put occasions of one block one after another."""
    return Occasions(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Occasions)
        )
    )


def felt_on(world: World, o: Occasions, c: Customers, seen: Floats) -> Floats:
    """Give each occasion the person's judgement of the drivers at that time.

    Between the waves the second wave's planted change moves one driver.
    """
    felt = seen[o.person]
    later = (o.kind == WAVE_KINDS[1]) & world.wave_effect.mask(c)[o.person]
    apply_effect(felt, world.wave_effect, later)
    return felt


def ask_wave(
    world: World, block: int, c: Customers, which: int, seen: Floats
) -> Occasions:
    """Let every customer of a wave's population form an answer; some are asked."""
    rng = generator(world.seed, "waves", block * 2 + which)
    wave = world.period.waves[which]
    person = np.flatnonzero(_joined(world, c) <= wave.first_day).astype(np.int32)
    n = len(person)
    # Most answers come in the first days of the field.
    day = wave.first_day + (wave.field_days * rng.random(n) ** 1.7)
    channel = _wave_channel(c["age"][person].astype(np.int16), rng)
    latent = satisfaction(seen, c)[person]
    if which == 1:
        moved = world.wave_effect.mask(c)[person]
        shift = effect_on_satisfaction(world.wave_effect, c)[person]
        latent = latent + np.where(moved, shift, 0).astype(np.float32)
    latent = latent + OCCASION_NOISE * rng.standard_normal(n, dtype=np.float32)
    rate = np.array(SAMPLED)[c["region"][person].astype(np.int16)]
    asked = (rng.random(n) < rate) & (c["consent"][person] == 1)
    return _answer(
        c,
        rng,
        (person, np.full(n, WAVE_KINDS[which], np.int8), day.astype(np.int16)),
        (channel, np.full(n, -1, np.int16)),
        (latent, asked),
    )


def ask_events(world: World, block: int, c: Customers, seen: Floats) -> Occasions:
    """Let events happen at touchpoints; everyone who consented is asked."""
    rng = generator(world.seed, "events", block)
    joined = _joined(world, c)
    chance = _chances(c, joined, world.period.days)
    happens = rng.random(chance.shape, dtype=np.float32) < chance
    happens &= (c["consent"] == 1)[:, None]
    rows, columns = np.nonzero(happens)
    person, kind = rows.astype(np.int32), columns.astype(np.int8)
    day = _event_days(world, kind, joined[person], rng)
    main = rng.random(len(person)) < 0.85  # noqa: PLR2004 - the rest fall back
    channel = np.where(main, _PRIMARY[kind], _FALLBACK[kind]).astype(np.int8)
    staff = _served_by(world.territory, c, person, kind, rng)
    latent = _CARRY * satisfaction(seen, c)[person] + _LEVEL[kind]
    latent += _FOCUSED * seen[person, _FOCUS[kind]]
    latent += np.where(staff >= 0, world.staff_effect[staff], 0)
    changed = (kind == _REPAIR) & (day >= world.period.change_day)
    changed &= world.repair_effect.mask(c)[person]
    latent[changed] += np.float32(world.repair_effect.shift)
    latent += _EVENT_NOISE * rng.standard_normal(len(person), dtype=np.float32)
    asked = np.ones(len(person), dtype=bool)
    return _answer(c, rng, (person, kind, day), (channel, staff), (latent, asked))


def _answer(
    c: Customers,
    rng: np.random.Generator,
    what: tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.int16]],
    how: tuple[NDArray[np.int8], NDArray[np.int16]],
    felt: tuple[Floats, NDArray[np.bool_]],
) -> Occasions:
    (person, kind, day), (channel, staff), (latent, asked) = what, how, felt
    n = len(person)
    latent = ((latent + _MODE[channel]) / np.float32(SPREAD)).astype(np.float32)
    luck = rng.random(n, dtype=np.float32)
    item = _ITEM[kind].astype(np.int8)
    score = np.empty(n, dtype=np.int8)
    for code in np.unique(item):
        here = item == code
        score[here] = score_item(ITEMS[code], latent[here], luck[here])
    propensity = answering(kind, channel, c["age"][person].astype(np.int16), latent)
    odd = rng.random(n)
    return Occasions(
        person=person,
        kind=kind,
        day=day,
        second=_seconds(n, rng),
        channel=channel,
        staff=staff,
        item=item,
        latent=latent,
        luck=luck,
        score=score,
        asked=asked,
        responded=asked & (rng.random(n) < propensity),
        blank=odd < BLANK_RATE,
        excluded=odd > 1 - EXCLUDED_RATE,
    )


def _joined(world: World, c: Customers) -> NDArray[np.int32]:
    days = c["tenure_months"].astype(np.float32) * _DAYS_PER_MONTH
    return (world.period.days - days).astype(np.int32)


def _chances(c: Customers, joined: NDArray[np.int32], days: int) -> Floats:
    """Probability of being asked at each touchpoint during the whole period."""
    age = (c["age"].astype(np.float32) - 43) / 15
    line = c["home_broadband"] == 1
    mobile = ~np.isnan(c["mos_poor_count"].astype(np.float32))
    troubled = np.nan_to_num(c["mos_poor_count"].astype(np.float32)) > 0
    complained = c["complaints_90d"].astype(np.float32) > 0
    paid = np.minimum(c["arpu"].astype(np.float32), 400) / 100
    new = (joined >= 0) & (joined < days - 10)
    columns = {
        "TP_ACTIVATE": 0.4 * new,
        "TP_PAY": 0.11 + 0 * age,
        "TP_HALL": sigmoid(-1.6 + 0.35 * age),
        "TP_HOTLINE": sigmoid(-1.2 + 0.4 * troubled + 0.9 * complained),
        "TP_ONLINECS": sigmoid(-2.0 - 0.5 * age),
        "TP_COMPLAINT": np.where(complained, 0.85, 0.03),
        "TP_BB_INSTALL": 0.16 * line,
        "TP_BB_REPAIR": 0.38 * line,
        "TP_DATA_ALERT": 0.45 * (c["overage"].astype(np.float32) > 0),
        "TP_PLAN_CHANGE": 0.10 + 0 * age,
        "TP_ROAM": 0.05 * mobile * paid,
        "TP_APP": sigmoid(-1.4 - 0.4 * age),
    }
    return np.stack([columns[t.code] for t in TOUCHPOINTS], 1).astype(np.float32)


def _event_days(
    world: World,
    kind: NDArray[np.int8],
    joined: NDArray[np.int32],
    rng: np.random.Generator,
) -> NDArray[np.int16]:
    period = world.period
    codes = [t.code for t in TOUCHPOINTS]
    earliest = np.clip(joined, 0, period.days - 1)
    # A complaint of the last ninety days was made in the last ninety days.
    late = np.where(kind == codes.index("TP_COMPLAINT"), period.days - 90, 0)
    first = period.day_cdf[np.maximum(earliest, late)]
    u = first + rng.random(len(kind)) * (1 - first)
    day = np.searchsorted(period.day_cdf, u, side="right") - 1
    opening = kind == codes.index("TP_ACTIVATE")
    wait = rng.integers(3, 9, len(kind))
    day[opening] = joined[opening] + wait[opening]
    return np.clip(day, 0, period.days - 1).astype(np.int16)


def _wave_channel(age: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.int8]:
    """Choose SMS for most; the app for the young, a call for the old."""
    u = rng.random(len(age))
    young = np.clip(0.30 - 0.005 * (age - 18), 0.02, 0.30)
    old = np.clip(0.004 * (age - 25), 0.03, 0.30)
    names = [CHANNELS.index(name) for name in ("app", "call", "wechat", "sms")]
    edges = [u < young, u < young + old, u < young + old + 0.06]
    return np.select(edges, names[:3], names[3]).astype(np.int8)


def _served_by(
    t: Territory,
    c: Customers,
    person: NDArray[np.int32],
    kind: NDArray[np.int8],
    rng: np.random.Generator,
) -> NDArray[np.int16]:
    """Give each occasion the member of staff who served, or -1 where nobody did."""
    place = {name: c[name][person].astype(np.int32) for name in ("district", "region")}
    grid = c["grid"][person].astype(np.int32)
    u = rng.random(len(person))
    halls, grids = len(t.districts) * STAFF_PER_HALL, len(t.grids)
    choice = {
        "hall": place["district"] * STAFF_PER_HALL + (u * STAFF_PER_HALL).astype(int),
        "field": halls + grid,
        "hotline": halls
        + grids
        + place["region"] * AGENTS_PER_REGION
        + (u * AGENTS_PER_REGION).astype(int),
    }
    staff = np.full(len(person), -1, dtype=np.int16)
    for at, touchpoint in enumerate(TOUCHPOINTS):
        if touchpoint.served_by is not None:
            here = kind == at
            staff[here] = choice[touchpoint.served_by][here]
    return staff


def _seconds(n: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Local seconds of the day between eight and 23 o'clock, so UTC has that date."""
    edges = np.cumsum(_HOURS / _HOURS.sum())[:-1]
    hour = _FIRST_HOUR + np.searchsorted(edges, rng.random(n), side="right")
    return (hour * 3600 + rng.integers(0, 3600, n)).astype(np.int32)
