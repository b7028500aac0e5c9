from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import ttest_ind
from statsmodels.stats.proportion import confint_proportions_2indep

import cxstats
from cxstats.comparisons import compare_groups, compare_results, judge
from cxstats.errors import InputError

REGIONS = ["东", "南", "西", "北"]


def regions(per_region: int = 1000) -> pd.DataFrame:
    """Return answers of four regions, of which only the north has a lower score."""
    rng = np.random.default_rng(7)
    parts = []
    for region in REGIONS:
        promoters = per_region * (3 if region == "北" else 5) // 10
        detractors = per_region * 2 // 10
        passives = per_region - promoters - detractors
        scores = [10] * promoters + [7] * passives + [3] * detractors
        parts.append(pd.DataFrame({"region": region, "score": scores}))
    data = pd.concat(parts, ignore_index=True)
    n = len(data)
    return data.assign(
        wave=rng.choice(["2025", "2026"], n),
        weight=rng.choice([1.0, 2.0, 4.0], n),
        shop=rng.integers(0, 60, n),
    )


def test_all_pairs_are_compared_once_and_only_the_real_difference_is_told() -> None:
    found = cxstats.compare(regions(), score="score", between="region")
    assert len(found) == 6
    for item in found:
        differs = "北" in (item.baseline, item.compared)
        assert (item.verdict != "no_detectable_change") == differs
        assert item.q >= item.p


def test_a_baseline_is_subtracted_from_every_other_value() -> None:
    data = regions()
    found = cxstats.compare(data, score="score", between="region", baseline="东")
    assert {item.compared for item in found} == {"南", "西", "北"}
    values = {
        g.by["region"]: g.estimate.value
        for g in cxstats.nps(data, score="score", by="region")
    }
    for item in found:
        expected = values[item.compared] - values["东"]
        assert item.estimate.value == pytest.approx(expected)
    north = next(item for item in found if item.compared == "北")
    assert north.verdict == "fell"


def test_each_against_the_rest_equals_comparing_two_groups() -> None:
    data = regions()
    for design in ({}, {"weight": "weight"}, {"weight": "weight", "cluster": "shop"}):
        found = cxstats.compare(
            data, score="score", between="region", baseline=cxstats.REST, **design
        )
        assert [item.compared for item in found] == sorted(REGIONS)
        item = next(item for item in found if item.compared == "西")
        two = data.assign(side=np.where(data["region"] == "西", 1, 0))
        pair = cxstats.compare(two, score="score", between="side", **design)[0]
        assert item.p == pytest.approx(pair.p)
        assert item.estimate.value == pytest.approx(pair.estimate.value)
        assert item.estimate.std_error == pytest.approx(pair.estimate.std_error)


def test_comparisons_repeat_within_groups_and_are_corrected_together() -> None:
    found = cxstats.compare(
        regions(), score="score", between="wave", by="region", correction="by"
    )
    assert [item.by["region"] for item in found] == sorted(REGIONS)
    assert {item.baseline for item in found} == {"2025"}
    frame = found.to_pandas()
    assert (
        frame["q"].tolist() == cxstats.multiplicity.q_values(frame["p"], "by").tolist()
    )


def test_means_are_compared_by_welch() -> None:
    data = regions(100)
    item = cxstats.compare(
        data, score="score", between="wave", metric="csat", scale="0-10"
    )[0]
    sides = [data.loc[data["wave"] == wave, "score"] for wave in ("2026", "2025")]
    peer = ttest_ind(*sides, equal_var=False)
    assert item.p == pytest.approx(peer.pvalue)
    ends = peer.confidence_interval(0.95)
    assert (item.estimate.lower, item.estimate.upper) == pytest.approx(tuple(ends))
    assert item.estimate.unit == "score"


