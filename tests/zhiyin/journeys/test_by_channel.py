"""One journey per channel on a real peer: from the event to the answer and goodbye."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.zhiyin.analyze.dashboards.world import shown_n, shown_score
from tests.zhiyin.channels.conformance.benches import (
    Bench,
    CmppBench,
    Mail,
    SmppBench,
)
from tests.zhiyin.channels.sms.peer import until
from zhiyin.accounts.models import Organisation, Person
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.channels.models import InboundMessage, Message
from zhiyin.channels.sms.gateway import CLIENTS
from zhiyin.common import worker
from zhiyin.listen.contacts.queries import Rules
from zhiyin.listen.contacts.services import save_policy
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    NewEvent,
    record_events,
    save_contact_point,
)
from zhiyin.listen.programs.models import FrameMember, Invitation, Programme
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db

PHONE, MAIL = "13800138000", "wang@kunden.example"
ASKING = (
    "channels.poll", "programs.collect_events", "programs.take_opt_outs",
    "responses.read_replies", "programs.send_due_members", "channels.send_due",
    "programs.follow_messages",
)  # fmt: skip
STAMP = re.compile(r'name="stamp" value="([^"]+)"')


@pytest.fixture
def stack(settings: Any, tmp_path: Path) -> Iterator[ExitStack]:
    settings.HOME, settings.LAKE_ROOT = tmp_path, tmp_path / "lake"
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    settings.PUBLIC_URL = "https://cx.example"
    with ExitStack() as opened:
        opened.callback(CLIENTS.close_all)
        yield opened


def hall_programme(organisation: Organisation, bench: Bench, channel: str) -> Programme:
    """Ask after every visit to a shop, at any hour, so that the test runs at night."""
    save_policy(
        organisation=organisation,
        rules=Rules(
            quiet_from="09:00", quiet_until="09:00", own_days={"TP_HALL": 0.001}
        ),
    )
    return Programme.objects.create(
        organisation=organisation, code="TP_HALL", name="营业厅",
        stream="transactional", trigger="event", event_kind="hall.ticket.closed",
        channel=channel, account=bench.account(organisation), is_live=True,
        instrument=create_standard_instrument(
            organisation=organisation, standard="nps-transactional"
        ),
    )  # fmt: skip


def visit(organisation: Organisation, customer: str, key: str) -> None:
    event = NewEvent(
        customer=customer, kind="hall.ticket.closed", key=key,
        occurred_at=timezone.now(), employee="E7", attributes={"date": "今天"},
    )  # fmt: skip
    done = record_events(organisation=organisation, events=[event])
    assert done.new == 1
    work()


def work() -> None:
    """Run the tasks of asking, as the worker does, until none finds more to do."""
    tasks = {task.name: task.run_once for task in worker.registered()}
    while sum(tasks[name]() for name in ASKING):
        pass


def worked_until(condition: Callable[[], bool]) -> None:
    def look() -> bool:
        work()
        return condition()

    until(look)


def heard(count: int) -> Callable[[], bool]:
    return lambda: InboundMessage.objects.count() >= count


def shown_on_dashboard(staff: Client, organisation: Organisation) -> tuple[str, str]:
    """Return score and n of the dashboard, where one answer is enough for a score."""
    Organisation.objects.update(minimum_n_score=1, minimum_n_rank=1)
    sync_organisation(organisation=organisation)
    html = staff.get("/analyze/scores/").content.decode()
    return shown_score(html), shown_n(html)


@pytest.mark.requirement("R000-23", "R000-34")
@pytest.mark.parametrize("kind", [SmppBench, CmppBench])
def test_a_visit_is_asked_about_by_text_and_answered_by_text(
    kind: type[Bench], stack: ExitStack, tmp_path: Path, organisation: Organisation,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    bench = kind(stack, tmp_path)
    hall_programme(organisation, bench, "sms")
    visit(organisation, PHONE, "ticket-1")
    ((to, question),) = bench.received()
    assert to.removeprefix("86") == PHONE
    assert question.startswith("【华星】")
    assert "拒收请回复R" in question

    sender = PHONE if kind is CmppBench else f"86{PHONE}"
    bench.peer.send_text(sender, "９分".encode("utf-16-be"))
    worked_until(heard(1))
    response = Response.objects.get()
    assert response.answers.get(is_primary=True).score == 9
    assert (response.channel, response.employee) == ("sms", "E7")
    assert len(bench.received()) == 2, "one question follows"
    assert "打动" in bench.received()[1][1]

    bench.peer.send_text(sender, "师傅很耐心".encode("utf-16-be"))
    worked_until(heard(2))
    staff = client_of(person_with())
    assert "师傅很耐心" in staff.get("/listen/responses/").content.decode()
    assert shown_on_dashboard(staff, organisation) == ("+100", "1")

    bench.peer.send_text(sender, "TD".encode("utf-16-be"))
    worked_until(heard(3))
    assert Customer.objects.get().opted_out_at is not None
    visit(organisation, PHONE, "ticket-2")
    assert FrameMember.objects.latest("pk").reason == "opted_out"
    assert len(bench.received()) == 2


def click(client: Client, html: str, score: int) -> None:
    """Follow the mail's link of one score and confirm it on the page."""
    links = re.findall(r'href="https://cx\.example([^"]+)"', html)
    clicked = next(link for link in links if link.endswith(f"?score={score}"))
    found = STAMP.search(client.get(clicked).content.decode())
    assert found is not None
    assert Response.objects.count() == 0, "opening an address answers nothing"
    address = clicked.partition("?")[0]
    saved = client.post(address, {"score": score, "stamp": found.group(1)})
    assert saved.status_code == 303


