"""The words comments are made of, expanded into pools that rows index into."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import product
from string import Formatter
from typing import Any

import numpy as np
import pyarrow as pa
import yaml
from numpy.typing import NDArray

from cxstats.simulate.vocabulary import DRIVERS, TOUCHPOINTS

__all__ = ["MOODS", "Lexicon", "Pool", "Topics", "load_lexicon"]

MOODS = ("complaint", "mild", "praise")


@dataclass(frozen=True)
class Pool:
    """Texts in groups; a row takes the text at a group's start plus its luck."""

    texts: pa.Array
    start: NDArray[np.int32]
    count: NDArray[np.int32]

    def take(self, group: NDArray[np.integer], luck: NDArray[np.floating]) -> pa.Array:
        """Take one text per row from the row's group; ``luck`` lies in 0..1."""
        at = self.start[group] + (luck * self.count[group]).astype(np.int32)
        return self.texts.take(pa.array(at))


@dataclass(frozen=True)
class Topics:
    """Topics of one polarity: what they are about, and how each language says it.

    ``allowed`` tells, for every touchpoint and the two waves, which topics can come
    up; ``at_home`` marks those that belong to the touchpoint itself.
    """

    ids: tuple[str, ...]
    driver: NDArray[np.int8]
    when: tuple[str | None, ...]
    allowed: NDArray[np.bool_]
    at_home: NDArray[np.bool_]
    pools: tuple[Pool, Pool, Pool]


@dataclass(frozen=True)
class Lexicon:
    """Topics and the phrases around them; phrase pools are grouped by mood."""

    complaints: Topics
    praise: Topics
    opening: Pool
    closing: Pool
    filler: Pool
    joining: Pool
    typos: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the lexicon that ships with the package."""
    text = resources.files(__package__).joinpath("lexicon.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    slots: dict[str, list[str]] = raw["slots"]
    return Lexicon(
        complaints=_topics(raw["complaints"], slots),
        praise=_topics(raw["praise"], slots),
        opening=_pool([raw["opening"][mood] for mood in MOODS]),
        closing=_pool([raw["closing"][mood] for mood in MOODS]),
        filler=_pool([raw["filler"][mood] for mood in MOODS]),
        joining=_pool([raw["joining"]]),
        typos=tuple(raw["typos"].items()),
    )


def _topics(rows: list[dict[str, Any]], slots: dict[str, list[str]]) -> Topics:
    codes = [t.code for t in TOUCHPOINTS]
    home = np.array([[code in row.get("at", ()) for row in rows] for code in codes])
    general = np.array([not row.get("only", False) for row in rows])
    waves = np.zeros((2, len(rows)), dtype=bool)
    home = np.vstack([home, waves])
    chinese = _pool([_expand(row["zh"], slots) for row in rows])
    return Topics(
        ids=tuple(row["id"] for row in rows),
        driver=np.array([DRIVERS.index(row["driver"]) for row in rows], dtype=np.int8),
        when=tuple(row.get("when") for row in rows),
        allowed=home | general,
        at_home=home,
        pools=(
            chinese,
            _pool([[row["hant"]] for row in rows]),
            _pool([[row["en"]] for row in rows]),
        ),
    )


def _expand(phrases: list[str], slots: dict[str, list[str]]) -> list[str]:
    """Fill the slots of every phrase in all ways, each phrase equally often."""
    filled = []
    for phrase in phrases:
        names = [name for _, name, _, _ in Formatter().parse(phrase) if name]
        ways = [
            phrase.format(**dict(zip(names, words, strict=True)))
            for words in product(*(slots[name] for name in names))
        ]
        filled.append(ways)
    longest = max(len(ways) for ways in filled)
    return [ways[at % len(ways)] for ways in filled for at in range(longest)]


def _pool(groups: list[list[str]]) -> Pool:
    count = np.array([len(group) for group in groups], dtype=np.int32)
    start = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int32)
    texts = [text for group in groups for text in group]
    return Pool(pa.array(texts, pa.string()), start, count)
