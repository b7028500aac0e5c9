"""What a wide file of customers costs: processor seconds and memory as it grows.

Usage: `python bench/wide_import.py [--customers 50000] [--columns 300]`.
Half of the columns are numbers. The file is imported at a quarter of the customers and
at all of them, each in a process of its own on SQLite, so that one sees whether CPU
seconds grow with the cells and memory not at all. The peer reads the same file with
pyarrow, piece by piece, and writes one Parquet file; it knows no customer, checks no
cell and can take nothing back.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def write_file(path: Path, customers: int, columns: int) -> None:
    """Write a CSV with a key and as many things known of each customer."""
    head = ["客户编号", *(f"字段{n}" for n in range(columns))]
    # A few hundred endings are enough: the importer does not know that they repeat.
    ends = [
        ",".join(
            str(n * (row + 7) % 9973 / 4) if n % 2 else f"取值{(n + row) % 40}"
            for n in range(columns)
        )
        for row in range(400)
    ]
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(head) + "\n")
        for row in range(customers):
            file.write(f"W-{row:09},{ends[row % 400]}\n")


def import_here(path: Path) -> dict[str, float]:
    """Import the file as the worker does; return what it cost."""
    import django

    django.setup()
    from dataclasses import replace

    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation
    from zhiyin.listen.imports.models import ImportKind, TableRole
    from zhiyin.listen.imports.services.profiling import look_at_import
    from zhiyin.listen.imports.services.steps import save_mapping, start_import
    from zhiyin.listen.imports.services.tables import guess_table_mapping
    from zhiyin.listen.imports.services.unattended import run_to_end
    from zhiyin.listen.imports.services.uploads import create_import, store_path

    call_command("migrate", verbosity=0, interactive=False)
    organisation = Organisation.objects.create(code="bench", name="Bench", brand="B")
    began = time.process_time()
    batch = create_import(
        organisation=organisation,
        person=None,
        files=[store_path(path)],
        kind=ImportKind.CUSTOMERS,
    )
    look_at_import(batch=batch)
    looked = time.process_time() - began
    batch.refresh_from_db()
    mapping = guess_table_mapping(batch)
    rules = [
        rule if rule.role == TableRole.CUSTOMER
        else replace(rule, role=TableRole.OPERATIONAL)
        for rule in mapping.columns
    ]  # fmt: skip
    mapping = replace(mapping, columns=tuple(rules), date="2026-06-30")
    save_mapping(batch=batch, mapping=mapping)
    start_import(batch=batch, by=None)
    batch = run_to_end(batch, lambda _each: None)
    if not batch.rows_read or batch.rows_accepted != batch.rows_read:
        sys.exit(f"{batch.rows_read} were read and {batch.rows_accepted} taken")
    return told(began) | {"of_which_looking_s": round(looked, 1)}


def peer_here(path: Path, target: Path) -> dict[str, float]:
    """Read the file with pyarrow and write Parquet; return what it cost."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    began = time.process_time()
    pa.set_cpu_count(1)
    with (
        pyarrow.csv.open_csv(path) as pieces,
        pq.ParquetWriter(target, pieces.schema) as writer,
    ):
        for piece in pieces:
            writer.write_batch(piece)
    return told(began)


def told(began: float) -> dict[str, float]:
    """Return CPU seconds since, and the most memory this process ever held."""
    return {
        "cpu_s": round(time.process_time() - began, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def run_apart(path: Path, who: str) -> dict[str, Any]:
    """Run one contender in a process of its own and return what it says."""
    with tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as home:
        environment = os.environ | {
            "ZHIYIN_HOME": home,
            "DATABASE_URL": f"sqlite:///{home}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
            "ZHIYIN_LOG": "WARNING",
        }
        command = [sys.executable, __file__, "--here", who, "--file", str(path)]
        done = subprocess.run(
            command, env=environment, check=True, stdout=subprocess.PIPE
        )
    return {"who": who, **json.loads(done.stdout)}


def main() -> None:
    """Measure a quarter and the whole; print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--columns", type=int, default=300)
    parser.add_argument("--here", choices=("zhiyin", "pyarrow"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here == "zhiyin":
        print(json.dumps(import_here(options.file)), flush=True)
        return
    if options.here:
        target = Path(os.environ["ZHIYIN_HOME"]) / "peer.parquet"
        print(json.dumps(peer_here(options.file, target)), flush=True)
        return
    results = []
    for customers in (options.customers // 4, options.customers):
        with tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as folder:
            path = Path(folder) / "wide.csv"
            write_file(path, customers, options.columns)
            for who in ("zhiyin", "pyarrow"):
                result = run_apart(path, who)
                cells = customers * options.columns
                result |= {"customers": customers, "columns": options.columns}
                result["us_per_cell"] = round(result["cpu_s"] / cells * 1e6, 2)
                print(json.dumps(result), flush=True)
                results.append(result)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("wide_import-%Y%m%dT%H%M%S.json")
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
