"""Pages of recovery: what customers of cases and causes are told, and praise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.recovery.conftest import Time
from tests.zhiyin.listen.asking import sent_by
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.act.cases.models import Case, Cause, State
from zhiyin.act.notices.models import Notice
from zhiyin.act.recovery.models import Praise, Telling
from zhiyin.act.recovery.services import (
    find_praise,
    follow_closed,
    follow_messages,
    route_praise,
    send_due_tellings,
)
from zhiyin.channels.models import ChannelAccount
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R000-38", "R001-33")
def test_an_agent_reads_changes_and_sends_what_the_customer_of_a_case_is_told(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    case = case_of(state=State.IN_PROGRESS, closed_at=None, outcome="")
    client = client_of(person_with(Role.CX_MANAGER))
    address = f"/act/cases/{case.pk}/message/"
    page = client.get(address).content.decode()
    assert "网速慢" in page
    words = {"subject": "答复", "body": "小李今天已上门换好光猫。", "save": "1"}
    client.post(address, words)
    assert Telling.objects.get().state == "draft"
    Case.objects.filter(pk=case.pk).update(
        state=State.CLOSED, closed_at=time.moment, outcome="resolved"
    )
    follow_closed()
    client.post(address, {**words, "send": "1"})
    send_due_tellings()
    assert [each["body"] for each in sent_by(sender)] == ["小李今天已上门换好光猫。"]
    follow_messages()
    page = client.get(address).content.decode()
    assert 'name="send"' not in page, "what has left cannot be changed"
    assert re.search(r"已告知客户[：:\s]*是", page)


@pytest.mark.requirement("R000-38")
def test_news_about_a_cause_shows_how_many_it_concerns_before_it_leaves(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time, cause: Cause,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    case_of()
    client = client_of(person_with())
    page = client.get("/act/loop/news/").content.decode()
    key = re.search(r'name="key" value="([0-9a-f]+)"', page)
    assert key is not None
    form = {
        "cause": cause.pk, "since": "2026-05-01", "key": key.group(1),
        "body_zh-hans": "关于{cause}，我们改了。", "count": "1",
    }  # fmt: skip
    page = client.post("/act/loop/news/", form).content.decode()
    assert 'name="expected" value="1"' in page
    assert "手机上网慢" in page, "the preview fills the slots"
    assert not Telling.objects.exists()
    for _time in range(2):
        client.post("/act/loop/news/", {**form, "expected": "1", "send": "1"})
    send_due_tellings()
    assert [each["body"] for each in sent_by(sender)] == ["关于网速慢，我们改了。"]
    wrong = client.post("/act/loop/news/", {**form, "body_zh-hans": "{name}您好"})
    assert "{brand}" in wrong.content.decode()


@pytest.mark.parametrize("address", ["loop/texts/", "loop/settings/", "praise/"])
def test_pages_open_for_who_runs_cases(
    address: str, cause: Cause, client_of: Callable[[Person], Client],
    person_with: Callable[..., Person],
):  # fmt: skip
    assert client_of(person_with()).get(f"/act/{address}").status_code == 200


def test_the_text_of_a_cause_is_written_previewed_and_saved(
    cause: Cause, client_of: Callable[[Person], Client],
    person_with: Callable[..., Person], organisation: Organisation,
):  # fmt: skip
    client = client_of(person_with())
    address = f"/act/loop/texts/{cause.pk}/"
    words = {"body_zh-hans": "{brand}：{cause}已处理", "preview": "1"}
    page = client.post(address, words).content.decode()
    assert "华星：手机上网慢已处理" in page
    del words["preview"]
    assert client.post(address, words).status_code == 302
    assert "{brand}：{cause}已处理" in client.get(address).content.decode()


def test_praise_reaches_who_is_praised_and_their_lead_once_and_hangs_on_the_wall(
    organisation: Organisation, time: Time, person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
):  # fmt: skip
    hall = add_department(organisation=organisation, code="hall", name="城西营业厅")
    agent = person_with(Role.AGENT, department=hall)
    lead = person_with(Role.TEAM_LEAD, department=hall)
    person_with(Role.TEAM_LEAD)
    instrument = create_standard_instrument(
        organisation=organisation, standard="nps-transactional"
    )

    def say(score: int, comment: str, employee: str = "E7") -> None:
        response = Response.objects.create(
            organisation=organisation, instrument_version=instrument.versions.get(),
            responded_at=time.moment, received_at=time.moment, stream="transactional",
            comment=comment, employee=employee, department=hall,
        )  # fmt: skip
        values: dict[str, Any] = {"scale_min": 0, "scale_max": 10}
        Answer.objects.create(
            response=response, item="nps", kind="scale", is_primary=True, score=score,
            detractor_max=6, promoter_min=9, **values,
        )  # fmt: skip

    say(10, "师傅非常耐心，服务很好，谢谢！")
    say(10, "")
    say(2, "师傅态度很好，但是网速慢")
    say(10, "服务太差了，信号不好，很生气", agent.name)
    for _time in range(2):
        find_praise()
        route_praise()
    assert Praise.objects.count() == 1
    assert [each.person for each in Notice.objects.all()] == [lead]
    wall = client_of(lead).get("/act/praise/").content.decode()
    assert "师傅非常耐心" in wall
    praise = Praise.objects.get()
    client_of(lead).post(f"/act/praise/{praise.pk}/who/", {"person": agent.pk})
    say(9, "又来表扬一次，很满意，点赞")
    find_praise()
    route_praise()
    told = Notice.objects.filter(person=agent, kind="praise")
    assert told.count() == 2, "the first one, and the one that came afterwards"
    assert Notice.objects.filter(person=lead, kind="praise").count() == 2
    mine = client_of(agent).get("/act/praise/?mine=1").content.decode()
    assert "又来表扬一次" in mine
