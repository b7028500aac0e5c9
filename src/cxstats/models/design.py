"""Mixed columns turned into the numbers that models take, the same way ever after."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.models.columns import Rows

__all__ = ["CategoryColumn", "Design", "NumberColumn"]

MAX_LEVELS = 30
"""Most frequent texts of a column that are told apart; all others are one."""

MIN_LEVEL = 10
"""Rows that a text needs to be told apart."""

_FARTHEST = 5.0
_TINY = 1e-12


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers, or of moments in days, and how it is standardised.

    Parameters
    ----------
    name
        The column.
    is_moment
        Whether it holds dates.
    median
        Stands in where the number is missing.
    mean, std
        Of the training rows after that; numbers farther than five ``std`` count as
        five away, so that one typing error cannot rule a model.
    has_missing
        Whether a number was missing in training: being missing is a fact of its own.
    before
        For moments, the column whose moment they are counted back from: the age at
        the time of prediction, which does not drift as the calendar does.
    """

    name: str
    is_moment: bool
    median: float
    mean: float
    std: float
    has_missing: bool
    before: str | None = None

    @property
    def width(self) -> int:
        """Columns of the matrix."""
        return 2 if self.has_missing else 1

    @property
    def is_constant(self) -> bool:
        """Whether the column says nothing."""
        return self.std <= _TINY * max(abs(self.mean), 1) and not self.has_missing

    def read(self, rows: Rows) -> Floats:
        """Give the raw numbers of rows; NaN where missing or infinite."""
        own = rows.numbers(self.name, is_moment=self.is_moment)
        if self.before is None:
            return own
        return rows.numbers(self.before, is_moment=True) - own

    def matrix(self, raw: Floats) -> Floats:
        """Give the standardised column, and whether it was missing."""
        missing = np.isnan(raw)
        scale = self.std if self.std > 0 else 1.0
        filled = (np.where(missing, self.median, raw) - self.mean) / scale
        parts = [filled.clip(-_FARTHEST, _FARTHEST)]
        if self.has_missing:
            parts.append(missing.astype(float))
        return np.column_stack(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the column for JSON."""
        kind = "moment" if self.is_moment else "number"
        numbers = {"median": self.median, "mean": self.mean, "std": self.std}
        return {
            "name": self.name,
            "kind": kind,
            **numbers,
            "has_missing": self.has_missing,
            "before": self.before,
        }


@dataclass(frozen=True)
class CategoryColumn:
    """A column of texts: one indicator per frequent text.

    Parameters
    ----------
    name
        The column.
    levels
        Texts told apart, most frequent first; None stands for missing. Any other text
        has no indicator.
    """

    name: str
    levels: tuple[str | None, ...]

    @property
    def width(self) -> int:
        """Columns of the matrix."""
        return len(self.levels)

    @property
    def is_constant(self) -> bool:
        """Whether the column says nothing."""
        return not self.levels

    def read(self, rows: Rows) -> Floats:
        """Give the position of each row's text in the levels; -1 for any other."""
        places = {level: float(at) for at, level in enumerate(self.levels)}
        codes, found = _factorized(rows.texts(self.name))
        return np.array([places.get(text, -1.0) for text in found])[codes]

    def matrix(self, raw: Floats) -> Floats:
        """Give one indicator per level."""
        return np.asarray(raw[:, None] == np.arange(self.width)).astype(float)

    def to_dict(self) -> dict[str, Any]:
        """Return the column for JSON."""
        return {"name": self.name, "kind": "category", "levels": list(self.levels)}


ModelColumn = NumberColumn | CategoryColumn


@dataclass(frozen=True)
class Design:
    """The columns of a model in order, fitted once and applied to any rows.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = Rows(pd.DataFrame({"plan": ["a"] * 20 + ["b"] * 20}))
    >>> Design.fit(rows, ["plan"]).matrix(rows).sum(axis=0).tolist()
    [20.0, 20.0]
    """

    columns: tuple[ModelColumn, ...]

    @classmethod
    def fit(cls, rows: Rows, names: Sequence[str], before: str | None = None) -> Self:
        """Learn levels, means and medians; constant columns are left out.

        Parameters
        ----------
        rows
            Rows to learn from.
        names
            Columns to use.
        before
            Column of moments that dates are counted back from.

        Raises
        ------
        InputError
            If no column varies.
        """
        made = [_fitted(rows, name, before) for name in names]
        kept = tuple(column for column in made if not column.is_constant)
        if not kept:
            raise InputError(
                "no column varies among the rows, so there is nothing to predict from; "
                f"received {', '.join(names) or 'no column'}"
            )
        return cls(kept)

    @staticmethod
    def one(rows: Rows, name: str) -> ModelColumn:
        """Learn one column, whether it varies or not."""
        return _fitted(rows, name, None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that rows need to be scored."""
        others = {
            column.before: None
            for column in self.columns
            if isinstance(column, NumberColumn) and column.before is not None
        }
        return (*self.names, *others)

    @property
    def blocks(self) -> tuple[slice, ...]:
        """Where each column lies in the matrix."""
        ends = np.cumsum([0, *(column.width for column in self.columns)]).tolist()
        return tuple(slice(a, b) for a, b in pairwise(ends))

    @property
    def is_category(self) -> npt.NDArray[np.bool_]:
        """Which columns hold texts."""
        return np.array([isinstance(c, CategoryColumn) for c in self.columns])

    def raw(self, rows: Rows) -> Floats:
        """Give one number per row and column: moments in days, texts as positions.

        Raises
        ------
        ColumnNotFoundError
            If the rows lack a column of the model.
        """
        return np.column_stack([column.read(rows) for column in self.columns])

    def matrix_of(self, raw: Floats) -> Floats:
        """Give the matrix of a linear model from raw numbers."""
        parts = [column.matrix(raw[:, at]) for at, column in enumerate(self.columns)]
        return np.column_stack(parts)

    def matrix(self, rows: Rows) -> Floats:
        """Give the matrix of a linear model."""
        return self.matrix_of(self.raw(rows))

    def to_list(self) -> list[dict[str, Any]]:
        """Return the columns for JSON."""
        return [column.to_dict() for column in self.columns]

    @classmethod
    def from_list(cls, columns: Iterable[Mapping[str, Any]]) -> Self:
        """Read columns that `to_list` wrote.

        Raises
        ------
        InputError
            If a column has a kind that is not known or lacks a field.
        """
        return cls(tuple(_column_from(column) for column in columns))


def _fitted(rows: Rows, name: str, before: str | None) -> ModelColumn:
    stored, kind = rows.name(name), rows.kind(name)
    if kind == "category":
        return CategoryColumn(stored, _levels(rows.texts(name)))
    is_moment = kind == "moment"
    since = before if is_moment else None
    empty = NumberColumn(stored, is_moment, 0.0, 0.0, 0.0, has_missing=False)
    raw = replace(empty, before=since).read(rows)
    missing = np.isnan(raw)
    if missing.all():
        return empty
    median = float(np.median(raw[~missing]))
    filled = np.where(missing, median, raw)
    mean, std = float(filled.mean()), float(filled.std())
    has_missing = bool(missing.any())
    return NumberColumn(stored, is_moment, median, mean, std, has_missing, since)


def _factorized(
    texts: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.int64], list[str | None]]:
    """Number the different texts; None is one of them."""
    codes, found = pd.factorize(texts, use_na_sentinel=False)
    return codes, [None if pd.isna(text) else str(text) for text in found]


def _levels(texts: npt.NDArray[np.object_]) -> tuple[str | None, ...]:
    codes, found = _factorized(texts)
    counts = dict(zip(found, np.bincount(codes).tolist(), strict=True))
    if len(counts) < 2:  # noqa: PLR2004 - one text for all rows says nothing
        return ()
    frequent = [text for text, count in counts.items() if count >= MIN_LEVEL]
    # Equal counts are put in order by text, so that the order of rows is irrelevant.
    frequent.sort(key=lambda text: (-counts[text], text is not None, text or ""))
    return tuple(frequent[:MAX_LEVELS])


def _column_from(column: Mapping[str, Any]) -> ModelColumn:
    try:
        if column["kind"] == "category":
            return CategoryColumn(column["name"], tuple(column["levels"]))
        if column["kind"] in {"number", "moment"}:
            numbers = [float(column[key]) for key in ("median", "mean", "std")]
            if not all(math.isfinite(number) for number in numbers):
                raise InputError(f"column {column['name']!r} holds unusable numbers")
            is_moment = column["kind"] == "moment"
            missing = bool(column["has_missing"])
            median, mean, std = numbers
            name = column["name"]
            before = column.get("before")
            return NumberColumn(name, is_moment, median, mean, std, missing, before)
    except KeyError as error:
        raise InputError(f"a column of the model lacks {error}") from error
    raise InputError(f"no model column is of kind {column['kind']!r}")
