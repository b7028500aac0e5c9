"""Everything that is fixed before the first customer is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.draws import generator
from cxstats.simulate.effects import (
    Effect,
    person_effects,
    repair_effect,
    wave_effect,
)
from cxstats.simulate.organisation import serving_codes
from cxstats.simulate.period import Period, period_ending
from cxstats.simulate.territory import Territory, load_territory

__all__ = ["World", "build_world"]

_GRID_SPREAD = 0.2
_STAFF_SPREAD = 0.25


@dataclass(frozen=True)
class World:
    """The operator's fixed parts: place, time, staff and planted effects.

    ``grid_signal`` and ``grid_line`` are the quality of the mobile network and of
    the fixed line in each grid, ``staff_effect`` what each person serving
    customers adds to their satisfaction, all in standard deviations.
    """

    seed: int
    period: Period
    territory: Territory
    staff: tuple[str, ...]
    grid_signal: NDArray[np.float32]
    grid_line: NDArray[np.float32]
    staff_effect: NDArray[np.float32]
    effects: tuple[Effect, ...]
    wave_effect: Effect
    repair_effect: Effect


def build_world(seed: int, end: date) -> World:
    """Draw what is fixed for one seed and one last day."""
    territory = load_territory()
    period = period_ending(end)
    staff = serving_codes(territory)
    rng = generator(seed, "world")
    grids = len(territory.grids)
    return World(
        seed=seed,
        period=period,
        territory=territory,
        staff=staff,
        grid_signal=(_GRID_SPREAD * rng.standard_normal(grids)).astype(np.float32),
        grid_line=(_GRID_SPREAD * rng.standard_normal(grids)).astype(np.float32),
        staff_effect=(_STAFF_SPREAD * rng.standard_normal(len(staff))).astype(
            np.float32
        ),
        effects=person_effects(territory),
        wave_effect=wave_effect(territory, period.waves[1].code),
        repair_effect=repair_effect(territory),
    )
