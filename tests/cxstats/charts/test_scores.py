from __future__ import annotations

from typing import Any

import pytest

from cxstats.charts import (
    CLASS_COLOURS,
    Caption,
    difference_chart,
    distribution_chart,
    estimate_chart,
    trend_chart,
)
from cxstats.scales import NPS_0_10, Scale

ROWS = [
    {"label": "a", "value": 10, "lower": 5, "upper": 15, "n": 200},
    {"label": "b", "value": None, "lower": None, "upper": None, "n": 0},
]


def datasets(chart: Any) -> list[dict[str, Any]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_every_point_of_the_scale_is_drawn_in_its_class() -> None:
    rows = datasets(distribution_chart({9.0: 3, 0.0: 1}, NPS_0_10))
    assert [row["score"] for row in rows] == list(range(11))
    assert [row["class"] for row in rows] == (
        ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    )
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    plain = datasets(distribution_chart({}, Scale(0, 3)))
    assert [row["share"] for row in plain] == [0, 0, 0, 0]


def test_the_reader_s_words_replace_the_codes() -> None:
    words = {"promoter": "推荐者"}
    chart = distribution_chart({9.0: 3}, NPS_0_10, words=words).to_dict()
    colour = chart["encoding"]["color"]["scale"]
    assert colour["domain"] == ["推荐者", "passive", "detractor"]
    assert colour["range"] == list(CLASS_COLOURS.values())


@pytest.mark.parametrize("unit", ["points", "score", "share"])
def test_all_charts_share_one_look_and_carry_their_caption(unit: str) -> None:
    caption = Caption("Title", finding="It rose.", source="n 200, 2026")
    differences = [{**ROWS[0], "difference": 3, "verdict": "rose"}]
    trend = [{**row, "period": f"2026-0{i + 1}-01"} for i, row in enumerate(ROWS)]
    charts = [
        estimate_chart(ROWS, unit=unit, caption=caption),
        trend_chart(trend, unit=unit, caption=caption),
        difference_chart(differences, unit=unit, caption=caption),
    ]
    configs = [chart.to_dict()["config"] for chart in charts]
    assert configs[0] == configs[1] == configs[2]
    for chart in charts:
        title = chart.to_dict()["title"]
        assert title["text"] == "Title"
        assert title["subtitle"] == ["It rose.", "n 200, 2026"]


def test_a_period_without_a_survey_breaks_the_line() -> None:
    rows = [{**row, "period": f"2026-0{i + 1}-01"} for i, row in enumerate(ROWS)]
    markers = [{"period": "2026-01-15", "label": "new questionnaire"}]
    layers = trend_chart(rows, unit="points", markers=markers).to_dict()["layer"]
    marks = [layer["mark"] for layer in layers]
    line = next(mark for mark in marks if mark["type"] == "line")
    assert line["invalid"].startswith("break-paths")
    assert [mark["type"] for mark in marks].count("text") == 1


def test_charts_render_without_a_browser_or_network() -> None:
    vl_convert = pytest.importorskip("vl_convert")
    svg = vl_convert.vegalite_to_svg(estimate_chart(ROWS, unit="points").to_json())
    assert svg.startswith("<svg")
