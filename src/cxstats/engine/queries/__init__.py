"""What can be asked of an engine: small frozen questions with small answers.

Where a query has ``by``, the answer has one row per distinct combination of its
keys, which come first under their own names; NULL is a group of its own. Where it
has ``weight``, a row's weight is usable if it is finite and above zero, and the
answer has ``n_weighted`` rows with a usable weight, the sum ``w`` of those weights
and the sum ``w2`` of their squares. ``where`` keeps the rows for which it is true.
"""

from __future__ import annotations

from cxstats.engine.queries.counts import (
    CrossProductsQuery,
    DistinctQuery,
    HistogramQuery,
    MomentsQuery,
    SliceQuery,
    TextQuery,
    ValuesQuery,
)
from cxstats.engine.queries.rows import (
    DailyQuery,
    OrderBy,
    PreviousQuery,
    TagQuery,
    TopQuery,
)

__all__ = [
    "CrossProductsQuery",
    "DailyQuery",
    "DistinctQuery",
    "HistogramQuery",
    "MomentsQuery",
    "OrderBy",
    "PreviousQuery",
    "SliceQuery",
    "TagQuery",
    "TextQuery",
    "TopQuery",
    "ValuesQuery",
]
