"""The metric dictionary: every number has one definition that every page opens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, key_of, mixed
from zhiyin.accounts.models import AuditEntry, Organisation, Person, Role
from zhiyin.analyze.metrics.models import MetricNote
from zhiyin.analyze.metrics.queries.definitions import DEFINITIONS

pytestmark = pytest.mark.django_db

MakePerson = Callable[..., Person]
ClientOf = Callable[[Person], Client]


@pytest.fixture
def client(person_with: MakePerson, client_of: ClientOf) -> Client:
    return client_of(person_with())


@pytest.mark.requirement("R000-04", "R000-18")
@pytest.mark.parametrize("code", list(DEFINITIONS))
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_metric_has_a_page_with_formula_exclusions_and_what_it_is_not(
    person_with: MakePerson, client_of: ClientOf, code: str, language: str
) -> None:
    html = client_of(person_with(language=language)).get(f"/analyze/metrics/{code}/")
    text = html.content.decode()
    entry = DEFINITIONS[code]
    terms = re.findall(r"<dt>([^<]+)</dt>\s*<dd>(.+?)</dd>", text, re.DOTALL)
    assert len(terms) == 8
    assert all(said.strip() for _name, said in terms)
    assert str(entry.version) in dict(terms).values()
    if language == "en":
        assert "What it is not" in text
    else:
        assert "What it is not" not in text


def test_unknown_metric_has_no_page(client: Client) -> None:
    assert client.get("/analyze/metrics/nonsense/").status_code == 404


@pytest.mark.requirement("R000-04")
@pytest.mark.parametrize("survey", ["relationship", "transactional", "satisfaction"])
def test_every_number_on_a_page_opens_its_definition(
    world: World, client: Client, survey: str
) -> None:
    world.answer(mixed(60, 20, 20), survey)
    world.sync()
    query = {"q": key_of(survey)}
    code = {"relationship": "rnps", "transactional": "tnps", "satisfaction": "csat"}
    for page in ("scores", "table", "compare", "voices"):
        html = client.get(f"/analyze/{page}/", query).content.decode()
        assert f'href="/analyze/metrics/{code[survey]}/"' in html, page
    home = client.get("/").content.decode()
    assert survey == "satisfaction" or f"/analyze/metrics/{code[survey]}/" in home


@pytest.mark.requirement("R000-04")
def test_owner_target_and_note_are_kept_by_who_may_and_seen_by_all(
    organisation: Organisation, person_with: MakePerson, client_of: ClientOf
) -> None:
    manager = person_with()
    given = {"owner": manager.pk, "target": "35", "note": "只看有效答卷"}
    saved = client_of(manager).post("/analyze/metrics/rnps/", given)
    assert saved.status_code == 302
    assert AuditEntry.objects.filter(action="metric.noted").exists()
    executive = client_of(person_with(Role.EXECUTIVE))
    html = executive.get("/analyze/metrics/rnps/").content.decode()
    assert "只看有效答卷" in html
    assert manager.name in html
    assert "<textarea" not in html
    executive.post("/analyze/metrics/rnps/", {"note": "改掉"})
    assert MetricNote.objects.get().note == "只看有效答卷"
    listed = executive.get("/api/v1/metrics").json()["metrics"]
    (entry,) = [one for one in listed if one["metric"] == "rnps"]
    assert (entry["target"], entry["version"], entry["unit"]) == (35, 1, "points")


def test_owner_is_somebody_of_the_own_organisation(
    person_with: MakePerson, client_of: ClientOf, other_organisation: Organisation
) -> None:
    foreign = person_with(organisation=other_organisation)
    client = client_of(person_with())
    response = client.post("/analyze/metrics/rnps/", {"owner": foreign.pk})
    assert response.status_code == 200
    assert not MetricNote.objects.exists()
    assert foreign.name not in client.get("/analyze/metrics/rnps/").content.decode()


def test_notes_of_another_organisation_are_not_seen(
    person_with: MakePerson, client_of: ClientOf, other_organisation: Organisation
) -> None:
    client_of(person_with()).post("/analyze/metrics/rnps/", {"note": "机密说明"})
    stranger = client_of(person_with(organisation=other_organisation))
    for page in ("/analyze/metrics/rnps/", "/analyze/metrics/", "/api/v1/metrics"):
        assert "机密说明" not in stranger.get(page).content.decode()
