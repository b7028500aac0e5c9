from __future__ import annotations

import pytest

from cxstats.charts import Caption
from cxstats.charts.drivers import (
    contribution_chart,
    importance_chart,
    matrix_chart,
    penalty_reward_chart,
)
from cxstats.estimates import Estimate

R_SQUARED = Estimate(0.5, "share", 0.1, 0.4, 0.6, 0.95, 200, 200.0, "ols")
SHARES = [{"label": "a", "value": 0.6, "lower": 0.5, "upper": 0.7, "n": 200}]
PLACES = [{"name": "a", "performance": 7, "share": 0.6, "quadrant": "keep_up"}]
OUTLINE = [{"name": "a", "at": 0, "performance": 7, "share": 0.5}]
CONTRAST = {"penalty": 2.0, "penalty_lower": 1.0, "penalty_upper": 3.0}
CONTRAST |= {"reward": None, "reward_lower": None, "reward_upper": None}


def test_charts_of_drivers_carry_their_caption_and_render() -> None:
    vl_convert = pytest.importorskip("vl_convert")
    caption = Caption("Title", finding="Network first.", source="n 200")
    lines = (6.5, 0.5)
    charts = [
        importance_chart(SHARES, outcome="y", r_squared=R_SQUARED, caption=caption),
        matrix_chart(PLACES, OUTLINE, lines=lines, outcome="y", caption=caption),
        contribution_chart(SHARES, unit="points", outcome="y", caption=caption),
        penalty_reward_chart(
            [{"name": "a", "kind": "must_be", **CONTRAST}], outcome="y", caption=caption
        ),
    ]
    for chart in charts:
        assert chart.to_dict()["title"]["text"] == "Title"
    assert vl_convert.vegalite_to_svg(charts[1].to_json()).startswith("<svg")


def test_the_reader_s_words_name_the_quadrants() -> None:
    words = {"keep_up": "保持"}
    chart = matrix_chart(PLACES, OUTLINE, lines=(6, 0.5), outcome="y", words=words)
    datasets = chart.to_dict()["datasets"].values()
    quadrants = {row.get("quadrant") for rows in datasets for row in rows}
    assert "保持" in quadrants


def test_groups_of_contributions_get_a_panel_each() -> None:
    rows = [{**SHARES[0], "group": name} for name in ("east", "west")]
    chart = contribution_chart(rows, unit="points", outcome="y").to_dict()
    assert chart["facet"]["row"]["field"] == "group"
    alone = contribution_chart(SHARES, unit="points", outcome="y").to_dict()
    assert "facet" not in alone
