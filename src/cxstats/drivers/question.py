"""What driver analysis asks: an outcome, how it is read, drivers, which rows count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from cxstats.aggregates.codings import to_number
from cxstats.engine import Kind, resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.filters import And, Between, Filter, In, IsNull, Not
from cxstats.inputs import filter_of
from cxstats.scales import NPS_0_10, Scale, parse_scale

__all__ = ["DriverQuestion", "Measure", "NumberBand", "ridits"]

Measure = Literal["score", "nps", "promoters", "detractors", "ordinal"]
"""How the outcome is read: see `key_drivers`."""

_CLASS_VALUES: dict[str, tuple[float, float, float]] = {
    "nps": (-100.0, 0.0, 100.0),
    "promoters": (0.0, 0.0, 1.0),
    "detractors": (1.0, 0.0, 0.0),
}
"""Value of a detractor, a passive and a promoter."""

_LARGEST = 1e300


@dataclass(frozen=True)
class NumberBand:
    """Outcomes from ``low`` to ``high`` that are all read as ``value``."""

    low: float
    high: float
    value: float


@dataclass(frozen=True)
class DriverQuestion:
    """Columns, rows and reading of one driver analysis.

    Parameters
    ----------
    outcome, drivers
        Columns of numbers, truth values, or text that holds numbers.
    measure
        How the outcome is read.
    scale
        Outcomes outside it are left out; its cuts make the classes.
    weight, cluster
        Columns of the survey design.
    where
        Rows to keep.
    missing
        Codes of "no answer" in the outcome and the drivers.
    """

    outcome: str
    drivers: tuple[str, ...]
    measure: Measure = "score"
    scale: Scale | None = None
    weight: str | None = None
    cluster: str | None = None
    where: Filter | None = None
    missing: tuple[Any, ...] = ()

    @classmethod
    def of(  # noqa: PLR0913 - it checks what the public functions take
        cls,
        outcome: str,
        drivers: str | Sequence[str],
        *,
        measure: Measure = "score",
        scale: str | Scale | None = None,
        weight: str | None = None,
        cluster: str | None = None,
        where: str | Filter | None = None,
        missing: Sequence[Any] = (),
    ) -> DriverQuestion:
        """Check and complete what the caller wrote.

        Raises
        ------
        InputError
            If no driver is named, one twice, or the outcome among them.
        """
        names = (drivers,) if isinstance(drivers, str) else tuple(drivers)
        names = tuple(name.strip() for name in names)
        if measure not in get_args(Measure):
            known = ", ".join(get_args(Measure))
            raise InputError(f"measure must be one of {known}; received {measure!r}")
        if not names:
            raise InputError("no driver was named; give one column or more")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"named twice as a driver: {', '.join(twice)}")
        if outcome.strip() in names:
            raise InputError(
                f"{outcome.strip()!r} is the outcome and cannot be its own driver; "
                "take it out of the drivers"
            )
        read = None if scale is None else parse_scale(scale)
        if measure in _CLASS_VALUES:
            read = NPS_0_10 if read is None else read
            read.cuts()
        return cls(
            outcome=outcome.strip(),
            drivers=names,
            measure=measure,
            scale=read,
            weight=weight,
            cluster=cluster,
            where=filter_of(where),
            missing=tuple(missing),
        )

    @property
    def unit(self) -> str:
        """Unit of the outcome as read."""
        units = {"nps": "points", "promoters": "share", "detractors": "share"}
        return units.get(
            self.measure, "share" if self.measure == "ordinal" else "score"
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        kept = self.where.columns() if self.where is not None else ()
        names = (self.outcome, *self.drivers, self.weight, self.cluster, *kept)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def complete(self, kinds: Mapping[str, Kind]) -> Filter:
        """Return the filter of the rows in which everything asked for is known.

        Raises
        ------
        InputError
            If a column is missing or holds times or structures.
        """
        conditions = [] if self.where is None else [self.where]
        for name in (self.outcome, *self.drivers):
            conditions += self._known(name, kinds)
        if self.scale is not None:
            ends = (float(self.scale.minimum), float(self.scale.maximum))
            conditions.append(Between(self.outcome, *ends))
        if self.cluster is not None:
            conditions.append(Not(IsNull(self.cluster)))
        return And(tuple(conditions))

    def known_column(self, name: str, kinds: Mapping[str, Kind]) -> Filter:
        """Return the filter of the rows kept in which one column is known."""
        conditions = [] if self.where is None else [self.where]
        conditions += self._known(name, kinds)
        return And(tuple(conditions)) if len(conditions) > 1 else conditions[0]

    def _known(self, name: str, kinds: Mapping[str, Kind]) -> list[Filter]:
        kind = kinds[resolve_column(name, kinds)]
        if kind.is_time or kind is Kind.OTHER:
            raise InputError(
                f"column {name!r} holds {kind}, and drivers and outcomes are numbers; "
                "turn it into a number, such as days, or leave it out"
            )
        if kind in {Kind.INTEGER, Kind.BOOLEAN}:
            found: list[Filter] = [Not(IsNull(name))]
        else:
            found = [Between(name, -_LARGEST, _LARGEST)]
        numbers = tuple(
            number
            for number in map(to_number, self.missing)
            if number is not None and kind is not Kind.BOOLEAN
        )
        if numbers:
            found.append(Not(In(name, numbers)))
        return found

    def bands(self) -> tuple[NumberBand, ...]:
        """Return the classes of the outcome and the value each is read as."""
        scale = NPS_0_10 if self.scale is None else self.scale
        low, high = scale.cuts()
        detractor, passive, promoter = _CLASS_VALUES[self.measure]
        between = (np.nextafter(low, high), np.nextafter(high, low))
        return (
            NumberBand(scale.minimum, low, detractor),
            NumberBand(float(between[0]), float(between[1]), passive),
            NumberBand(high, scale.maximum, promoter),
        )

    def read(self, outcomes: Floats, weights: Floats) -> Floats:
        """Turn raw outcomes, all of them complete rows, into what is explained."""
        if self.measure == "score":
            return outcomes
        if self.measure == "ordinal":
            values, index = np.unique(outcomes, return_inverse=True)
            totals = np.asarray(np.bincount(index, weights, len(values)), dtype=float)
            return np.asarray(ridits(totals)[index])
        found = np.full(len(outcomes), np.nan)
        for band in self.bands():
            inside = (outcomes >= band.low) & (outcomes <= band.high)
            found[inside] = band.value
        return found


def ridits(weights: Floats) -> Floats:
    """Return each category's mean rank as a share: half its own plus all below.

    Parameters
    ----------
    weights
        Weight of every category, in their order.

    Returns
    -------
    numpy.ndarray
        Between 0 and 1, with mean 0.5. Bross (1958), Biometrics 14(1), 18-38.

    Examples
    --------
    >>> ridits(np.array([1.0, 1.0, 2.0])).tolist()
    [0.125, 0.375, 0.75]
    """
    total = weights.sum()
    return np.asarray((np.cumsum(weights) - weights / 2) / total if total else weights)
