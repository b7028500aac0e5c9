"""Answers as the response table, and the truth of every comment beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cxstats.schema import ANSWERS, METRICS, attribute_column
from cxstats.simulate.block import Block
from cxstats.simulate.columns import (
    ATTRIBUTES,
    DAYS_PER_MONTH,
    coded,
    customer_table,
    number,
    vocabulary_of,
)
from cxstats.simulate.comments import Comments, write_comments
from cxstats.simulate.draws import BLOCK, generator, keyed_ids
from cxstats.simulate.effects import BETA
from cxstats.simulate.lexicon import MOODS
from cxstats.simulate.occasions import WAVE_KINDS, Occasions, felt_on
from cxstats.simulate.scoring import ITEM_CODES, ITEMS, rate_drivers, score_item
from cxstats.simulate.vocabulary import (
    AGE_GROUPS,
    CHANNELS,
    DRIVERS,
    LANGUAGES,
    TOUCHPOINTS,
)
from cxstats.simulate.world import World

__all__ = ["Batch", "render_block", "strata_labels", "stratum_of"]

_UTC_OFFSET = np.timedelta64(8, "h")
_TOUCHPOINT_CODES = tuple(t.code for t in TOUCHPOINTS)
_INSTRUMENTS = (*_TOUCHPOINT_CODES, "RNPS_MOBILE", "RNPS_BB")
_EXTRA = np.array(
    [ITEM_CODES.index(t.extra) if t.extra else -1 for t in TOUCHPOINTS] + [-1, -1]
)
_METRIC_OF_ITEM = np.array([METRICS.index(item.metric) for item in ITEMS])
_RATING_NOISE = 0.5


@dataclass(frozen=True)
class Batch:
    """Part of the operator's data, ready to load.

    Attributes
    ----------
    customers
        One row per customer.
    answers
        Response table: the first question of every response.
    ratings
        Response table: the further rated questions of the same responses.
    comments
        The truth of every answer's comment, by ``response_id``: mood, topics, and
        whether the words contradict the score.
    """

    customers: pa.Table
    answers: pa.Table
    ratings: pa.Table
    comments: pa.Table


@dataclass(frozen=True)
class _Frame:
    """What the rows of one block's answers and ratings have in common."""

    world: World
    occasions: Occasions
    numbers: NDArray[np.int64]
    customer: pa.Array
    weight: NDArray[np.float64]
    stratum: NDArray[np.int16]
    language: NDArray[np.generic]
    broadband: NDArray[np.bool_]
    attributes: dict[str, pa.Array]


def strata_labels(world: World) -> tuple[str, ...]:
    """Name the strata of a wave: region by age group."""
    return tuple(f"{r}|{a}" for r in world.territory.regions for a in AGE_GROUPS)


def stratum_of(block: Block, person: NDArray[np.int32]) -> NDArray[np.int16]:
    """Code of the stratum of each person."""
    c = block.customers
    code = c["region"][person] * len(AGE_GROUPS) + c["age_group"][person]
    return code.astype(np.int16)


def render_block(
    world: World, block: Block, first_response: int, weights: NDArray[np.float64]
) -> Batch:
    """Turn a block into tables.

    Parameters
    ----------
    world
        The operator's fixed parts.
    block
        The block to render.
    first_response
        Number of the block's first response.
    weights
        Post-stratification weight by wave and stratum.
    """
    o = block.occasions.at(block.occasions.responded)
    rng = generator(world.seed, "words", block.number)
    seen = felt_on(world, o, block.customers, block.seen)
    comments = write_comments(rng, o, block.customers, seen)
    frame = _frame(world, block, o, first_response, weights)
    return Batch(
        customers=customer_table(world, block),
        answers=_answers(frame, comments),
        ratings=_ratings(frame, block, seen, rng),
        comments=_comments(frame, comments),
    )


def _frame(
    world: World,
    block: Block,
    o: Occasions,
    first_response: int,
    weights: NDArray[np.float64],
) -> _Frame:
    c = block.customers
    ids = keyed_ids(world.seed, block.number * BLOCK, block.size)
    stratum = stratum_of(block, o.person)
    wave = o.kind.astype(np.int16) - WAVE_KINDS[0]
    weight = weights[np.maximum(wave, 0), stratum]
    return _Frame(
        world=world,
        occasions=o,
        numbers=np.arange(first_response, first_response + len(wave), dtype=np.int64),
        customer=ids.take(pa.array(o.person)),
        weight=np.where((wave >= 0) & o.valid, weight, np.nan),
        stratum=np.where(wave >= 0, stratum, -1).astype(np.int16),
        language=c["language"][o.person],
        broadband=c["product"][o.person] == 1,
        attributes=_attributes(world, block, o),
    )


