"""The whole small loop through the API and a real gateway of text messages.

An event, the question, a detractor's answer, the alert and the case, contact,
hand-over, closing, the customer told, asked again, the conversion on the report.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.channels.conformance.benches import SmppBench
from tests.zhiyin.channels.sms.peer import until
from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.services import save_rule, switch_on
from zhiyin.act.cases.models import Case, Cause
from zhiyin.act.cases.services import load_defaults
from zhiyin.act.recovery.models import Remeasurement
from zhiyin.channels.models import InboundMessage
from zhiyin.channels.sms.gateway import CLIENTS
from zhiyin.common import clock, worker
from zhiyin.listen.programs.models import Programme
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db

PHONE = "13800138000"
# A Monday, noon in Shanghai: no quiet hours.
NOON = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)
WORK = (
    "channels.poll", "responses.read_replies", "alerts.screen", "alerts.tell",
    "cases.open", "recovery.follow_closed", "programs.collect_events",
    "programs.send_due_members", "recovery.send_tellings", "channels.send_due",
    "programs.follow_messages", "recovery.follow_messages", "recovery.link_answers",
)  # fmt: skip


class Loop:
    """The world of the journey: a clock, a gateway, an organisation and its people."""

    def __init__(self, organisation: Organisation, bench: SmppBench) -> None:
        self.organisation, self.bench = organisation, bench
        self.now = NOON
        self.hall = add_department(
            organisation=organisation, code="hall", name="城西营业厅"
        )
        self.net = add_department(organisation=organisation, code="net", name="网络部")

    def forward(self, **length: float) -> None:
        self.now += dt.timedelta(**length)

    def work(self) -> None:
        """Run the tasks, as the worker does, until none finds more to do."""
        tasks = {task.name: task.run_once for task in worker.registered()}
        while sum(tasks[name]() for name in WORK):
            pass

    def texts(self) -> list[str]:
        """Return what the customer's telephone got."""
        return [text for _to, text in self.bench.received()]

    def reply(self, text: str) -> None:
        """Answer from the telephone and wait until it was read."""
        before = InboundMessage.objects.count()
        self.bench.peer.send_text(f"86{PHONE}", text.encode("utf-16-be"))

        def came() -> bool:
            self.work()
            return InboundMessage.objects.count() > before

        until(came)
        self.work()

    def programme(self, code: str, event: str, **given: Any) -> None:
        Programme.objects.create(
            organisation=self.organisation, code=code, name=code, is_live=True,
            stream="transactional", trigger="event", event_kind=event, channel="sms",
            instrument=self.instrument, account=self.account, **given,
        )  # fmt: skip

    def set_up(self, manager: Person) -> None:
        self.account = self.bench.account(self.organisation)
        self.instrument = create_standard_instrument(
            organisation=self.organisation, standard="nps-transactional"
        )
        self.programme("TP_HALL", "hall.ticket.closed")
        self.programme("TP_CASE_CLOSE", "case.closed", delay_minutes=7 * 24 * 60)
        load_defaults(organisation=self.organisation)
        detractor = {"fact": "class", "op": "is", "value": "detractor"}
        rule = AlertRule(
            organisation=self.organisation, name="贬损者", condition=detractor
        )
        save_rule(rule=rule, by=manager)
        switch_on(rule=rule, by=manager)


@pytest.fixture
def loop(
    organisation: Organisation, settings: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Loop]:  # fmt: skip
    settings.HOME, settings.LAKE_ROOT = tmp_path, tmp_path / "lake"
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    settings.PUBLIC_URL = "https://cx.example"
    with ExitStack() as opened:
        opened.callback(CLIENTS.close_all)
        made = Loop(organisation, SmppBench(opened, tmp_path))
        monkeypatch.setattr(clock, "now", lambda: made.now)
        yield made


def call(client: Client, method: str, path: str, **body: Any) -> dict[str, Any]:
    sent = getattr(client, method)(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json"
    )
    assert sent.status_code < 300, sent.content.decode()
    answer: dict[str, Any] = sent.json()
    return answer


def act(client: Client, case: Case, name: str, **given: Any) -> None:
    """Do something on a case's page, as its form does."""
    case.refresh_from_db()
    done = client.post(
        f"/act/cases/{case.pk}/do/{name}/", {"version": case.version, **given}
    )
    assert done.status_code == 302, done.content.decode()


def worked_on(case: Case, manager: Client, other: Client, net: Department) -> None:
    """Contact the customer, hand the case over, solve it there and close it."""
    act(manager, case, "contact", channel="phone", result="reached", note="已致电")
    act(manager, case, "hand-over", to_department=net.pk, reason="请核查基站")
    act(other, case, "accept", note="收到")
    case.refresh_from_db()
    assert case.department == net
    cause = Cause.objects.of(case.organisation_id).filter(level=2).first()
    assert cause is not None
    solved = call(
        other, "patch", f"cases/{case.pk}", version=case.version, state="resolved",
        causes={"codes": [cause.code], "primary": cause.code}, need_type="rational",
        action_taken="更换天线", contact_result="satisfied", customer_told=False,
    )  # fmt: skip
    closed = call(
        other, "patch", f"cases/{case.pk}", version=solved["version"], state="closed"
    )
    assert closed["customer_told"] is False


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
    loop: Loop, person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
):  # fmt: skip
    person = person_with(Role.CX_MANAGER)
    manager = client_of(person)
    other = client_of(person_with(Role.DEPT_OWNER, department=loop.net))
    loop.set_up(person)
    case = answered_badly(loop, manager)
    tasks = {task.name: task.every_seconds for task in worker.registered()}
    waits = ("responses.read_replies", "alerts.screen", "cases.open")
    assert sum(tasks[name] for name in waits) <= 5, (
        "from a finished answer to its case in seconds"
    )

    loop.forward(hours=1)
    worked_on(case, manager, other, loop.net)
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
