"""Kill workers between an answer and the mail about its alert, again and again.

A program of its own. Prints JSON: what there is at the end, and how far the workers
that were killed had come.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from zhiyin.accounts.models import Department, Organisation, Role  # noqa: E402
from zhiyin.accounts.services import Grant, add_department, add_person  # noqa: E402
from zhiyin.act.alerts.models import Alert, AlertHit, AlertRule  # noqa: E402
from zhiyin.act.alerts.services import (  # noqa: E402
    save_rule,
    screen_answers,
    screening,
    switch_on,
    tell_alerts,
    telling,
)
from zhiyin.act.cases.models import Case, CaseAlert  # noqa: E402
from zhiyin.act.cases.services import (  # noqa: E402
    from_alerts,
    load_defaults,
    open_cases_for_alerts,
)
from zhiyin.act.notices.models import (  # noqa: E402
    Notice,
    NoticeDelivery,
    NoticeSetting,
)
from zhiyin.act.notices.services import deliver_due, delivering  # noqa: E402
from zhiyin.channels.models import ChannelAccount, Message  # noqa: E402
from zhiyin.channels.services import (  # noqa: E402
    give_up_claims,
    save_account,
    send_due,
)
from zhiyin.common import clock  # noqa: E402
from zhiyin.listen.customers.services import get_or_create_customers  # noqa: E402
from zhiyin.listen.responses.models import Answer, Response  # noqa: E402
from zhiyin.listen.surveys.models import InstrumentVersion  # noqa: E402
from zhiyin.listen.surveys.services import create_standard_instrument  # noqa: E402

ANSWERS_PER_KILL = 4
# A person is told so often before notices are folded into one at the full hour.
ANSWERS_PER_OWNER = 5
SMALL = 3
LONG_AGO = timezone.now() - timezone.timedelta(days=1)


def prepare(port: str, answers: int) -> None:
    home = Organisation.objects.create(code="o", name="O", brand="O")
    load_defaults(organisation=home)
    save_account(
        account=ChannelAccount(
            organisation=home,
            kind="email",
            name="mail",
            sender="notice@huaxing.example",
            rate_per_second=10_000,
            settings={"host": "127.0.0.1", "port": port, "security": "none"},
        ),
    )
    for number in range(answers // ANSWERS_PER_OWNER + 1):
        hall = add_department(organisation=home, code=f"h{number}", name="Hall")
        lead = add_person(
            organisation=home,
            email=f"lead{number}@o.example",
            name="Lead",
            roles=[Grant(Role.TEAM_LEAD, hall)],
        )
        NoticeSetting.objects.create(person=lead, kind="alert.raised", by_email=True)
    rule = AlertRule(
        organisation=home,
        name="r",
        condition={"fact": "class", "op": "is", "value": "detractor"},
    )
    save_rule(rule=rule, by=lead)
    switch_on(rule=rule, by=lead)
    _answer(home, answers)
    # Small batches: the more transactions, the more places to die between.
    screening.BATCH = telling.BATCH = from_alerts.BATCH = delivering.BATCH = SMALL


def _answer(home: Organisation, answers: int) -> None:
    create_standard_instrument(organisation=home)
    version = InstrumentVersion.objects.get()
    halls = list(Department.objects.order_by("pk"))
    keys = [f"138{number:08}" for number in range(answers)]
    known = get_or_create_customers(organisation=home, keys=keys)
    now = clock.now()
    rows = Response.objects.bulk_create(
        Response(
            organisation=home,
            instrument_version=version,
            customer_id=known[key],
            department=halls[number // ANSWERS_PER_OWNER],
            responded_at=now,
            completed_at=now,
        )
        for number, key in enumerate(keys)
    )
    Answer.objects.bulk_create(
        Answer(
            response=row, item="nps", kind="nps", is_primary=True, score=1,
            scale_min=0, scale_max=10, detractor_max=6, promoter_min=9,
        )
        for row in rows
    )  # fmt: skip


def work_once() -> bool:
    """Do what the worker does, in its order."""
    steps = (
        screen_answers,
        tell_alerts,
        open_cases_for_alerts,
        deliver_due,
        send_due,
    )
    return any([step() for step in steps])  # noqa: C419 Every step is taken.


def work() -> None:
    """Work in a process of its own, until killed or done."""
    while work_once():
        pass
    os._exit(0)


def steps_done() -> int:
    """Return how many steps were taken: hits, telling, cases, deliveries, mails."""
    return (
        AlertHit.objects.count()
        + Alert.objects.exclude(told_at=None).count()
        + CaseAlert.objects.count()
        + NoticeDelivery.objects.exclude(state="waiting").count()
        + Message.objects.exclude(state__in=("queued", "sending")).count()
    )


def wait_for(number: int) -> None:
    until = time.monotonic() + 60
    while steps_done() < number:
        assert time.monotonic() < until
        time.sleep(0.002)


def free_claims() -> None:
    """Nobody waits minutes in a test for leases and claims to grow old."""
    ChannelAccount.objects.update(leased_until=None)
    Message.objects.filter(state="sending").update(claimed_at=LONG_AGO)
    give_up_claims()


def found() -> dict[str, Any]:
    """Return what there is, for the test to judge."""
    told = Notice.objects.filter(kind="alert.raised").values_list("person", "key")
    states = Message.objects.values_list("reference", "state")
    return {
        "alerts": sorted(Alert.objects.values_list("response", flat=True)),
        "urls": sorted(f"/act/alerts/{each.pk}/" for each in Alert.objects.all()),
        "answers": sorted(Response.objects.values_list("pk", flat=True)),
        "waiting": Alert.objects.wanting_case().count(),
        "untold": Alert.objects.filter(told_at=None).count(),
        "cases": Case.objects.count(),
        "linked": CaseAlert.objects.count(),
        "notices": len(told),
        "doubled": [str(key) for key, times in Counter(told).items() if times > 1],
        "deliveries": dict(
            Counter(NoticeDelivery.objects.values_list("state", flat=True))
        ),
        "mails": {reference.hex: state for reference, state in states},
    }


def main(port: str, kills: int) -> None:
    answers = kills * ANSWERS_PER_KILL
    prepare(port, answers)
    dice = random.Random(7)  # noqa: S311
    # Hits, telling, cases and deliveries of all, and about a mail for each owner.
    all_steps = answers * 4 + answers // ANSWERS_PER_OWNER
    for kill in range(kills):
        connections.close_all()
        child = os.fork()
        if child == 0:
            work()
        wait_for((kill * all_steps) // kills + 1)
        time.sleep(dice.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        free_claims()
    done = steps_done()
    while work_once():
        pass
    result = found() | {"done_before_the_last": done, "done": steps_done()}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
