"""The whole small loop through the API and a real gateway of text messages.

An event, the question, a detractor's answer, the alert and the case, contact,
hand-over, closing, the customer told, asked again, the conversion on the report.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.channels.conformance.benches import SmppBench
from tests.zhiyin.journeys.small_loop import NOON, PHONE, Loop, small_loop
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.act.alerts.models import Alert
from zhiyin.act.cases.models import Case, Cause
from zhiyin.act.recovery.models import Remeasurement
from zhiyin.common import clock, worker
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db

MakePerson = Callable[..., Person]


@pytest.fixture
def loop(organisation: Organisation, settings: Any, tmp_path: Path) -> Iterator[Loop]:
    settings.PUBLIC_URL = "https://cx.example"
    with small_loop(SmppBench, organisation, settings, tmp_path) as made:
        yield made


def call(client: Client, method: str, path: str, **body: Any) -> dict[str, Any]:
    sent = getattr(client, method)(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json"
    )
    assert sent.status_code < 300, sent.content.decode()
    answer: dict[str, Any] = sent.json()
    return answer


def handed_over(path: str, hall: Client, net: Client, judge: Client) -> None:
    """Offer the case to another department, which rejects it; somebody decides."""
    offer = call(
        hall, "post", f"{path}/hand-overs", to_department="net", reason="请核查基站"
    )
    one = f"{path}/hand-overs/{offer['id']}"
    own = hall.patch(f"/api/v1/{one}", {"state": "accepted"}, "application/json")
    assert own.status_code == 422, "only the asked department answers"
    rejected = call(net, "patch", one, state="rejected", note="信号正常")
    assert rejected["state"] == "rejected"
    decided = call(
        judge, "patch", one, state="decided", department="net", note="先到现场测试"
    )
    again = call(judge, "patch", one, state="decided", department="net")
    assert decided == again, "told twice, it is decided once"
    assert decided["decision"] == "net"


def worked_on(case: Case, hall: Client, net: Client, judge: Client) -> None:
    """Contact the customer, hand the case over, keep a promise and close the case."""
    path = f"cases/{case.pk}"
    called = call(hall, "post", f"{path}/contacts", channel="phone", result="reached")
    assert called["day_part"] == "afternoon"
    handed_over(path, hall, net, judge)
    until_when = (clock.now() + dt.timedelta(hours=5)).isoformat()
    promised = call(
        net, "post", f"{path}/promises", text="今晚更换天线", due_at=until_when
    )
    now = call_get(net, path)
    assert (now["department"], now["next_due_at"]) == ("net", promised["due_at"])
    cause = Cause.objects.of(case.organisation_id).filter(level=2).first()
    assert cause is not None
    facts = {
        "cause": cause.code, "need_type": "rational", "contact_result": "satisfied",
        "action_taken": "更换天线", "customer_told": False,
    }  # fmt: skip
    assert refused(net, f"{path}/close", version=now["version"], **facts) == 422
    kept = call(net, "patch", f"{path}/promises/{promised['id']}", kept=True)
    assert kept["kept_at"] is not None
    version = call_get(net, path)["version"]
    solved = call(
        net, "patch", path, version=version, state="resolved", action_taken="更换天线"
    )
    assert refused(net, f"{path}/close", version=version, **facts) == 409
    closed = call(net, "post", f"{path}/close", version=solved["version"], **facts)
    assert (closed["state"], closed["customer_told"]) == ("closed", False)
    again = call(net, "post", f"{path}/close", version=solved["version"], **facts)
    assert again == closed


def refused(client: Client, path: str, **body: Any) -> int:
    """Send what must be refused; every refusal has one shape."""
    answer = client.post(f"/api/v1/{path}", body, "application/json")
    assert answer["Content-Type"] == "application/problem+json"
    return int(answer.status_code)


def answered_badly(loop: Loop, manager: Client) -> Case:
    """Tell of a visit, let the customer be asked and answer with a 2."""
    event = {
        "customer": PHONE, "kind": "hall.ticket.closed", "key": "ticket-1",
        "occurred_at": NOON.isoformat(), "department": "hall", "employee": "E7",
    }  # fmt: skip
    assert call(manager, "post", "events", events=[event])["new"] == 1
    loop.work()
    (question,) = loop.texts()
    assert "10" in question
    loop.reply("2")
    assert Response.objects.get().answers.get(is_primary=True).score == 2
    assert not Case.objects.exists(), "the reason is asked for first"
    # The customer answers the score and leaves the reason: it is taken as it is.
    loop.forward(minutes=10)
    loop.work()
    case = Case.objects.get()
    assert Alert.objects.get().response == case.response
    assert case.department == loop.hall
    return case


@pytest.mark.requirement("R000-38", "R001-33", "R002-23")
def test_a_detractor_is_heard_answered_told_asked_again_and_counted(
    loop: Loop, person_with: MakePerson,
    client_of: Callable[[Person], Client],
):  # fmt: skip
    person = person_with(Role.CX_MANAGER)
    manager, judge = client_of(person), client_of(person_with(Role.CX_MANAGER))
    hall = client_of(person_with(Role.DEPT_OWNER, department=loop.hall))
    net = client_of(person_with(Role.DEPT_OWNER, department=loop.net))
    loop.set_up(person)
    case = answered_badly(loop, manager)
    tasks = {task.name: task.every_seconds for task in worker.registered()}
    waits = ("responses.read_replies", "alerts.screen", "cases.open")
    assert sum(tasks[name] for name in waits) <= 5, (
        "from a finished answer to its case in seconds"
    )

    loop.forward(hours=1)
    worked_on(case, hall, net, judge)
    before = len(loop.texts())
    loop.forward(minutes=1)
    loop.work()
    loop.forward(minutes=11)
    loop.work()
    (told,) = loop.texts()[before:]
    assert "我们已经处理" in told
    loop.work()
    assert call_get(manager, f"cases/{case.pk}")["customer_told"] is True

    loop.forward(days=7)
    loop.work()
    assert len(loop.texts()) == before + 2, "asked again after seven days"
    loop.forward(hours=1)
    loop.reply("9")
    assert Remeasurement.objects.get().response == Response.objects.latest("pk")
    found = call_get(manager, "loop?period=90d")["conversion"]["matrix"]
    assert [(c["before"], c["after"]) for c in found if c["n"]] == [
        ("detractor", "promoter")
    ]
    page = manager.get("/act/loop/?period=90d").content.decode()
    assert "1/1" in page, "one of one contacted detractor answered again"


def call_get(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found
