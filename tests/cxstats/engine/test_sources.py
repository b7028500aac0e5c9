"""Sources: what people have is taken, what cannot be read is named."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.engine import (
    ArrowData,
    EngineTable,
    HistogramQuery,
    Joined,
    ParquetFiles,
    as_source,
    open_engine,
    resolve_column,
)
from cxstats.errors import ColumnNotFoundError, InputError

TABLE = pa.table({"score": [9, 10, None], "区域": ["华东", None, "华南"]})


def test_a_glob_becomes_a_sorted_list_of_files(tmp_path: Path) -> None:
    for name in ("b.parquet", "a.parquet"):
        pq.write_table(TABLE, tmp_path / name)
    found = as_source(f"{tmp_path}/*.parquet")
    assert found == ParquetFiles((f"{tmp_path}/a.parquet", f"{tmp_path}/b.parquet"))


def test_a_file_with_pattern_marks_in_its_name_is_that_file(tmp_path: Path) -> None:
    path = tmp_path / "a[1]*.parquet"
    pq.write_table(TABLE, path)
    assert as_source(path) == ParquetFiles((str(path),))


@pytest.mark.parametrize(
    "frame",
    [
        TABLE,
        TABLE.to_batches()[0],
        TABLE.to_pandas(),
        pd.DataFrame({"a": [1]}).iloc[:0],
    ],
    ids=["table", "batch", "pandas", "empty pandas"],
)
def test_tables_and_frames_become_arrow(frame) -> None:
    source = as_source(frame)
    assert isinstance(source, ArrowData)
    assert source.table.num_rows == len(frame)


def test_a_relation_of_duckdb_becomes_arrow_and_is_counted() -> None:
    connection = duckdb.connect()
    relation = connection.sql("select i % 11 as score, 'x' as g from range(22) t(i)")
    source = as_source(relation)
    assert isinstance(source, ArrowData)
    assert source.table.column_names == ["score", "g"]
    with open_engine() as engine:
        counted = engine.score_histogram(source, HistogramQuery(score="score"))
    assert sorted(counted["n"].to_pylist()) == [2] * 11
    connection.close()


def test_an_index_of_a_frame_is_not_a_column() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]}).iloc[::2]
    assert as_source(frame).table.column_names == ["a"]
    sorted_frame = frame.set_axis([7, 3])
    assert as_source(sorted_frame).table.column_names == ["a"]


def test_a_source_stays_what_it_is() -> None:
    source = EngineTable("lake.answers")
    assert as_source(source) is source
    assert source.parts == ("lake", "answers")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("no/such.parquet", "there is no file"),
        ("no/such-*.parquet", "no file matches"),
        (__file__, "not a Parquet file"),
        (42, "cannot read rows from int"),
        (pd.DataFrame({"a": [1, "x", b"y"]}), "one type"),
    ],
)
def test_what_is_not_a_table_is_refused(data, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_source(data)


@pytest.mark.parametrize("name", ["", "a.", ".b", "a..b"])
def test_a_table_has_a_name(name: str) -> None:
    with pytest.raises(InputError, match="not the name of a table"):
        EngineTable(name)


def test_no_files_are_no_source() -> None:
    with pytest.raises(InputError, match="at least one path"):
        ParquetFiles(())


def test_columns_match_exactly_first_then_without_spaces() -> None:
    names = ["score ", " score", "score", " 区域"]
    assert resolve_column("score", names) == "score"
    assert resolve_column("区域 ", names) == " 区域"
    with pytest.raises(InputError, match="may mean any of"):
        resolve_column(" score ", names)
    with pytest.raises(ColumnNotFoundError, match="no column named 'Score'"):
        resolve_column("Score", names)


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with open_engine() as engine, pytest.raises(ColumnNotFoundError, match="区域"):
        engine.score_histogram(as_source(TABLE), HistogramQuery("nps"))


def test_a_join_refuses_keys_that_cannot_be_equal() -> None:
    right = as_source(pa.table({"key": [1.5, 2.5]}))
    join = Joined(as_source(TABLE), right, "区域", "key")
    with open_engine() as engine, pytest.raises(InputError, match="cannot join"):
        engine.join_check(join)


def test_a_column_on_neither_side_of_a_join_is_refused() -> None:
    right = as_source(pa.table({"key": ["华东"], "score": [1]}))
    join = Joined(as_source(TABLE), right, "区域", "key")
    with open_engine() as engine:
        assert list(engine.kinds(join)) == ["score", "区域", "key", "score (right)"]
        with pytest.raises(ColumnNotFoundError, match="score \\(right\\)"):
            engine.score_histogram(join, HistogramQuery("gone"))


def test_columns_that_differ_only_in_case_are_two(tmp_path: Path) -> None:
    table = pa.table({"A": [1, 1], "a": [2, 3]})
    with open_engine() as engine:
        found = engine.score_histogram(as_source(table), HistogramQuery("a"))
    assert sorted(found["score"].to_pylist()) == [2, 3]


def test_a_path_with_a_quote_is_only_a_path(tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    pq.write_table(TABLE, path)
    with open_engine() as engine:
        found = engine.score_histogram(as_source(path), HistogramQuery("score"))
    assert sum(found["n"].to_pylist()) == 3


def test_a_file_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    with open_engine() as engine:
        for scores in ([1, 2, 3], [4]):
            pq.write_table(pa.table({"score": scores}), path)
            os.utime(path, (len(scores), len(scores)))
            found = engine.score_histogram(as_source(path), HistogramQuery("score"))
            assert sorted(found["score"].to_pylist()) == scores
