"""Whatever stands in the address, a page answers; the API says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.zhiyin.analyze.dashboards.world import World, key_of, mixed, shown_n
from zhiyin.accounts.models import Person

pytestmark = pytest.mark.django_db

PAGES = ["/analyze/scores/", "/analyze/compare/", "/analyze/table/",
         "/analyze/voices/", "/analyze/trend.json", "/analyze/table.csv",
         "/analyze/compare.xlsx", "/analyze/voices.csv",
         "/analyze/scores.csv"]  # fmt: skip
CALLS = ["/api/v1/scores", "/api/v1/scores/trend", "/api/v1/scores/compare",
         "/api/v1/scores/table", "/api/v1/comments"]  # fmt: skip
NAMES = ["q", "metric", "period", "from", "to", "touchpoint", "wave", "channel",
         "department", "a_arpu", "a_region", "a_unknown", "class", "score", "weighted",
         "by", "cuts", "sort", "between", "a", "b", "b_from", "b_to", "words", "page",
         "size", "pick", "range_of", "low", "high"]  # fmt: skip
GARBAGE = [
    "", " ", "0", "-1", "-", "..", "nan", "inf", "1e999", "9" * 40, "9" * 5000,
    "%", "%s%n", "100%", "'; DROP TABLE responses_response; --", "' or '1'='1",
    '"', "\\", "\x00", "\n", "华东", "\u202e", "💥", "<script>", "{{ 7*7 }}", "../..",
    "0001-01-01", "9999-12-31", "2026-02-30", "transactional.nps.NPS_TXN.0~10~6~9",
    "relationship.nps.NPS_TXN.0~10~6~9", "a_arpu", "department", "/1/", "/%/",
    "5..9", "9..5", "..", "5..<", "promoter", "nps_like", "1", "a_region", "1,2,3",
    "3,2,1", "1," * 300,
]  # fmt: skip


@pytest.fixture
def client(
    world: World,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    world.field("region", "省份")
    world.field("arpu", "ARPU", "number")
    for at, score in enumerate(mixed(40, 20, 20)):
        world.answer(
            [score], attributes={"region": "华东", "arpu": at}, comment="信号不好"
        )
    world.answer(mixed(30, 10, 10), "satisfaction")
    world.sync()
    return client_of(person_with())


@pytest.mark.parametrize("path", PAGES)
def test_no_value_breaks_a_page_whatever_parameters_carry_it(
    client: Client, path: str
) -> None:
    plain = [name for name in NAMES if name != "range_of"]
    variants = (NAMES, plain) if path == "/analyze/scores/" else (plain,)
    # Files come from the same reading of an address as pages: they share the values.
    step = 1 if path.endswith("/") else 3
    for value in GARBAGE[PAGES.index(path) % step :: step]:
        # A range that is being written hides the rest of the address.
        for names in variants:
            query = urlencode(dict.fromkeys(names, value))
            response = client.get(f"{path}?{query}")
            assert response.status_code in {200, 302}, (path, value)


@pytest.mark.parametrize("path", CALLS)
def test_no_value_breaks_the_api_and_a_refusal_is_explained(
    client: Client, path: str
) -> None:
    variants = [NAMES, ["by", "between"]]
    if path == CALLS[0]:
        # What names a selection is read alike for every call.
        variants += [["q"], ["a_arpu"], ["a_region"]]
    for value in GARBAGE:
        for names in variants:
            query = urlencode(dict.fromkeys(names, value))
            response = client.get(f"{path}?{query}")
            assert response.status_code in {200, 422}, (path, names, value)
            if response.status_code == 422:
                assert response["Content-Type"] == "application/problem+json"
                assert response.json()["detail"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(GARBAGE) | st.text()),
        max_size=8,
    )
)
def test_no_combination_breaks_a_page(
    client: Client, pairs: list[tuple[str, str]]
) -> None:
    pairs = [(n, v.encode("utf-8", "replace").decode()) for n, v in pairs]
    for path in ("/analyze/scores/", "/analyze/table/", "/analyze/compare/"):
        response = client.get(f"{path}?{urlencode(pairs)}")
        assert response.status_code in {200, 302}, (path, pairs)


def test_page_shows_what_it_can_of_an_address(client: Client) -> None:
    page = client.get("/analyze/scores/?q=nonsense&period=7d&a_unknown=1&class=fans")
    assert shown_n(page.content.decode()) == "80"


def test_api_refuses_what_it_does_not_know_and_says_what_it_knows(
    client: Client,
) -> None:
    refused = client.get("/api/v1/scores?q=nonsense&region=华东").json()
    assert refused["status"] == 422
    assert key_of("transactional") in refused["detail"]
    assert "a_region" in refused["detail"]
    refused = client.get("/api/v1/scores/table?by=planet").json()
    assert "touchpoint" in refused["detail"]


def test_sql_in_a_filter_is_a_value_that_nobody_has(client: Client) -> None:
    query = urlencode({"a_region": "' or '1'='1"})
    assert client.get(f"/api/v1/scores?{query}").json()["n"] == 0


@pytest.mark.parametrize(
    "key",
    [
        "transactional.nps.NPS_REL.0~10~6~9",
        "relationship.nps.NPS_TXN.0~10~6~9",
        "%.nps.NPS_TXN.0~10~6~9",
        ".nps.NPS_TXN.0~10~6~9",
        "relationship,transactional.nps.NPS_TXN.0~10~6~9",
    ],
)
def test_no_address_mixes_relationship_and_transactional_answers(
    client: Client, world: World, key: str
) -> None:
    world.answer(mixed(60, 0, 0), "relationship")
    world.sync()
    assert client.get("/api/v1/scores", {"q": key}).status_code == 422
    both = [key_of("relationship"), key_of("transactional")]
    query = urlencode({"q": both}, doseq=True)
    found = client.get(f"/api/v1/scores?{query}").json()
    assert (found["n"], found["selection"]["stream"]) == (80, "transactional")
    for page in ("/analyze/scores/", "/analyze/table/"):
        html = client.get(page, {"q": key}).content.decode()
        assert "140" not in html
    listed = client.get("/api/v1/series").json()["series"]
    assert sorted((one["stream"], one["metric"], one["n"]) for one in listed) == [
        ("relationship", "csat", 50),
        ("relationship", "rnps", 60),
        ("transactional", "tnps", 80),
    ]
