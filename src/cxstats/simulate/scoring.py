"""From latent satisfaction to the number a person ticks."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.vocabulary import DRIVERS

__all__ = [
    "HEAPING",
    "ITEMS",
    "ITEM_CODES",
    "RATING_HALO",
    "Item",
    "rate_drivers",
    "score_item",
]

Floats = NDArray[np.float32]
Scores = NDArray[np.int8]

HEAPING = {9: (10, 0.35), 7: (8, 0.30), 6: (5, 0.25), 4: (5, 0.25)}
"""Who means 9 ticks 10 with this chance, and so on: round answers are heaped."""

RATING_HALO = 0.45
"""Weight of overall satisfaction in the rating of one driver, beside 0.75 for the
driver itself: ratings of different things resemble each other."""

_RATING_OWN = 0.75
_RATING_NOISE = 0.35


@dataclass(frozen=True)
class Item:
    """A question with its scale and the share of each answer at mean satisfaction.

    ``top`` is the lowest score that counts as favourable.
    """

    code: str
    metric: str
    low: int
    high: int
    top: int
    shares: tuple[float, ...]
    is_nps: bool = False

    @property
    def edges(self) -> Floats:
        """Latent values between neighbouring answers."""
        edges = np.cumsum(self.shares)[:-1] / sum(self.shares)
        normal = NormalDist()
        return np.array([normal.inv_cdf(float(p)) for p in edges], dtype=np.float32)


_NPS = (3, 1.2, 1.8, 2.6, 3.5, 6.5, 7.4, 12, 17.5, 18, 26.5)
_TEN = (3, 1.5, 2.5, 3, 7, 8, 12, 20, 17, 26)
ITEMS = (
    Item("NPS_REL", "nps", 0, 10, 9, _NPS, is_nps=True),
    Item("NPS_TXN", "nps", 0, 10, 9, _NPS, is_nps=True),
    Item("CSAT5", "csat", 1, 5, 4, (6, 8, 18, 36, 32)),
    Item("CES7", "ces", 1, 7, 5, (5, 6, 8, 13, 20, 26, 22)),
    Item("FCR", "share", 0, 1, 1, (30, 70)),
    *(Item(f"CSAT10_{name.upper()}", "csat", 1, 10, 9, _TEN) for name in DRIVERS),
)
"""Every question asked; the first two carry the cuts 6 and 9."""

ITEM_CODES = tuple(item.code for item in ITEMS)


def score_item(item: Item, latent: Floats, luck: Floats) -> Scores:
    """Turn latent satisfaction into scores, heaped on round numbers.

    Parameters
    ----------
    item
        The question; only recommendation questions are heaped.
    latent
        Satisfaction in standard deviations.
    luck
        One uniform number per answer that decides about heaping, so that the same
        person with other satisfaction heaps alike.

    Returns
    -------
    numpy.ndarray
        Integers from ``item.low`` to ``item.high``.
    """
    score = (np.searchsorted(item.edges, latent) + item.low).astype(np.int8)
    if not item.is_nps:
        return score
    heaped = score.copy()
    for said, (ticked, chance) in HEAPING.items():
        heaped[(score == said) & (luck < chance)] = ticked
    return heaped


def rate_drivers(
    seen: Floats, latent: Floats, rng: np.random.Generator
) -> list[Scores]:
    """Rate every driver from 1 to 10, coloured by overall satisfaction."""
    noise = rng.standard_normal(seen.shape, dtype=np.float32)
    felt = _RATING_OWN * seen + RATING_HALO * latent[:, None] + _RATING_NOISE * noise
    luck = np.zeros(len(latent), dtype=np.float32)
    first = ITEM_CODES.index("CSAT10_" + DRIVERS[0].upper())
    return [
        score_item(ITEMS[first + at], np.ascontiguousarray(felt[:, at]), luck)
        for at in range(len(DRIVERS))
    ]