@pytest.mark.requirement("R000-34")
def test_a_visit_is_asked_about_by_mail_answered_by_a_click_and_left_by_another(
    stack: ExitStack, tmp_path: Path, organisation: Organisation,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    client = Client()
    monkeypatch.setattr("zhiyin.listen.responses.views.answering.LEAST_SECONDS", 0.0)
    bench = Mail(stack, tmp_path)
    hall_programme(organisation, bench, "email")
    visit(organisation, MAIL, "ticket-1")
    (mail,) = bench.peer.mails
    html = mail.message.get_body(("html",))
    assert html is not None
    click(client, html.get_content(), 9)
    response = Response.objects.get()
    assert (response.channel, response.employee) == ("email", "E7")
    work()
    invitation = Invitation.objects.get()
    assert invitation.sent_at is not None
    assert invitation.answered_at is not None
    staff = client_of(person_with())
    assert shown_on_dashboard(staff, organisation) == ("+100", "1")

    leave = mail.message["List-Unsubscribe"].strip("<>")
    address = leave.removeprefix("https://cx.example")
    client.post(address, {"List-Unsubscribe": "One-Click"})
    work()
    assert Customer.objects.get().opted_out_at is not None
    visit(organisation, MAIL, "ticket-2")
    assert len(bench.peer.mails) == Message.objects.count() == 1


@pytest.mark.requirement("R000-28")
def test_a_mail_that_bounces_is_followed_by_a_text(
    stack: ExitStack, tmp_path: Path, organisation: Organisation
):
    mail, sms = Mail(stack, tmp_path), SmppBench(stack, tmp_path)
    programme = hall_programme(organisation, mail, "email")
    programme.fallback_channel = "sms"
    programme.fallback_account = sms.account(organisation)
    programme.save()
    customer = "A-1"
    record_events(
        organisation=organisation,
        events=[
            NewEvent(customer=customer, kind="other", key="first",
                     occurred_at=timezone.now()),
        ],
    )  # fmt: skip
    person = Customer.objects.get()
    save_contact_point(customer=person, kind="email", address=MAIL)
    save_contact_point(customer=person, kind="phone", address=PHONE)
    mail.refuse_for_good()
    visit(organisation, customer, "ticket-1")
    worked_until(lambda: bool(sms.received()))
    assert mail.received() == []
    assert person.contact_points.get(kind="email").unusable_since is not None
    invitation = Invitation.objects.get()
    assert invitation.channel == "sms"
    assert invitation.failed_at is None