def test_shares_are_compared_by_agresti_and_caffo() -> None:
    data = pa.table(
        {
            "q": ["y"] * 30 + ["n"] * 20 + ["y"] * 10 + ["n"] * 25,
            "g": ["a"] * 50 + ["b"] * 35,
        }
    )
    result = cxstats.share(data, score="q", values=("y",), by="g")
    item = compare_groups(result, between="g")[0]
    peer = confint_proportions_2indep(10, 35, 30, 50, method="agresti-caffo")
    assert (item.estimate.lower, item.estimate.upper) == pytest.approx(peer)


def test_groups_without_spread_are_compared_with_caution() -> None:
    data = pa.table({"q": [5] * 40 + [4] * 40, "g": ["a"] * 40 + ["b"] * 40})
    item = cxstats.compare(data, score="q", between="g", metric="csat", scale="1-5")[0]
    assert item.estimate.method == "square_and_add"
    assert item.estimate.value == -1
    assert item.estimate.lower < -1 < item.estimate.upper < 0
    assert (item.verdict, item.p < 0.05) == ("fell", True)
    weighted = pa.table({"q": [10] * 40 + [0] * 40, "g": data["g"], "w": [1.0, 2] * 40})
    item = cxstats.compare(weighted, score="q", between="g", weight="w")[0]
    assert (item.estimate.value, item.verdict) == (-200, "fell")
    assert item.estimate.upper < -100


def test_a_group_without_answers_has_no_difference() -> None:
    data = pa.table({"q": [9, 10, 3, None], "g": ["a", "a", "a", "b"]})
    item = cxstats.compare(data, score="q", between="g")[0]
    assert math.isnan(item.p)
    assert item.verdict == "no_detectable_change"
    json.dumps(item.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("lower", "upper", "q", "verdict"),
    [
        (1, 3, 0.01, "rose"),
        (-3, -1, 0.01, "fell"),
        (-1, 3, 0.01, "no_detectable_change"),
        (1, 3, 0.2, "no_detectable_change"),
        (1, 3, math.nan, "no_detectable_change"),
    ],
)
def test_a_verdict_needs_the_interval_and_q(
    lower: float, upper: float, q: float, verdict: str
) -> None:
    assert judge(lower, upper, q, 0.95) == verdict


def test_a_chart_colours_by_verdict_and_leaves_small_groups_out() -> None:
    data = pd.concat(
        [regions(), pd.DataFrame({"region": ["岛"] * 5, "score": [10] * 5})]
    )
    found = cxstats.compare(data, score="score", between="region", baseline="东")
    assert len(found) == 4
    drawn = found.chart().to_dict()
    rows = next(iter(v for v in drawn["datasets"].values() if "label" in v[0]))
    assert len(rows) == 3
    assert {row["verdict"] for row in rows} == {"fell", "no detectable change"}


def test_results_of_independent_samples_are_compared_group_by_group() -> None:
    data = regions()
    old, new = (data[data["wave"] == wave] for wave in ("2025", "2026"))
    for design in ({}, {"weight": "weight"}):
        first, second = (
            cxstats.nps(part, score="score", by="region", **design)
            for part in (old, new)
        )
        apart = compare_results(first, second, sides=("2025", "2026"))
        together = cxstats.compare(
            data, score="score", between="wave", by="region", **design
        )
        for one, other in zip(apart, together, strict=True):
            assert one.by == other.by
            assert one.estimate.value == pytest.approx(other.estimate.value)
            assert one.p == pytest.approx(other.p, rel=0.05, abs=1e-3)
    with pytest.raises(InputError, match="same metric"):
        compare_results(first, cxstats.nps(new, score="score"))


def test_bad_comparisons_are_refused() -> None:
    data = regions(10)
    with pytest.raises(InputError, match="no group of 'region'"):
        cxstats.compare(data, score="score", between="region", baseline="海")
    with pytest.raises(InputError, match="metric must be"):
        cxstats.compare(data, score="score", between="region", metric="sum")
    result = cxstats.nps(data, score="score", by="region")
    with pytest.raises(InputError, match="not a group column"):
        compare_groups(result, between="wave")


def test_the_text_of_a_comparison_uses_words() -> None:
    text = repr(cxstats.compare(regions(), score="score", between="region"))
    assert "no detectable change" in text
    assert "北" in text
