"""Kill workers that ask, again and again; run as a program of its own.

Prints JSON: for each customer the state of the member of the frame and of the message,
and how many had been asked by workers that were killed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sys
import time

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from zhiyin.accounts.models import Organisation  # noqa: E402
from zhiyin.channels.models import (  # noqa: E402
    ChannelAccount,
    Message,
    MessageState,
)
from zhiyin.channels.services import give_up_claims, save_account, send_due  # noqa: E402
from zhiyin.channels.services import sending as channel_sending  # noqa: E402
from zhiyin.listen.contacts.queries import Rules  # noqa: E402
from zhiyin.listen.contacts.services import save_policy  # noqa: E402
from zhiyin.listen.customers.services import get_or_create_customers  # noqa: E402
from zhiyin.listen.programs.models import FrameMember, Programme  # noqa: E402
from zhiyin.listen.programs.services import lifecycle, sending  # noqa: E402
from zhiyin.listen.surveys.queries import published_version  # noqa: E402
from zhiyin.listen.surveys.services import create_standard_instrument  # noqa: E402

# Small batches: the more transactions, the more places to die between.
SMALL, USUAL = 4, sending.BATCH
LONG_AGO = timezone.now() - dt.timedelta(days=1)


def prepare(count: int) -> None:
    organisation = Organisation.objects.create(code="o", name="O", brand="O")
    save_policy(
        organisation=organisation,
        rules=Rules(quiet_from="09:00", quiet_until="09:00"),
    )
    account = save_account(
        account=ChannelAccount(
            organisation=organisation, kind="log", name="log", rate_per_second=10_000
        ),
    )
    programme = Programme.objects.create(
        organisation=organisation, code="P", name="P", stream="relationship",
        trigger="wave", channel="sms", account=account, is_live=True,
        instrument=create_standard_instrument(organisation=organisation),
    )  # fmt: skip
    keys = [f"138{n:08}" for n in range(count)]
    ids = get_or_create_customers(organisation=organisation, keys=keys)
    now = timezone.now()
    FrameMember.objects.bulk_create(
        FrameMember(
            organisation=organisation, programme=programme, customer_id=ids[key],
            key=key, due_at=now, created_at=now, expires_at=now + dt.timedelta(days=3),
        )
        for key in keys
    )  # fmt: skip


def work() -> None:
    """Ask and send in a process of its own, until killed or done."""
    while any([sending.send_due_members(), send_due()]):
        pass


def warm_up() -> None:
    """Read what every child would read again: the questions and the translations."""
    programme = Programme.objects.select_related("instrument", "organisation").get()
    assert programme.instrument is not None
    published_version(programme.instrument)
    with translation.override(programme.organisation.language):
        translation.gettext("phone")


def set_batch(size: int) -> None:
    sending.BATCH = channel_sending.BATCH = size


def done_so_far() -> int:
    asked = FrameMember.objects.filter(state="sent").count()
    return asked + Message.objects.exclude(state=MessageState.QUEUED).count()


def wait_for(done: int) -> None:
    """Wait until so much was done, so that each kill hits work."""
    until = time.monotonic() + 60
    while done_so_far() < done:
        assert time.monotonic() < until
        time.sleep(0.005)


def free_claims() -> None:
    """Nobody waits minutes in a test for leases and claims to grow old."""
    ChannelAccount.objects.update(leased_until=None)
    Message.objects.filter(state=MessageState.SENDING).update(claimed_at=LONG_AGO)
    give_up_claims()


def main(count: int, kills: int) -> None:
    prepare(count)
    warm_up()
    dice = random.Random(11)  # noqa: S311
    died = 0
    set_batch(SMALL)
    for _kill in range(kills):
        before = done_so_far()
        connections.close_all()
        child = os.fork()
        if child == 0:
            work()
            os._exit(0)
        wait_for(before + dice.randint(1, 2 * SMALL))
        time.sleep(dice.uniform(0, 0.01))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        died += os.WIFSIGNALED(status)
        free_claims()
    in_time = FrameMember.objects.filter(state="sent").count()
    set_batch(USUAL)
    work()
    free_claims()
    lifecycle.follow_messages()
    states = dict(Message.objects.values_list("key", "state"))
    rows = FrameMember.objects.values_list("key", "state", "invitation__message_key")
    told = [(key, state, states.get(message)) for key, state, message in rows]
    result = {"told": told, "in_time": in_time, "died": died, "messages": len(states)}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
