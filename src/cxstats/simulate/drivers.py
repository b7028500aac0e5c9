"""What customers judge, and how judgements add up to satisfaction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.customers import Customers
from cxstats.simulate.draws import generator
from cxstats.simulate.effects import BETA, HALO, Effect
from cxstats.simulate.vocabulary import DRIVERS
from cxstats.simulate.world import World

__all__ = ["apply_effect", "effect_on_satisfaction", "perceive", "satisfaction"]

Floats = NDArray[np.float32]


def perceive(world: World, block: int, c: Customers) -> Floats:
    """Draw each customer's judgement of the six drivers, planted effects included.

    Returns
    -------
    numpy.ndarray
        Customers x drivers, in standard deviations; a driver that does not apply
        to the customer's product has no weight in ``BETA``.
    """
    n = len(c["grid"])
    rng = generator(world.seed, "drivers", block)
    own = rng.standard_normal((n, len(DRIVERS)), dtype=np.float32)
    mood = c["mood"].astype(np.float32)
    seen = np.float32(HALO) * mood[:, None] + np.float32((1 - HALO**2) ** 0.5) * own
    grid = c["grid"].astype(np.int16)
    seen[:, DRIVERS.index("coverage")] += world.grid_signal[grid]
    seen[:, DRIVERS.index("broadband")] += world.grid_line[grid]
    for effect in world.effects:
        apply_effect(seen, effect, effect.mask(c))
    return seen


def apply_effect(seen: Floats, effect: Effect, where: NDArray[np.bool_]) -> None:
    """Shift one driver in place where the effect holds."""
    seen[where, DRIVERS.index(effect.driver)] += np.float32(effect.shift)


def satisfaction(seen: Floats, c: Customers) -> Floats:
    """Add the drivers up with the weights of each customer's product."""
    weights = BETA[c["product"].astype(np.int8)]
    total: Floats = np.einsum("ij,ij->i", seen, weights)
    return total


def effect_on_satisfaction(effect: Effect, c: Customers) -> Floats:
    """Tell how far an effect moves the satisfaction of each customer it touches."""
    if effect.driver == "satisfaction":
        return np.full(len(c["grid"]), effect.shift, dtype=np.float32)
    weights = BETA[c["product"].astype(np.int8), DRIVERS.index(effect.driver)]
    size: Floats = (weights * np.float32(effect.shift)).astype(np.float32)
    return size