def _attributes(world: World, block: Block, o: Occasions) -> dict[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    for name in ATTRIBUTES:
        values = block.customers[name][o.person]
        if name == "tenure_months":
            # Tenure is what it was on the day of the answer.
            ago = np.floor((world.period.days - 1 - o.day) / DAYS_PER_MONTH)
            values = np.maximum(values.astype(np.float32) - ago, 0)
        words = vocabulary_of(world.territory, name)
        column = number(values) if words is None else coded(values, words)
        columns[attribute_column(name)] = column
    columns[attribute_column("employee")] = coded(o.staff, world.staff)
    return columns


def _answers(frame: _Frame, comments: Comments) -> pa.Table:
    o = frame.occasions
    rows = np.arange(len(o.person))
    score = pa.array(o.score.astype(np.float64), mask=o.blank)
    return _response_table(frame, rows, (o.item, score), comments.text)


def _ratings(
    frame: _Frame, block: Block, seen: NDArray[np.float32], rng: np.random.Generator
) -> pa.Table:
    """Rate the drivers in waves, and the touchpoint's second question elsewhere."""
    o = frame.occasions
    applies = BETA[block.customers["product"][o.person].astype(np.int8)] > 0
    is_wave = o.kind >= WAVE_KINDS[0]
    scores = rate_drivers(seen, o.latent, rng)
    first = ITEM_CODES.index("CSAT10_" + DRIVERS[0].upper())
    parts = []
    for at, score in enumerate(scores):
        rows = np.flatnonzero(is_wave & applies[:, at])
        parts.append((rows, np.full(len(rows), first + at, np.int8), score[rows]))
    noise = _RATING_NOISE * rng.standard_normal(len(o.latent), dtype=np.float32)
    extra = _EXTRA[o.kind]
    for code in np.unique(extra[extra >= 0]):
        rows = np.flatnonzero(extra == code)
        felt = (o.latent + noise)[rows]
        score = score_item(ITEMS[code], felt, o.luck[rows])
        parts.append((rows, np.full(len(rows), code, np.int8), score))
    rows, item, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    silent = pa.nulls(len(rows), pa.string())
    answer = pa.array(value.astype(np.float64))
    return _response_table(frame, rows, (item, answer), silent)


def _response_table(
    frame: _Frame,
    rows: NDArray[np.int64],
    answer: tuple[NDArray[np.int8], pa.Array],
    comment: pa.Array,
) -> pa.Table:
    item, score = answer
    weight = frame.weight[rows]
    columns = {
        **_question(item),
        **_occasion(frame, rows),
        "score": score,
        "language": coded(frame.language[rows], LANGUAGES),
        "customer": frame.customer.take(pa.array(rows)),
        "weight": pa.array(weight, mask=np.isnan(weight)),
        "stratum": coded(frame.stratum[rows], strata_labels(frame.world)),
        "comment": comment,
    }
    ordered = {name: columns[name] for name in ANSWERS.names}
    everyone = len(rows) == len(frame.numbers)
    for name, values in frame.attributes.items():
        ordered[name] = values if everyone else values.take(pa.array(rows))
    return pa.table(ordered)


def _question(item: NDArray[np.int8]) -> dict[str, pa.Array]:
    is_nps = np.array([i.is_nps for i in ITEMS])[item]
    n = len(item)
    return {
        "item": coded(item, ITEM_CODES),
        "metric": coded(_METRIC_OF_ITEM[item], METRICS),
        "scale_min": pa.array(np.array([i.low for i in ITEMS], np.int16)[item]),
        "scale_max": pa.array(np.array([i.high for i in ITEMS], np.int16)[item]),
        "detractor_max": pa.array(np.full(n, 6, np.int16), mask=~is_nps),
        "promoter_min": pa.array(np.full(n, 9, np.int16), mask=~is_nps),
    }


def _occasion(frame: _Frame, rows: NDArray[np.int64]) -> dict[str, pa.Array]:
    o, world = frame.occasions, frame.world
    kind = o.kind[rows].astype(np.int16)
    is_wave = kind >= WAVE_KINDS[0]
    survey = len(_TOUCHPOINT_CODES) + frame.broadband[rows]
    start = np.datetime64(world.period.start, "us")
    local = start + o.day[rows].astype("timedelta64[D]")
    local = local + o.second[rows].astype("timedelta64[s]")
    waves = tuple(wave.code for wave in world.period.waves)
    return {
        "response_id": pa.array(frame.numbers[rows]),
        "instrument": coded(np.where(is_wave, survey, kind), _INSTRUMENTS),
        "instrument_version": pa.array(np.ones(len(rows), np.int32)),
        "responded_at": pa.array(local - _UTC_OFFSET),
        "stream": coded(is_wave, ("transactional", "relationship")),
        "touchpoint": coded(np.where(is_wave, -1, kind), _TOUCHPOINT_CODES),
        "wave": coded(np.where(is_wave, kind - WAVE_KINDS[0], -1), waves),
        "channel": coded(o.channel[rows], CHANNELS),
        "cluster": frame.attributes["a_grid"].take(pa.array(rows)),
        "excluded": coded(np.where(o.excluded[rows], 0, -1), ("employee_number",)),
    }


def _comments(frame: _Frame, comments: Comments) -> pa.Table:
    return pa.table(
        {
            "response_id": pa.array(frame.numbers),
            "mood": coded(comments.mood, MOODS),
            "topic": comments.topic_ids(comments.topic),
            "second_topic": comments.topic_ids(comments.second),
            "contradictory": pa.array(comments.contradictory),
        }
    )
