"""Whether the customers of today still look like those a model was trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats, json_number
from cxstats.models.columns import Rows
from cxstats.models.design import CategoryColumn, Design, ModelColumn

__all__ = ["DriftReference", "DriftRow", "population_stability"]

STABLE, SHIFTED = 0.1, 0.25
"""Customary limits of the index: below the first stable, from the second shifted."""

_BINS = 10
_LEAST = 1e-4

Status = Literal["stable", "moderate", "shifted"]


@dataclass(frozen=True)
class DriftRow:
    """How far one column has moved.

    Parameters
    ----------
    column
        The column.
    index
        Population stability index: ``sum((q - p) ln(q / p))`` over bins; 0 is no
        change.
    noise
        What samples of these sizes give on average without any change.
    status
        ``stable``, ``moderate`` or ``shifted`` after the noise is taken off.
    """

    column: str
    index: float
    noise: float
    status: Status

    def to_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return {
            "column": self.column,
            "index": json_number(self.index),
            "noise": json_number(self.noise),
            "status": self.status,
        }


def population_stability(before: Floats, after: Floats) -> tuple[float, float]:
    """Return the index of two sets of counts, and its mean without any change.

    Parameters
    ----------
    before, after
        Counts per bin, in the same order.

    Notes
    -----
    Yurdakul and Naranjo (2020), Journal of Risk Model Validation 14(4): without a
    change the index is about ``(1/n + 1/m)`` times chi-square with bins - 1 degrees
    of freedom. Empty bins count as one ten-thousandth.

    Examples
    --------
    >>> index, noise = population_stability(np.array([50, 50]), np.array([80, 20]))
    >>> round(index, 4), noise
    (0.4159, 0.02)
    """
    first, second = before.sum(), after.sum()
    if not first or not second:
        return float("nan"), float("nan")
    p = (before / first).clip(_LEAST)
    q = (after / second).clip(_LEAST)
    used = int(((before > 0) | (after > 0)).sum())
    noise = (used - 1) * (1 / first + 1 / second)
    return float(((q - p) * np.log(q / p)).sum()), float(noise)


@dataclass(frozen=True)
class DriftReference:
    """How the columns of a model were distributed when it was trained.

    Parameters
    ----------
    design
        The columns.
    edges
        Inner edges of the bins per column of numbers; empty for texts.
    counts
        Training rows per bin; the last bin is for missing or other values.
    """

    design: Design
    edges: tuple[tuple[float, ...], ...]
    counts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, design: Design, rows: Rows) -> Self:
        """Take the distribution of training rows, numbers in tenths."""
        edges = tuple(_edges(column, column.read(rows)) for column in design.columns)
        counts = tuple(
            tuple(_counts(column, cuts, rows).astype(int).tolist())
            for column, cuts in zip(design.columns, edges, strict=True)
        )
        return cls(design, edges, counts)

    def compare(self, rows: Rows) -> tuple[DriftRow, ...]:
        """Compare other rows with the training rows, the largest change first."""
        found = []
        for column, cuts, before in zip(
            self.design.columns, self.edges, self.counts, strict=True
        ):
            after = _counts(column, cuts, rows)
            index, noise = population_stability(np.array(before, float), after)
            status = _status(index - noise)
            found.append(DriftRow(column.name, index, noise, status))
        return tuple(sorted(found, key=lambda row: (-row.index, row.column)))

    def to_list(self) -> list[dict[str, Any]]:
        """Return the distributions for JSON, one entry per column."""
        return [
            {"name": column.name, "edges": list(cuts), "counts": list(counts)}
            for column, cuts, counts in zip(
                self.design.columns, self.edges, self.counts, strict=True
            )
        ]

    @classmethod
    def from_list(cls, design: Design, stored: list[Mapping[str, Any]]) -> Self:
        """Read what `to_list` wrote for the same columns.

        Raises
        ------
        InputError
            If the columns are not those of the design.
        """
        if [item.get("name") for item in stored] != list(design.names):
            raise InputError("the stored distributions are not those of the model")
        edges = tuple(tuple(map(float, item["edges"])) for item in stored)
        counts = tuple(tuple(map(int, item["counts"])) for item in stored)
        return cls(design, edges, counts)


def _edges(column: ModelColumn, raw: Floats) -> tuple[float, ...]:
    known = raw[~np.isnan(raw)]
    if isinstance(column, CategoryColumn) or not len(known):
        return ()
    cuts = np.quantile(known, np.arange(1, _BINS) / _BINS, method="higher")
    return tuple(np.unique(cuts[cuts > known.min()]).tolist())


def _counts(column: ModelColumn, edges: tuple[float, ...], rows: Rows) -> Floats:
    raw = column.read(rows)
    if isinstance(column, CategoryColumn):
        bins = column.width
        place = np.where(raw < 0, bins, raw)
    else:
        bins = len(edges) + 1
        place = np.where(np.isnan(raw), bins, np.digitize(raw, edges))
    return np.bincount(place.astype(int), minlength=bins + 1).astype(float)


def _status(excess: float) -> Status:
    if excess >= SHIFTED:
        return "shifted"
    return "moderate" if excess >= STABLE else "stable"
