"""Kill workers that send, again and again; run as a program of its own.

Prints JSON: the states of all messages at the end, and how many were sent by workers
that were killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from zhiyin.accounts.models import Organisation  # noqa: E402
from zhiyin.channels.models import (  # noqa: E402
    ChannelAccount,
    Message,
    MessageState,
)
from zhiyin.channels.services import (  # noqa: E402
    Draft,
    give_up_claims,
    queue_messages,
    save_account,
    send_due,
)

PER_KILL = 8
LONG_AGO = timezone.now() - timezone.timedelta(days=1)


def prepare(port: str, count: int) -> None:
    organisation = Organisation.objects.create(code="o", name="O", brand="O")
    settings = {"host": "127.0.0.1", "port": port, "security": "none"}
    account = save_account(
        account=ChannelAccount(
            organisation=organisation,
            kind="email",
            name="mail",
            sender="survey@huaxing.example",
            rate_per_second=10_000,
            settings=settings,
        ),
    )
    drafts = (
        Draft(key=f"k{n}", to=f"c{n}@x.example", subject="s", body="b")
        for n in range(count)
    )
    queue_messages(account=account, drafts=drafts)


def work() -> None:
    """Send in a process of its own, until killed or done."""
    while send_due():
        pass
    os._exit(0)


def wait_for(*, sent: int) -> None:
    """Wait until so many messages have left, so that each kill hits work."""
    until = time.monotonic() + 60
    while Message.objects.filter(state=MessageState.SENT).count() < sent:
        assert time.monotonic() < until
        time.sleep(0.002)


def free_claims() -> None:
    """Nobody waits minutes in a test for leases and claims to grow old."""
    ChannelAccount.objects.update(leased_until=None)
    Message.objects.filter(state=MessageState.SENDING).update(claimed_at=LONG_AGO)
    give_up_claims()


def main(port: str, count: int, kills: int) -> None:
    prepare(port, count)
    dice = random.Random(7)  # noqa: S311
    for kill in range(kills):
        connections.close_all()
        child = os.fork()
        if child == 0:
            work()
        wait_for(sent=(kill + 1) * PER_KILL)
        time.sleep(dice.uniform(0, 0.01))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        free_claims()
    in_time = Message.objects.filter(state=MessageState.SENT).count()
    while send_due():
        pass
    states = dict(Message.objects.values_list("reference", "state"))
    told = {reference.hex: state for reference, state in states.items()}
    sys.stdout.write(json.dumps({"states": told, "sent_before_the_last": in_time}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
