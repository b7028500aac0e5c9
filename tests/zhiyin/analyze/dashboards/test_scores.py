"""The score page and its number: minimum n, scope, weights, memory."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable

import pyarrow as pa
import pytest
from django.test import Client

from cxstats import nps
from tests.zhiyin.analyze.dashboards.world import (
    World,
    key_of,
    mixed,
    shown_n,
    shown_score,
)
from zhiyin.accounts.models import Person, Role, RoleAssignment
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db

MakePerson = Callable[..., Person]
ClientOf = Callable[[Person], Client]


@pytest.fixture
def client(person_with: MakePerson, client_of: ClientOf) -> Client:
    return client_of(person_with())


@pytest.mark.requirement("R000-18", "R000-19", "R000-20", "R001-30", "R002-05")
def test_score_page_shows_net_score_classes_interval_and_n(
    world: World, client: Client
) -> None:
    scores = [0, 3, 6] * 10 + [7, 8] * 25 + [9, 10] * 60
    world.answer(scores)
    world.sync()
    html = client.get("/analyze/scores/").content.decode()
    expected = nps(pa.table({"s": scores}), score="s").estimate
    assert shown_score(html) == f"{expected.value:+.0f}" == "+45"
    assert shown_n(html) == "200"
    assert f"{expected.lower:+.0f}" in html
    for text in ("60.0%", "25.0%", "15.0%", "推荐者", "被动者", "贬损者"):
        assert text in html
    found = client.get("/api/v1/scores").json()
    assert found["value"] == pytest.approx(45)
    assert found["lower"] == pytest.approx(expected.lower)
    assert found["parts"]["detractors"]["value"] == pytest.approx(0.15)


@pytest.mark.requirement("R001-32")
def test_every_class_and_every_column_leads_to_the_answers_behind_it(
    world: World, client: Client
) -> None:
    for score, words in ((2, "太慢"), (7, "还行"), (10, "很满意")):
        world.answer([score] * 20, comment=words)
    world.sync()
    html = client.get("/analyze/scores/").content.decode()
    for link in ("class=detractor", "class=passive", "class=promoter", "score=7"):
        assert link in html
    for query, words in (("class=detractor", "太慢"), ("score=7", "还行")):
        found = client.get(f"/analyze/voices/?{query}").content.decode()
        assert found.count(f"<blockquote>{words}") == 20
        assert "很满意" not in found


@pytest.mark.requirement("R000-08")
@pytest.mark.parametrize(
    ("n", "standing"),
    [(29, "hidden"), (30, "indicative"), (99, "indicative"), (100, "normal")],
)
def test_score_needs_thirty_answers_to_be_shown_and_a_hundred_to_be_ranked(
    world: World, client: Client, n: int, standing: str
) -> None:
    world.answer([10] * (n - 9) + [2] * 9)
    world.sync()
    html = client.get("/analyze/scores/").content.decode()
    found = client.get("/api/v1/scores").json()
    assert f"zy-score is-{standing}" in html
    assert (found["standing"], found["n"]) == (standing, n)
    assert (found["value"] is None) == (standing == "hidden")
    if standing == "hidden":
        assert shown_score(html) == "–"
        assert "zy-strip" not in html
        assert found["distribution"] is None
        assert all(part["value"] is None for part in found["parts"].values())
        assert found["lower"] is found["std_error"] is None


def test_organisation_sets_its_own_minimum(world: World, client: Client) -> None:
    world.answer(mixed(20, 5, 5))
    world.sync()
    assert client.get("/api/v1/scores").json()["standing"] == "indicative"
    world.organisation.minimum_n_score = 31
    world.organisation.save()
    assert client.get("/api/v1/scores").json()["standing"] == "hidden"
    world.organisation.minimum_n_score = 10
    world.organisation.minimum_n_rank = 30
    world.organisation.save()
    assert client.get("/api/v1/scores").json()["standing"] == "normal"


def test_new_answer_changes_the_number_after_the_sync_and_not_before(
    world: World, client: Client
) -> None:
    world.answer(mixed(50, 0, 50))
    world.sync()
    assert shown_score(client.get("/analyze/scores/").content.decode()) == "0"
    world.answer(mixed(100, 0, 0))
    assert shown_n(client.get("/analyze/scores/").content.decode()) == "100"
    world.sync()
    assert shown_score(client.get("/analyze/scores/").content.decode()) == "+50"


def test_erased_answer_leaves_the_number_at_once(world: World, client: Client) -> None:
    rows = world.answer(mixed(50, 0, 50))
    world.sync()
    assert client.get("/api/v1/scores").json()["n"] == 100
    Response.objects.filter(pk=rows[-1].pk).delete()
    found = client.get("/api/v1/scores").json()
    assert (found["n"], found["data"]["behind"]) == (99, True)


def test_what_is_left_out_is_counted_by_reason(world: World, client: Client) -> None:
    world.answer(mixed(40, 10, 0))
    world.answer([None] * 7)
    world.answer([1] * 3, excluded="suspected_spam")
    world.sync()
    found = client.get("/api/v1/scores").json()
    assert found["n"] == 50
    assert found["excluded"] == {"blank": 7, "suspected_spam": 3}
    html = client.get("/analyze/scores/").content.decode()
    assert "空白" in html


def test_grid_managers_number_is_exactly_that_of_her_department(
    world: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    world.answer(mixed(40, 0, 0), department="east-1", comment="东一")
    world.answer(mixed(0, 0, 50), department="east-2", comment="东二")
    world.answer(mixed(0, 60, 0), department="west-1", comment="西一")
    world.answer(mixed(0, 0, 70))
    world.sync()
    seen = {
        "east-1": (40, 100.0), "east": (90, 100 * (40 - 50) / 90), "hq": (150, None),
        "west": (60, 0.0),
    }  # fmt: skip
    for code, (n, value) in seen.items():
        person = person_with(Role.GRID_MANAGER, department=world.departments[code])
        client = client_of(person)
        found = client.get("/api/v1/scores").json()
        assert found["n"] == n
        if value is not None:
            assert found["value"] == pytest.approx(value)
        assert shown_n(client.get("/analyze/scores/").content.decode()) == str(n)
        listed = client.get("/api/v1/series").json()["series"]
        assert sum(one["n"] for one in listed) == n
    east = person_with(Role.GRID_MANAGER, department=world.departments["east"])
    table = client_of(east).get("/api/v1/scores/table?by=department").json()
    assert {row["label"] for row in table["groups"]} == {"east-1分部", "east-2分部"}
    for words, is_seen in (("东一", True), ("西一", False)):
        found = client_of(east).get("/analyze/voices/", {"words": words})
        assert (f"<blockquote>{words}" in found.content.decode()) == is_seen
    other = world.departments["west"].path
    narrowed = client_of(east).get("/api/v1/scores", {"department": other}).json()
    assert narrowed["n"] == 0


def test_role_that_sees_no_scores_widens_nobodys_reach(
    world: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    world.answer(mixed(40, 0, 0), department="east-1")
    world.answer(mixed(0, 0, 50), department="west-1")
    world.sync()
    person = person_with(Role.AGENT, department=world.departments["east-1"])
    RoleAssignment.objects.create(person=person, role=Role.SYS_ADMIN)
    found = client_of(Person.objects.get(pk=person.pk)).get("/api/v1/scores").json()
    assert found["n"] == 40


def test_answers_at_local_midnight_belong_to_the_day_of_the_person(
    world: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    shanghai = zoneinfo.ZoneInfo("Asia/Shanghai")
    midnight = dt.datetime(2026, 5, 2, tzinfo=shanghai)
    world.answer([10] * 40, responded_at=midnight - dt.timedelta(microseconds=1))
    world.answer([0] * 50, responded_at=midnight)
    world.sync()
    day = {"from": "2026-05-01", "to": "2026-05-01"}
    next_day = {"from": "2026-05-02", "to": "2026-05-02"}
    here = client_of(person_with())
    assert here.get("/api/v1/scores", day).json()["n"] == 40
    assert here.get("/api/v1/scores", next_day).json()["n"] == 50
    # In London, where it is 16:00 of the first of May, both are on that day.
    abroad = client_of(person_with(time_zone="Europe/London"))
    assert abroad.get("/api/v1/scores", day).json()["n"] == 90
    assert abroad.get("/api/v1/scores", next_day).json()["n"] == 0


def test_weights_strata_and_clusters_are_used_where_every_answer_carries_them(
    world: World, client: Client
) -> None:
    for stratum, weight, scores in (("a", 1.0, mixed(60, 20, 20)),
                                    ("b", 3.0, mixed(20, 20, 60))):  # fmt: skip
        for at, score in enumerate(scores):
            world.answer(
                [score], weight=weight, stratum=stratum, cluster=f"{stratum}{at // 10}"
            )
    world.sync()
    plain = client.get("/api/v1/scores").json()
    weighted = client.get("/api/v1/scores?weighted=1").json()
    assert plain["value"] == pytest.approx(0)
    assert weighted["value"] == pytest.approx((0.4 * 100 * 1 - 0.4 * 100 * 3) / 4)
    assert weighted["method"] == "linearized_t"
    assert weighted["n_effective"] < weighted["n"] == 200
    html = client.get("/analyze/scores/").content.decode()
    assert "weighted=1" in html
    world.answer(mixed(10, 0, 0), weight=2.0)
    world.sync()
    without = client.get("/api/v1/scores?weighted=1").json()
    assert (without["n"], "no_stratum" in without["excluded"]) == (210, False)


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_for_every_role_with_what_it_may_see(
    world: World, person_with: MakePerson, client_of: ClientOf, role: Role
) -> None:
    world.answer(mixed(80, 20, 40), comment="信号不好")
    world.answer(mixed(80, 20, 40), "relationship", days_ago=20)
    world.sync()
    person = person_with(role)
    html = client_of(person).get("/").content.decode()
    assert ("场景型NPS" in html) == person.may("see_scores")
    assert ("信号不好" in html) == person.may("see_responses")
    assert ('href="/listen/imports/new/"' in html) == person.may("import_responses")
    assert "+24" not in html or "zy-score-n" in html


@pytest.mark.parametrize("role", list(Role))
def test_home_of_an_empty_organisation_says_what_to_do(
    world: World, person_with: MakePerson, client_of: ClientOf, role: Role
) -> None:
    response = client_of(person_with(role)).get("/")
    assert response.status_code == 200
    html = response.content.decode()
    assert "zy-score-value" not in html
    assert "zy-empty" in html or "zy-todo" in html


@pytest.mark.parametrize("page", ["scores", "compare", "table", "voices"])
def test_page_without_answers_says_what_it_will_show(
    world: World, client: Client, page: str
) -> None:
    html = client.get(f"/analyze/{page}/").content.decode()
    assert "zy-empty" in html
    assert 'href="/listen/imports/new/"' in html


def test_satisfaction_shows_its_mean_and_the_nps_like_number_apart(
    world: World, client: Client
) -> None:
    world.answer(mixed(60, 20, 20), "satisfaction")
    world.sync()
    key = key_of("satisfaction")
    mean = client.get("/api/v1/scores", {"q": key}).json()
    like = client.get("/api/v1/scores", {"q": key, "metric": "nps_like"}).json()
    assert (mean["metric"], mean["value"]) == ("csat", pytest.approx(7.8))
    assert (like["metric"], like["value"]) == ("nps_like", pytest.approx(40))
    assert like["warnings"][0]["kind"] == "scale"
    html = client.get("/analyze/scores/", {"q": key}).content.decode()
    assert shown_score(html) == "7.80"
    assert "不是NPS" in html
