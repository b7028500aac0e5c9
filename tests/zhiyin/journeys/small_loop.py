"""The world of the small loop: a clock, a peer that takes messages, an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.zhiyin.channels.conformance.benches import Bench
from tests.zhiyin.channels.sms.peer import until
from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import add_department
from zhiyin.act.alerts.models import AlertRule
from zhiyin.act.alerts.services import save_rule, switch_on
from zhiyin.act.cases.services import load_defaults
from zhiyin.channels.models import InboundMessage
from zhiyin.channels.sms.gateway import CLIENTS
from zhiyin.common import clock, worker
from zhiyin.listen.programs.models import Programme
from zhiyin.listen.surveys.services import create_standard_instrument

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

    def __init__(self, organisation: Organisation, bench: Bench) -> None:
        self.organisation, self.bench = organisation, bench
        self.channel = "email" if bench.kind == "email" else "sms"
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
            stream="transactional", trigger="event", event_kind=event,
            channel=self.channel, instrument=self.instrument,
            account=self.account, **given,
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


@contextmanager
def small_loop(
    kind: type[Bench], organisation: Organisation, settings: Any, folder: Path
) -> Iterator[Loop]:
    """Open the world, its clock standing at noon, with a peer of one kind."""
    settings.HOME, settings.LAKE_ROOT = folder, folder / "lake"
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    with ExitStack() as opened:
        opened.callback(CLIENTS.close_all)
        made = Loop(organisation, kind(opened, folder))
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(clock, "now", lambda: made.now)
        yield made
