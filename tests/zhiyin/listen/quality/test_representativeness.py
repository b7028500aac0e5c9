"""Answers held against the base from the page, weighted, and given back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zhiyin.accounts.models import Organisation, Role
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.quality.models import WeightingRun
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
BASE = "性别 女 5000\n性别 男 5000"
ASK = {
    "stream": "relationship", "since": "2026-11-01", "until": "2026-11-30",
    "fields_chosen": ["sex"], "base": BASE,
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def client(person_with: Any, client_of: Any) -> Client:
    found: Client = client_of(person_with(Role.RESEARCHER))
    return found


@pytest.fixture(autouse=True)
def answers(organisation: Organisation) -> list[Response]:
    """Of 100 answers 75 are by women; 60 are promoters and 40 detractors."""
    AttributeField.objects.create(
        organisation=organisation, code="sex", label="性别", kind="category"
    )
    create_standard_instrument(organisation=organisation)
    version = InstrumentVersion.objects.get()
    made = Response.objects.bulk_create(
        Response(
            organisation=organisation,
            instrument_version=version,
            responded_at=NOON,
            stream="relationship",
            weight=2.0 if number == 0 else None,
            attributes={"sex": "女" if number < 75 else "男"} if number < 100 else {},
        )
        for number in range(103)
    )
    Answer.objects.bulk_create(
        Answer(
            response=one, item="nps", kind="nps", is_primary=True,
            score=10 if number < 60 else 5, scale_min=0, scale_max=10,
            detractor_max=6, promoter_min=9,
        )
        for number, one in enumerate(made)
    )  # fmt: skip
    return made


def weights() -> list[float | None]:
    return list(Response.objects.order_by("pk").values_list("weight", flat=True))


@pytest.mark.requirement("R001-31", "R000-35")
def test_answers_are_compared_weighted_to_the_base_and_given_back(client: Client):
    page = reverse("representativeness")
    shown = client.get(page, {**ASK, "look": "1"})
    (report,) = shown.context["reports"]
    assert report.differs
    assert [(r.value, r.n, r.standing) for r in report.rows] == [
        ("女", 75, "too_many"),
        ("男", 25, "too_few"),
    ]
    effect = shown.context["effect"]
    assert effect["before"]["value"] == pytest.approx(20)
    # 60 of 75 women recommend and no man does: half of 80 % less half of the rest.
    assert effect["after"]["value"] == pytest.approx(-20)
    assert effect["kish"] == pytest.approx(4 / 3)
    assert "与总体有差异" in shown.content.decode()
    assert weights()[1] is None
    client.post(page, {**ASK, "name": "十一月"})
    given = weights()
    assert given[0] == pytest.approx(50 / 75)
    assert given[99] == pytest.approx(2)
    assert given[100:] == [None] * 3
    assert sum(w or 0 for w in given) == pytest.approx(100)
    run = WeightingRun.objects.get()
    assert (run.name, run.answers) == ("十一月", 100)
    Response.objects.filter(pk=Response.objects.order_by("pk")[1].pk).update(weight=9)
    client.post(reverse("weighting-undo", args=[run.pk]))
    assert weights()[:4] == [2.0, 9.0, None, None]
    assert set(weights()[4:]) == {None}


def test_like_the_base_is_said_so(client: Client):
    like = {**ASK, "base": "sex 女 750\nsex 男 250", "look": "1"}
    shown = client.get(reverse("representativeness"), like)
    assert not shown.context["reports"][0].differs
    assert "未检出差异" in shown.content.decode()


def test_values_with_few_answers_go_together(client: Client):
    few = {**ASK, "base": f"{BASE}\nsex 未知 300\nsex 其他 200", "look": "1"}
    shown = client.get(reverse("representativeness"), few).context
    assert [row.value for row in shown["reports"][0].rows] == ["女", "男", "…"]
    assert shown["unreached"] == pytest.approx(100 * 500 / 10_500)
    assert shown["effect"]["after"]["value"] == pytest.approx(-20)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base": ""}, "没有客户文件包含字段"),
        ({"base": "sex 女"}, "第 1 行"),
        ({"base": "city 广州 5"}, "第 1 行"),
        ({"since": "2026-01-01", "until": "2026-01-02"}, "没有一份答卷"),
        ({"fields_chosen": []}, "这个字段是必填项"),
    ],
)
def test_what_cannot_be_compared_is_said(
    client: Client, change: dict[str, Any], words: str
):
    shown = client.get(reverse("representativeness"), {**ASK, **change, "look": "1"})
    assert words in shown.content.decode()
    assert not WeightingRun.objects.exists()
