"""One block of customers with everything that happens to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.customers import Customers, draw_customers
from cxstats.simulate.draws import BLOCK
from cxstats.simulate.drivers import perceive
from cxstats.simulate.occasions import (
    Occasions,
    ask_events,
    ask_wave,
    join_occasions,
)
from cxstats.simulate.world import World

__all__ = ["Block", "block_sizes", "simulate_block"]


@dataclass(frozen=True)
class Block:
    """Customers, their judgement of the drivers, and all their occasions.

    ``occasions`` holds the two waves first, then the touchpoints.
    """

    number: int
    customers: Customers
    seen: NDArray[np.float32]
    occasions: Occasions

    @property
    def size(self) -> int:
        """Number of customers."""
        return len(self.seen)


def block_sizes(customers: int) -> Iterator[tuple[int, int]]:
    """Cut a number of customers into numbered blocks."""
    for number in range(-(-customers // BLOCK)):
        yield number, min(BLOCK, customers - number * BLOCK)


def simulate_block(world: World, number: int, size: int = BLOCK) -> Block:
    """Simulate one block; the same arguments give the same block, always."""
    customers = draw_customers(world, number, size)
    seen = perceive(world, number, customers)
    occasions = join_occasions(
        [
            ask_wave(world, number, customers, 0, seen),
            ask_wave(world, number, customers, 1, seen),
            ask_events(world, number, customers, seen),
        ]
    )
    return Block(number, customers, seen, occasions)
