"""What people write: composed from each person's own causes, with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cxstats.simulate.customers import Customers
from cxstats.simulate.effects import BETA
from cxstats.simulate.lexicon import Lexicon, Topics, load_lexicon
from cxstats.simulate.occasions import Occasions
from cxstats.simulate.scoring import ITEMS
from cxstats.simulate.vocabulary import CHANNELS, YES_NO

__all__ = [
    "CONTRADICTION_RATE",
    "EMPTY_RATE",
    "TYPO_RATE",
    "Comments",
    "write_comments",
]

EMPTY_RATE = (0.45, 0.70, 0.62)
"""Share without a comment among the unfavourable, middling and favourable."""

CONTRADICTION_RATE = 0.03
"""Share of commenting customers of the best scores who write a complaint, and of
the worst who write praise (a scale read upside down)."""

TYPO_RATE = 0.04
_FILLER_RATE = 0.10
_SECOND_TOPIC_RATE = 0.25
_HOME_RATE = 0.75
_WEIGHT_OF_LUCK = 0.6
_COMPLAINT, _MILD, _PRAISE = range(3)
_EMPTY_BY_CHANNEL = {"call": 0.6, "ivr": 1.25, "chat": 0.9}
_NOTHING = -1


@dataclass(frozen=True)
class Comments:
    """Comments and what they truly say, one row per answer.

    ``topic`` and ``second`` index the topics of the polarity written, or are -1;
    ``mood`` is an index into ``lexicon.MOODS`` or -1 where nothing was written.
    """

    text: pa.Array
    mood: NDArray[np.int8]
    topic: NDArray[np.int16]
    second: NDArray[np.int16]
    contradictory: NDArray[np.bool_]

    def topic_ids(self, which: NDArray[np.int16]) -> pa.Array:
        """Name the topics of ``topic`` or ``second``; null where there is none."""
        lexicon = load_lexicon()
        names = pa.array([*lexicon.complaints.ids, *lexicon.praise.ids])
        praise = (self.mood == _PRAISE) * len(lexicon.complaints.ids)
        at = np.where(which >= 0, which + praise, 0)
        return names.take(pa.array(at, mask=which < 0))


def write_comments(
    rng: np.random.Generator, o: Occasions, c: Customers, seen: NDArray[np.float32]
) -> Comments:
    """Write a comment (or none) for every given occasion.

    Parameters
    ----------
    rng
        The random stream of words.
    o
        Occasions that were answered.
    c
        Customers of the block.
    seen
        Judgements of the drivers, one row per occasion.
    """
    n = len(o.person)
    verdict = _verdict(o)
    empty = np.array(EMPTY_RATE)[verdict] * _channel_silence(o.channel)
    written = rng.random(n) >= empty
    contradictory = written & (verdict != _MILD) & (rng.random(n) < CONTRADICTION_RATE)
    mood = np.where(contradictory, _PRAISE - verdict, verdict).astype(np.int8)
    rows = np.flatnonzero(written)
    language = c["language"][o.person[rows]].astype(np.int8)
    # Short fillers and second topics are written in Simplified Chinese alone.
    plain = language == 0
    luck = rng.random((2, len(rows)))
    filler = plain & ~contradictory[rows] & (luck[0] < _FILLER_RATE)
    first, second = _choose(rng, o.at(rows), c, seen[rows], mood[rows])
    first[filler] = _NOTHING
    second[filler | ~plain | (luck[1] >= _SECOND_TOPIC_RATE)] = _NOTHING
    lexicon = load_lexicon()
    text = _compose(rng, lexicon, (mood[rows], first, second), language)
    text = _mistype(rng, text, lexicon.typos)
    place = np.cumsum(written) - 1
    return Comments(
        text=text.take(pa.array(place, mask=~written)),
        mood=np.where(written, mood, _NOTHING).astype(np.int8),
        topic=_scatter(n, rows, first),
        second=_scatter(n, rows, second),
        contradictory=contradictory,
    )


def _scatter(
    n: int, rows: NDArray[np.int64], values: NDArray[np.int16]
) -> NDArray[np.int16]:
    whole = np.full(n, _NOTHING, dtype=np.int16)
    whole[rows] = values
    return whole


def _verdict(o: Occasions) -> NDArray[np.int64]:
    """Tell unfavourable, middling or favourable: 0, 1, 2."""
    good = np.array([item.top for item in ITEMS])[o.item]
    bad = np.array([6 if item.is_nps else item.top - 2 for item in ITEMS])[o.item]
    return (o.score > bad).astype(int) + (o.score >= good)


def _channel_silence(channel: NDArray[np.int8]) -> NDArray[np.float64]:
    factor = [_EMPTY_BY_CHANNEL.get(name, 1.0) for name in CHANNELS]
    return np.array(factor)[channel]


def _choose(
    rng: np.random.Generator,
    o: Occasions,
    c: Customers,
    seen: NDArray[np.float32],
    mood: NDArray[np.int8],
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Choose two topics per row, of praise where the mood is praise."""
    lexicon = load_lexicon()
    first = np.empty(len(mood), dtype=np.int16)
    second = np.empty(len(mood), dtype=np.int16)
    for topics, sign, here in (
        (lexicon.complaints, -1.0, mood != _PRAISE),
        (lexicon.praise, 1.0, mood == _PRAISE),
    ):
        rows = np.flatnonzero(here)
        appeal = _appeal(rng, topics, o.at(rows), c, np.float32(sign) * seen[rows])
        best = np.argmax(appeal, axis=1)
        first[rows] = best
        appeal[np.arange(len(rows)), best] = -np.inf
        second[rows] = np.argmax(appeal, axis=1)
    return first, second


