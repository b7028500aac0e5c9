"""Views that people keep, and filters that live in the address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, mixed, shown_n
from zhiyin.accounts.models import Organisation, Person
from zhiyin.analyze.dashboards.models import SavedView

pytestmark = pytest.mark.django_db

MakePerson = Callable[..., Person]
ClientOf = Callable[[Person], Client]
SAVE = "/analyze/views/save/"


@pytest.fixture
def answered(world: World) -> World:
    world.field("arpu", "ARPU", "number")
    for arpu in range(60):
        world.answer([9], attributes={"arpu": arpu}, touchpoint="hall")
    world.answer(mixed(40, 0, 0), touchpoint="repair")
    world.sync()
    return world


def test_view_is_saved_and_opens_with_its_filters(
    answered: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    client = client_of(person_with())
    query = "touchpoint=repair&period=90d"
    saved = client.post(
        SAVE, {"name": "修障", "page": "table", "query": query}, follow=True
    )
    html = saved.content.decode()
    assert saved.redirect_chain[0][0] == f"/analyze/table/?{query}"
    assert f'href="/analyze/table/?{query.replace("&", "&amp;")}"' in html
    assert "宽带修障" in html
    client.post(SAVE, {"name": "修障", "page": "scores", "query": query})
    assert SavedView.objects.get().page == "scores"


def test_colleagues_see_shared_views_and_nobody_elses_own(
    answered: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    owner, colleague = client_of(person_with()), client_of(person_with())
    owner.post(SAVE, {"name": "自己的", "page": "scores", "query": ""})
    owner.post(
        SAVE, {"name": "大家的", "page": "scores", "query": "", "is_shared": "1"}
    )
    html = colleague.get("/analyze/scores/").content.decode()
    assert "大家的" in html
    assert "自己的" not in html
    own, shared = SavedView.objects.order_by("is_shared")
    assert colleague.post(f"/analyze/views/{own.pk}/delete/").status_code == 404
    assert colleague.post(f"/analyze/views/{shared.pk}/delete/").status_code == 403
    assert SavedView.objects.count() == 2
    assert owner.post(f"/analyze/views/{own.pk}/delete/").status_code == 302
    assert SavedView.objects.get() == shared


def test_shared_view_does_not_leave_the_organisation(
    answered: World,
    person_with: MakePerson,
    client_of: ClientOf,
    other_organisation: Organisation,
) -> None:
    client_of(person_with()).post(
        SAVE, {"name": "大家的", "page": "scores", "query": "", "is_shared": "1"}
    )
    stranger = client_of(person_with(organisation=other_organisation))
    view = SavedView.objects.get()
    assert "大家的" not in stranger.get("/analyze/scores/").content.decode()
    assert stranger.post(f"/analyze/views/{view.pk}/delete/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "page": "scores"},
        {"name": "x" * 81, "page": "scores"},
        {"name": "x", "page": "settings"},
        {"name": "x", "page": "scores", "query": "q" * 4001},
    ],
)
def test_what_is_no_view_is_refused_in_words(
    answered: World,
    person_with: MakePerson,
    client_of: ClientOf,
    form: dict[str, str],
) -> None:
    response = client_of(person_with()).post(SAVE, form, follow=True)
    assert response.status_code == 200
    assert "zy-message" in response.content.decode()
    assert not SavedView.objects.exists()


def test_numeric_range_becomes_one_value_of_the_address_and_a_chip(
    answered: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    client = client_of(person_with())
    for page in ("scores", "table", "compare", "voices"):
        sent = {"pick": "a_arpu", "range_of": "a_arpu", "low": "20", "high": "49",
                "touchpoint": "hall"}  # fmt: skip
        answer = client.get(f"/analyze/{page}/", sent)
        assert answer.status_code == 302
        assert answer["Location"] == (f"/analyze/{page}/?touchpoint=hall&a_arpu=20..49")
        html = client.get(answer["Location"]).content.decode()
        assert "ARPU: 20 – 49" in html
    html = client.get("/analyze/scores/?touchpoint=hall&a_arpu=20..49")
    assert shown_n(html.content.decode()) == "30"
    emptied = client.get("/analyze/scores/", sent | {"low": "", "high": ""})
    assert "a_arpu" not in emptied["Location"]


def test_choosing_values_keeps_the_other_filters_and_shows_counts(
    answered: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    client = client_of(person_with())
    html = client.get(
        "/analyze/scores/?touchpoint=hall&a_arpu=20..&pick=touchpoint"
    ).content.decode()
    picker = html.split('class="zy-picker"')[1].split("</form>")[0]
    assert 'name="a_arpu" value="20.."' in picker
    assert 'value="hall" checked' in picker
    assert "营业厅" in picker
    assert ">40<" in picker
