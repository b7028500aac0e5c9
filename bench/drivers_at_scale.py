"""Drivers, scorecards and hazards over many rows against statements by hand.

    scripts/bench drivers_at_scale -- --rows 10_000_000

Three tasks on the same Parquet files, each with three contenders in processes of
their own, several times in turn:

* ``drivers``: twelve ratings and a score, weighted: 91 sums of products;
* ``scorecards``: scores of 300 grids;
* ``hazard``: customers by months observed, tariff, and whether they left.

``cxstats`` is the public function with everything it gives (intervals, shares, ranks,
curves), ``cxstats collects`` the engine's part of it, ``duckdb sql`` the statement one
would write by hand for the same sums and no more. All must give the same numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
DRIVERS = tuple(f"rating_{at:02d}" for at in range(12))
TASKS = ("drivers", "scorecards", "hazard")
CONTENDERS = ("cxstats", "cxstats collects", "duckdb sql")
TARGET = 1.5
FILES = 10


def main() -> None:
    options = _options()
    folder = ROOT / "var" / "bench" / f"ratings-{options.rows}-{options.seed}"
    if options.task:
        print(json.dumps(_measure(options, folder)))
        return
    generate(folder, options.rows, options.seed)
    runs: dict[str, dict[str, list[dict[str, Any]]]] = {
        task: {name: [] for name in CONTENDERS} for task in options.only
    }
    for turn in range(options.rounds):
        for task in options.only:
            for name in CONTENDERS:
                print(f"round {turn + 1}/{options.rounds}: {task}, {name}", flush=True)
                runs[task][name].append(_in_process(options, task, name))
    for task, by_name in runs.items():
        _agree(task, by_name)
    summary = {
        task: {name: _summary(found) for name, found in by_name.items()}
        for task, by_name in runs.items()
    }
    _print_table(summary, options.rows)
    _write(summary, options)


def generate(folder: Path, rows: int, seed: int) -> None:
    """Write the rows once, the same for one seed: a common mood behind all ratings."""
    if folder.is_dir():
        return
    print(f"generating {rows:,} rows in {folder} ...", flush=True)
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    tariffs = pa.array(["basic", "family", "5G", "business"])
    for at in range(FILES):
        size = rows * (at + 1) // FILES - rows * at // FILES
        mood = chance.normal(7, 1.5, size)
        columns: dict[str, Any] = {}
        for name in DRIVERS:
            rating = np.clip(np.rint(mood + chance.normal(0, 1.8, size)), 1, 10)
            blank = chance.random(size) < 0.005
            columns[name] = pa.array(rating.astype(np.int8), mask=blank)
        grid = chance.integers(0, 300, size, dtype=np.int32)
        score = mood + (grid % 7) / 10 + chance.normal(0, 1.5, size)
        columns["score"] = np.clip(np.rint(score), 0, 10).astype(np.int8)
        columns["weight"] = chance.uniform(0.3, 3.0, size)
        columns["grid"] = grid
        columns["months"] = chance.integers(1, 61, size, dtype=np.int16)
        columns["left"] = (chance.random(size) < 0.15).astype(np.int8)
        columns["tariff"] = tariffs.take(pa.array(chance.integers(0, 4, size)))
        table = pa.table(columns)
        pq.write_table(table, partial / f"{at:02d}.parquet", compression="zstd")
    partial.rename(folder)


def files(folder: Path) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(folder.glob("*.parquet")))


# ------------------------------------------------------------- the contenders
# Each gives (run, close); run gives numbers that must be alike in all of them.


def drivers_cxstats(folder: Path) -> Contender:
    import cxstats
    from cxstats.engine import ParquetFiles, open_engine

    engine, source = open_engine(), ParquetFiles(files(folder))

    def run() -> list[float]:
        found = cxstats.key_drivers(
            source, outcome="score", drivers=DRIVERS, weight="weight", engine=engine
        )
        return [float(found.n), *(found[name].performance.value for name in DRIVERS)]

    return run, engine.close


def drivers_collects(folder: Path) -> Contender:
    from cxstats.engine import CrossProductsQuery, ParquetFiles, open_engine

    engine, source = open_engine(), ParquetFiles(files(folder))
    query = CrossProductsQuery((*DRIVERS, "score"), weight="weight", complete=True)

    def run() -> list[float]:
        table = engine.cross_products(source, query)
        same = [row for row in table.to_pylist() if row["left"] == row["right"]]
        means = [row["w_left"] / row["w"] for row in same[:-1]]
        return [float(same[0]["n"]), *means]

    return run, engine.close


def drivers_sql(folder: Path) -> Contender:
    names = (*DRIVERS, "score")
    # Products of bytes would overflow: the hand that writes this knows.
    doubled = ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in names)
    known = " AND ".join(f"{name} IS NOT NULL" for name in names)
    sums = ["count(*)", "sum(weight)", *(f"sum(weight * {name})" for name in names)]
    sums += [
        f"sum(weight * {one} * {other})"
        for at, one in enumerate(names)
        for other in names[at:]
    ]
    rows = f"SELECT {doubled}, weight FROM {{rows}} WHERE {known} AND weight > 0"
    run_sql, close = _sql(folder, f"SELECT {', '.join(sums)} FROM ({rows})")

    def run() -> list[float]:
        row = [column[0].as_py() for column in run_sql().columns]
        return [float(row[0]), *(total / row[1] for total in row[2:14])]

    return run, close


def scorecards_cxstats(folder: Path) -> Contender:
    import cxstats
    from cxstats.engine import ParquetFiles, open_engine

    engine, source = open_engine(), ParquetFiles(files(folder))

    def run() -> list[float]:
        card = cxstats.scorecard(source, unit="grid", score="score", engine=engine)
        frame = card.to_pandas()
        if len(frame) != 300:
            raise SystemExit(f"cxstats gives {len(frame)} units instead of 300")
        return []

    return run, engine.close


def scorecards_collects(folder: Path) -> Contender:
    from cxstats.engine import HistogramQuery, ParquetFiles, open_engine

    engine, source = open_engine(), ParquetFiles(files(folder))
    query = HistogramQuery("score", ("grid",))

    def run() -> list[float]:
        table = engine.score_histogram(source, query)
        grid, score, n = (table[name].to_numpy() for name in ("grid", "score", "n"))
        return _by_group(grid, n, [score >= 9, score <= 6])

    return run, engine.close


def scorecards_sql(folder: Path) -> Contender:
    run_sql, close = _sql(
        folder,
        "SELECT grid, count(score) AS n, count(*) FILTER (WHERE score >= 9) AS p, "
        "count(*) FILTER (WHERE score <= 6) AS d FROM {rows} GROUP BY grid",
    )

    def run() -> list[float]:
        table = run_sql().sort_by("grid")
        columns = (table[name].to_numpy() for name in ("n", "p", "d"))
        return [float(x) for column in columns for x in column]

    return run, close


def hazard_cxstats(folder: Path) -> Contender:
    from cxstats.engine import ParquetFiles, open_engine
    from cxstats.loyalty import survival

    engine, source = open_engine(), ParquetFiles(files(folder))

    def run() -> list[float]:
        found = survival(
            source, duration="months", event="left", by="tariff", engine=engine
        )
        curves = [found.curve(name) for name in ("5G", "basic", "business", "family")]
        return [float(x) for curve in curves for x in curve.table.events]

    return run, engine.close


def hazard_collects(folder: Path) -> Contender:
    from cxstats.engine import HistogramQuery, ParquetFiles, open_engine

    engine, source = open_engine(), ParquetFiles(files(folder))
    query = HistogramQuery("left", ("months", "tariff"))

    def run() -> list[float]:
        table = engine.score_histogram(source, query)
        ended = table.filter(pa.compute.equal(table["score"], 1))
        ended = ended.sort_by([("tariff", "ascending"), ("months", "ascending")])
        return [float(x) for x in ended["n"].to_pylist()]

    return run, engine.close


def hazard_sql(folder: Path) -> Contender:
    run_sql, close = _sql(
        folder,
        'SELECT tariff, months, count(*) AS n, sum("left") AS events FROM {rows} '
        "GROUP BY tariff, months ORDER BY tariff, months",
    )
    return lambda: [float(x) for x in run_sql()["events"].to_pylist()], close


def _sql(
    folder: Path, statement: str
) -> tuple[Callable[[], pa.Table], Callable[[], None]]:
    import duckdb

    connection = duckdb.connect()
    listed = ", ".join(f"'{path}'" for path in files(folder))
    sql = statement.format(rows=f"read_parquet([{listed}])")
    return (
        lambda: connection.execute(sql).to_arrow_reader().read_all(),
        connection.close,
    )


def _by_group(
    group: np.ndarray[Any, Any], n: np.ndarray[Any, Any], kept: list[Any]
) -> list[float]:
    """Sum counts per group, all rows first and then those of each condition."""
    size = int(group.max()) + 1
    whole = np.bincount(group, n, size)
    parts = [np.bincount(group, n * part, size) for part in kept]
    return [float(x) for column in (whole, *parts) for x in column]


Contender = tuple[Callable[[], list[float]], Callable[[], None]]
BY_NAME: dict[tuple[str, str], Callable[[Path], Contender]] = {
    ("drivers", "cxstats"): drivers_cxstats,
    ("drivers", "cxstats collects"): drivers_collects,
    ("drivers", "duckdb sql"): drivers_sql,
    ("scorecards", "cxstats"): scorecards_cxstats,
    ("scorecards", "cxstats collects"): scorecards_collects,
    ("scorecards", "duckdb sql"): scorecards_sql,
    ("hazard", "cxstats"): hazard_cxstats,
    ("hazard", "cxstats collects"): hazard_collects,
    ("hazard", "duckdb sql"): hazard_sql,
}


# ------------------------------------------------------------ the measurement


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    run, close = BY_NAME[(options.task, options.contender)](folder)
    walls, cpus, answer = [], [], []
    try:
        for _ in range(options.repeat):
            wall, cpu = time.perf_counter(), time.process_time()
            answer = run()
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    finally:
        close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": walls, "cpu": cpus, "peak_mb": peak, "answer": answer}


def _in_process(options: argparse.Namespace, task: str, name: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--task", task, "--contender", name]
    command += ["--rows", str(options.rows), "--seed", str(options.seed)]
    command += ["--repeat", str(options.repeat)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _agree(task: str, runs: dict[str, list[dict[str, Any]]]) -> None:
    expected = runs["duckdb sql"][0]["answer"]
    for name, found in runs.items():
        for run in found:
            pairs = list(zip(run["answer"], expected, strict=False))
            short = run["answer"] and len(run["answer"]) != len(expected)
            if short or not all(math.isclose(a, b, rel_tol=1e-9) for a, b in pairs):
                raise SystemExit(f"{task}: {name} gives other numbers")


def _summary(found: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "wall_seconds": statistics.median(x for run in found for x in run["wall"]),
        "cold_wall_seconds": statistics.median(run["wall"][0] for run in found),
        "cpu_seconds": statistics.median(x for run in found for x in run["cpu"]),
        "peak_mb": max(run["peak_mb"] for run in found),
    }


def _print_table(summary: dict[str, dict[str, dict[str, float]]], rows: int) -> None:
    print(f"\n{rows:,} rows, medians")
    head = ("task", "contender", "wall s", "cold s", "cpu s", "peak MB", "x sql", "cpu")
    line = "{:<12}{:<18}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}"
    print(line.format(*head))
    for task, by_name in summary.items():
        base = by_name["duckdb sql"]
        for name, found in by_name.items():
            seconds = [f"{value:.2f}" for value in list(found.values())[:3]]
            ratios = [
                f"{found[name] / base[name]:.2f}"
                for name in ("wall_seconds", "cpu_seconds")
            ]
            peak = f"{found['peak_mb']:.0f}"
            print(line.format(task, name, *seconds, peak, *ratios))
        whole = by_name["cxstats"]["cpu_seconds"] / base["cpu_seconds"]
        verdict = "met" if whole <= TARGET else "MISSED"
        print(f"target for {task}: at most {TARGET} x the CPU of sql: {verdict}")


def _write(summary: dict[str, Any], options: argparse.Namespace) -> None:
    folder = ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    machine = {"cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    machine |= {"python": platform.python_version(), "system": platform.platform()}
    asked = {"rows": options.rows, "seed": options.seed}
    asked |= {"rounds": options.rounds, "repeat": options.repeat}
    content = {"at": now.isoformat(), **asked, "machine": machine, "results": summary}
    path = folder / f"drivers_at_scale-{options.rows}-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    print(f"written to {path.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--repeat", type=int, default=3, help="runs in a process")
    parser.add_argument("--rounds", type=int, default=3, help="processes per contender")
    parser.add_argument("--only", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
