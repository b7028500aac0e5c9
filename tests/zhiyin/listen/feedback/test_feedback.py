"""Complaints, notes and forums: told by file and by API, read beside comments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, mixed
from tests.zhiyin.listen.imports.test_tables import rejects_of, start, upload
from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.listen.customers.queries import timeline
from zhiyin.listen.feedback.models import Feedback

pytestmark = pytest.mark.django_db

FILE = """工单号,渠道,时间,客户号码,部门,内容
T1,投诉,2026-06-01 10:00,13800138000,H1,装机师傅迟到两小时
T2,热线,2026-06-01 11:00,13900139000,,话费看不懂
T3,微博,2026-06-02 09:00,,,信号又断了
T4,论坛,2026-06-02 09:30,,,套餐贵
T5,应用商店,2026-06-02 10:00,,,APP 打不开
T6,12345,2026-06-03 10:00,,,反映基站噪音
T7,意见箱,昨天,,,时间不对
T1,投诉,2026-06-01 10:00,13800138000,H1,装机师傅迟到两小时
"""


@pytest.fixture
def hall(organisation: Organisation, settings: Any, tmp_path: Path) -> Department:
    settings.MEDIA_ROOT, settings.LAKE_ROOT = tmp_path, tmp_path / "lake"
    return add_department(organisation=organisation, code="H1", name="西湖厅")


@pytest.mark.requirement("R002-17")
def test_feedback_nobody_asked_for_stands_beside_the_comments_of_surveys(
    organisation: Organisation,
    hall: Department,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    manager = person_with(Role.CX_MANAGER)
    client = client_of(manager)
    batch = start(client, upload(client, "feedback", FILE))
    assert (batch.status, batch.rows_accepted, batch.rows_duplicate) == ("done", 6, 1)
    assert "昨天" in rejects_of(client, batch)
    assert set(Feedback.objects.values_list("channel", flat=True)) == {
        "complaint", "hotline", "social", "forum", "review", "regulator",
    }  # fmt: skip
    page = client.get("/analyze/voices/feedback/?channel=complaint").content.decode()
    assert "装机师傅迟到两小时" in page
    assert "套餐贵" not in page

    told = {"text": "店员很耐心", "channel": "store", "department": "H1",
            "at": "2026-06-04T09:00:00+08:00", "customer": "13800138000"}  # fmt: skip

    def tell(**changes: str) -> int:
        body = json.dumps(told | changes)
        return client.post("/api/v1/feedback", body, "application/json").status_code

    assert [tell(), tell(), tell(department="NOWHERE")] == [201, 200, 422]
    found = client.get("/api/v1/feedback?search=耐心").json()["items"]
    assert [each["channel"] for each in found] == ["store"]
    assert "13800138000" not in json.dumps(found)

    world = World(organisation).prepare()
    world.answer(mixed(40, 0, 0), comment="还不错")
    world.sync()
    voices = client.get("/analyze/voices/?from=2026-06-01&to=2030-01-01")
    assert "店员很耐心" in voices.content.decode()

    said = Feedback.objects.get(key="T1")
    assert said.customer is not None
    moments = timeline(said.customer, manager)
    assert "装机师傅迟到两小时" in [each.text for each in moments]
    near = client_of(person_with(Role.DEPT_OWNER, department=hall))
    shown = near.get("/analyze/voices/feedback/").content.decode()
    assert "装机师傅迟到两小时" in shown
    assert "套餐贵" not in shown
