"""Kill workers that open and escalate cases, again and again; a program of its own.

Prints JSON: what there is at the end, and how much of it was there before the last
worker, which nobody killed, took over.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter

import django

django.setup()

from django.db import connections  # noqa: E402

from zhiyin.accounts.models import Organisation, Person, Role, RoleAssignment  # noqa: E402
from zhiyin.act.alerts.models import Alert, AlertRule  # noqa: E402
from zhiyin.act.cases.models import (  # noqa: E402
    Case,
    CaseAlert,
    CaseEvent,
    CaseLevel,
    Escalation,
)
from zhiyin.act.cases.services import (  # noqa: E402
    escalate_due,
    load_defaults,
    open_cases_for_alerts,
)
from zhiyin.act.notices.models import Notice  # noqa: E402
from zhiyin.common import clock  # noqa: E402
from zhiyin.listen.customers.services import get_or_create_customers  # noqa: E402

ALERTS_PER_CUSTOMER = 2
PER_KILL = 6


def prepare(customers: int) -> None:
    organisation = Organisation.objects.create(code="o", name="O", brand="O")
    owner = Person.objects.create_user("a@o.example", None, organisation=organisation)
    RoleAssignment.objects.create(person=owner, role=Role.CX_MANAGER)
    load_defaults(organisation=organisation)
    # Every clock has run out as soon as it begins.
    CaseLevel.objects.update(
        acknowledge_minutes=0, contact_minutes=0, contact_counts="calendar"
    )
    keys = [f"1380000{n:04}" for n in range(customers)]
    rule = AlertRule.objects.create(organisation=organisation, code="r", name="r")
    known = get_or_create_customers(organisation=organisation, keys=keys)
    Alert.objects.bulk_create(
        Alert(
            organisation=organisation,
            rule=rule,
            key=f"{again}.{pk}",
            customer_id=pk,
            owner=owner,
            raised_at=clock.now(),
            last_hit_at=clock.now(),
        )
        for again in range(ALERTS_PER_CUSTOMER)
        for pk in known.values()
    )


def work() -> None:
    """Work in a process of its own, until killed or done."""
    finish()
    os._exit(0)


def finish() -> None:
    while True:
        open_cases_for_alerts()
        escalate_due()
        if done() == wanted():
            return


def done() -> int:
    return CaseAlert.objects.count() + Escalation.objects.count()


def wanted() -> int:
    """Return how much there is to do: each alert, and two clocks of each case."""
    alerts = Alert.objects.count()
    return alerts + 2 * (alerts // ALERTS_PER_CUSTOMER)


def wait_for(number: int) -> None:
    until = time.monotonic() + 60
    while done() < number:
        assert time.monotonic() < until
        time.sleep(0.002)


def main(kills: int) -> None:
    prepare(kills * 2)
    dice = random.Random(7)  # noqa: S311
    for kill in range(kills):
        connections.close_all()
        child = os.fork()
        if child == 0:
            work()
        wait_for(min((kill + 1) * PER_KILL, wanted() - 2))
        time.sleep(dice.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    in_time = done()
    finish()
    told = Notice.objects.values_list("person", "key")
    result = {
        "alerts": Alert.objects.count(),
        "waiting": Alert.objects.wanting_case().count(),
        "linked": CaseAlert.objects.count(),
        "cases": Case.objects.count(),
        "numbers": sorted(Case.objects.values_list("number", flat=True)),
        "opened": CaseEvent.objects.filter(kind="opened").count(),
        "escalated": CaseEvent.objects.filter(kind="escalated").count(),
        "notices": len(told),
        "doubled": [str(key) for key, times in Counter(told).items() if times > 1],
        "done_before_the_last": in_time,
        "wanted": wanted(),
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]))
