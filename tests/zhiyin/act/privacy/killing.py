"""Kill workers that erase a customer, each at a later statement; a program of its own.

Prints JSON: how many died, what became of the erasure, and where a trace is left.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from zhiyin.accounts.models import Organisation, Person, Role  # noqa: E402
from zhiyin.accounts.services import add_person  # noqa: E402
from zhiyin.act.cases.services import (  # noqa: E402
    Matter,
    attach_file,
    comment_case,
    load_defaults,
    open_case,
)
from zhiyin.act.privacy.models import Erasure  # noqa: E402
from zhiyin.act.privacy.services import work_next  # noqa: E402
from zhiyin.analyze.lake.services import sync_organisation  # noqa: E402
from zhiyin.channels.models import ChannelAccount  # noqa: E402
from zhiyin.channels.services import Draft, queue_message, save_account  # noqa: E402
from zhiyin.common import clock  # noqa: E402
from zhiyin.listen.customers.models import Customer  # noqa: E402
from zhiyin.listen.customers.services import (  # noqa: E402
    NewEvent,
    get_or_create_customer,
    order_erasure,
    record_events,
    save_contact_point,
)
from zhiyin.listen.customers.services.known import forget_erased  # noqa: E402
from zhiyin.listen.programs.services import create_link  # noqa: E402
from zhiyin.listen.responses.services import (  # noqa: E402
    GivenResponse,
    receive_response,
)
from zhiyin.listen.surveys.services import create_standard_instrument  # noqa: E402

PHONE, NAME, WORDS = "13987654321", "钱小雨七百三", "排队两小时没人理睬钱小雨七百三"
# How many statements a worker lives to see, one after the other.
LIVES = (3, 9, 20, 35, 50, 70, 90, 120)
ahead = dt.timedelta()
clock.now = lambda: timezone.now() + ahead


def prepare() -> tuple[Organisation, Person, Customer]:
    home = Organisation.objects.create(code="o", name="O", brand="O")
    officer = add_person(
        organisation=home,
        email="o@o.example",
        name="O",
        roles=[Role.PRIVACY_OFFICER],
    )
    customer = get_or_create_customer(organisation=home, key=PHONE)
    save_contact_point(customer=customer, kind="phone", address=PHONE)
    event = NewEvent(
        customer=PHONE, kind="visit", key=f"v-{PHONE}", occurred_at=clock.now(),
        attributes={"姓名": NAME},
    )  # fmt: skip
    record_events(organisation=home, events=[event])
    made = create_standard_instrument(organisation=home)
    link = create_link(organisation=home, name="L", instrument=made)
    given = GivenResponse(score=2, comment=WORDS, customer=customer)
    receive_response(link=link, given=given)
    account = save_account(
        account=ChannelAccount(organisation=home, kind="log", name="log")
    )
    queue_message(account=account, draft=Draft(key="a", to=PHONE, body=NAME))
    load_defaults(organisation=home)
    case = open_case(
        organisation=home, matter=Matter(summary=WORDS, customer=customer), by=None
    )
    comment_case(case=case, by=officer, text=f"{NAME} {PHONE}")
    text = f"{NAME} {PHONE}".encode()
    attach_file(case=case, by=officer, name="a.txt", size=len(text), chunks=[text])
    sync_organisation(organisation=home)
    return home, officer, customer


def work_and_die(after: int) -> None:
    """Erase in a process of its own, which dies within a transaction or between two."""
    left = after

    def count(execute: Any, *told: Any) -> Any:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*told)

    with connection.execute_wrapper(count):
        while work_next():
            pass


def left_over() -> list[str]:
    """Return which files hold a trace, the database's own among them."""
    traces = [each.encode() for each in (PHONE, NAME, WORDS)]
    traces += [ascii(each)[1:-1].encode() for each in (NAME, WORDS)]
    return [
        path.name
        for path in Path(settings.HOME).rglob("*")
        if path.is_file()
        for whole in [path.read_bytes()]
        if any(trace in whole for trace in traces)
    ]


def main() -> None:
    global ahead  # noqa: PLW0603 - time passes
    home, officer, customer = prepare()
    before = left_over()
    order_erasure(customer=customer, by=officer, reason="wish of the customer")
    died = 0
    for life in LIVES:
        connections.close_all()
        child = os.fork()
        if child == 0:
            work_and_die(life)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        died += os.WIFSIGNALED(status)
        # The claim of the dead grows old.
        ahead += dt.timedelta(minutes=11)
    for _round in range(3):
        while forget_erased() or work_next():
            pass
        ahead += dt.timedelta(minutes=11)
        sync_organisation(organisation=home)
    erasure = Erasure.objects.get()
    connections.close_all()
    result = {
        "before": before, "died": died, "state": erasure.state,
        "leftovers": erasure.leftovers, "after": left_over(),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
