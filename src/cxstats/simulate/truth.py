"""The truth about a simulated operator, to hold an analysis against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate import comments, effects, response, scoring
from cxstats.simulate.census import DIMENSIONS, RATE_DIMENSIONS, Census
from cxstats.simulate.columns import vocabulary_of
from cxstats.simulate.effects import BETA, Effect
from cxstats.simulate.occasions import SAMPLED, WAVE_KINDS
from cxstats.simulate.scoring import ITEM_CODES, ITEMS, Item
from cxstats.simulate.tables import strata_labels
from cxstats.simulate.vocabulary import BRAND, CHANNELS, DRIVERS, PRODUCTS, TOUCHPOINTS
from cxstats.simulate.world import World

__all__ = [
    "EffectTruth",
    "GroupTruth",
    "InterventionTruth",
    "Level",
    "RateTruth",
    "Truth",
    "tell_truth",
]

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """An exact level of a finite group, not an estimate.

    ``value`` is in points (-100..100) for NPS and in percent of favourable answers
    for other metrics; both numbers are None for an empty group.
    """

    n: int
    value: float | None
    mean: float | None


@dataclass(frozen=True)
class GroupTruth:
    """The level of one group at one wave or touchpoint.

    ``respondents`` are those whose answer is valid, unweighted.
    """

    survey: str
    dimension: str
    group: str
    metric: str
    population: Level
    respondents: Level


@dataclass(frozen=True)
class EffectTruth:
    """A planted effect and what it does in the second wave.

    ``effect_points`` is the population's NPS where the effect holds minus that of
    the same people without it.
    """

    code: str
    kind: str
    driver: str
    shift: float
    condition: str
    population: Level
    population_elsewhere: Level
    population_without: Level
    respondents: Level
    respondents_elsewhere: Level
    effect_points: float | None


@dataclass(frozen=True)
class InterventionTruth:
    """A change at one touchpoint in one region from one day on (local date).

    ``effect_points`` is the NPS of the treated after the change minus that of the
    same people on the same occasions had nothing been changed.
    """

    code: str
    touchpoint: str
    region: str
    from_date: str
    shift: float
    condition: str
    population: dict[str, Level]
    respondents: dict[str, Level]
    effect_points: float | None


@dataclass(frozen=True)
class RateTruth:
    """How many of those asked answered, in a group and by class of their score."""

    survey: str
    dimension: str
    group: str
    asked: int
    answered: int
    rate_by_class: dict[str, float | None]


@dataclass(frozen=True)
class Truth:
    """Everything planted and everything counted."""

    operator: str
    seed: int
    scale: int
    start: str
    end: str
    customers: int
    responses: int
    waves: tuple[str, ...]
    parameters: Mapping[str, Any]
    margins: dict[str, dict[str, int]]
    effects: tuple[EffectTruth, ...]
    intervention: InterventionTruth
    groups: tuple[GroupTruth, ...]
    rates: tuple[RateTruth, ...]
    staff_effects: dict[str, float]

    def group(self, survey: str, dimension: str = "all", group: str = "") -> GroupTruth:
        """Return the truth of one group.

        Raises
        ------
        KeyError
            If nobody of that group was in that wave or at that touchpoint.
        """
        for row in self.groups:
            if (row.survey, row.dimension, row.group) == (survey, dimension, group):
                return row
        raise KeyError((survey, dimension, group))

    def effect(self, code: str) -> EffectTruth:
        """Return the truth of one planted effect; KeyError if there is none."""
        return {effect.code: effect for effect in self.effects}[code]

    def to_json(self) -> str:
        """Write everything as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    def save(self, path: Path) -> None:
        """Write the JSON to a file."""
        path.write_text(self.to_json() + "\n", encoding="utf-8")


def tell_truth(world: World, census: Census, scale: int) -> Truth:
    """Put the census into words and points."""
    period = world.period
    labels = strata_labels(world)
    return Truth(
        operator=BRAND,
        seed=world.seed,
        scale=scale,
        start=period.start.isoformat(),
        end=period.end.isoformat(),
        customers=census.customers,
        responses=sum(census.responses),
        waves=tuple(wave.code for wave in period.waves),
        parameters=_parameters(),
        margins={
            wave.code: dict(zip(labels, census.margin[at].tolist(), strict=True))
            for at, wave in enumerate(period.waves)
        },
        effects=tuple(
            _effect(effect, census) for effect in (*world.effects, world.wave_effect)
        ),
        intervention=_intervention(world, census),
        groups=tuple(_groups(world, census)),
        rates=tuple(_rates(world, census)),
        staff_effects={
            code: round(float(effect), 4)
            for code, effect in zip(world.staff, world.staff_effect, strict=True)
        },
    )


