"""RFM, tiers and repeat purchases: equal customers are equal."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.errors import InputError
from cxstats.loyalty.bgnbd import BgNbd
from cxstats.loyalty.cuts import Spread, fixed_cuts, rank_cuts, version_of

VALUES = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=60)


def spread(values):
    numbers, counts = np.unique(values, return_counts=True)
    return Spread(numbers, counts.astype(float), counts.astype(float), 0)


@given(VALUES, st.booleans())
@settings(max_examples=50)
def test_equal_inputs_have_equal_scores_and_better_is_never_worse(values, reverse):
    cuts = rank_cuts("x", spread(values), [0.2, 0.4, 0.6, 0.8], reverse=reverse)
    scores = cuts.score(np.array(values))
    assert set(scores) <= {1, 2, 3, 4, 5}
    by_value = {}
    for value, score in zip(values, scores, strict=True):
        assert by_value.setdefault(value, score) == score
    ordered = [by_value[value] for value in sorted(by_value)]
    assert ordered == sorted(ordered, reverse=reverse)


def test_different_values_are_cut_into_fifths():
    scores = rank_cuts("x", spread(np.arange(100)), [0.2, 0.4, 0.6, 0.8]).scores
    assert scores == (1, 2, 3, 4, 5)
    counts = np.bincount(
        rank_cuts("x", spread(np.arange(100)), [0.2, 0.4, 0.6, 0.8])
        .score(np.arange(100.0))
        .astype(int)
    )
    assert counts.tolist() == [0, 20, 20, 20, 20, 20]


def customers(n=500, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "days": rng.integers(1, 90, n),
            "times": rng.poisson(0.5, n),
            "spent": rng.gamma(2, 50, n).round(1),
            "line": rng.choice(["移网", "宽带"], n),
        }
    )


def scored(frame, **named):
    return cxstats.rfm(
        frame, recency="days", frequency="times", monetary="spent", **named
    )


@pytest.mark.requirement("R004-29")
def test_customers_with_one_history_have_one_score_and_ties_are_told():
    frame = customers()
    found = scored(frame)
    assert sum(cell.n for cell in found.cells) == len(frame)
    assert sum(cell.value for cell in found.cells) == pytest.approx(
        frame["spent"].sum()
    )
    # Six in ten never came back: they all have one score, not three.
    once = found.cuts["frequency"].score(np.zeros(3))
    assert set(once) == {2}
    assert [notice.kind for notice in found.warnings] == ["ties"]
    r, f, m = found.score(*(np.array([v]) for v in (1.0, 9.0, 999.0)))
    assert (r[0], f[0], m[0]) == (5, 5, 5)
    assert math.isnan(found.cuts["monetary"].score(math.nan))


def test_rfm_is_indifferent_to_order_weights_of_one_and_missing_marks():
    frame = customers().astype({"spent": float})
    frame.loc[::50, "spent"] = np.nan
    plain = scored(frame)
    other = scored(frame.sample(frac=1, random_state=1).assign(w=1.0), weight="w")
    assert plain.cuts == other.cuts
    assert plain.version == other.version
    assert [(c.r, c.f, c.m, c.n) for c in plain.cells] == [
        (c.r, c.f, c.m, c.n) for c in other.cells
    ]
    assert plain.excluded["incomplete"] == other.excluded["incomplete"] == 10


def test_fixed_cut_points_name_the_version():
    cuts = {"recency": [7, 30], "frequency": [1, 3], "monetary": [50, 100]}
    one, other = scored(customers(), cuts=cuts), scored(customers(seed=4), cuts=cuts)
    assert one.version == other.version
    assert one.version != scored(customers(), cuts={**cuts, "recency": [7]}).version
    assert one.cuts["recency"].score(np.array([6.0, 7.0, 30.0])).tolist() == [3, 2, 1]
    assert version_of("a", [fixed_cuts("x", [1])]) != version_of(
        "a", [fixed_cuts("y", [1])]
    )


def test_a_constant_column_scores_all_alike():
    found = scored(customers().assign(times=1))
    assert {cell.f for cell in found.cells} == {3}
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["cells"]
    assert "version rfm/1-" in str(found)
    assert found.chart().to_dict()
    assert list(found.to_pandas()) == ["r", "f", "m", "n", "share", "value"]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"cuts": {"speed": [1]}}, "cuts are by"),
        ({"cuts": {"recency": [2, 1]}}, "must be finite and rise"),
        ({"where": "days > 999"}, "no number"),
    ],
)
def test_rfm_refuses_what_it_cannot_cut(named, message):
    with pytest.raises(InputError, match=message):
        scored(customers(), **named)


def test_tiers_hold_their_shares_within_each_line():
    frame = customers(2000)
    found = cxstats.value_tiers(frame, value="spent", by="line")
    for tier in found.tiers:
        wanted = {"high": 0.2, "medium": 0.3, "ordinary": 0.5}[tier.name]
        assert tier.share == pytest.approx(wanted, abs=0.01)
    for line in ("移网", "宽带"):
        parts = [tier for tier in found.tiers if tier.group == line]
        assert sum(tier.value_share for tier in parts) == pytest.approx(1)
        assert parts[0].lowest > parts[1].highest
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert "ordinary" in str(found)
    assert len(found.to_pandas()) == 6


def test_tiers_by_fixed_cut_points_and_of_equal_customers():
    frame = pd.DataFrame({"v": [10.0] * 9 + [99.0, None]})
    found = cxstats.value_tiers(frame, value="v", cuts=[20, 50])
    assert [(tier.name, tier.n) for tier in found.tiers] == [
        ("high", 1),
        ("ordinary", 9),
    ]
    assert found.excluded == {"not_a_number": 1}
    alike = cxstats.value_tiers(pd.DataFrame({"v": [5.0] * 40}), value="v")
    assert [(tier.name, tier.n) for tier in alike.tiers] == [("medium", 40)]
    with pytest.raises(InputError, match="sum to at most 1"):
        cxstats.value_tiers(frame, value="v", shares={"a": 0.7, "b": 0.7})
    with pytest.raises(InputError, match="as many cut points"):
        cxstats.value_tiers(frame, value="v", cuts=[1])
    with pytest.raises(InputError, match="no number"):
        cxstats.value_tiers(pa.table({"v": ["a", "b"]}), value="v")


def buyers(n=800, seed=0):
    """Customers who buy at rates and stop with chances as the model has it."""
    rng = np.random.default_rng(seed)
    rate, stop = rng.gamma(0.6, 1 / 5, n), rng.beta(0.9, 2.5, n)
    rows = []
    for each, chance in zip(rate, stop, strict=True):
        age = float(rng.integers(25, 45))
        now, last, count = 0.0, 0.0, 0
        while (now := now + rng.exponential(1 / each)) < age:
            last, count = now, count + 1
            if rng.random() < chance:
                break
        mean = rng.gamma(6 * count, 1) / count / rng.gamma(4, 0.1) if count else None
        rows.append({"x": count, "tx": round(last, 2), "T": age, "m": mean})
    frame = pd.DataFrame(rows)
    return frame[(frame["x"] == 0) | (frame["tx"] > 0)]


def bought(frame, **named):
    columns = {"frequency": "x", "recency": "tx", "age": "T"}
    return cxstats.repeat_purchases(frame, **{**columns, "horizon": 12, **named})


def test_repeat_purchases_are_indifferent_to_order_and_weights_of_one():
    frame = buyers()
    plain = bought(frame)
    other = bought(frame.sample(frac=1, random_state=2).assign(w=1.0), weight="w")
    assert plain.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-9)
    assert plain.expected == pytest.approx(other.expected)
    days = frame.assign(tx=frame["tx"] * 7, T=frame["T"] * 7)
    scaled = bought(days, horizon=84)
    assert scaled.expected == pytest.approx(plain.expected, rel=1e-5)


def test_repeat_purchases_have_four_faces():
    found = bought(buyers(), mean="m")
    assert 0 < found.active <= found.n
    assert found.value > 0
    assert found.spend is not None
    assert found.warnings[0].kind == "single_purchase"
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert "purchases expected" in str(found)
    frame = found.to_pandas()
    assert (frame.loc[frame["frequency"] == 0, "p_alive"] == 1).all()
    for estimate in found.parameters.values():
        assert 0 < estimate.lower < estimate.value < estimate.upper


def test_impossible_histories_are_counted_and_too_few_are_refused():
    frame = buyers()
    frame.iloc[0, :3] = [2, 50, 10]
    frame.iloc[1, :3] = [0, 5, 10]
    found = bought(frame)
    assert found.excluded["unusable"] == 2
    assert "unusable" in [notice.kind for notice in found.warnings]
    with pytest.raises(InputError, match="bought again"):
        bought(frame.head(20))
    with pytest.raises(InputError, match="horizon"):
        bought(frame, horizon=0)


def test_a_model_without_time_ahead_expects_nothing():
    model = BgNbd(0.24, 4.4, 1.0, 2.4)
    one = [np.array([number]) for number in (2.0, 30.0, 39.0)]
    assert model.expected_purchases(*one, 1e-9)[0] == pytest.approx(0, abs=1e-6)
    less, more = (model.expected_purchases(*one, t)[0] for t in (10, 20))
    assert 0 < less < more < 2 * less


def test_purchases_of_one_day_are_one():
    log = pa.table(
        {
            "who": ["a", "a", "a", "b", None],
            "day": [
                "2026-01-01",
                "2026-01-01",
                "2026-01-15",
                "2026-01-08",
                "2026-01-01",
            ],
            "paid": [5.0, 5.0, 8.0, 1.0, 9.0],
        }
    )
    found = cxstats.purchase_summary(log, id="who", time="day", amount="paid")
    assert found.to_pylist() == [
        {"id": "a", "frequency": 1, "recency": 2.0, "age": 2.0, "mean": 8.0},
        {"id": "b", "frequency": 0, "recency": 0.0, "age": 1.0, "mean": None},
    ]
    plain = cxstats.purchase_summary(log, id="who", time="day", end="2026-01-10")
    assert plain.column("frequency").to_pylist() == [0, 0]
    with pytest.raises(InputError, match="no purchase"):
        cxstats.purchase_summary(log, id="who", time="day", end="2020-01-01")
