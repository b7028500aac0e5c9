"""The invented territory: provinces, cities, districts and their grids."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import cycle, islice, product
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

__all__ = ["GRID_KINDS", "Territory", "load_territory"]

GRID_KINDS = ("城区", "近郊", "农村", "校园")


@dataclass(frozen=True)
class Territory:
    """A tree of region, city, district and grid, flattened for vector use.

    Attributes
    ----------
    regions, cities, districts, grids
        Names by code; every name is unique within its level.
    city_region, district_city, grid_district
        The parent's code of each city, district and grid.
    grid_kind
        Index into ``GRID_KINDS``.
    grid_share
        Share of customers living in each grid; adds up to 1.
    """

    regions: tuple[str, ...]
    cities: tuple[str, ...]
    districts: tuple[str, ...]
    grids: tuple[str, ...]
    city_region: NDArray[np.int16]
    district_city: NDArray[np.int16]
    grid_district: NDArray[np.int16]
    grid_kind: NDArray[np.int8]
    grid_share: NDArray[np.float64]

    @property
    def grid_city(self) -> NDArray[np.int16]:
        """City code of each grid."""
        return self.district_city[self.grid_district]

    @property
    def grid_region(self) -> NDArray[np.int16]:
        """Region code of each grid."""
        return self.city_region[self.grid_city]


@lru_cache(maxsize=1)
def load_territory() -> Territory:
    """Read the territory that ships with the package."""
    text = resources.files(__package__).joinpath("territory.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    cities = [city for region in raw["regions"] for city in region["cities"]]
    districts = [name for city in cities for name in city["districts"]]
    width = len(raw["grid_share"])
    words = cycle(raw["grid_words"])
    names: list[str] = []
    for district in districts:
        stem = district[:-1]
        names += [f"{stem}{word}网格" for word in islice(words, width)]
    kinds = [raw["grid_kinds"][at % 3] for at in range(len(districts))]
    levels = ("region_share", "city_share", "district_share", "grid_share")
    share = np.array([np.prod(path) for path in product(*(raw[k] for k in levels))])
    return Territory(
        regions=tuple(region["name"] for region in raw["regions"]),
        cities=tuple(city["name"] for city in cities),
        districts=tuple(districts),
        grids=tuple(names),
        city_region=_parents(len(raw["regions"]), len(raw["city_share"])),
        district_city=_parents(len(cities), len(raw["district_share"])),
        grid_district=_parents(len(districts), width),
        grid_kind=np.array(
            [GRID_KINDS.index(kind) for row in kinds for kind in row], dtype=np.int8
        ),
        grid_share=share / share.sum(),
    )


def _parents(count: int, width: int) -> NDArray[np.int16]:
    return np.repeat(np.arange(count, dtype=np.int16), width)
