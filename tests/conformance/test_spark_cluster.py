"""The cluster is a real one, and a lost executor does not change a number."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.engine import (
    HistogramQuery,
    MomentsQuery,
    ParquetFiles,
    as_source,
    open_engine,
)
from cxstats.filters import Contains
from tests.conformance.plain import assert_same, rows
from tests.conformance.samples import REGION, SCORE

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark"), pytest.mark.slow]


def test_the_cluster_has_a_master_and_two_workers(spark_cluster, spark_engine) -> None:
    status = spark_cluster.status()
    assert status["aliveworkers"] == 2
    assert len(spark_cluster.executors()) == 2
    assert [app["name"] for app in status["activeapps"]] == ["cxstats"]


def test_a_killed_executor_changes_no_number(
    spark_cluster, spark_engine, duckdb_engine, tmp_path
) -> None:
    source = ParquetFiles(_many_files(tmp_path, files=24, size=40_000))
    query = MomentsQuery("text", ("customer",), weight="weight")
    settings = spark_engine._spark.conf
    settings.set("spark.sql.files.openCostInBytes", "0")
    settings.set("spark.sql.files.maxPartitionBytes", "1m")  # A task for each file.
    answers: list[pa.Table] = []
    job = threading.Thread(
        target=lambda: answers.append(spark_engine.group_moments(source, query))
    )
    job.start()
    tracker = spark_engine._spark.sparkContext.statusTracker()
    _wait(lambda: _progress(tracker) >= 2, "no task of the job came to its end")
    killed = spark_cluster.executors()[0]
    assert _progress(tracker) < 24, "the job was over before it could be disturbed"
    os.kill(killed, signal.SIGKILL)
    job.join(timeout=240)
    assert answers, "the job did not survive"
    assert killed not in spark_cluster.executors()
    expected = duckdb_engine.group_moments(source, query)
    plain = [tuple(row.values()) for row in rows(expected)]
    assert_same(answers[0], plain, 1, expected.column_names)
    _wait(lambda: len(spark_cluster.executors()) == 2, "the executor was not replaced")


def _progress(tracker) -> int:
    """Tasks that the running job has finished, most of any stage."""
    stages = [
        tracker.getStageInfo(stage)
        for job in tracker.getActiveJobsIds()
        for stage in tracker.getJobInfo(job).stageIds
    ]
    return max((stage.numCompletedTasks for stage in stages if stage), default=0)


def _many_files(folder, *, files: int, size: int) -> tuple[str, ...]:
    chance = np.random.default_rng(11)
    paths = []
    for at in range(files):
        table = pa.table(
            {
                "customer": [f"客户{n}" for n in chance.integers(0, 500, size)],
                "text": [f"{n:.3f}" for n in chance.normal(50, 20, size)],
                "weight": chance.uniform(0.1, 2, size),
            }
        )
        paths.append(str(folder / f"part-{at}.parquet"))
        pq.write_table(table, paths[-1])
    return tuple(paths)


def _wait(ready, problem: str, seconds: int = 240) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, problem
        time.sleep(0.02)


def test_spark_connect_gives_the_same_numbers(
    connect_url, duckdb_engine, table, tmp_path
) -> None:
    path = tmp_path / "answers.parquet"
    pq.write_table(table, path)
    moments = MomentsQuery("raw", ("channel",), weight="weight")
    scores = HistogramQuery(SCORE, (REGION,), where=Contains("comment", "$' OR 1=1"))
    everything = HistogramQuery("raw", ("day", "member"))
    with open_engine(connect_url) as engine:
        for source in (as_source(table), as_source(path)):
            for query in (scores, everything):
                expected = duckdb_engine.score_histogram(source, query)
                plain = [tuple(row.values()) for row in rows(expected)]
                found = engine.score_histogram(source, query)
                keys = len(expected.column_names) - 1
                assert_same(found, plain, keys, expected.column_names)
        expected = duckdb_engine.group_moments(source, moments)
        plain = [tuple(row.values()) for row in rows(expected)]
        found = engine.group_moments(source, moments)
        assert_same(found, plain, 1, expected.column_names)
