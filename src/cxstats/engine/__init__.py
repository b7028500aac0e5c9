"""The engine seam: a URL opens an engine, an engine answers about fifteen questions.

A metric declares the aggregates it needs, an engine collects them where the rows
lie, a pure function estimates from the small table that comes back.
"""

from __future__ import annotations

from cxstats.engine.base import Engine
from cxstats.engine.keys import Bins, Column, KeyLike, PeriodBucket
from cxstats.engine.quantiles import exact_quantiles
from cxstats.engine.queries import (
    CrossProductsQuery,
    DailyQuery,
    DistinctQuery,
    HistogramQuery,
    MomentsQuery,
    OrderBy,
    PreviousQuery,
    SliceQuery,
    TagQuery,
    TextQuery,
    TopQuery,
    ValuesQuery,
)
from cxstats.engine.registry import open_engine
from cxstats.engine.relation import Kind
from cxstats.engine.sources import (
    ArrowData,
    EngineTable,
    Joined,
    ParquetFiles,
    Source,
    as_source,
    resolve_column,
)

__all__ = [
    "ArrowData",
    "Bins",
    "Column",
    "CrossProductsQuery",
    "DailyQuery",
    "DistinctQuery",
    "Engine",
    "EngineTable",
    "HistogramQuery",
    "Joined",
    "KeyLike",
    "Kind",
    "MomentsQuery",
    "OrderBy",
    "ParquetFiles",
    "PeriodBucket",
    "PreviousQuery",
    "SliceQuery",
    "Source",
    "TagQuery",
    "TextQuery",
    "TopQuery",
    "ValuesQuery",
    "as_source",
    "exact_quantiles",
    "open_engine",
    "resolve_column",
]
