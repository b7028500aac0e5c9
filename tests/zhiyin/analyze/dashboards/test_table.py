"""The table: fair comparison of groups, small groups, cuts, the department tree."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from cxstats.comparisons import REST, compare
from tests.zhiyin.analyze.dashboards.world import World, mixed
from zhiyin.accounts.models import Person
from zhiyin.analyze.lake.queries import answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with())


@pytest.fixture
def regions(world: World) -> World:
    """Four regions: one far below, one of 40 answers, one of 29."""
    world.field("region", "省份")
    groups = {
        "东": mixed(90, 40, 20), "西": mixed(85, 45, 20), "南": mixed(30, 40, 80),
        "北": mixed(20, 10, 10), "岛": mixed(0, 0, 29),
    }  # fmt: skip
    for name, scores in groups.items():
        world.answer(scores, attributes={"region": name}, comment=f"{name}边")
    world.answer(mixed(20, 10, 5))
    world.sync()
    return world


def html_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def rows_of(client: Client, query: str = "by=a_region") -> dict[str, dict]:
    found = client.get(f"/api/v1/scores/table?{query}").json()
    return {row["label"]: row for row in found["groups"]}


@pytest.mark.requirement("R000-08", "R004-42")
def test_groups_are_compared_with_all_others_and_corrected_together(
    regions: World, client: Client
) -> None:
    rows = rows_of(client)
    assert rows["南"]["against_rest"]["verdict"] == "fell"
    # The same by the library alone, with the group that is no finding left out.
    plain = compare(
        answers(regions.organisation).source, score="score", between="a_region",
        baseline=REST, correction="none",
    )  # fmt: skip
    by_name = {item.compared: item for item in plain}
    for name in ("东", "西", "南", "北"):
        ours, alone = rows[name]["against_rest"], by_name[name]
        assert ours["difference"] == pytest.approx(alone.estimate.value)
        assert ours["lower"] == pytest.approx(alone.estimate.lower)
        assert ours["p"] == pytest.approx(alone.p)
    tested = [row["against_rest"] for row in rows.values() if row["against_rest"]]
    ordered = sorted(tested, key=lambda each: each["p"])
    assert len(ordered) == 5
    assert ordered[0]["q"] == pytest.approx(min(1, ordered[0]["p"] * 5), rel=1e-6)


def test_groups_too_small_to_be_shown_are_no_tests(
    regions: World, client: Client
) -> None:
    rows = rows_of(client)
    assert rows["岛"]["standing"] == "hidden"
    assert rows["岛"]["value"] is rows["岛"]["against_rest"] is None
    assert rows["岛"]["n"] == 29
    before = {name: rows[name]["against_rest"]["q"] for name in ("东", "西", "南")}
    for number in range(12):
        regions.answer(
            mixed(0, 0, 3), attributes={"region": f"小{number}"}, days_ago=500
        )
    regions.sync()
    after = rows_of(client)
    assert {n: after[n]["against_rest"]["q"] for n in before} == before
    everything = rows_of(client, "by=a_region&period=all")
    assert sum(row["standing"] == "hidden" for row in everything.values()) == 13
    assert sum(row["against_rest"] is not None for row in everything.values()) == 5


@pytest.mark.requirement("R000-08")
def test_page_marks_what_remains_greys_the_small_and_ranks_the_rest(
    regions: World, client: Client
) -> None:
    html = client.get("/analyze/table/?by=a_region").content.decode()
    rows = re.findall(r"<tr class=.*?</tr>", html, re.DOTALL)
    texts = {re.search(r'scope="row"><a[^>]*>([^<]+)', row)[1]: row for row in rows}
    assert "▼" in texts["南"]
    assert "▲" in texts["东"]
    assert "is-quiet" in texts["北"]
    assert "不参与排名" in texts["北"]
    assert "答卷太少" in texts["岛"]
    assert "−100" not in texts["岛"]
    assert list(texts)[-1] == "岛"
    assert rows_of(client)["东"]["rank"] == 1
    assert rows_of(client)["北"]["rank"] is None


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [("-n", "东", "岛"), ("n", "岛", "西"), ("-score", "东", "岛"),
     ("score", "南", "岛"), ("name", "东", "（未填）"), ("-difference", "东", "岛")],
)  # fmt: skip
def test_table_sorts_by_every_column_and_says_so(
    regions: World, client: Client, sort: str, first: str, last: str
) -> None:
    response = client.get(f"/analyze/table/?by=a_region&sort={sort}")
    html = response.content.decode()
    labels = re.findall(r'scope="row"><a[^>]*>([^<]+)', html)
    assert labels[0] == first
    assert labels[-1] == last or sort == "n"
    wanted = "descending" if sort.startswith("-") else "ascending"
    assert html.count(f'aria-sort="{wanted}"') == 1


def test_row_leads_to_its_score_and_to_the_customers_behind_it(
    regions: World, client: Client
) -> None:
    html = client.get("/analyze/table/?by=a_region").content.decode()
    link = re.search(r'href="(/analyze/scores/\?[^"]*a_region=%E5%8D%97[^"]*)"', html)
    assert link
    found = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert "150" in found
    behind = re.search(r'href="(/analyze/voices/\?[^"]*a_region=%E5%8D%97[^"]*)"', html)
    assert behind
    quotes = client.get(behind[1].replace("&amp;", "&")).content.decode()
    assert "南边" in quotes
    assert "东边" not in quotes


@pytest.mark.requirement("R004-42")
def test_number_is_cut_where_asked_and_each_bin_leads_to_its_own_answers(
    world: World, client: Client
) -> None:
    world.field("arpu", "ARPU", "number")
    for arpu in range(100):
        world.answer(
            mixed(2, 0, 0) if arpu < 71 else mixed(0, 0, 2), attributes={"arpu": arpu}
        )
    world.sync()
    found = client.get("/api/v1/scores/table?by=a_arpu&cuts=71").json()
    assert [(row["label"], row["n"], row["value"]) for row in found["groups"]] == [
        ("低于 71", 142, 100.0),
        ("71 及以上", 58, -100.0),
    ]
    for row in found["groups"]:
        narrowed = client.get("/api/v1/scores", {"a_arpu": row["key"]}).json()
        assert narrowed["n"] == row["n"]
    html = client.get("/analyze/table/?by=a_arpu&cuts=71,90").content.decode()
    links = re.findall(r'scope="row"><a href="([^"]+)"', html)
    seen = [client.get(link.replace("&amp;", "&")) for link in links]
    counts = [re.search(r'zy-score-n">\D*(\d+)', html_of(one))[1] for one in seen]
    assert counts == ["142", "38", "20"]
    fifths = client.get("/api/v1/scores/table?by=a_arpu").json()
    assert fifths["cuts"] == [20, 40, 60, 80]


@pytest.mark.requirement("R000-08")
def test_departments_are_drilled_down_level_by_level(
    world: World, client: Client
) -> None:
    for code, scores in {
        "east-1": mixed(40, 0, 0), "east-2": mixed(0, 0, 40), "west-1": mixed(0, 50, 0),
        "east": mixed(35, 0, 0),
    }.items():  # fmt: skip
        world.answer(scores, department=code)
    world.answer(mixed(30, 0, 0))
    world.sync()
    page = client.get("/api/v1/scores/table?by=department").json()
    top = {row["label"]: row["n"] for row in page["groups"]}
    assert top == {"east分部": 115, "west分部": 50, "（未填）": 30}
    html = client.get("/analyze/table/?by=department").content.decode()
    path = world.departments["east"].path
    assert f"department={path.replace('/', '%2F')}" in html
    below = client.get(
        "/api/v1/scores/table", {"by": "department", "department": path}
    ).json()
    assert {row["label"]: row["n"] for row in below["groups"]} == {
        "east分部": 35, "east-1分部": 40, "east-2分部": 40
    }  # fmt: skip


def test_table_of_an_attribute_with_thousands_of_values_lists_the_largest(
    world: World, client: Client
) -> None:
    world.field("grid", "网格")
    for number in range(220):
        world.answer([9], attributes={"grid": f"网格{number}"})
    world.answer(mixed(40, 0, 0), attributes={"grid": "大网格"})
    world.sync()
    found = client.get("/api/v1/scores/table?by=a_grid").json()
    assert (len(found["groups"]), found["groups_in_all"]) == (200, 221)
    assert "大网格" in {row["label"] for row in found["groups"]}
    html = client.get("/analyze/table/?by=a_grid").content.decode()
    assert "221" in html
