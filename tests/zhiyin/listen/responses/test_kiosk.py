"""A kiosk: answers kept while offline, sent later, counted once at their own time."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.conftest import NOON, Clock
from tests.zhiyin.listen.responses.questionnaires import (
    NPS,
    fact,
    item,
    options,
)
from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.listen.programs.models import KioskDevice, SurveyLink
from zhiyin.listen.programs.services.kiosks import save_kiosk
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.queries import published_version
from zhiyin.listen.surveys.queries.logic import course_of

WITH_LOGIC = [
    NPS,
    item("why", "text", asked_of="detractor", page=2),
    item(
        "place",
        "choice",
        wording=options("home", "road", "shop"),
        page=2,
        settings={"skips": [{"if": fact("answer.place", "is", "shop"), "to": "words"}]},
    ),
    item("parts", "matrix", scale=[1, 5], page=3,
         wording={"rows": [["voice", "通话"], ["data", "上网"]]}),
    item("bad", "text", page=3, shown_if=fact("answer.parts.data", "at_most", 2)),
    item("trouble", "multiple", wording=options("slow", "cut"), page=3,
         shown_if={"not": fact("class", "one_of", ["promoter", "passive"])}),
    item("words", "text", "您选了{answer.place}，还有吗？", page=4),
]  # fmt: skip
SCORED = [["item-nps", "3"]]
WITH_ROW = [["item-nps", "5"], ["item-parts.row.data", "2"]]
DETRACTOR = [*SCORED, ["item-why", "排队太久"], ["item-place", "shop"]]


@pytest.fixture
def kiosk_at(organisation: Organisation) -> Callable[..., KioskDevice]:
    def make(link: SurveyLink, **given: Any) -> KioskDevice:
        device = KioskDevice(organisation=organisation, link=link, name="门口", **given)
        return save_kiosk(device=device, pin="2580")

    return make


def path_of(device: KioskDevice, page: str = "") -> str:
    return f"/k/{device.link.slug}/{device.code}/{page}"


def test_answer_counts_once_with_the_time_our_clock_would_have_shown(
    link_to: Callable[..., SurveyLink],
    kiosk_at: Callable[..., KioskDevice],
    organisation: Organisation,
    moving_clock: Clock,
) -> None:
    shop = Department.objects.create(organisation=organisation, code="s1", name="一店")
    device = kiosk_at(link_to(*WITH_LOGIC), department=shop)
    setup = Client().get(path_of(device, "setup.json")).json()
    # The clock of the device is two hours slow, and the answer is an hour old.
    slow = NOON - dt.timedelta(hours=2)
    answer = {
        "key": "0123456789abcdef", "version": setup["version"], "language": "zh-hans",
        "began_at": (slow - dt.timedelta(minutes=61)).isoformat(),
        "finished_at": (slow - dt.timedelta(hours=1)).isoformat(),
        "is_complete": True, "fields": [*DETRACTOR, ["item-words", "谢谢"]],
    }  # fmt: skip
    broken = {**answer, "key": "fedcba9876543210", "fields": [["item-nps", "77"]]}
    sent = {"sent_at": slow.isoformat(), "waiting": 3, "answers": [answer, broken]}

    def post() -> Any:
        return Client().post(
            path_of(device, "answers/"), json.dumps(sent), "application/json"
        )

    told = post().json()
    assert told["done"] == [answer["key"]]
    assert [each["key"] for each in told["refused"]] == [broken["key"]]
    # The reply was lost: the same answer comes again.
    assert post().json()["done"] == [answer["key"]]
    response = Response.objects.get()
    assert response.responded_at == NOON - dt.timedelta(hours=1)
    assert response.completed_at == response.responded_at
    assert response.started_at == NOON - dt.timedelta(minutes=61)
    assert (response.channel, response.department) == ("kiosk", shop)
    assert set(response.answers.values_list("item", flat=True)) == {
        "nps", "why", "place", "words",
    }  # fmt: skip
    device.refresh_from_db()
    assert (device.waiting, device.last_seen_at) == (3, NOON)
    assert device.answers.get().device_at == slow - dt.timedelta(hours=1)
    KioskDevice.objects.update(is_active=False)
    assert post().status_code == 410
    assert Client().get(path_of(device)).status_code == 410


def test_staff_registers_a_device_sees_it_and_revokes_it(
    link: SurveyLink,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    staff = client_of(person_with())
    page = f"/listen/links/{link.pk}/kiosks/"
    given = {"name": "人民路店门口", "accent": "#0B6E66", "idle_seconds": 20,
             "thanks_seconds": 5, "pin": "12"}  # fmt: skip
    assert "4" in staff.post(page, given).content.decode()
    assert not KioskDevice.objects.exists()
    assert staff.post(page, given | {"pin": "2580"}).status_code == 302
    device = KioskDevice.objects.get()
    shown = staff.get(page).content.decode()
    assert path_of(device) in shown
    assert "2580" not in shown
    assert device.pin_hash not in shown
    staff.post(f"/listen/kiosks/{device.pk}/active/", {"active": "0"})
    assert Client().get(path_of(device, "setup.json")).status_code == 410


def assert_judges_as_we_do(page: Any, device: KioskDevice) -> None:
    version = published_version(device.link.instrument)
    assert version is not None
    for fields in (SCORED, DETRACTOR, [["item-nps", "9"]], WITH_ROW):
        values: dict[str, Any] = {
            name[5:].replace(".row.", "."): int(given)
            for name, given in fields
            if given.isdigit()
        }
        values |= {"place": ["shop"]} if fields is DETRACTOR else {}
        expected = [each.code for each in course_of(version, values).items]
        assert page.evaluate(ASKED, fields) == expected


def answer_at(page: Any, score: int, words: str) -> None:
    page.get_by_role("button", name="简体中文").click()
    page.get_by_role("button", name=str(score), exact=True).click()
    if words:
        page.get_by_role("textbox").fill(words)
        page.get_by_role("button", name="下一页").click()
    page.get_by_role("button", name="选项shop").click()
    page.get_by_role("heading", name="您选了选项shop，还有吗？").wait_for()
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="谢谢").wait_for()
    page.get_by_role("button", name="回到开始").click()


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_customers_answer_offline_and_both_arrive_once(
    page: Any,
    live_server: Any,
    link_to: Callable[..., SurveyLink],
    kiosk_at: Callable[..., KioskDevice],
) -> None:
    device = kiosk_at(link_to(*WITH_LOGIC), thanks_seconds=2)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{live_server.url}{path_of(device)}")
    page.get_by_role("button", name="English").wait_for()
    page.evaluate("navigator.serviceWorker.ready")
    assert_judges_as_we_do(page, device)
    page.context.set_offline(True)
    page.reload()
    answer_at(page, 3, "排队太久")
    answer_at(page, 10, "")
    assert len(page.evaluate("zhiyinKiosk.kept()")) == 2
    assert not Response.objects.exists()
    page.context.set_offline(False)
    wait_until(lambda: not page.evaluate("zhiyinKiosk.kept()"))
    scores = Answer.objects.filter(is_primary=True).values_list("score", flat=True)
    assert sorted(scores) == [3, 10]
    assert Response.objects.filter(completed_at__isnull=False).count() == 2
    # A wrong PIN stays, the right one leaves.
    page.get_by_role("button", name="工作人员").click()
    pin = page.get_by_label("工作人员 PIN")
    pin.fill("1111")
    page.get_by_role("button", name="退出自助终端").click()
    page.locator(".fault:not(:empty)").wait_for()
    pin.fill("2580")
    page.get_by_role("button", name="退出自助终端").click()
    page.get_by_role("heading", name="门口").wait_for()
    assert problems == []


ASKED = """
async (fields) => {
  const setup = await (await fetch("setup.json")).json();
  const given = {};
  for (const [name, value] of fields) {
    const code = name.slice(5).split(".")[0];
    given[code] = [...(given[code] || []), [name, value]];
  }
  return zhiyinKiosk.course(setup.items, setup.pages, given, setup.known)
    .map((item) => item.code);
}
"""
