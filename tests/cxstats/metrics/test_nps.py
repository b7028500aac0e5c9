from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxstats
from cxstats.engine import Bins, open_engine
from cxstats.errors import ColumnNotFoundError, InputError, ScaleError

JSON_KEYS = {"metric", "unit", "groups", "excluded", "warnings"}
GROUP_KEYS = {
    "by",
    "value",
    "std_error",
    "lower",
    "upper",
    "level",
    "n",
    "n_effective",
    "method",
    "promoters",
    "passives",
    "detractors",
}


def waves() -> pa.Table:
    first = ["10"] * 60 + ["8"] * 30 + ["2"] * 10
    second = ["9"] * 40 + ["BLANK", None, "0"]
    return pa.table({" NPS ": first + second, "wave": [2025] * 100 + [2026] * 43})


def kinds(result: cxstats.MetricResult) -> list[str]:
    return [notice.kind for notice in result.warnings]


def test_a_score_has_its_interval_its_parts_and_its_exclusions() -> None:
    result = cxstats.nps(waves(), score="NPS", by="wave", missing=("BLANK",))
    first, second = result.groups
    assert first.by == {"wave": 2025}
    assert first.estimate.value == pytest.approx(50)
    assert first.estimate.lower < 50 < first.estimate.upper
    assert {k: p.value for k, p in first.parts.items()} == pytest.approx(
        {"promoters": 0.6, "passives": 0.3, "detractors": 0.1}
    )
    assert (second.estimate.n, second.estimate.method) == (41, "score")
    assert result.excluded == {"blank": 1, "missing_code": 1}
    assert (result.metric, result.unit, result.level) == ("nps", "points", 0.95)


def test_the_json_has_the_promised_keys_and_no_nan() -> None:
    data = pa.table({"q": [10, None], "day": [date(2026, 1, 2), None]})
    found = cxstats.nps(data, score="q", by="day").to_dict()
    assert set(found) == JSON_KEYS
    assert all(set(group) == GROUP_KEYS for group in found["groups"])
    assert [group["by"]["day"] for group in found["groups"]] == ["2026-01-02", None]
    assert found["groups"][1]["value"] is None
    assert found["groups"][1]["method"] == "none"
    json.dumps(found, allow_nan=False)


def test_a_column_that_looks_like_one_to_ten_is_called_out() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"q": rng.integers(1, 11, 500)})
    result = cxstats.nps(data, score="q")
    assert "scale" in kinds(result)
    assert "looks like 1-10" in result.warnings[0].message
    assert "scale" not in kinds(cxstats.nps(data.assign(q=data["q"] - 1), score="q"))


def test_few_answers_without_a_zero_are_not_called_out() -> None:
    assert "scale" not in kinds(cxstats.nps(pa.table({"q": [9, 10, 1] * 4}), score="q"))


def test_another_scale_gives_another_metric_that_says_so() -> None:
    data = pa.table({"q": [1, 6, 7, 9, 10]})
    result = cxstats.nps(data, score="q", scale="1-10")
    assert result.metric == "nps_like"
    assert "not Net Promoter Score" in result.warnings[0].message
    assert "not Net Promoter Score" in repr(result)
    assert result.estimate.value == pytest.approx(0)


def test_a_scale_without_cuts_is_refused() -> None:
    with pytest.raises(ScaleError, match="no cuts"):
        cxstats.nps(pa.table({"q": [1]}), score="q", scale="0-100")


def test_codes_outside_the_scale_are_suspected_to_mean_no_answer() -> None:
    result = cxstats.nps(pa.table({"q": [9] * 200 + [11] * 20 + [98]}), score="q")
    messages = [n.message for n in result.warnings if n.kind == "missing_code"]
    assert len(messages) == 2
    assert "11 occurs 20 times" in messages[0]
    assert result.excluded == {"out_of_range": 21}


def test_small_groups_are_named_as_such() -> None:
    data = pa.table({"q": [9] * 20 + [3] * 50, "g": ["a"] * 20 + ["b"] * 50})
    notices = {n.kind: n.message for n in cxstats.nps(data, score="q", by="g").warnings}
    assert "fewer than 30" in notices["small_n"]
    assert "30 to 99" in notices["small_n"]


def test_equal_weights_change_nothing() -> None:
    data = waves().append_column("w", pa.array([2.5] * 143))
    plain = cxstats.nps(data, score="NPS", by="wave").to_dict()
    weighted = cxstats.nps(data, score="NPS", by="wave", weight="w").to_dict()
    for one, other in zip(plain["groups"], weighted["groups"], strict=True):
        assert one.pop("by") == other.pop("by")
        assert one.pop("method") == other.pop("method")
        assert one == pytest.approx(other)