def _appeal(
    rng: np.random.Generator,
    topics: Topics,
    o: Occasions,
    c: Customers,
    felt: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Weigh the topics: what matters most to this person here, and luck."""
    weight = BETA[c["product"][o.person].astype(np.int8)]
    pull = (felt * weight)[:, topics.driver]
    u = rng.random(pull.shape, dtype=np.float32)
    # Gumbel noise: the topic is a draw with odds exp(pull / weight of luck).
    appeal = pull - np.float32(_WEIGHT_OF_LUCK) * np.log(-np.log(u + 1e-9) + 1e-9)
    home = rng.random(len(pull)) < _HOME_RATE
    appeal += np.float32(4.0) * (topics.at_home[o.kind] & home[:, None])
    possible = topics.allowed[o.kind] & (weight[:, topics.driver] > 0)
    possible &= _conditions(topics, c, o.person)
    appeal[~possible] = -np.inf
    chosen: NDArray[np.float32] = appeal
    return chosen


def _conditions(
    topics: Topics, c: Customers, person: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Tell which topics a person has reason to speak of."""
    holds = {
        "drops": c["drop_count"][person] > 0,
        "poor_sound": c["mos_poor_count"][person] > 0,
        "fiveg": c["network"][person] == 1,
        "young": c["age_band"][person] <= 1,
        "long_standing": c["tenure_months"][person] >= 36,  # noqa: PLR2004 - years
        "overage": c["overage"][person] > 0,
        "unresolved": c["complaint_resolved"][person] == YES_NO.index("否"),
    }
    always = np.ones(len(person), dtype=bool)
    return np.stack([holds[w] if w else always for w in topics.when], axis=1)


def _compose(
    rng: np.random.Generator,
    lexicon: Lexicon,
    said: tuple[NDArray[np.integer], NDArray[np.int16], NDArray[np.int16]],
    language: NDArray[np.generic],
) -> pa.Array:
    mood, topic, second = said
    n = len(mood)
    u = rng.random((6, n))
    empty = pa.array([""], pa.string()).take(pa.array(np.zeros(n, np.int8)))
    one = _phrases(lexicon, mood, topic, language, u[0])
    two = _phrases(lexicon, mood, second, language, u[1])
    zero = np.zeros(n, np.int8)
    join = pc.if_else(pa.array(second >= 0), lexicon.joining.take(zero, u[2]), empty)
    dressed = pa.array((language == 0) & (topic >= 0))
    opening = pc.if_else(dressed, lexicon.opening.take(mood, u[3]), empty)
    closing = pc.if_else(dressed, lexicon.closing.take(mood, u[4]), empty)
    sentence = pc.binary_join_element_wise(opening, one, join, two, closing, "")
    filler = lexicon.filler.take(mood, u[5])
    return pc.if_else(pa.array(topic >= 0), sentence, filler)


def _phrases(
    lexicon: Lexicon,
    mood: NDArray[np.integer],
    topic: NDArray[np.int16],
    language: NDArray[np.generic],
    luck: NDArray[np.float64],
) -> pa.Array:
    """Say each row's topic in its language; nothing where there is no topic."""
    parts: list[pa.Array] = [pa.array([""], pa.string())]
    at = np.zeros(len(topic), dtype=np.int64)
    offset = 1
    for topics, here in (
        (lexicon.complaints, mood != _PRAISE),
        (lexicon.praise, mood == _PRAISE),
    ):
        for code, pool in enumerate(topics.pools):
            rows = np.flatnonzero(here & (topic >= 0) & (language == code))
            group = topic[rows]
            inside = (luck[rows] * pool.count[group]).astype(np.int64)
            at[rows] = offset + pool.start[group] + inside
            parts.append(pool.texts)
            offset += len(pool.texts)
    return pa.concat_arrays(parts).take(pa.array(at))


def _mistype(
    rng: np.random.Generator, text: pa.Array, typos: tuple[tuple[str, str], ...]
) -> pa.Array:
    """Put one of the known slips into a few comments that contain its word."""
    n = len(text)
    slip = np.where(rng.random(n) < TYPO_RATE, rng.integers(0, len(typos), n), -1)
    for code, (right, wrong) in enumerate(typos):
        mask = pa.array(slip == code)
        changed = pc.replace_substring(text.filter(mask), right, wrong)
        text = pc.replace_with_mask(text, mask, changed)
    return text
