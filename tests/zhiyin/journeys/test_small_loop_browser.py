"""The whole small loop in a browser, with a real mail server between the pages.

The customer reads mails and answers on a phone; colleagues of two departments work on
the case in pages; a manager reads the conversion on the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.channels.conformance.benches import Mail
from tests.zhiyin.journeys.small_loop import NOON, Loop, small_loop
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.act.cases.models import Cause

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUSTOMER = "wang@kunden.example"
WORDS = "办宽带等了三个小时，没人管"
LogIn = Callable[[Any, Person], None]


@pytest.fixture
def loop(
    organisation: Organisation, settings: Any, tmp_path: Path, live_server: Any
) -> Iterator[Loop]:
    settings.PUBLIC_URL = live_server.url
    with small_loop(Mail, organisation, settings, tmp_path) as made:
        yield made


def answer(loop: Loop, phone: Any, score: int, words: str) -> None:
    """Open the newest mail's link on the phone, give the score and the reason."""
    mail = loop.bench.peer.mails[-1]
    links = re.findall(
        r'href="([^"]+)"', mail.message.get_body(("html",)).get_content()
    )
    phone.goto(next(link for link in links if link.endswith(f"?score={score}")))
    loop.forward(minutes=1)
    phone.locator("button.main").click()
    phone.locator("textarea").first.fill(words)
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/thanks/**")


def step(page: Any, act: str, **given: str) -> None:
    """Press a step of the case, fill its form and send it."""
    link = page.locator(
        f'.zy-head a[href$="/{act}/"], #content .card a[href$="/{act}/"]'
    )
    if not link.filter(visible=True).count():
        page.click(".zy-head details.zy-menu summary")
    link.filter(visible=True).first.click()
    for name, value in given.items():
        field = page.locator(f"form [name={name}]")
        is_list = field.evaluate("each => each.tagName") == "SELECT"
        field.select_option(value) if is_list else field.fill(value)
    page.click("form.card button.btn-primary")
    page.wait_for_url(re.compile(r"/act/cases/\d+/$"))


def worked_on(loop: Loop, page: Any, enter: Callable[[Person], None], hall: Person,
              net: Person) -> None:  # fmt: skip
    """Contact the customer, hand the case over, solve it there and close it."""
    enter(hall)
    assert WORDS in page.inner_text(".zk-said")
    step(page, "contact", channel="phone", result="reached", note="已致电道歉")
    step(page, "hand-over", to_department=str(loop.net.pk), reason="请查端口")
    enter(net)
    step(page, "accept", note="收到")
    step(page, "resolve", action_taken="扩容端口", contact_result="satisfied")
    cause = Cause.objects.of(loop.organisation).filter(level=3)[0]
    step(page, "close", cause=str(cause.pk), need_type="rational")
    assert "已关闭" in page.inner_text(".zy-head")


@pytest.fixture
def enter(page: Any, log_in: LogIn, live_server: Any) -> Callable[[Person], None]:
    """Come back as somebody else, and go to the first case of the queue."""

    def come(person: Person) -> None:
        page.context.clear_cookies()
        log_in(page, person)
        page.goto(f"{live_server.url}/act/cases/")
        page.locator("tr[data-case] .zk-about a").first.click()

    return come


def visited(manager: Client) -> None:
    """Tell of a visit to a shop, as the operator's system does."""
    event = {
        "customer": CUSTOMER, "kind": "hall.ticket.closed", "key": "ticket-1",
        "occurred_at": NOON.isoformat(), "department": "hall", "employee": "E7",
    }  # fmt: skip
    manager.post("/api/v1/events", {"events": [event]}, "application/json")


@pytest.mark.requirement("R000-38", "R001-33", "R002-23")
def test_a_detractor_is_answered_in_pages_told_asked_again_and_counted(
    loop: Loop, page: Any, phone: Any, log_in: LogIn,
    enter: Callable[[Person], None], person_with: Callable[..., Person],
) -> None:  # fmt: skip
    manager = person_with(Role.CX_MANAGER)
    hall = person_with(Role.AGENT, department=loop.hall)
    net = person_with(Role.DEPT_OWNER, department=loop.net)
    loop.set_up(manager)
    client = Client()
    client.force_login(manager)
    visited(client)
    loop.work()
    answer(loop, phone, 2, WORDS)
    loop.work()
    worked_on(loop, page, enter, hall, net)

    told = len(loop.texts())
    for minutes in (1, 11):
        loop.forward(minutes=minutes)
        loop.work()
    assert "我们已经处理" in loop.texts()[told]
    loop.forward(days=7)
    loop.work()
    answer(loop, phone, 9, "这次很快")
    loop.work()
    page.context.clear_cookies()
    log_in(page, manager)
    page.goto(page.url.rstrip("/") + "/act/loop/?period=90d")
    assert "1/1" in page.inner_text("#conversion")
