"""Customers' words: found by words and filters, beside score and facts, masked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import CSAT, World, key_of, mixed
from zhiyin.accounts.models import Person, Role
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import Item

pytestmark = pytest.mark.django_db

MakePerson = Callable[..., Person]
ClientOf = Callable[[Person], Client]


@pytest.fixture
def client(person_with: MakePerson, client_of: ClientOf) -> Client:
    return client_of(person_with())


def words_of(client: Client, **query: str) -> list[str]:
    found = client.get("/api/v1/comments", query).json()
    return [each["comment"] for each in found["comments"]]


@pytest.mark.requirement("R001-32")
def test_comments_are_found_by_words_class_and_filters_newest_first(
    world: World, client: Client
) -> None:
    world.field("region", "省份")
    world.answer([2], comment="信号差，上网慢", days_ago=3, attributes={"region": "东"})
    world.answer([9], comment="上网很快", days_ago=2, attributes={"region": "西"})
    world.answer([3], comment="账单看不懂", days_ago=1, attributes={"region": "东"})
    world.answer([5], days_ago=1)
    world.sync()
    assert words_of(client) == ["账单看不懂", "上网很快", "信号差，上网慢"]
    assert words_of(client, words="上网") == ["上网很快", "信号差，上网慢"]
    assert words_of(client, words="上网 信号") == ["信号差，上网慢"]
    assert words_of(client, **{"class": "detractor"}) == [
        "账单看不懂",
        "信号差，上网慢",
    ]
    assert words_of(client, words="上网", a_region="西") == ["上网很快"]
    assert words_of(client, words="100%") == []
    html = client.get("/analyze/voices/?words=账单").content.decode()
    assert "账单看不懂" in html
    assert "上网很快" not in html
    for beside in ("/0-10", "省份", "东", "zy-class detractor"):
        assert beside in html


def test_percent_sign_in_the_words_is_a_percent_sign(
    world: World, client: Client
) -> None:
    world.answer([9], comment="流量只剩5%了")
    world.answer([9], comment="流量只剩50了")
    world.sync()
    assert words_of(client, words="5%") == ["流量只剩5%了"]
    assert words_of(client, words="_") == []


def test_pages_follow_each_other_without_loss_or_repetition(
    world: World, client: Client
) -> None:
    for number in range(75):
        world.answer([9], comment=f"意见{number:02}", days_ago=number)
    world.sync()
    seen: list[str] = []
    for page in ("1", "2", "3"):
        found = client.get("/api/v1/comments", {"page": page}).json()
        seen += [each["comment"] for each in found["comments"]]
        assert found["has_next"] == (page != "3")
    assert seen == [f"意见{number:02}" for number in range(75)]
    html = client.get("/analyze/voices/?page=2").content.decode()
    assert "意见30" in html
    assert 'rel="next"' in html
    assert 'rel="prev"' in html
    sized = client.get("/api/v1/comments", {"size": "5"}).json()
    assert len(sized["comments"]) == 5


def test_customer_stays_masked(world: World, client: Client) -> None:
    customer = Customer.objects.create(
        organisation=world.organisation, key_hash="a" * 64, key_masked="138****8000",
        key_encrypted=b"",
    )  # fmt: skip
    world.answer([2], comment="太慢", customer=customer)
    world.sync()
    (found,) = client.get("/api/v1/comments").json()["comments"]
    assert found["customer"] == "138****8000"


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.PLANNER, Role.SYS_ADMIN])
def test_who_may_not_see_answers_reads_no_comment_anywhere(
    world: World, person_with: MakePerson, client_of: ClientOf, role: Role
) -> None:
    world.answer(mixed(40, 0, 40), comment="机密原话")
    world.sync()
    client = client_of(person_with(role))
    assert client.get("/analyze/voices/").status_code == 403
    assert client.get("/api/v1/comments").status_code == 403
    assert client.get("/analyze/voices.csv").status_code == 403
    for page in ("/", "/analyze/scores/", "/analyze/table/", "/api/v1/scores"):
        assert "机密原话" not in client.get(page).content.decode()


def test_comment_is_found_from_every_question_of_its_response(
    world: World, client: Client
) -> None:
    version = world.versions["relationship"]
    Item.objects.create(version=version, code="COVERAGE", position=2, **CSAT)
    (poor,) = world.answer([3], "relationship", comment="没信号")
    (good,) = world.answer([9], "relationship", comment="信号满格")
    for response, score in ((poor, 2), (good, 10)):
        Answer.objects.create(response=response, item="COVERAGE", score=score, **CSAT)
    world.sync()
    coverage = "relationship.csat.COVERAGE.1~10~6~9"
    assert sorted(words_of(client, q=coverage)) == ["信号满格", "没信号"]
    assert words_of(client, q=coverage, score="2") == ["没信号"]
    (found,) = client.get("/api/v1/comments", {"q": coverage, "score": "2"}).json()[
        "comments"
    ]
    assert (found["score"], found["scale"]) == (2, "1-10")
    main = client.get("/api/v1/comments", {"q": key_of("relationship")}).json()
    assert {each["score"] for each in main["comments"]} == {3, 9}


def test_erased_comment_is_gone_at_once(world: World, client: Client) -> None:
    (row,) = world.answer([2], comment="请删除我")
    world.answer([9], comment="留下", days_ago=9)
    world.sync()
    assert words_of(client) == ["请删除我", "留下"]
    Response.objects.filter(pk=row.pk).delete()
    assert words_of(client) == ["留下"]


def test_older_months_are_looked_through_until_the_page_is_full(
    world: World, client: Client
) -> None:
    for month in range(1, 13):
        moment = dt.datetime(2025, month, 10, tzinfo=dt.UTC)
        for number in range(4):
            rare = "罕见 " if month in {2, 11} else ""
            world.answer(
                [9],
                comment=f"{rare}{month:02}月{number}",
                responded_at=moment + dt.timedelta(hours=number),
            )
    world.sync()
    everything = words_of(client, period="all", size="60")
    assert everything == sorted(everything, key=lambda t: t[-4:], reverse=True)
    assert len(everything) == 48
    rare = words_of(client, period="all", words="罕见")
    assert [text[3:] for text in rare] == [
        f"{month:02}月{number}" for month in (11, 2) for number in (3, 2, 1, 0)
    ]
    pages = [
        words_of(client, period="all", size="7", page=str(page)) for page in range(1, 8)
    ]
    assert [text for page in pages for text in page] == everything
