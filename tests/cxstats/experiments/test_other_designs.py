"""Early looks, before and after, uplift, rebound and referral."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxstats
from cxstats.errors import InputError
from cxstats.experiments import (
    always_valid,
    fit_uplift,
    qini_curve,
    uplift_quality,
    viral_customers,
    viral_limit,
)
from cxstats.models import Rows


def kinds(found: Any) -> set[str]:
    return {notice.kind for notice in found.warnings}


def daily_trial(lift: float, days: int = 20, per_day: int = 100) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    n = days * per_day * 2
    arm = np.tile(["c", "t"], n // 2)
    day = np.repeat(np.arange(days), 2 * per_day)
    yes = rng.random(n) < 0.3 + lift * (arm == "t")
    at = [datetime(2026, 1, 1) + timedelta(days=int(d), hours=5) for d in day]  # noqa: DTZ001
    return pd.DataFrame({"arm": arm, "at": at, "yes": yes * 1.0})


def looks(data: Any, **options: Any) -> Any:
    asked = {
        "arm": "arm",
        "outcome": "yes",
        "control": "c",
        "treatment": "t",
        "time": "at",
        "expected_effect": 0.05,
    }
    return cxstats.sequential_looks(data, **{**asked, **options})


def test_an_effect_is_decided_early_and_stays_decided() -> None:
    found = looks(daily_trial(0.15))
    assert found.decided is not None
    assert found.looks[0] == date(2026, 1, 1)
    assert found.looks[found.decided] < date(2026, 1, 20)
    assert (found.lower[found.decided :] > 0).all()
    assert (np.diff(found.p) <= 0).all()
    assert found.n_arm.tolist() == [100 * k for k in range(1, 21)]


def test_looking_every_day_keeps_the_error_rate() -> None:
    rng = np.random.default_rng(2)
    false = 0
    for _ in range(300):
        steps = rng.normal(0, 1, 100)
        n = np.arange(1, 101)
        lower, upper, p = always_valid(np.cumsum(steps) / n, 1 / n, expected_effect=0.3)
        out = (lower > 0) | (upper < 0)
        assert bool(out.any()) == bool(p[-1] < 0.05)
        false += bool(out.any())
    assert false <= 0.05 * 300


def test_looks_have_four_faces_and_say_when_it_is_too_early() -> None:
    found = looks(daily_trial(0.0, days=3, per_day=5))
    assert "too_early" in kinds(found)
    assert found.decided is None
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()["layer"]
    assert len(found.to_pandas()) == 3
    assert "no look decides" in str(found)
    waves = looks(daily_trial(0.2).assign(at=lambda d: d["at"].dt.day), time="at")
    assert waves.looks[0] == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treatment": "x"}, "must hold both"),
        ({"expected_effect": 0}, "expected effect"),
        ({"where": "yes > 5"}, "no row has a time"),
    ],
)
def test_looks_that_cannot_be_made_are_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        looks(daily_trial(0.1, days=2), **change)


def shops(effect: float, drift: float = 0.0, waves: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        (
            f"s{shop}",
            "new" if shop < 15 else "old",
            wave,
            20 + wave + (effect * (wave == waves) + drift * wave) * (shop < 15) + noise,
            noise,
        )
        for shop in range(30)
        for wave in range(1, waves + 1)
        for noise in rng.normal(0, 2, 30)
    ]
    return pd.DataFrame(rows, columns=["shop", "script", "wave", "y", "noise"])


def before_after(data: Any, **options: Any) -> Any:
    asked = {
        "outcome": "y",
        "group": "script",
        "treated": "new",
        "time": "wave",
        "after": 4,
    }
    return cxstats.difference_in_differences(data, **{**asked, **options})


def test_an_effect_on_parallel_groups_is_found_without_alarm() -> None:
    found = before_after(shops(2.0), cluster="shop", placebo_outcome="noise")
    assert found.estimate.lower < 2 < found.estimate.upper
    assert found.p < 0.001
    assert found.estimate.method == "difference_in_differences_cluster"
    assert kinds(found) == set()
    assert found.trend is not None
    assert found.trend["periods"] == 3
    assert found.placebo is not None
    assert found.placebo.lower < 0 < found.placebo.upper
    assert found.placebo_outcome is not None
    assert found.placebo_outcome.lower < 0 < found.placebo_outcome.upper


def test_groups_that_drifted_apart_before_raise_both_alarms() -> None:
    found = before_after(shops(0.0, drift=1.0))
    assert {"pre_trend", "placebo", "cluster"} <= kinds(found)
    assert "trends before the treatment differ" in str(found)


def test_dates_are_cut_at_the_treatment_and_the_periods_given() -> None:
    data = shops(2.0)
    data["day"] = [date(2026, wave, 10) for wave in data["wave"]]
    plain = before_after(data, time="day", after="2026-04-01")
    assert plain.estimate.value == pytest.approx(before_after(data).estimate.value)
    assert "pre_trend" in kinds(plain)
    cut = before_after(
        data, time="day", after=date(2026, 4, 1), periods=["2026-02-01", "2026-03-01"]
    )
    assert cut.trend is not None
    assert cut.trend["periods"] == 3
    assert [row["period"] for row in cut.series][::2] == [
        "before 2026-02-01",
        "2026-02-01",
        "2026-03-01",
        "2026-04-01",
    ]


def test_before_and_after_has_four_faces_and_net_scores() -> None:
    data = shops(2.0, waves=4)
    data["q"] = np.clip(np.round(data["y"] / 3), 0, 10)
    found = before_after(data, outcome="q", kind="nps", scale="0-10", cluster="shop")
    assert found.unit == "points"
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()["encoding"]
    assert len(found.to_pandas()) == 4
    assert "effect:" in repr(found)
    few = data[data["shop"].isin(["s0", "s1", "s20", "s21"])]
    assert "few_clusters" in kinds(before_after(few, cluster="shop"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treated": "x"}, "no row has"),
        ({"after": 9}, "four cells"),
        ({"after": "soon"}, "cannot be compared"),
        ({"time": "day", "after": "soon"}, "not a date"),
        ({"kind": "share"}, "0 and 1"),
    ],
)
def test_designs_that_cannot_be_read_are_refused(
    change: dict[str, Any], message: str
) -> None:
    data = shops(1.0).assign(day=date(2026, 1, 1))
    with pytest.raises(InputError, match=message):
        before_after(data, **change)


def campaign(n: int = 3000, *, depends: bool = True) -> pd.DataFrame:
    """Offers move only customers of type 1, or all alike."""
    rng = np.random.default_rng(9)
    kind, other = rng.integers(0, 2, n), rng.normal(0, 1, n)
    treated = rng.integers(0, 2, n)
    effect = 0.35 * kind if depends else 0.15
    yes = rng.random(n) < 0.2 + treated * effect
    frame = pd.DataFrame({"kind": kind, "other": other, "yes": yes * 1})
    frame["region"] = rng.choice(["n", "s"], n)
    return frame.assign(arm=np.where(treated == 1, "offer", "none"))


def learn(data: Any, **options: Any) -> Any:
    asked = {
        "arm": "arm",
        "control": "none",
        "treatment": "offer",
        "outcome": "yes",
        "features": ["kind", "other", "region"],
        "learners": ("t_learner",),
        "folds": 3,
        "repeats": 1,
    }
    return cxstats.uplift(data, **{**asked, **options})


def test_a_model_that_tells_people_apart_helps_and_scores_anybody() -> None:
    data = campaign()
    found = learn(data, rule="other")
    assert found.verdict == "model_helps"
    assert found.best == "t_learner"
    assert "scikit-uplift" in found.to_dict()["qini_definition"]
    scores = found.predict(data.head(50))
    assert np.corrcoef(scores, data["kind"].head(50))[0, 1] > 0.9
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()["encoding"]
    assert "t_learner" in str(found)
    assert list(found.to_pandas()["name"]) == ["t_learner", "rule", "random"]


def test_a_rule_that_ranks_as_well_is_preferred_to_a_model() -> None:
    found = learn(campaign(), rule="kind")
    assert (found.verdict, found.best) == ("rule_suffices", "rule")
    assert found.predict(campaign()) is None


def test_without_heterogeneity_it_says_treat_all_or_none() -> None:
    found = learn(campaign(depends=False))
    assert found.verdict == "no_reliable_heterogeneity"
    assert found.model is None
    assert "verdict" in kinds(found)


def test_arms_may_be_true_and_false() -> None:
    data = campaign(1000)
    data["arm"] = data["arm"].eq("offer")
    found = learn(data, control=False, treatment=True)
    assert found.n == 1000


def test_order_of_rows_and_missing_outcomes_change_no_verdict() -> None:
    data = campaign(1500)
    data.loc[:4, "yes"] = np.nan
    found, mixed = learn(data), learn(data.sample(frac=1, random_state=1))
    assert [s.folds for s in found.scorers] == [s.folds for s in mixed.scorers]
    assert "missing_outcome" in kinds(found)


@pytest.mark.parametrize(
    ("learner", "base"),
    [
        ("t_learner", "logistic"),
        ("class_transformation", "logistic"),
        ("t_learner", "boosted"),
        ("s_learner", "boosted"),
    ],
)
def test_every_learner_finds_a_strong_effect(learner: Any, base: Any) -> None:
    data = campaign()
    treated = data["arm"].eq("offer").to_numpy()
    model = fit_uplift(
        Rows(data), data["yes"].eq(1).to_numpy(), treated, ["kind", "other"],
        learner=learner, base=base,
    )  # fmt: skip
    score = model.predict(Rows(data))
    high, low = score[data["kind"] == 1].mean(), score[data["kind"] == 0].mean()
    assert high - low == pytest.approx(0.35, abs=0.1)
    assert (np.abs(score) <= 1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": []}, "needs features"),
        ({"folds": 1}, "2 folds"),
        ({"outcome": "other"}, "0 and 1"),
        ({"treatment": "x"}, "two arms"),
        ({"where": "other > 2.5"}, "200 customers"),
        ({"learners": ("x",)}, "learned by"),
        ({"outcome": "gone"}, "no column"),
    ],
)
def test_uplift_that_cannot_be_learned_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        learn(campaign(), **change)


def test_qini_of_a_perfect_ranking_is_one_and_of_its_opposite_below_zero() -> None:
    rng = np.random.default_rng(1)
    y, t = rng.integers(0, 2, 400), rng.integers(0, 2, 400)
    best = y * t - y * (1 - t)
    assert uplift_quality(y, best, t).qini_auc == pytest.approx(1)
    assert uplift_quality(y, -best, t).qini_auc < 0
    x, additional = qini_curve(y, best, t)
    assert x[0] == additional[0] == 0
    assert x[-1] == 400
    flat = uplift_quality(y, np.zeros(400), t)
    assert flat.qini_auc == pytest.approx(0, abs=1e-12)
    for bad in ([1] * 400, [2] * 400, t[:-1]):
        with pytest.raises(InputError):
            uplift_quality(y, best, bad)
    with pytest.raises(InputError, match="share"):
        uplift_quality(y, best, t, top=0)


def test_units_chosen_for_bad_scores_get_better_by_themselves() -> None:
    rng = np.random.default_rng(7)
    true = rng.normal(30, 5, 4000)
    first, second = (true + rng.normal(0, 10, 4000) for _ in range(2))
    worst = first < np.quantile(first, 0.1)
    found = cxstats.regression_to_the_mean(first, np.full(4000, 10.0), worst)
    assert found.reliability == pytest.approx(0.2, abs=0.03)
    assert found.chosen_expected == pytest.approx(second[worst].mean(), abs=1.5)
    assert found.to_dict()["rebound"] > 10
    with pytest.raises(InputError):
        cxstats.regression_to_the_mean([1, 2, 3], [1, 1, 0], [1, 0, 0])


def test_referral_has_a_limit_below_one_and_refuses_nonsense() -> None:
    assert viral_customers(10, k=1, days=4, cycle_days=2) == 30
    late = viral_customers(10, k=0.5, days=400, cycle_days=2)
    assert late == pytest.approx(viral_limit(10, k=0.5))
    with pytest.raises(InputError):
        viral_customers(10, k=-1, days=1, cycle_days=1)
    with pytest.raises(InputError):
        viral_limit(10, k=1)


def test_arrow_and_pandas_give_the_same_looks() -> None:
    data = daily_trial(0.1, days=4)
    one, other = looks(data), looks(pa.Table.from_pandas(data))
    assert one.to_dict() == other.to_dict()
