from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import sem
from scipy.stats import t as student

import cxstats
from cxstats.errors import InputError, ScaleError
from cxstats.intervals import wilson_interval


def test_satisfaction_is_a_mean_with_boxes() -> None:
    scores = [5, 4, 4, 3, 5, 1, 5, 4, 2, 5]
    result = cxstats.csat(pa.table({"q": scores}), score="q", scale="1-5")
    e, group = result.estimate, result.groups[0]
    half = student.ppf(0.975, 9) * sem(scores)
    assert e.value == pytest.approx(3.8)
    assert (e.lower, e.upper) == pytest.approx((3.8 - half, min(3.8 + half, 5)))
    top = group.parts["top_box"]
    assert top.value == pytest.approx(0.4)
    assert (top.lower, top.upper) == pytest.approx(np.ravel(wilson_interval(4, 10)))
    flat = group.to_dict()
    assert (flat["mean"], flat["top_box"], flat["bottom_box"]) == (3.8, 0.4, 0.1)
    assert flat["satisfied"] == pytest.approx(0.7)


def test_a_mean_s_distribution_has_no_promoters() -> None:
    data = pa.table({"q": [5, 4, 1]})
    drawn = cxstats.csat(data, score="q", scale="1-5").chart().to_dict()
    assert "color" not in drawn["encoding"]
    drawn = cxstats.nps(data, score="q").chart().to_dict()
    assert "color" in drawn["encoding"]


def test_box_cuts_can_be_set_and_must_lie_on_the_scale() -> None:
    data = pa.table({"q": [1, 2, 3, 4, 5]})
    boxes = cxstats.Boxes(top_min=4, bottom_max=2, satisfied_min=3)
    parts = cxstats.csat(data, score="q", scale="1-5", boxes=boxes).groups[0].parts
    values = [parts[name].value for name in ("top_box", "bottom_box", "satisfied")]
    assert values == pytest.approx([0.4, 0.4, 0.6])
    with pytest.raises(ScaleError, match="cut 9"):
        cxstats.csat(data, score="q", scale="1-5", boxes=cxstats.Boxes(top_min=9))


def test_an_inferred_scale_is_announced() -> None:
    result = cxstats.csat(pa.table({"q": [1, 5, 3, 4]}), score="q")
    assert (result.warnings[0].kind, str(result.scale)) == ("scale", "1-5")
    with pytest.raises(ScaleError, match="no number"):
        cxstats.csat(pa.table({"q": ["a", "b"]}), score="q")


def test_means_of_weighted_clusters_stay_on_the_scale() -> None:
    data = pa.table({"q": [5, 5, 4, 1], "w": [1.0, 2, 1, 2], "c": ["a", "a", "b", "b"]})
    e = cxstats.csat(data, score="q", scale="1-5", weight="w", cluster="c").estimate
    assert (e.lower, e.upper, e.method) == (1, 5, "linearized_t")


def test_effort_counts_who_agrees() -> None:
    data = pa.table({"q": [7, 6, 5, 4, 1, 8]})
    result = cxstats.ces(data, score="q")
    assert result.groups[0].parts["agree"].value == pytest.approx(0.6)
    assert result.estimate.value == pytest.approx(4.6)
    assert result.excluded == {"out_of_range": 1}
    with pytest.raises(ScaleError, match="cut 0"):
        cxstats.ces(data, score="q", agree_min=0)


def test_a_share_reads_text_and_leaves_blanks_out() -> None:
    data = pa.table({"fcr": ["是", "否", "是", "", None, "不适用"]})
    result = cxstats.share(data, score="fcr", values=("是",), missing=("不适用",))
    e = result.estimate
    assert (e.value, e.n, e.unit) == (pytest.approx(2 / 3), 3, "share")
    assert result.excluded == {"blank": 2, "missing_code": 1}
    assert "layer" in cxstats.share(data, score="fcr", values=("是",)).chart().to_dict()
    with pytest.raises(InputError, match="tuple"):
        cxstats.share(data, score="fcr", values="是")


def test_booleans_and_numbers_can_be_shared() -> None:
    data = pa.table({"b": [True, False, None, True], "x": [1.0, 2.0, 2.0, 3.0]})
    assert cxstats.share(data, score="b", values=(True,)).estimate.n == 3
    assert cxstats.share(data, score="x", values=(2, "3")).estimate.value == 0.75
