"""Rows copied to an engine are there while a question runs, and not for ever."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.engine import (
    DistinctQuery,
    EngineTable,
    HistogramQuery,
    Joined,
    ParquetFiles,
    as_source,
)
from cxstats.filters import Like


def small(at: int) -> pa.Table:
    return pa.table({"score": [at, at + 1], "key": ["甲", "乙"]})


@pytest.mark.xdist_group("postgresql")
def test_copies_are_kept_for_a_join_and_dropped_later(
    postgresql_engine, tmp_path
) -> None:
    engine = postgresql_engine
    path = tmp_path / "answers.parquet"
    pq.write_table(small(0), path)
    sources = [as_source(small(at)) for at in range(12)]
    query = HistogramQuery("score", ("key",))
    for at, source in enumerate(sources):
        assert engine.score_histogram(source, query)["n"].to_pylist() == [1, 1]
        right = ParquetFiles((str(path),))
        join = Joined(sources[0], right, "key", "key", "inner")
        found = engine.score_histogram(join, HistogramQuery("score"))
        assert sorted(found["score"].to_pylist()) == [0, 1], at
    copies = DistinctQuery("tablename", where=Like("tablename", "cxstats_%"))
    tables = EngineTable("pg_catalog.pg_tables")
    assert engine.distinct_count(tables, copies)["n_distinct"].to_pylist() == [8]
