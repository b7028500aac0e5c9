"""What an analysis answers with: named, frozen numbers with their uncertainty.

Nothing in this library returns a bare float. An `Estimate` carries its unit,
interval, level, n and method; `Estimates` holds many of them as columns, so that
thousands of groups cost a few arrays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Estimate", "Estimates", "Floats", "Notice", "json_number", "json_value"]

Floats = npt.NDArray[np.float64]
"""One number per group."""


def json_number(value: float) -> float | None:
    """Turn a number into what JSON can say: NaN and infinity become None."""
    return float(value) if math.isfinite(value) else None


def json_value(value: Any) -> Any:
    """Turn a key of a group into what JSON can say: dates as ISO text."""
    if isinstance(value, float):
        return json_number(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@dataclass(frozen=True)
class Notice:
    """Something about the data that the reader of a result must know.

    Parameters
    ----------
    kind
        A stable code: ``scale``, ``small_n``, ``weights``, ``strata``,
        ``clusters``, ``missing_code``, ``not_a_number``, ``empty``.
    message
        One or two English sentences: what was seen, why it matters, what to do.
    """

    kind: str
    message: str

    def to_dict(self) -> dict[str, str]:
        """Return the notice with the keys of the command line's JSON."""
        return {"kind": self.kind, "message": self.message}


@dataclass(frozen=True)
class Estimate:
    """One estimated number with everything needed to judge it.

    Parameters
    ----------
    value
        The point estimate in ``unit``; NaN when there is no answer.
    unit
        ``points`` (-100 to 100), ``score`` (points of the scale) or ``share``
        (0 to 1).
    std_error
        Standard error in ``unit``; NaN when it cannot be estimated.
    lower, upper
        Ends of the interval in ``unit``, inside the possible range; NaN when the
        interval cannot be estimated.
    level
        Confidence level of the interval, between 0 and 1.
    n
        Valid answers.
    n_effective
        Answers of a simple random sample that would be as precise: ``n`` without
        weights, Kish's n with weights, ``n / deff`` with a known design.
    method
        How the interval was made.
    deff, kish
        Design effect against a simple random sample of the same n, and the part of
        it due to unequal weights alone; NaN where they do not apply.
    """

    value: float
    unit: str
    std_error: float
    lower: float
    upper: float
    level: float
    n: int
    n_effective: float
    method: str
    deff: float = math.nan
    kish: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether there was anything to estimate from."""
        return not math.isnan(self.value)

    @property
    def half_width(self) -> float:
        """Half the length of the interval, in ``unit``."""
        return (self.upper - self.lower) / 2

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate for JSON; a number that is not known is None."""
        return {
            "value": json_number(self.value),
            "std_error": json_number(self.std_error),
            "lower": json_number(self.lower),
            "upper": json_number(self.upper),
            "level": self.level,
            "n": self.n,
            "n_effective": json_number(self.n_effective),
            "method": self.method,
        }


_COLUMNS = ("value", "std_error", "lower", "upper", "n_effective", "deff", "kish")


@dataclass(frozen=True, eq=False)
class Estimates:
    """The same estimate for many groups, as columns of equal length.

    Fields are those of `Estimate`, as arrays; ``methods`` holds one text per
    group.
    """

    unit: str
    level: float
    value: Floats
    std_error: Floats
    lower: Floats
    upper: Floats
    n: npt.NDArray[np.int64]
    n_effective: Floats
    methods: tuple[str, ...]
    deff: Floats
    kish: Floats

    def __len__(self) -> int:
        """Count the groups."""
        return len(self.value)

    def __getitem__(self, index: int) -> Estimate:
        """Return the estimate of one group."""
        numbers = {name: float(getattr(self, name)[index]) for name in _COLUMNS}
        return Estimate(
            unit=self.unit,
            level=self.level,
            n=int(self.n[index]),
            method=self.methods[index],
            **numbers,
        )

    def rows(self) -> list[Estimate]:
        """Return every group's estimate, built column by column for speed."""
        columns = {name: getattr(self, name).tolist() for name in _COLUMNS}
        return [
            Estimate(unit=self.unit, level=self.level, n=n, method=method, **numbers)
            for n, method, numbers in zip(
                self.n.tolist(),
                self.methods,
                (
                    dict(zip(columns, row, strict=True))
                    for row in zip(*columns.values(), strict=True)
                ),
                strict=True,
            )
        ]

    def columns(self) -> Mapping[str, Any]:
        """Return the columns by the names a data frame should show."""
        arrays = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name not in {"unit", "level", "methods"}
        }
        return MappingProxyType(
            {**arrays, "level": self.level, "method": list(self.methods)}
        )
