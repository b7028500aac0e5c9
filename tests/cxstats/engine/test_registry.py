"""Engines by address: the right one opens, the wrong one says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from cxstats.engine import DistinctQuery, HistogramQuery, as_source, open_engine
from cxstats.engine.address import parse_address
from cxstats.errors import EngineError, EngineNotAvailableError, InputError


@pytest.mark.parametrize("url", [None, "", "duckdb://", "duckdb://?threads=1"])
def test_the_embedded_engine_is_the_default(url: str | None) -> None:
    with open_engine(url) as engine:
        assert engine.name == "duckdb"
        assert not engine.gaps


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("duckdb:///data/cx.duckdb", "lock out other processes"),
        ("duckdb://?colour=red", "no option 'colour'"),
        ("duckdb://?threads=many", "whole number"),
        ("duckdb://?memory_limit=plenty", "refused its settings"),
        ("warehouse", "not a URL"),
        ("postgresql://host:port/db", "cannot be read"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_engine(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("oracle://db", "known are .*duckdb"),
        ("postgresql://nobody:geheim@127.0.0.1:9/db", "PostgreSQL does not answer"),
        ("clickhouse://nobody:geheim@127.0.0.1:9", "ClickHouse does not answer"),
        ("spark://127.0.0.1:9", "Spark does not answer"),
        ("sc://127.0.0.1:9/;token=geheim", "Spark does not answer"),
    ],
)
def test_an_engine_that_does_not_answer_is_named(url: str, message: str) -> None:
    with pytest.raises(EngineNotAvailableError, match=message) as caught:
        open_engine(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "package", "advice"),
    [
        ("spark://127.0.0.1:7077", "pyspark", "zhiyin[spark]"),
        ("clickhouse://127.0.0.1", "clickhouse_connect", "zhiyin[clickhouse]"),
        ("chdb://", "chdb", "pip install chdb"),
    ],
)
def test_a_missing_driver_says_what_to_install(url, package, advice) -> None:
    """In a process of its own, in which the driver cannot be imported."""
    code = f"""
import sys
sys.modules[{package!r}] = None
from cxstats.engine import open_engine
from cxstats.errors import EngineNotAvailableError
try:
    open_engine({url!r})
except EngineNotAvailableError as error:
    print(error)
"""
    source = str(Path(__file__).parents[3] / "src")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": source, "PATH": ""},
    )
    assert advice in done.stdout


def test_passwords_are_not_shown() -> None:
    address = parse_address("postgresql://amy:s%40fe@db:5433/cx?sslmode=require")
    assert (address.user, address.password, address.port) == ("amy", "s@fe", 5433)
    assert address.option("sslmode") == "require"
    assert address.shown == "postgresql://db:5433/cx"
    assert "s%40fe" not in repr(address)
    assert "s@fe" not in repr(address)


def test_spark_on_this_machine_is_an_address_too() -> None:
    address = parse_address("local[2]?spark.driver.memory=1g")
    assert address.scheme == "local"
    assert address.option("spark.driver.memory") == "1g"


def test_a_closed_engine_says_so() -> None:
    engine = open_engine()
    engine.close()
    with pytest.raises(EngineError):
        engine.kinds(as_source(pa.table({"a": [1]})))


def test_memory_beyond_the_limit_spills_to_disk(tmp_path: Path) -> None:
    table = pa.table({"key": pa.array(range(3_000_000)).cast(pa.string())})
    url = f"duckdb://?memory_limit=100MB&threads=2&temp_directory={tmp_path}"
    with open_engine(url) as engine:
        found = engine.distinct_count(as_source(table), DistinctQuery("key"))
    assert found["n_distinct"].to_pylist() == [3_000_000]


def test_one_engine_answers_many_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(size: int) -> int:
        table = as_source(pa.table({"score": [7] * size}))
        return engine.score_histogram(table, HistogramQuery("score"))["n"][0].as_py()

    with open_engine() as engine, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(1, 60))) == list(range(1, 60))