def _parameters() -> dict[str, Any]:
    return {
        "driver_weights": {
            product: dict(zip(DRIVERS, map(float, BETA[at].round(4)), strict=True))
            for at, product in enumerate(PRODUCTS)
        },
        "halo": effects.HALO,
        "rating_halo": scoring.RATING_HALO,
        "occasion_noise": effects.OCCASION_NOISE,
        "mode_shift": effects.MODE,
        "heaping": [
            {"meant": meant, "ticked": ticked, "chance": chance}
            for meant, (ticked, chance) in scoring.HEAPING.items()
        ],
        "breakpoint": {"column": "a_mos_poor_count", "after": effects.BREAK_AFTER},
        "sampled_by_region": SAMPLED,
        "response": {
            "wave_base": response.WAVE_BASE,
            "touchpoint_base": {t.code: t.response for t in TOUCHPOINTS},
            "touchpoint_pull": {t.code: t.pull for t in TOUCHPOINTS},
            "channel_base": response.CHANNEL_BASE,
            "satisfaction_pull": response.SATISFACTION_PULL,
            "age_pull_per_15_years": response.AGE_PULL,
            "blank_rate": response.BLANK_RATE,
            "excluded_rate": response.EXCLUDED_RATE,
        },
        "comments": {
            "empty_rate": dict(
                zip(("low", "middle", "high"), comments.EMPTY_RATE, strict=True)
            ),
            "contradiction_rate": comments.CONTRADICTION_RATE,
            "typo_rate": comments.TYPO_RATE,
        },
    }


def _level(counts: Counts, item: Item) -> Level:
    n = int(counts.sum())
    if n == 0:
        return Level(0, None, None)
    scores = np.arange(len(counts))
    low = int(counts[:7].sum()) if item.is_nps else 0
    value = 100 * (int(counts[item.top :].sum()) - low) / n
    return Level(n, round(value, 6), round(float(counts @ scores) / n, 6))


def _difference(one: Level, other: Level) -> float | None:
    if one.value is None or other.value is None:
        return None
    return round(one.value - other.value, 6)


def _effect(effect: Effect, census: Census) -> EffectTruth:
    count = census.effects[effect.code]
    people = [_level(row, ITEMS[0]) for row in count.people]
    answers = [_level(row, ITEMS[0]) for row in count.answers]
    return EffectTruth(
        code=effect.code,
        kind=effect.kind,
        driver=effect.driver,
        shift=effect.shift,
        condition=effect.condition,
        population=people[0],
        population_elsewhere=people[1],
        population_without=people[2],
        respondents=answers[0],
        respondents_elsewhere=answers[1],
        effect_points=_difference(people[0], people[2]),
    )


def _intervention(world: World, census: Census) -> InterventionTruth:
    effect, names = world.repair_effect, ("before", "after")

    def levels(table: Counts) -> dict[str, Level]:
        return {
            f"{who}_{when}": _level(table[at, then], ITEMS[1])
            for at, who in enumerate(("untreated", "treated"))
            for then, when in enumerate(names)
        }

    people, bare = levels(census.repair[0]), levels(census.repair[2])
    return InterventionTruth(
        code=effect.code,
        touchpoint="TP_BB_REPAIR",
        region=world.territory.regions[0],
        from_date=world.period.date_of(world.period.change_day).isoformat(),
        shift=effect.shift,
        condition=effect.condition,
        population=people,
        respondents=levels(census.repair[1]),
        effect_points=_difference(people["treated_after"], bare["treated_after"]),
    )


def _survey(world: World, kind: int) -> tuple[str, Item]:
    if kind < len(TOUCHPOINTS):
        touchpoint = TOUCHPOINTS[kind]
        return touchpoint.code, ITEMS[ITEM_CODES.index(touchpoint.item)]
    return world.period.waves[kind - WAVE_KINDS[0]].code, ITEMS[0]


def _words(world: World, dimension: str) -> tuple[str, ...]:
    fixed = {"all": ("",), "channel": CHANNELS, "month": world.period.months}
    words = fixed.get(dimension) or vocabulary_of(world.territory, dimension)
    return words or ()


def _groups(world: World, census: Census) -> list[GroupTruth]:
    rows = []
    for dimension in DIMENSIONS:
        people, answers = census.people[dimension], census.answers[dimension]
        for kind in range(len(people)):
            survey, item = _survey(world, kind)
            for at, word in enumerate(_words(world, dimension)):
                # Group 0 of the counts is for those to whom the dimension is blank.
                level = _level(people[kind, at + 1], item)
                if level.n:
                    found = _level(answers[kind, at + 1], item)
                    metric = item.metric
                    rows.append(
                        GroupTruth(survey, dimension, word, metric, level, found)
                    )
    return rows


def _rates(world: World, census: Census) -> list[RateTruth]:
    rows = []
    for dimension in RATE_DIMENSIONS:
        asked, answered = census.asked[dimension], census.answered[dimension]
        for kind in range(len(asked)):
            survey, item = _survey(world, kind)
            for at, word in enumerate(_words(world, dimension)):
                invited, given = asked[kind, at + 1], answered[kind, at + 1]
                if invited.any():
                    rows.append(
                        RateTruth(
                            survey=survey,
                            dimension=dimension,
                            group=word,
                            asked=int(invited.sum()),
                            answered=int(given.sum()),
                            rate_by_class=_rate_by_class(invited, given, item),
                        )
                    )
    return rows


def _rate_by_class(
    invited: Counts, given: Counts, item: Item
) -> dict[str, float | None]:
    middle = 7 if item.is_nps else item.top - 1
    parts = {
        "low": slice(0, middle),
        "middle": slice(middle, item.top),
        "high": slice(item.top, None),
    }
    return {
        name: round(float(given[part].sum() / invited[part].sum()), 6)
        if invited[part].any()
        else None
        for name, part in parts.items()
    }
