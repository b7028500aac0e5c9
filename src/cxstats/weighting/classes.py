"""Adjustment classes: columns of any kind cut into few values that people share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from cxstats.engine import (
    Bins,
    Column,
    Engine,
    KeyLike,
    PeriodBucket,
    Source,
    ValuesQuery,
    exact_quantiles,
    resolve_column,
)
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.filters import Filter

__all__ = ["OTHER", "adjustment_keys", "listed", "merge_rare"]

OTHER = "(other)"
"""The class of values too rare to have their own."""

FEW_VALUES = 12
"""A number with at most so many values keeps them; one with more is cut."""


def listed(keys: KeyLike | Sequence[KeyLike]) -> tuple[KeyLike, ...]:
    """Return keys as a tuple, whether one or several were given."""
    if isinstance(keys, str | Column | Bins | PeriodBucket):
        return (keys,)
    return tuple(keys)


def adjustment_keys(
    engine: Engine,
    source: Source,
    columns: Sequence[KeyLike],
    where: Filter | None = None,
    classes: int = 5,
) -> tuple[KeyLike, ...]:
    """Return a key per column, with numbers of many values cut at their quantiles.

    Parameters
    ----------
    columns
        Names, or keys that the caller has cut already. Texts, truth values and
        numbers of few values stay as they are; missing values are a class.
    classes
        Classes of about equal size that a number is cut into.

    Raises
    ------
    InputError
        If a column holds times: say the periods with ``PeriodBucket``.
    """
    kinds = engine.kinds(source)
    keys: list[KeyLike] = []
    for key in columns:
        if not isinstance(key, str):
            keys.append(key)
            continue
        kind = kinds[resolve_column(key, kinds)]
        if kind.is_time:
            raise InputError(
                f"{key!r} holds times; cut it into periods with "
                "cxstats.engine.PeriodBucket"
            )
        keys.append(
            _cut(engine, source, key, where, classes) if kind.is_number else key
        )
    names = [as_key(key).name for key in keys]
    if len(set(names)) < len(names):
        raise InputError(f"a column is named twice: {', '.join(names)}")
    return tuple(replace(as_key(key), name=f"by{i}") for i, key in enumerate(keys))


def _cut(
    engine: Engine, source: Source, column: str, where: Filter | None, classes: int
) -> KeyLike:
    counted = engine.value_histogram(source, ValuesQuery(column, where=where))
    values = [value for value in counted["value"].to_pylist() if value is not None]
    if len(values) <= FEW_VALUES:
        return Column(column)
    inner = [place / classes for place in range(1, classes)]
    cuts = np.unique(exact_quantiles(counted, inner))
    cuts = cuts[cuts > min(values)]
    if not len(cuts):
        # More than four fifths share the smallest value: cut above it.
        cuts = np.array([sorted(values)[1]])
    edges = tuple(float(cut) for cut in cuts)
    return Bins(column, edges, labels=_labels(edges))


def _labels(edges: tuple[float, ...]) -> tuple[str, ...]:
    inner = [f"{a:.6g} – {b:.6g}" for a, b in pairwise(edges)]
    return (f"< {edges[0]:.6g}", *inner, f"≥ {edges[-1]:.6g}")


def merge_rare(
    values: Sequence[Any], n: np.typing.NDArray[np.float64], fewest: float, most: int
) -> tuple[list[Any], int]:
    """Give values that are too rare, or too many, one class together.

    Parameters
    ----------
    values, n
        Value and count per cell.
    fewest
        A value with fewer counts is rare.
    most
        Values that may have a class of their own, the most frequent ones.

    Returns
    -------
    values
        Value per cell, `OTHER` where it was merged.
    merged
        How many values were merged; a single rare value stays as it is.
    """
    totals: dict[Any, float] = {}
    for value, count in zip(values, n.tolist(), strict=True):
        totals[value] = totals.get(value, 0.0) + count
    ranked = sorted(totals, key=lambda value: (-totals[value], str(value)))
    kept = {value for value in ranked[:most] if totals[value] >= fewest}
    merged = len(totals) - len(kept)
    if merged <= 1:
        return list(values), 0
    return [value if value in kept else OTHER for value in values], merged
