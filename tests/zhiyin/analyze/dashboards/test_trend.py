"""The trend: intervals, gaps, marks, and the pictures made of it."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, key_of, mixed
from zhiyin.accounts.models import Person, Role
from zhiyin.analyze.metrics.models import ChangeMarker

pytestmark = pytest.mark.django_db

UTC = dt.UTC


@pytest.fixture
def client(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with())


@pytest.fixture
def year(world: World) -> World:
    """Answers in four months of 2026; none in March, too few in April."""
    for month, scores in {
        1: mixed(60, 30, 30), 2: mixed(50, 30, 30), 4: mixed(10, 5, 5),
        5: mixed(20, 10, 10), 6: mixed(90, 20, 10),
    }.items():  # fmt: skip
        world.answer(scores, responded_at=dt.datetime(2026, month, 10, tzinfo=UTC))
    world.sync()
    return world


HALF = {"from": "2026-01-01", "to": "2026-06-30"}


@pytest.mark.requirement("R001-35")
def test_trend_has_an_interval_at_every_step_and_a_gap_where_nothing_was_asked(
    year: World, client: Client
) -> None:
    found = client.get("/api/v1/scores/trend", HALF).json()
    assert found["step"] == "month"
    points = {point["from"]: point for point in found["points"]}
    assert list(points) == [f"2026-0{month}-01" for month in range(1, 7)]
    january = points["2026-01-01"]
    assert january["value"] == pytest.approx(25)
    assert january["lower"] < 25 < january["upper"]
    assert (points["2026-03-01"]["n"], points["2026-03-01"]["value"]) == (0, None)
    assert (points["2026-04-01"]["n"], points["2026-04-01"]["value"]) == (20, None)
    assert points["2026-05-01"]["standing"] == "indicative"
    assert sum(point["n"] for point in found["points"]) == 120 + 110 + 20 + 40 + 120
    spec = client.get("/analyze/trend.json", HALF).json()
    rows = next(iter(spec["datasets"].values()))
    assert [row["value"] is None for row in rows] == [False, False, True, True, False,
                                                      False]  # fmt: skip
    line = next(one for one in spec["layer"] if one["mark"].get("type") == "line")
    assert line["mark"]["invalid"] == "break-paths-show-path-domains"


def test_steps_follow_the_length_of_the_period(year: World, client: Client) -> None:
    for ends, step in (
        (("2026-01-01", "2026-01-31"), "day"),
        (("2026-01-01", "2026-03-31"), "week"),
        (("2026-01-01", "2026-12-31"), "month"),
        (("2020-01-01", "2026-12-31"), "year"),
    ):
        query = dict(zip(("from", "to"), ends, strict=True))
        assert client.get("/api/v1/scores/trend", query).json()["step"] == step


@pytest.mark.requirement("R001-35")
def test_mark_is_made_on_a_page_and_drawn_on_the_trends_it_concerns(
    year: World, client: Client
) -> None:
    year.answer(mixed(60, 30, 30), "relationship",
                responded_at=dt.datetime(2026, 2, 10, tzinfo=UTC))  # fmt: skip
    year.answer(mixed(60, 30, 30), touchpoint="repair",
                responded_at=dt.datetime(2026, 2, 10, tzinfo=UTC))  # fmt: skip
    year.sync()
    made = client.post(
        "/analyze/metrics/markers/",
        {"on": "2026-02-15", "label": "当日修上线", "kind": "intervention",
         "stream": "transactional", "touchpoint": "repair"},
    )  # fmt: skip
    assert made.status_code == 302

    def labels(**query: str) -> list[str]:
        found = client.get("/api/v1/scores/trend", HALF | query).json()
        spec = client.get("/analyze/trend.json", HALF | query).content.decode()
        shown = [marker["label"] for marker in found["markers"]]
        assert ("\\u5f53\\u65e5\\u4fee" in spec or "当日修" in spec) == bool(shown)
        return shown

    assert labels(touchpoint="repair") == ["当日修上线"]
    assert labels() == ["当日修上线"]
    assert labels(touchpoint="hall") == []
    assert labels(q=key_of("relationship")) == []
    marker = ChangeMarker.objects.get()
    assert client.post(f"/analyze/metrics/markers/{marker.pk}/remove/").status_code
    assert labels(touchpoint="repair") == []


def test_only_who_may_marks_changes(
    year: World,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    executive = client_of(person_with(Role.EXECUTIVE))
    response = executive.post("/analyze/metrics/markers/", {"on": "2026-02-15"})
    assert response.status_code == 403
    assert not ChangeMarker.objects.exists()


def test_chart_is_drawn_on_the_days_themselves_whatever_the_time_zone(
    year: World, client: Client
) -> None:
    spec = client.get("/analyze/trend.json", HALF).json()
    axes = [found for found in walk(spec) if found.get("type") == "temporal"]
    assert axes
    assert all(axis["scale"] == {"type": "utc"} for axis in axes if "axis" in axis)
    svg = client.get("/analyze/trend.svg", HALF).content.decode()
    months = re.findall(r">(2026-\d\d)<", svg)
    assert months == [f"2026-0{month}" for month in range(1, 7)]


def walk(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for each in node for found in walk(each)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for each in node.values() for found in walk(each))]


def test_picture_shows_chinese_and_is_a_real_picture(
    year: World, client: Client
) -> None:
    svg = client.get("/analyze/trend.svg", HALF)
    assert svg["Content-Type"] == "image/svg+xml"
    assert "场景型NPS" in svg.content.decode()
    assert "得分" in svg.content.decode()
    png = client.get("/analyze/trend.png", HALF)
    assert png["Content-Type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")
    width = int.from_bytes(png.content[16:20], "big")
    assert width > 1600


def test_chinese_in_the_picture_is_drawn_as_different_letters() -> None:
    """A font without Chinese draws the same empty box for every character."""
    import vl_convert as vlc

    def ink(text: str) -> bytes:
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60">'
            f'<text x="5" y="45" font-family="sans-serif" font-size="40">{text}</text>'
            "</svg>"
        )
        return bytes(vlc.svg_to_png(svg))

    if ink("客") == ink("\ue000"):
        pytest.skip("no font with Chinese letters is installed")
    assert len({ink(letter) for letter in "推荐得分触点"}) == 6


def test_chart_without_answers_is_empty_and_has_no_picture(
    world: World, client: Client
) -> None:
    world.sync()
    assert client.get("/analyze/trend.json").json() == {}
    assert client.get("/analyze/trend.png").status_code == 404


def test_page_shows_the_picture_where_there_is_no_script(
    year: World, client: Client
) -> None:
    html = client.get("/analyze/scores/", HALF).content.decode()
    picture = re.search(r'<noscript><img src="([^"]+)"', html)
    assert picture
    assert client.get(picture[1].replace("&amp;", "&")).status_code == 200
    assert io.BytesIO(client.get("/analyze/trend.png", HALF).content).read(4)
