"""What was planted in a simulated operator is found again on the pages."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from django.test import Client

from cxstats.simulate import Operator, Truth
from tests.zhiyin.analyze.dashboards.written_lake import write_lake
from zhiyin.accounts.models import Organisation, Person
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.programs.services import load_standard_touchpoints

pytestmark = pytest.mark.django_db

SCALE, SEED = 20_000, 11
REL = "relationship.nps.NPS_REL.0~10~6~9"
TXN = "transactional.nps.NPS_TXN.0~10~6~9"
END = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def simulated() -> tuple[Truth, dict[str, list[pa.Table]]]:
    operator = Operator(scale=SCALE, seed=SEED, end=END)
    months: dict[str, list[pa.Table]] = defaultdict(list)
    for batch in operator.batches():
        answers = batch.answers
        month = pc.strftime(answers["responded_at"], "%Y-%m")
        for one in pc.unique(month).to_pylist():
            months[one].append(answers.filter(pc.equal(month, one)))
    return operator.truth, months


@pytest.fixture
def truth(simulated: tuple[Truth, Any], organisation: Organisation) -> Truth:
    truth, months = simulated
    schema = next(iter(months.values()))[0].schema
    AttributeField.objects.bulk_create(
        AttributeField(
            organisation=organisation,
            code=field.name.removeprefix("a_"),
            label=field.name,
            kind="number" if pa.types.is_floating(field.type) else "category",
        )
        for field in schema
        if field.name.startswith("a_")
    )
    load_standard_touchpoints(organisation=organisation)
    write_lake(organisation, sorted(months.items()))
    return truth


@pytest.fixture
def client(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with())


def get(client: Client, call: str, **query: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/{call}", {"period": "all"} | query)
    assert response.status_code == 200, response.content
    return response.json()


def only(truth: Truth) -> str:
    """Return the last wave, in which the planted effects hold."""
    return truth.waves[-1]


# Planted effect -> how the table finds it: dimension, cuts, the group planted in.
PLANTED = {
    "entry_terminal_speed": ("a_terminal", "", "入门机"),
    "high_value_price": ("a_value_tier", "", "高价值"),
    "poor_sound_break": ("a_mos_poor_count", "6", "6 及以上"),
}


@pytest.mark.requirement("R000-08", "R004-42")
@pytest.mark.parametrize("code", list(PLANTED))
def test_table_marks_the_planted_groups_and_knows_their_exact_level(
    client: Client, truth: Truth, code: str
) -> None:
    by, cuts, group = PLANTED[code]
    planted = truth.effect(code)
    query = {"q": REL, "wave": only(truth), "by": by}
    if cuts:
        query["cuts"] = cuts
    found = get(client, "scores/table", **query)
    rows = {row["label"]: row for row in found["groups"]}
    row = rows[group]
    assert (row["n"], row["value"]) == (
        planted.respondents.n,
        pytest.approx(planted.respondents.value, abs=1e-4),
    )
    difference = planted.respondents.value - planted.respondents_elsewhere.value
    judged = row["against_rest"]
    assert judged["difference"] == pytest.approx(difference, abs=1e-4)
    assert judged["lower"] < difference < judged["upper"]
    assert judged["verdict"] == "fell"
    page = client.get("/analyze/table/", {"period": "all"} | query)
    marked = [part for part in page.content.decode().split("<tr") if "▼" in part]
    assert any(group in part for part in marked)


@pytest.mark.requirement("R004-39", "R001-35")
def test_planted_intervention_rose_where_it_was_made_and_nowhere_else(
    client: Client, truth: Truth
) -> None:
    planted = truth.intervention
    first = dt.date.fromisoformat(planted.from_date)
    periods = {
        "from": planted.from_date,
        "to": truth.end,
        "b_from": truth.start,
        "b_to": (first - dt.timedelta(1)).isoformat(),
    }
    everywhere = get(client, "scores/table", q=TXN, by="a_region")
    regions = [row["key"] for row in everywhere["groups"]]
    elsewhere = [name for name in regions if name != planted.region]
    for names, side, verdict in (
        ([planted.region], "treated", "rose"),
        (elsewhere, "untreated", "no_detectable_change"),
    ):
        query = {"q": TXN, "touchpoint": planted.touchpoint, "a_region": names}
        found = client.get("/api/v1/scores/compare", query | periods).json()
        for name, when in (("a", "after"), ("b", "before")):
            known = planted.respondents[f"{side}_{when}"]
            assert found[name]["n"] == known.n
            assert found[name]["value"] == pytest.approx(known.value, abs=1e-4)
        assert found["verdict"] == verdict
        words = {"rose": "上升", "no_detectable_change": "没有可检测的变化"}[verdict]
        page = client.get("/analyze/compare/", query | periods).content.decode()
        assert words in page


@pytest.mark.requirement("R002-13")
def test_planted_programme_is_seen_between_the_waves_in_its_region(
    client: Client, truth: Truth
) -> None:
    planted = truth.effect("service_programme")
    region = planted.condition.split("a_region = '")[1].rstrip("'")
    query = {"q": REL, "a_region": region, "between": "wave"}
    found = get(client, "scores/compare", **query, a=truth.waves[1], b=truth.waves[0])
    assert found["a"]["value"] == pytest.approx(planted.respondents.value, abs=1e-4)
    assert found["verdict"] == "rose"


def test_every_group_of_the_truth_is_the_row_of_the_table(
    client: Client, truth: Truth
) -> None:
    known = [
        one
        for one in truth.groups
        if (one.survey, one.dimension, one.metric) == (only(truth), "region", "nps")
    ]
    assert known
    found = get(client, "scores/table", q=REL, wave=only(truth), by="a_region")
    rows = {row["key"]: row for row in found["groups"]}
    for one in known:
        row = rows[one.group]
        assert row["n"] == one.respondents.n
        if row["value"] is not None:
            assert row["value"] == pytest.approx(one.respondents.value, abs=1e-4)
