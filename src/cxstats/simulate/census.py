"""Count the whole operator once: margins, true scores, who would answer.

Everybody's answer is known here, whether it is given or not, so the population's
score is a plain count over the population and not an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.block import Block
from cxstats.simulate.drivers import effect_on_satisfaction
from cxstats.simulate.effects import SPREAD
from cxstats.simulate.occasions import WAVE_KINDS, Occasions
from cxstats.simulate.scoring import ITEMS, score_item
from cxstats.simulate.tables import strata_labels, stratum_of
from cxstats.simulate.vocabulary import TOUCHPOINTS
from cxstats.simulate.world import World

__all__ = ["DIMENSIONS", "RATE_DIMENSIONS", "Census", "EffectCount", "take_census"]

DIMENSIONS = (
    "all",
    "region",
    "city",
    "grid",
    "product",
    "network",
    "plan",
    "star",
    "value_tier",
    "age_band",
    "terminal",
    "channel",
    "month",
)
"""By what the truth is told; every one is also a column of the answers."""

RATE_DIMENSIONS = ("all", "age_band", "channel")
"""By what response rates are told."""

KINDS = len(TOUCHPOINTS) + 2
SCORES = 11
_WIDTH = 128
_REPAIR = next(at for at, t in enumerate(TOUCHPOINTS) if t.code == "TP_BB_REPAIR")

Counts = NDArray[np.int64]


def _empty() -> Counts:
    return np.zeros((KINDS, _WIDTH, SCORES), dtype=np.int64)


@dataclass
class EffectCount:
    """Score counts where an effect holds, elsewhere, and where it is taken away.

    Rows are: holds, elsewhere, holds but taken away. ``people`` counts the
    population, ``answers`` those who answered validly.
    """

    people: Counts = field(default_factory=lambda: np.zeros((3, SCORES), np.int64))
    answers: Counts = field(default_factory=lambda: np.zeros((3, SCORES), np.int64))


@dataclass
class Census:
    """Counts over the whole operator.

    ``people`` and ``answers`` hold score counts by dimension, kind of occasion and
    group; ``asked`` and ``answered`` the same for everyone asked and everyone who
    answered. ``margin`` and ``counted`` are people and valid answers by wave and
    stratum. ``repair`` holds broadband repair by region treated or not, before or
    after, and score: first of the population, then of valid answers, then of the
    population as if nothing had been changed.
    """

    people: dict[str, Counts] = field(
        default_factory=lambda: {name: _empty() for name in DIMENSIONS}
    )
    answers: dict[str, Counts] = field(
        default_factory=lambda: {name: _empty() for name in DIMENSIONS}
    )
    asked: dict[str, Counts] = field(default_factory=dict)
    answered: dict[str, Counts] = field(default_factory=dict)
    margin: Counts = field(default_factory=lambda: np.zeros((2, 12), np.int64))
    counted: Counts = field(default_factory=lambda: np.zeros((2, 12), np.int64))
    effects: dict[str, EffectCount] = field(default_factory=dict)
    repair: Counts = field(default_factory=lambda: np.zeros((3, 2, 2, SCORES), int))
    responses: list[int] = field(default_factory=list)
    customers: int = 0

    @property
    def weights(self) -> NDArray[np.float64]:
        """Post-stratification weight by wave and stratum, one on average."""
        share = self.margin / self.margin.sum(axis=1, keepdims=True)
        total = self.counted.sum(axis=1, keepdims=True)
        found = np.maximum(self.counted, 1) / np.maximum(total, 1)
        weights: NDArray[np.float64] = share / found
        return weights

    @property
    def first_response(self) -> Counts:
        """Number of the first response of every block; numbers start at 1."""
        return np.concatenate([[1], 1 + np.cumsum(self.responses)[:-1]]).astype(int)


def take_census(world: World, blocks: Iterable[Block]) -> Census:
    """Count every block once."""
    census = Census()
    for name in RATE_DIMENSIONS:
        census.asked[name], census.answered[name] = _empty(), _empty()
    for effect in (*world.effects, world.wave_effect):
        census.effects[effect.code] = EffectCount()
    strata = len(strata_labels(world))
    for block in blocks:
        _count_groups(census, world, block)
        _count_strata(census, block, strata)
        _count_effects(census, world, block)
        _count_repair(census, world, block)
        census.responses.append(int(block.occasions.responded.sum()))
        census.customers += block.size
    return census


def _count_groups(census: Census, world: World, block: Block) -> None:
    o, c = block.occasions, block.customers
    valid, asked, answered = o.valid, o.asked, o.responded
    for name in DIMENSIONS:
        group = _group(name, world, o, c)
        cell = (o.kind.astype(np.int32) * _WIDTH + group + 1) * SCORES + o.score
        census.people[name] += _count(cell)
        census.answers[name] += _count(cell[valid])
        if name in RATE_DIMENSIONS:
            census.asked[name] += _count(cell[asked])
            census.answered[name] += _count(cell[answered])


def _group(
    name: str, world: World, o: Occasions, c: dict[str, NDArray[np.generic]]
) -> NDArray[np.int32]:
    if name == "all":
        return np.zeros(len(o.person), dtype=np.int32)
    if name == "channel":
        return o.channel.astype(np.int32)
    if name == "month":
        return world.period.month_of_day[o.day].astype(np.int32)
    return c[name].astype(np.int32)[o.person]


def _count(cell: NDArray[np.int32]) -> Counts:
    counts = np.bincount(cell, minlength=KINDS * _WIDTH * SCORES)
    return counts.reshape(KINDS, _WIDTH, SCORES)


def _count_strata(census: Census, block: Block, strata: int) -> None:
    o = block.occasions
    in_wave = o.kind >= WAVE_KINDS[0]
    wave = (o.kind[in_wave] - WAVE_KINDS[0]).astype(np.int32)
    cell = wave * strata + stratum_of(block, o.person[in_wave])
    valid = cell[o.valid[in_wave]]
    census.margin += np.bincount(cell, minlength=2 * strata).reshape(2, strata)
    census.counted += np.bincount(valid, minlength=2 * strata).reshape(2, strata)


def _count_effects(census: Census, world: World, block: Block) -> None:
    """Count each personal effect in the second wave, with and without it."""
    everything, c = block.occasions, block.customers
    o = everything.at(everything.kind == WAVE_KINDS[1])
    for effect in (*world.effects, world.wave_effect):
        holds = effect.mask(c)[o.person]
        size = effect_on_satisfaction(effect, c)[o.person[holds]]
        bare = _score_without(o.at(holds), size)
        count = census.effects[effect.code]
        for table, rows in (
            (count.people, np.ones_like(holds)),
            (count.answers, o.valid),
        ):
            table[0] += np.bincount(o.score[holds & rows], minlength=SCORES)
            table[1] += np.bincount(o.score[~holds & rows], minlength=SCORES)
            table[2] += np.bincount(bare[rows[holds]], minlength=SCORES)


def _score_without(o: Occasions, size: NDArray[np.float32]) -> NDArray[np.int8]:
    """Score the same people on the same day without an effect."""
    return score_item(ITEMS[0], o.latent - size / np.float32(SPREAD), o.luck)


def _count_repair(census: Census, world: World, block: Block) -> None:
    everything, effect = block.occasions, world.repair_effect
    o = everything.at(everything.kind == _REPAIR)
    treated = effect.mask(block.customers)[o.person]
    after = o.day >= world.period.change_day
    moved = (treated & after) * np.float32(effect.shift)
    bare = _score_without(o, moved.astype(np.float32))
    cell = (treated * 2 + after).astype(np.int32) * SCORES
    for at, (score, rows) in enumerate(
        (
            (o.score, np.ones_like(treated)),
            (o.score, o.valid),
            (bare, np.ones_like(treated)),
        )
    ):
        counts = np.bincount((cell + score)[rows], minlength=4 * SCORES)
        census.repair[at] += counts.reshape(2, 2, SCORES)
