"""Arms against a control: gates, effects, notices, bad input."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxstats
from cxstats.errors import InputError
from cxstats.experiments import Moments, effect_of, sample_ratio_check


def trial(control: int = 500, treated: int = 500, **extra: Any) -> pd.DataFrame:
    """Half of the control and 60 % of the treated say yes, in steps of ten."""
    rows = [("c", int(i % 10 < 5)) for i in range(control)]
    rows += [("t", int(i % 10 < 6)) for i in range(treated)]
    frame = pd.DataFrame(rows, columns=["arm", "yes"])
    return frame.assign(**extra)


def analyse(data: Any, **options: Any) -> Any:
    return cxstats.experiment(
        data, **{"arm": "arm", "outcome": "yes", "control": "c", **options}
    )


def kinds(found: Any) -> set[str]:
    return {notice.kind for notice in found.warnings}


def test_shares_get_newcombe_and_no_notice() -> None:
    found = analyse(trial())
    (effect,) = found.effects
    assert (effect.arm, effect.estimate.method) == ("t", "newcombe")
    assert effect.estimate.value == pytest.approx(0.1)
    assert effect.relative == pytest.approx(0.2)
    assert 0 < effect.estimate.lower < 0.1 < effect.estimate.upper
    assert effect.q == effect.p < 0.01
    assert found.warnings == ()


def test_a_broken_sample_ratio_blocks_the_effects_or_warns() -> None:
    data = trial(500, 700)
    blocked, warned = analyse(data), analyse(data, on_mismatch="warn")
    assert blocked.ratio.verdict == "blocked"
    assert blocked.effects == ()
    assert "no effect is given" in str(blocked)
    assert "sample_ratio" in kinds(blocked) & kinds(warned)
    assert len(warned.effects) == 1
    planned = analyse(data, expected={"c": 5, "t": 7})
    assert planned.ratio.verdict == "ok"
    assert len(planned.effects) == 1


def test_net_scores_are_compared_in_points() -> None:
    scores = [9, 9, 3, 7] * 100 + [9, 9, 9, 7] * 100
    data = pa.table({"arm": ["c"] * 400 + ["t"] * 400, "yes": scores})
    found = analyse(data, kind="nps", scale="0-10")
    (effect,) = found.effects
    assert found.unit == "points"
    assert effect.estimate.value == pytest.approx(50)
    assert np.isnan(effect.relative)
    assert effect.estimate.method == "adjusted_wald"
    assert [round(arm.value) for arm in found.arms.values()] == [25, 75]


def test_means_get_welch_and_a_covariate_sharpens_them() -> None:
    rng = np.random.default_rng(1)
    before = rng.normal(50, 10, 2000)
    data = pd.DataFrame({"arm": ["c", "t"] * 1000, "before": before})
    data["yes"] = before + rng.normal(0, 3, 2000) + (data["arm"] == "t") * 1.0
    data.loc[:9, "before"] = np.nan
    found = analyse(data, covariate="before")
    (effect,) = found.effects
    assert effect.estimate.method == "welch_t"
    assert effect.adjusted is not None
    assert effect.adjusted.std_error < effect.estimate.std_error / 2.5
    assert effect.adjusted.lower < 1 < effect.adjusted.upper
    assert "covariate" in kinds(found)
    assert "adjusted (CUPED)" in str(found)
    itself = analyse(data, covariate="yes")
    assert itself.effects[0].adjusted is None


def test_segments_are_corrected_together_and_tested_for_difference() -> None:
    data = trial(400, 400).assign(region=["n", "s", "w", "e"] * 200)
    found = analyse(data, segment="region")
    assert [e.segment for e in found.segments] == ["e", "n", "s", "w"]
    assert all(e.q >= e.p for e in found.segments)
    assert 0 <= found.heterogeneity["t"] <= 1
    assert "segments" in kinds(found)


def test_losing_outcomes_in_one_arm_is_noticed_and_zero_counts_all() -> None:
    data = trial()
    data.loc[data["arm"].eq("t") & (data.index % 3 == 0), "yes"] = np.nan
    lost = analyse(data)
    assert "attrition" in kinds(lost)
    assert lost.arms["t"].n == 333
    zero = analyse(data, missing_as_zero=True)
    assert zero.arms["t"].n == 500
    assert zero.arms["t"].value < lost.arms["t"].value
    assert "attrition" not in kinds(zero)


def test_rows_without_an_arm_are_counted_and_nan_is_null() -> None:
    data = pd.DataFrame({"arm": [0, 1, np.nan, None] * 100, "yes": [1.0, 0] * 200})
    found = analyse(data, control=0)
    assert found.without_arm == 200
    assert "no_arm" in kinds(found)


def test_every_result_has_its_four_faces() -> None:
    found = analyse(trial().assign(region="n"), segment="region")
    shown = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert shown["effects"][0]["arm"] == "t"
    assert found.chart().to_dict()["layer"]
    assert len(found.to_pandas()) == 2
    assert "t · n" in repr(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"control": "x"}, "must hold the control"),
        ({"outcome": "gone"}, "no column"),
        ({"kind": "median"}, "kind must be"),
        ({"kind": "nps"}, "needs its scale"),
        ({"level": 0}, "level"),
        ({"on_mismatch": "ignore"}, "block or warn"),
        ({"expected": {"c": 1}}, "planned share"),
        ({"expected": {"c": 1, "t": 0}}, "above 0"),
        ({"arm": "many"}, "too many"),
        ({"segment": "each"}, "too many for segments"),
        ({"outcome": "amount", "kind": "share"}, "0 and 1"),
        ({"covariate": "amount", "missing_as_zero": True}, "covariate"),
        ({"where": "arm = 't'"}, "must hold the control"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    change: dict[str, Any], message: str
) -> None:
    many = ["c", *(f"x{i}" for i in range(999))]
    data = trial(600, 600).assign(each=np.arange(1200), amount=np.arange(1200.0))
    data["many"] = (many * 2)[:1200]
    with pytest.raises(InputError, match=message):
        analyse(data, **change)


def test_an_outcome_that_never_varies_or_is_missing_gives_a_notice() -> None:
    constant = analyse(trial().assign(yes=7.0))
    assert "no_variance" in kinds(constant)
    assert np.isnan(constant.effects[0].estimate.lower)
    gone = analyse(trial().assign(yes=np.nan))
    assert gone.effects[0].estimate.to_dict()["value"] is None
    assert {"no_variance", "small_n"} <= kinds(gone)
    infinite = analyse(trial().assign(yes=lambda d: d["yes"].replace(1, np.inf)))
    assert infinite.arms["c"].n == 250


@given(
    st.lists(st.tuples(st.sampled_from("ct"), st.integers(0, 1)), min_size=4),
    st.randoms(use_true_random=False),
)
def test_merged_moments_give_the_pooled_effect_in_any_order(
    rows: list[tuple[str, int]], random: Any
) -> None:
    def moments(some: list[tuple[str, int]], arm: str) -> Moments:
        own = [y for name, y in some if name == arm]
        return Moments(len(own), len(own), sum(own), sum(own))

    mixed = list(rows)
    random.shuffle(mixed)
    half = len(rows) // 2
    whole = [moments(rows, arm) for arm in "tc"]
    merged = [moments(mixed[:half], a) + moments(mixed[half:], a) for a in "tc"]
    one, other = (
        effect_of("t", *sides, "share", 0.95).to_dict() for sides in (whole, merged)
    )
    assert one == other


def test_sample_ratio_names_its_verdicts() -> None:
    sizes = {"ok": 5_050, "doubtful": 5_300, "blocked": 5_500}
    for verdict, size in sizes.items():
        assert sample_ratio_check({"a": 5_000, "b": size}).verdict == verdict
    assert sample_ratio_check({"a": 0, "b": 0}).to_dict()["p"] is None
    with pytest.raises(InputError, match="two arms"):
        sample_ratio_check({"a": 5})


def test_assignment_is_the_same_everywhere_and_even() -> None:
    keys = [f"customer-{i}" for i in range(20_000)]
    arms = {"control": 0.5, "call": 0.3, "message": 0.2}
    found = cxstats.assign(keys, experiment="welcome", arms=arms)
    assert sample_ratio_check(Counter(found), arms).verdict == "ok"
    again = cxstats.assign(reversed(keys), experiment="welcome", arms=arms)
    assert (again[::-1] == found).all()
    # `printf 's\x1fe\x1fc-1' | b2sum -l 64` begins with 82f2d9: just above a half.
    fixed = cxstats.assign([f"c-{i}" for i in range(1, 7)], experiment="e", salt="s")
    assert [arm[0] for arm in fixed] == ["t", "t", "c", "t", "t", "c"]
    other = cxstats.assign(keys, experiment="another", arms=arms)
    assert 0.3 < (other == found).mean() < 0.46


def test_keys_are_read_alike_and_the_rest_takes_no_part() -> None:
    written = [[7], [7.0], ["7"], [np.int64(7)], [" 7 "]]
    arms = {cxstats.assign(key, experiment="e")[0] for key in written}
    assert len(arms) == 1
    assert (
        cxstats.assign([None, float("nan"), ""], experiment="e").tolist() == [None] * 3
    )
    few = cxstats.assign(range(10_000), experiment="e", arms={"in": 0.1})
    assert 900 < (few == "in").sum() < 1_100
    for arms in ({"a": 0.7, "b": 0.7}, {}, {"a": -1}, {"a": float("nan")}, ["a", "a"]):
        with pytest.raises(InputError):
            cxstats.assign([1], experiment="e", arms=arms)
    with pytest.raises(InputError, match="whole number"):
        cxstats.assign([1.5], experiment="e")
