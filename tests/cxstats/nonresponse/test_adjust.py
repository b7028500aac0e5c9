"""Adjusting for who answered: what it repairs, what it says, what it refuses."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.engine import Engine, open_engine
from cxstats.errors import InputError
from cxstats.nonresponse.propensity import area_under_curve, calibration_gap

FEATURES = ["age", "product"]


@pytest.fixture(scope="module")
def asked() -> pd.DataFrame:
    """Customers who answer more when they are old, and score higher then."""
    random = np.random.default_rng(7)
    size = 20_000
    age = random.integers(18, 80, size)
    product = random.choice(["5G", "FTTH", "IPTV"], size, p=[0.5, 0.3, 0.2])
    odds = -2 + 0.03 * (age - 45) + 0.5 * (product == "5G")
    answered = random.random(size) < 1 / (1 + np.exp(-odds))
    chance = 0.5 + 0.005 * (age - 45)
    truth = np.where(random.random(size) < chance, 10.0, 3.0)
    return pd.DataFrame(
        {
            "age": age,
            "product": product,
            "answered": answered,
            "q": np.where(answered, truth, np.nan),
            "truth": truth,
        }
    )


@functools.cache
def shared_engine() -> Engine:
    """Open one engine for all examples of a property."""
    return open_engine()


def kinds(found: cxstats.Nonresponse) -> set[str]:
    return {notice.kind for notice in found.warnings}


def test_the_adjusted_score_is_that_of_everybody(asked: pd.DataFrame) -> None:
    found = cxstats.adjust_nonresponse(asked, score="q", features=FEATURES)
    truth = cxstats.nps(asked, score="truth").estimate.value
    assert found.observed.value - truth > 5
    assert found.adjusted.lower < truth < found.adjusted.upper
    assert found.shift == pytest.approx(found.adjusted.value - found.observed.value)
    assert found.adjusted.kish > 1
    for row in found.classes:
        assert row.share_adjusted == pytest.approx(row.share_asked, abs=0.01)


def test_saturated_classes_equal_post_stratification() -> None:
    """With one feature the weights are those of the classes of everybody asked."""
    groups = {"a": (60, 20, 120), "b": (10, 30, 360)}
    rows = [
        (name, score)
        for name, (yes, no, silent) in groups.items()
        for score in [10.0] * yes + [2.0] * no + [None] * silent
    ]
    data = pd.DataFrame(rows, columns=["g", "q"])
    found = cxstats.adjust_nonresponse(data, score="q", features=["g"], trim=50)
    expected = (200 * (40 / 80) + 400 * (-20 / 40)) / 600
    assert found.adjusted.value == pytest.approx(100 * expected, abs=1e-5)
    made = cxstats.poststratify(data.dropna(), {"g": {"a": 200, "b": 400}}).estimate(
        data.dropna(), "q"
    )
    assert made.value == pytest.approx(found.adjusted.value, abs=1e-5)
    # Everybody asked is a sample too, so a part for the classes' shares is added.
    assert found.adjusted.std_error > made.std_error
    assert found.adjusted.std_error == pytest.approx(made.std_error, rel=0.1)


def test_a_flag_and_a_missing_score_say_the_same(asked: pd.DataFrame) -> None:
    one = cxstats.adjust_nonresponse(asked, score="q", features=FEATURES)
    other = cxstats.adjust_nonresponse(
        asked, score="q", features=FEATURES, responded="answered"
    )
    assert one.warnings == other.warnings
    left, right = one.to_pandas().to_numpy(), other.to_pandas().to_numpy()
    assert left == pytest.approx(right)


def test_flags_that_contradict_the_scores_are_told(asked: pd.DataFrame) -> None:
    flags = asked["answered"].map({True: "yes", False: "no"}).astype(object)
    flags[asked.index[asked["answered"]][:5]] = "no"
    flags[asked.index[~asked["answered"]][:7]] = "yes"
    flags[asked.index[~asked["answered"]][7:10]] = None
    found = cxstats.adjust_nonresponse(
        asked.assign(flag=flags), score="q", features=FEATURES, responded="flag"
    )
    assert {"contradiction", "no_score"} <= kinds(found)
    assert found.excluded == {"no_flag": 3}
    assert found.answered == asked["answered"].sum() - 5
    with pytest.raises(InputError, match="received 'maybe'"):
        cxstats.adjust_nonresponse(
            asked.assign(flag="maybe"), score="q", features=["age"], responded="flag"
        )


def test_weights_of_one_change_nothing(asked: pd.DataFrame) -> None:
    plain = cxstats.adjust_nonresponse(asked, score="q", features=FEATURES)
    ones = cxstats.adjust_nonresponse(
        asked.assign(w=1.0), score="q", features=FEATURES, weight="w"
    )
    assert ones.adjusted.value == pytest.approx(plain.adjusted.value)
    assert ones.adjusted.std_error == pytest.approx(plain.adjusted.std_error)
    odd = asked.assign(w=np.where(np.arange(len(asked)) % 9, 2.0, np.nan))
    found = cxstats.adjust_nonresponse(odd, score="q", features=FEATURES, weight="w")
    assert found.excluded == {"no_weight": odd["w"].isna().sum()}
    assert found.asked == odd["w"].notna().sum()


def test_the_band_and_what_would_change_the_verdict(asked: pd.DataFrame) -> None:
    found = cxstats.adjust_nonresponse(asked, score="q", features=FEATURES, target=-20)
    plain = next(row for row in found.sensitivity if row.delta == 0)
    assert plain.value == pytest.approx(found.adjusted.value)
    assert plain.nonrespondents == pytest.approx(found.expected_of_missing)
    for row in found.sensitivity:
        moved = (1 - found.rate) * (row.nonrespondents - plain.nonrespondents)
        assert row.value == pytest.approx(plain.value + moved)
    tip = found.tipping
    assert tip.verdict == "above"
    assert tip.is_possible
    reached = found.adjusted.lower + (1 - found.rate) * tip.delta
    assert reached == pytest.approx(-20)
    assert found.worst < found.adjusted.value < found.best


def test_a_verdict_that_nobody_can_change_says_so() -> None:
    rows = {"q": [10.0] * 190 + [3.0] * 5 + [None] * 5, "g": ["a", "b"] * 100}
    found = cxstats.adjust_nonresponse(pa.table(rows), score="q", features=["g"])
    assert found.tipping.is_possible is False
    assert "whatever the others think" in str(found)
    even = {"q": [10.0, 3.0] * 60 + [None] * 80, "g": ["a", "a", "b", "b"] * 50}
    found = cxstats.adjust_nonresponse(pa.table(even), score="q", features=["g"])
    assert found.tipping.verdict == "undetermined"
    assert "cannot be told from" in str(found)


def test_features_that_say_nothing_are_named(asked: pd.DataFrame) -> None:
    random = np.random.default_rng(1)
    noise = asked.assign(noise=random.integers(0, 3, len(asked)), one="x")
    found = cxstats.adjust_nonresponse(noise, score="q", features=["noise", "one"])
    assert {"weak_features", "constant"} <= kinds(found)
    assert found.adjusted.value == pytest.approx(found.observed.value, abs=0.5)


def test_a_feature_known_only_after_an_answer_is_named(asked: pd.DataFrame) -> None:
    leak = asked.assign(channel=np.where(asked["answered"], "app", None))
    found = cxstats.adjust_nonresponse(leak, score="q", features=["channel"])
    assert {"separation", "missing_feature", "uncovered"} <= kinds(found)


def test_classes_that_hardly_answer_are_named_and_trimmed() -> None:
    rows = {
        "g": ["often"] * 1000 + ["rarely"] * 1000,
        "q": [10.0] * 500 + [None] * 500 + [3.0] * 5 + [None] * 995,
    }
    found = cxstats.adjust_nonresponse(pa.table(rows), score="q", features=["g"])
    assert {"low_probability", "trimming"} <= kinds(found)
    assert found.trimmed == 5
    assert found.cap == pytest.approx(10, rel=1e-6)
    full = cxstats.adjust_nonresponse(
        pa.table(rows), score="q", features=["g"], trim=500
    )
    assert full.adjusted.value == pytest.approx(0, abs=1e-3)


def test_features_that_act_together_show_as_a_poor_fit() -> None:
    rates = {("a", "x"): 0.8, ("a", "y"): 0.1, ("b", "x"): 0.1, ("b", "y"): 0.8}
    rows = [
        (one, two, 10.0 if i < rate * 200 else None)
        for (one, two), rate in rates.items()
        for i in range(200)
    ]
    data = pd.DataFrame(rows, columns=["one", "two", "q"])
    found = cxstats.adjust_nonresponse(data, score="q", features=["one", "two"])
    assert "poor_fit" in kinds(found) or "weak_features" in kinds(found)


def test_everybody_answered_leaves_nothing_to_adjust() -> None:
    data = pa.table({"q": [10.0] * 30 + [3.0] * 20, "g": ["a", "b"] * 25})
    found = cxstats.adjust_nonresponse(data, score="q", features=["g"])
    assert kinds(found) == {"everybody_answered"}
    assert found.adjusted.value == pytest.approx(found.observed.value)
    assert math.isnan(found.expected_of_missing)
    assert found.to_dict()["expected_of_missing"] is None


def test_answers_without_spread_keep_an_interval() -> None:
    data = pa.table({"q": [10.0] * 40 + [None] * 40, "g": ["a", "b"] * 40})
    found = cxstats.adjust_nonresponse(data, score="q", features=["g"])
    assert found.adjusted.lower < 100


def test_few_answers_are_told() -> None:
    data = pa.table({"q": [10.0] * 9 + [2.0] + [None] * 40, "g": ["a", "b"] * 25})
    found = cxstats.adjust_nonresponse(data, score="q", features=["g"])
    assert "small_n" in kinds(found)


def test_ten_thousand_values_and_infinite_scores_are_survived() -> None:
    random = np.random.default_rng(2)
    size = 20_000
    data = pa.table(
        {
            "q": random.choice([10.0, 3.0, np.nan, np.inf], size),
            "code": random.integers(0, 10_000, size).astype(str),
            "fee": random.choice([1.5, np.nan, np.inf, 9.0], size),
        }
    )
    found = cxstats.adjust_nonresponse(data, score="q", features=["code", "fee"])
    assert "many_values" in kinds(found)
    assert found.adjusted.is_known


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"features": []}, "give the features"),
        ({"metric": "median"}, "metric must be"),
        ({"trim": 0.5}, "above 1"),
        ({"level": 2}, "confidence level"),
        ({"scale": "1-20"}, "no cuts"),
        ({"where": "g = 'c'"}, "nobody was asked"),
        ({"where": "g = 'b'"}, "nobody answered"),
        ({"features": ["g", "g"]}, "named twice"),
    ],
)
def test_what_cannot_be_done_is_refused(options: dict[str, Any], said: str) -> None:
    data = pa.table({"q": [10.0] * 5 + [None] * 10, "g": ["a"] * 5 + ["b"] * 10})
    call = {"score": "q", "features": ["g"], **options}
    with pytest.raises(InputError, match=said):
        cxstats.adjust_nonresponse(data, **call)


def test_one_feature_may_be_given_alone(asked: pd.DataFrame) -> None:
    one = cxstats.adjust_nonresponse(asked, score="q", features="product")
    other = cxstats.adjust_nonresponse(asked, score="q", features=["product"])
    assert one.adjusted.value == pytest.approx(other.adjusted.value)
    assert "scale" in kinds(one)


def test_a_mean_is_adjusted_too(asked: pd.DataFrame) -> None:
    found = cxstats.adjust_nonresponse(
        asked, score="q", features=FEATURES, metric="mean", target=None
    )
    truth = asked["truth"].mean()
    assert found.adjusted.lower < truth < found.adjusted.upper
    assert found.tipping is None
    assert found.adjusted.unit == "score"


def test_a_result_shows_itself(asked: pd.DataFrame) -> None:
    found = cxstats.adjust_nonresponse(asked, score="q", features=FEATURES)
    assert "adjusted nps" in str(found)
    assert len(found.to_pandas()) == len(found.sensitivity)
    assert len(found.chart().to_dict()["layer"]) == 4


def test_area_and_gap_by_hand() -> None:
    chance = np.array([0.2, 0.2, 0.8])
    people, yes = np.array([10.0, 10.0, 10.0]), np.array([2.0, 2.0, 8.0])
    pairs = (4 * 16 / 2 + 4 * 2 * 0 + 8 * 16 + 8 * 2 / 2) / (12 * 18)
    assert area_under_curve(chance, people, yes) == pytest.approx(pairs)
    assert calibration_gap(chance, people, yes) == pytest.approx(0)
    assert calibration_gap(chance, people, yes + 1) == pytest.approx(0.1)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", None]),
            st.sampled_from([10.0, 8.0, 3.0, None]),
        ),
        min_size=4,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_order_is_irrelevant_and_scores_stay_on_the_scale(
    rows: list[tuple[Any, Any]], random: Any
) -> None:
    rows = [*rows, ("a", 10.0), ("b", None)]

    def made(ordered: list[tuple[Any, Any]]) -> cxstats.Nonresponse:
        g, q = zip(*ordered, strict=True)
        data = pa.table({"g": pa.array(g, pa.string()), "q": pa.array(q, pa.float64())})
        return cxstats.adjust_nonresponse(
            data, score="q", features=["g"], engine=shared_engine()
        )

    one = made(rows)
    random.shuffle(rows)
    other = made(rows)
    assert one.adjusted.value == pytest.approx(other.adjusted.value, abs=1e-6)
    assert -100 <= one.adjusted.lower <= one.adjusted.upper <= 100
    assert one.worst - 1e-9 <= one.adjusted.value <= one.best + 1e-9
