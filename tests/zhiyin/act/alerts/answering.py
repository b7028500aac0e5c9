"""Hand answers over while the worker runs beside; a program of its own.

Prints JSON: when the second answer was received, and when its alert and its case came,
as the product wrote it down. With the first the worker reads its models.
"""

from __future__ import annotations

import json
import sys
import time

import django

django.setup()

from django.test import Client  # noqa: E402

from zhiyin.accounts.models import Organisation, Role  # noqa: E402
from zhiyin.accounts.services import Grant, add_department, add_person  # noqa: E402
from zhiyin.act.alerts.models import Alert, AlertRule  # noqa: E402
from zhiyin.act.alerts.services import save_rule, switch_on  # noqa: E402
from zhiyin.act.cases.models import Case  # noqa: E402
from zhiyin.act.cases.services import load_defaults  # noqa: E402
from zhiyin.listen.programs.services import create_link  # noqa: E402
from zhiyin.listen.responses.models import Response  # noqa: E402
from zhiyin.listen.surveys.services import create_standard_instrument  # noqa: E402

LONGEST_WAIT = 120
COMMENT = "客服态度太差，投诉三次没人管"


def prepare() -> tuple[Client, str]:
    home = Organisation.objects.create(code="o", name="O", brand="O")
    hall = add_department(organisation=home, code="h", name="Hall")
    grants = [Grant(Role.TEAM_LEAD, hall), Grant(Role.CX_MANAGER)]
    lead = add_person(
        organisation=home, email="lead@o.example", name="Lead", roles=grants
    )
    load_defaults(organisation=home)
    rule = AlertRule(
        organisation=home,
        name="r",
        condition={"fact": "complaints", "op": "contains", "value": "SRV"},
    )
    save_rule(rule=rule, by=lead)
    switch_on(rule=rule, by=lead)
    link = create_link(
        organisation=home,
        instrument=create_standard_instrument(organisation=home),
        name="Hall",
        department=hall,
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(lead)
    return client, link.slug


def answer(client: Client, link: str, customer: str) -> Case:
    """Give an answer and wait for its case."""
    given = {"link": link, "score": 1, "comment": COMMENT, "customer": customer}
    done = client.post("/api/v1/responses", given, content_type="application/json")
    assert done.status_code == 201, done.content
    until = time.monotonic() + LONGEST_WAIT
    wanted = Case.objects.filter(response=done.json()["id"])
    while (case := wanted.first()) is None:
        assert time.monotonic() < until, "no case came"
        time.sleep(0.05)
    return case


def main() -> None:
    client, link = prepare()
    answer(client, link, "13800138000")
    case = answer(client, link, "13800138001")
    alert = Alert.objects.get(response=case.response)
    result = {
        "answered": case.response.received_at.isoformat(),
        "raised": alert.raised_at.isoformat(),
        "opened": case.opened_at.isoformat(),
        "answers": Response.objects.count(),
        "alerts": Alert.objects.count(),
        "cases": Case.objects.count(),
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
