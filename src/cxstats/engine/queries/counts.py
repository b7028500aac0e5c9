"""Questions about how often and how much, answered by group."""

from __future__ import annotations

from dataclasses import dataclass

from cxstats.engine.keys import KeyLike
from cxstats.engine.queries.needs import needed
from cxstats.errors import InputError
from cxstats.filters import Filter

__all__ = [
    "CrossProductsQuery",
    "DistinctQuery",
    "HistogramQuery",
    "MomentsQuery",
    "SliceQuery",
    "TextQuery",
    "ValuesQuery",
]


@dataclass(frozen=True)
class HistogramQuery:
    """How often each raw score occurs, in each group.

    The answer has one row per distinct combination of ``by``, ``stratum``,
    ``cluster`` and score: the ``by`` columns under their names, ``stratum`` and
    ``cluster`` where asked, ``score`` as stored (number, text or NULL; nothing is
    excluded), ``n`` rows, and the weight sums where a weight is asked.

    Parameters
    ----------
    score
        Column of raw answers.
    by
        Column names, ``Column``, ``Bins`` or ``PeriodBucket``.
    weight, stratum, cluster
        Columns of the survey design.
    where
        Rows to keep.
    """

    score: str
    by: tuple[KeyLike, ...] = ()
    weight: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    where: Filter | None = None

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        design = (self.weight, self.stratum, self.cluster)
        return needed(self.score, *design, by=self.by, where=self.where)


@dataclass(frozen=True)
class MomentsQuery:
    """Weighted moments of a number, in each group.

    The answer has ``n`` rows, ``n_used`` rows with a finite number and a usable
    weight, and over those ``w``, ``w2``, ``wx``, ``wx2``, ``w2x``, ``w2x2`` (sums
    of products of powers of weight and value; the weight is 1 without a weight
    column), ``lowest`` and ``highest`` (NULL where nothing was used).
    """

    value: str
    by: tuple[KeyLike, ...] = ()
    weight: str | None = None
    where: Filter | None = None

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(self.value, self.weight, by=self.by, where=self.where)


@dataclass(frozen=True)
class ValuesQuery:
    """How often each number occurs: what exact quantiles and cut points need.

    The answer has ``value`` (float64; NULL for everything that is no finite
    number), ``n``, and the weight sums where a weight is asked.
    """

    value: str
    by: tuple[KeyLike, ...] = ()
    weight: str | None = None
    where: Filter | None = None

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(self.value, self.weight, by=self.by, where=self.where)


@dataclass(frozen=True)
class CrossProductsQuery:
    """Sums of products of columns, for regression and correlation.

    The answer has one row per pair ``left``, ``right`` (positions in ``values``,
    left not after right): ``n`` rows in which both are finite numbers and the
    weight is usable, and over those ``w``, ``w_left``, ``w_right``, ``w_left2``,
    ``w_right2`` and ``w_product``.

    Parameters
    ----------
    values
        Two or more columns of numbers.
    weight
        Column of weights; 1 without.
    complete
        Use only rows in which every column is a number (listwise), else each pair
        uses all the rows that it can (pairwise).
    where
        Rows to keep.
    """

    values: tuple[str, ...]
    weight: str | None = None
    complete: bool = False
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse an empty list of columns."""
        if not self.values:
            raise InputError("cross-products need at least one column; got none")

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(*self.values, self.weight, where=self.where)


@dataclass(frozen=True)
class SliceQuery:
    """Score histograms of every slice that one key, or two keys, cut.

    The answer has for ``order=1`` the columns ``key`` (position in ``by``) and
    ``value``; for ``order=2`` ``key``, ``value``, ``other_key``, ``other_value``
    for every two keys. Values are text: ``true`` and ``false``, integers in
    digits. Then ``score`` as stored, ``n``, and the weight sums where asked.

    Parameters
    ----------
    score
        Column of raw answers.
    by
        Columns of text, integers or truth values, ``Bins`` or ``PeriodBucket``.
    order
        How many keys cut a slice: 1 or 2.
    weight
        Column of weights.
    where
        Rows to keep.
    """

    score: str
    by: tuple[KeyLike, ...]
    order: int = 1
    weight: str | None = None
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse an order for which there are not enough keys."""
        if self.order not in {1, 2}:
            raise InputError(f"slices are cut by 1 or 2 keys; got order={self.order}")
        if len(self.by) < self.order:
            raise InputError(
                f"slices of order {self.order} need {self.order} keys or more; "
                f"got {len(self.by)}"
            )

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(self.score, self.weight, by=self.by, where=self.where)


@dataclass(frozen=True)
class DistinctQuery:
    """How many different values a column has, exactly.

    The answer has ``n`` rows, ``n_values`` rows that are not NULL, ``n_distinct``.
    """

    column: str
    by: tuple[KeyLike, ...] = ()
    where: Filter | None = None

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(self.column, by=self.by, where=self.where)


@dataclass(frozen=True)
class TextQuery:
    """How much text there is, and how many texts contain each phrase.

    The answer has ``n`` rows, ``n_text`` rows with more than spaces,
    ``characters`` in all texts, ``longest`` in characters (not bytes), and for
    each phrase ``contains_0``, ``contains_1``, ... rows that contain it.
    """

    text: str
    phrases: tuple[str, ...] = ()
    by: tuple[KeyLike, ...] = ()
    where: Filter | None = None

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(self.text, by=self.by, where=self.where)
