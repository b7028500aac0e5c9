"""Two periods, segments or touchpoints, and the verdict in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, mixed
from zhiyin.accounts.models import Person
from zhiyin.common import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with())


def days(first_ago: int, last_ago: int, prefix: str = "") -> dict[str, str]:
    today = clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    ends = (today - dt.timedelta(first_ago), today - dt.timedelta(last_ago))
    names = (f"{prefix}from", f"{prefix}to")
    return {name: day.isoformat() for name, day in zip(names, ends, strict=True)}


@pytest.mark.requirement("R004-39")
@pytest.mark.parametrize(
    ("before", "after", "verdict", "words"),
    [
        (mixed(60, 60, 80), mixed(110, 60, 30), "rose", "上升"),
        (mixed(110, 60, 30), mixed(60, 60, 80), "fell", "下降"),
        (mixed(80, 60, 60), mixed(84, 60, 56), "no_detectable_change", "没有可检测"),
        (mixed(80, 60, 60), mixed(10, 5, 14), "unknown", "答卷太少"),
    ],
)
def test_two_periods_are_compared_with_interval_and_verdict(
    world: World, client: Client, before: list[int], after: list[int],
    verdict: str, words: str,
) -> None:  # fmt: skip
    world.answer(before, days_ago=45)
    world.answer(after, days_ago=10)
    world.sync()
    query = days(29, 0) | days(59, 30, "b_")
    found = client.get("/api/v1/scores/compare", query).json()
    assert found["verdict"] == verdict
    html = client.get("/analyze/compare/", query).content.decode()
    assert words in html
    if verdict == "unknown":
        assert found["difference"] is None
        assert found["a"]["value"] is None
        return
    difference = found["difference"]
    assert difference["difference"] == pytest.approx(
        found["a"]["value"] - found["b"]["value"]
    )
    assert difference["lower"] < difference["difference"] < difference["upper"]
    assert (difference["lower"] > 0) == (verdict == "rose")
    # The score page compares with the period right before on its own.
    page = client.get("/analyze/scores/?period=30d").content.decode()
    assert words in page


def test_a_period_that_answers_cover_only_in_part_says_so(
    world: World, client: Client
) -> None:
    world.answer(mixed(40, 10, 10), days_ago=40)
    world.answer(mixed(40, 10, 10), days_ago=10)
    world.sync()
    query = days(29, 0) | days(59, 30, "b_")
    begun = days(40, 0)["from"]
    for address in ("/analyze/compare/", "/analyze/scores/"):
        html = client.get(address, query).content.decode()
        assert f"{begun}起才有答卷" in html
    covered = days(29, 0) | days(40, 30, "b_")
    html = client.get("/analyze/compare/", covered).content.decode()
    assert "起才有答卷" not in html


@pytest.mark.requirement("R004-39")
def test_two_touchpoints_are_compared(world: World, client: Client) -> None:
    world.answer(mixed(90, 40, 20), touchpoint="hall")
    world.answer(mixed(40, 40, 70), touchpoint="repair")
    world.sync()
    query = {"between": "touchpoint", "a": "repair", "b": "hall"}
    found = client.get("/api/v1/scores/compare", query).json()
    assert (found["a"]["label"], found["verdict"]) == ("宽带修障", "fell")
    assert found["difference"]["difference"] == pytest.approx(-20 - 140 / 3)
    html = client.get("/analyze/compare/", query).content.decode()
    assert "A 更低" in html
    refused = client.get("/api/v1/scores/compare", query | {"a": "moon"})
    assert refused.status_code == 422
    assert "moon" in refused.json()["detail"]


@pytest.mark.requirement("R002-13")
def test_two_waves_of_the_relationship_survey_are_compared(
    world: World, client: Client
) -> None:
    world.wave("2026h1", 200)
    world.wave("2026h2", 20)
    world.answer(mixed(60, 60, 80), "relationship", wave="2026h1", days_ago=198)
    world.answer(mixed(110, 60, 30), "relationship", wave="2026h2", days_ago=18)
    world.sync()
    found = client.get(
        "/api/v1/scores/compare", {"between": "wave", "a": "2026h2", "b": "2026h1"}
    ).json()
    assert found["verdict"] == "rose"
    home = client.get("/").content.decode()
    assert "2026h2期" in home
    assert "上升" in home
    table = client.get("/api/v1/scores/table?by=wave").json()
    assert [row["label"] for row in table["groups"]] == ["2026h1期", "2026h2期"]


def test_sides_that_share_answers_are_not_compared(
    world: World, client: Client
) -> None:
    world.answer(mixed(90, 40, 20), department="east-1")
    world.answer(mixed(40, 40, 70), department="west-1")
    world.sync()
    overlapping = days(29, 0) | days(39, 10, "b_")
    found = client.get("/api/v1/scores/compare", overlapping).json()
    assert (found["verdict"], found["difference"]) == ("unknown", None)
    paths = [world.departments[code].path for code in ("hq", "east-1", "west-1")]
    nested = {"between": "department", "a": paths[0], "b": paths[1]}
    assert client.get("/api/v1/scores/compare", nested).json()["difference"] is None
    assert "重叠" in client.get("/analyze/compare/", nested).content.decode()
    apart = nested | {"a": paths[2]}
    assert client.get("/api/v1/scores/compare", apart).json()["verdict"] == "fell"


def test_home_names_the_touchpoints_that_changed_and_those_at_risk(
    world: World, client: Client
) -> None:
    world.answer(mixed(60, 20, 20), touchpoint="hall", days_ago=45)
    world.answer(mixed(60, 20, 20), touchpoint="hall", days_ago=10)
    world.answer(mixed(60, 20, 20), touchpoint="repair", days_ago=45)
    world.answer(mixed(15, 25, 60), touchpoint="repair", days_ago=10)
    world.sync()
    html = client.get("/").content.decode()
    moves = html.split("有变化的触点")[1].split("</section>")[0]
    assert "宽带修障" in moves
    assert "下降" in moves
    assert "营业厅" not in moves
    risks = html.split("风险所在")[1].split("</section>")[0]
    assert "宽带修障" in risks
    assert "营业厅" not in risks


def test_home_counts_what_came_since_yesterday(world: World, client: Client) -> None:
    world.answer(mixed(10, 0, 3), days_ago=0.01)
    world.answer(mixed(50, 0, 0), days_ago=5)
    world.sync()
    html = client.get("/").content.decode()
    assert "场景型NPS 13 份答卷" in html
    assert "贬损者 3 人" in html
