"""An organisation with rules, and a process that writes its customers' answers."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

TICKS_PER_SECOND = 10
HALLS = 10
ANSWERS_PER_CUSTOMER = 2
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
    {
        "name": "case",
        "condition": {"fact": "score", "op": "at_most", "value": 3},
        "opens_case": True,
    },
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


def prepare(answers: int) -> None:
    """Make an organisation with people, a questionnaire and rules in force."""
    from django.core.management import call_command

    from zhiyin.accounts.models import Organisation, Role
    from zhiyin.accounts.services import Grant, add_department, add_person
    from zhiyin.act.alerts.models import AlertRule
    from zhiyin.act.alerts.services import save_rule, switch_on
    from zhiyin.act.cases.services import load_defaults
    from zhiyin.listen.customers.services import get_or_create_customers
    from zhiyin.listen.surveys.services import create_standard_instrument

    call_command("migrate", verbosity=0, interactive=False)
    home = Organisation.objects.create(code="bench", name="Bench", brand="B")
    by = add_person(
        organisation=home,
        email="manager@bench.example",
        name="Manager",
        roles=[Grant(Role.CX_MANAGER)],
    )
    for number in range(HALLS):
        hall = add_department(organisation=home, code=f"hall{number}", name="Hall")
        add_person(
            organisation=home,
            email=f"lead{number}@bench.example",
            name=f"Lead {number}",
            roles=[Grant(Role.TEAM_LEAD, hall)],
        )
    create_standard_instrument(organisation=home)
    load_defaults(organisation=home)
    keys = [f"138{number:08d}" for number in range(answers // ANSWERS_PER_CUSTOMER)]
    get_or_create_customers(organisation=home, keys=keys)
    for given in RULES:
        rule = AlertRule(
            organisation=home, **{"dedupe_days": 0, "opens_case": False} | given
        )
        save_rule(rule=rule, by=by)
        switch_on(rule=rule, by=by, although_broad=True)


def score_of(number: int) -> int:
    """Return a score: one of five is a detractor's, one of eight opens a case."""
    return 9 + number % 2 if number % 3 else number // 3 * 7 % 11


def write_answers(rate: int, seconds: int) -> None:
    """Write answers at a steady rate, as pages and gateways do, a few at a time."""
    import django

    django.setup()
    size, began = rate // TICKS_PER_SECOND, time.perf_counter()
    source = Source()
    for tick in range(seconds * TICKS_PER_SECOND):
        ahead = began + tick / TICKS_PER_SECOND - time.perf_counter()
        time.sleep(max(ahead, 0.0))
        source.write(size)
    late = time.perf_counter() - began - seconds
    print(json.dumps({"written": source.number, "late_s": round(max(late, 0.0), 2)}))


class Source:
    """Customers who answer one after the other, each in their hall."""

    def __init__(self) -> None:
        from zhiyin.accounts.models import Department, Organisation
        from zhiyin.listen.customers.models import Customer
        from zhiyin.listen.surveys.models import InstrumentVersion

        self.number = 0
        self.home = Organisation.objects.get()
        self.halls = list(Department.objects.order_by("pk"))
        self.version = InstrumentVersion.objects.get()
        self.customers = list(Customer.objects.order_by("pk"))

    def write(self, size: int) -> None:
        from django.db import transaction

        from zhiyin.common import clock
        from zhiyin.listen.responses.models import Answer, Response

        now, first = clock.now(), self.number
        with transaction.atomic():
            rows = Response.objects.bulk_create(
                Response(
                    organisation=self.home,
                    instrument_version=self.version,
                    customer=self.customers[number % len(self.customers)],
                    department=self.halls[number % len(self.halls)],
                    responded_at=now,
                    completed_at=now,
                    stream="transactional",
                    comment=WORDS[number % len(WORDS)],
                )
                for number in range(first, first + size)
            )
            Answer.objects.bulk_create(
                Answer(
                    response=row,
                    item="nps",
                    kind="nps",
                    is_primary=True,
                    score=score_of(number),
                    scale_min=0,
                    scale_max=10,
                    detractor_max=6,
                    promoter_min=9,
                )
                for number, row in enumerate(rows, start=first)
            )
        self.number += size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    options = parser.parse_args()
    write_answers(options.rate, options.seconds)


if __name__ == "__main__":
    main()