def test_heavy_and_missing_weights_are_reported() -> None:
    data = pa.table({"q": [9, 3, 10, 8] * 50, "w": [100.0, 1.0, 1.0, None] * 50})
    result = cxstats.nps(data, score="q", weight="w")
    message = next(n.message for n in result.warnings if n.kind == "weights")
    assert "50 answers have no usable weight" in message
    assert "Kish" in message
    assert result.excluded == {"no_weight": 50}
    assert result.estimate.n_effective == pytest.approx(150 / result.estimate.kish)


def test_one_cluster_gives_no_standard_error_and_a_wide_interval() -> None:
    data = pa.table({"q": [9, 10, 3, 8] * 20, "shop": ["a"] * 80})
    result = cxstats.nps(data, score="q", cluster="shop")
    e = result.estimate
    assert np.isnan(e.std_error)
    assert e.upper - e.lower > 100
    assert "clusters" in kinds(result)


def test_unanimous_answers_never_look_certain() -> None:
    data = pa.table({"q": [10] * 40, "w": [1.0, 3.0] * 20, "shop": list("abcd") * 10})
    for design in ({}, {"weight": "w"}, {"cluster": "shop"}):
        e = cxstats.nps(data, score="q", **design).estimate
        assert e.upper == 100
        assert e.lower < 90


def test_no_answers_are_an_answer() -> None:
    result = cxstats.nps(pa.table({"q": pa.array([None, ""], pa.string())}), score="q")
    assert not result.estimate.is_known
    assert "empty" in kinds(result)
    assert result.excluded == {"blank": 2}


def test_filters_bins_and_engines_pass_through() -> None:
    data = pa.table({"q": [10, 2, 9, 9], "age": [10, 20, 30, None], "n": [1, 2, 1, 2]})
    with open_engine() as engine:
        result = cxstats.nps(
            data, score="q", by=Bins("age", (18,)), where="n = 1", engine=engine
        )
        assert [g.by["age"] for g in result] == [0, 1]
        assert len(cxstats.nps(data, score="q", by="n", engine=engine)) == 2


def test_columns_named_like_the_histogram_can_be_grouped_by() -> None:
    data = pa.table({"q": [10, 2], "score": ["x", "y"], "n": [1, 1], "w": [5, 6]})
    result = cxstats.nps(data, score="q", by=("score", "n", "w"))
    assert [dict(g.by) for g in result] == [
        {"score": "x", "n": 1, "w": 5},
        {"score": "y", "n": 1, "w": 6},
    ]


def test_bad_questions_are_refused() -> None:
    data = pa.table({"q": [1], "g": [1]})
    with pytest.raises(ColumnNotFoundError):
        cxstats.nps(data, score="nope")
    with pytest.raises(InputError, match="named twice"):
        cxstats.nps(data, score="q", by=("g", "g"))
    with pytest.raises(InputError, match="level"):
        cxstats.nps(data, score="q", level=95)
    two = cxstats.nps(pa.table({"q": [1, 2], "g": [1, 2]}), score="q", by="g")
    with pytest.raises(InputError, match="groups"):
        _ = two.estimate


def test_results_of_two_sources_merge_into_the_pooled_one() -> None:
    table = waves()
    whole = cxstats.nps(table, score="NPS", by="wave")
    parts = [
        cxstats.nps(table.slice(start, 50), score="NPS", by="wave")
        for start in (0, 50, 100)
    ]
    cells = parts[0].cells + parts[1].cells + parts[2].cells
    merged = cxstats.metrics.nps_from_cells(cells)
    assert merged.to_dict() == whole.to_dict()


def test_a_result_is_a_frame_a_chart_and_readable_text() -> None:
    result = cxstats.nps(waves(), score="NPS", by="wave")
    frame = result.to_pandas()
    assert frame["wave"].tolist() == [2025, 2026]
    assert frame["value"].tolist() == [g.estimate.value for g in result]
    assert "left out: blank 1" in repr(result)
    assert result.group(wave=2026).estimate.n == 41
    with pytest.raises(InputError, match="0 groups"):
        result.group(wave=1999)
    assert len(result.chart().to_dict()["layer"]) == 2
    assert str(cxstats.nps(waves(), score="NPS")).startswith("nps +63 ±10 (n 141)")


def test_the_distribution_counts_every_point() -> None:
    result = cxstats.nps(waves(), score="NPS", by="wave")
    assert result.distribution() == {0: 1, 2: 10, 8: 30, 9: 40, 10: 60}
    assert result.distribution(wave=2026) == {0: 1, 9: 40}
