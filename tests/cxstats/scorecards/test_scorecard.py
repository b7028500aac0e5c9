"""The scorecard: who differs, what the mix explains, and what must not be ranked."""

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
from cxstats.engine import Bins, Engine, PeriodBucket, open_engine
from cxstats.errors import ColumnNotFoundError, InputError
from cxstats.scorecards import (
    Rules,
    funnel,
    heterogeneity,
    james_stein,
    posterior,
    scorecard_from_cells,
)


@functools.cache
def shared_engine() -> Engine:
    """Open one engine for all examples of a property."""
    return open_engine()


def answers(promoters: int, passives: int, detractors: int) -> list[int]:
    return [10] * promoters + [8] * passives + [3] * detractors


def units(**counts: tuple[int, int, int]) -> pd.DataFrame:
    rows = [(name, q) for name, numbers in counts.items() for q in answers(*numbers)]
    return pd.DataFrame(rows, columns=["unit", "q"])


ORDINARY = {f"u{i}": (100 + i, 60, 40 - i) for i in range(6)}


@pytest.fixture(scope="module")
def mixed() -> pd.DataFrame:
    """Ten alike units, but half of them serve the unhappy product; one is worse."""
    random = np.random.default_rng(3)
    frames = []
    for place in range(10):
        for product, share in (("5G", 0.65), ("FTTH", 0.35)):
            size = 600 if (place < 5) == (product == "5G") else 150
            chance = share - (0.2 if place == 7 else 0)
            q = np.where(random.random(size) < chance, 10, 4)
            tenure = random.integers(1, 120, size)
            frames.append(
                pd.DataFrame(
                    {"unit": f"u{place}", "product": product, "q": q, "tenure": tenure}
                )
            )
    return pd.concat(frames, ignore_index=True)


def by_name(card: cxstats.Scorecard) -> dict[Any, Any]:
    return {unit.unit: unit for unit in card.units}


def test_a_small_unit_is_drawn_to_the_mean() -> None:
    card = by_name(
        cxstats.scorecard(
            units(**ORDINARY, tiny=(3, 0, 0), bad=(60, 40, 100)), unit="unit", score="q"
        )
    )
    assert card["tiny"].raw == 100
    assert card["tiny"].estimate.value < 40
    assert card["tiny"].own_weight < 0.2
    assert card["tiny"].standing == "hidden"
    assert card["bad"].estimate.value > card["bad"].raw
    assert card["bad"].verdict == "below"


def test_only_units_with_enough_answers_are_ranked() -> None:
    data = units(**ORDINARY, bad=(60, 40, 100), few=(0, 10, 40))
    card = cxstats.scorecard(data, unit="unit", score="q")
    found = by_name(card)
    assert card.verdict == "units_differ"
    assert found["few"].rank is None
    assert found["few"].standing == "indicative"
    assert found["bad"].rank == 7
    assert (found["bad"].rank_lower, found["bad"].rank_upper) == (7, 7)
    assert card.units[0].rank == 1
    assert card.units[-1].rank is None
    one = found[card.units[0].unit]
    assert one.rank_lower <= one.rank <= one.rank_upper
    assert one.rank_upper > one.rank_lower


def test_a_target_is_judged_by_probability() -> None:
    data = units(**ORDINARY, bad=(60, 40, 100))
    card = by_name(cxstats.scorecard(data, unit="unit", score="q", target=0))
    assert card["bad"].below_target > 0.99
    assert card["bad"].target_verdict == "below"
    assert card["u5"].target_verdict == "meets"
    near = cxstats.scorecard(data, unit="unit", score="q", target=31)
    assert by_name(near)["u0"].target_verdict == "undetermined"


@pytest.mark.parametrize("method", ["model", "direct"])
def test_the_mix_of_customers_is_taken_out(mixed: pd.DataFrame, method: Any) -> None:
    plain = cxstats.scorecard(mixed, unit="unit", score="q")
    assert len([unit for unit in plain.units if unit.verdict != "not_different"]) > 3
    card = cxstats.scorecard(
        mixed, unit="unit", score="q", adjust="product", adjust_method=method
    )
    found = by_name(card)
    assert found["u7"].verdict == "below"
    assert found["u7"].rank == 10
    others = [unit.adjusted for name, unit in found.items() if name != "u7"]
    raw = [unit.raw for name, unit in found.items() if name != "u7"]
    assert np.std(others) < np.std(raw) / 3
    assert np.mean(others) - found["u7"].adjusted == pytest.approx(40, abs=8)


def test_numbers_are_cut_into_classes_and_missing_is_a_class(
    mixed: pd.DataFrame,
) -> None:
    some = mixed.assign(tenure=mixed["tenure"].where(mixed["tenure"] > 10))
    card = cxstats.scorecard(some, unit="unit", score="q", adjust=["product", "tenure"])
    assert card.about.adjusted_for == ("product", "tenure")
    assert by_name(card)["u7"].verdict == "below"


def test_a_mix_that_never_varies_within_units_is_named(mixed: pd.DataFrame) -> None:
    data = mixed.assign(region=mixed["unit"].isin(["u1", "u2"]).astype(str), one="x")
    card = cxstats.scorecard(data, unit="unit", score="q", adjust=["region", "one"])
    assert {"confounded", "constant"} <= {notice.kind for notice in card.warnings}
    for unit in card.units:
        assert unit.adjusted == pytest.approx(unit.raw)


def test_a_unit_that_shares_no_class_with_others_is_named(mixed: pd.DataFrame) -> None:
    alone = pd.DataFrame({"unit": "u99", "product": "TV", "q": answers(80, 0, 80)})
    data = pd.concat([mixed, alone])
    model = cxstats.scorecard(data, unit="unit", score="q", adjust="product")
    assert "confounded" in {notice.kind for notice in model.warnings}
    direct = cxstats.scorecard(
        data, unit="unit", score="q", adjust="product", adjust_method="direct"
    )
    assert "coverage" in {notice.kind for notice in direct.warnings}
    assert by_name(direct)["u99"].coverage < 0.05


def test_weights_of_one_change_nothing_and_unequal_ones_cost(
    mixed: pd.DataFrame,
) -> None:
    options = {"unit": "unit", "score": "q", "adjust": "product"}
    plain = cxstats.scorecard(mixed, **options)
    ones = cxstats.scorecard(mixed.assign(w=2.0), weight="w", **options)
    numbers = ["value", "std_error", "rank", "z"]
    left, right = plain.to_pandas()[numbers], ones.to_pandas()[numbers]
    assert left.to_numpy() == pytest.approx(right.to_numpy(), rel=1e-9)
    uneven = mixed.assign(w=np.where(np.arange(len(mixed)) % 2, 1.0, 9.0))
    costly = cxstats.scorecard(uneven, weight="w", **options)
    one = by_name(costly)["u1"].estimate
    assert one.n_effective < 0.7 * one.n


def test_rows_without_a_unit_are_counted() -> None:
    data = units(**ORDINARY)
    data.loc[data["unit"] == "u0", "unit"] = None
    card = cxstats.scorecard(data, unit="unit", score="q")
    assert card.about.excluded == {"no_unit": 200}
    assert len(card) == 5


def test_one_unit_is_not_compared() -> None:
    card = cxstats.scorecard(units(a=(60, 40, 20)), unit="unit", score="q")
    assert [notice.kind for notice in card.warnings] == ["one_unit"]
    estimate = card.units[0].estimate
    assert estimate.value == pytest.approx(100 / 3)
    assert estimate.lower < estimate.value < estimate.upper
    assert card.units[0].verdict == "not_different"
    assert card.chart() is not None


def test_answers_that_are_all_alike_tell_nobody_apart() -> None:
    data = units(a=(60, 0, 0), b=(120, 0, 0))
    card = cxstats.scorecard(data, unit="unit", score="q", target=50)
    assert "no_variance" in {notice.kind for notice in card.warnings}
    assert math.isnan(card.units[0].estimate.lower)
    assert card.units[0].target_verdict == "undetermined"
    assert card.to_dict()["units"][0]["lower"] is None
    assert card.funnel_chart() is not None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"metric": "median"}, "metric must be"),
        ({"adjust_method": "magic"}, "adjust_method must be"),
        ({"method": "bayes"}, "method must be reml"),
        ({"level": 1.5}, "confidence level"),
        ({"scale": "1-20"}, "no cuts"),
        ({"where": "unit = 'nobody'"}, "no unit has a valid answer"),
        ({"adjust": ["day"]}, "holds times"),
        ({"adjust": ["unit2", "unit2"]}, "named twice"),
    ],
)
def test_what_cannot_be_done_is_refused(options: dict[str, Any], said: str) -> None:
    data = units(**ORDINARY)
    data = data.assign(day=pd.Timestamp("2026-01-01"), unit2=data["unit"])
    with pytest.raises(InputError, match=said):
        cxstats.scorecard(data, **{"unit": "unit", "score": "q", **options})


def test_unknown_columns_are_named() -> None:
    with pytest.raises(ColumnNotFoundError):
        cxstats.scorecard(units(**ORDINARY), unit="shop", score="q")


def test_periods_may_be_adjusted_for_when_they_are_cut() -> None:
    data = units(**ORDINARY)
    days = pd.date_range("2026-01-01", periods=len(data), freq="h")
    cut = PeriodBucket("day", (pd.Timestamp("2026-01-15").to_pydatetime(),))
    card = cxstats.scorecard(
        data.assign(day=days), unit="unit", score="q", adjust=[cut]
    )
    assert card.about.adjusted_for == ("day",)


def test_ten_thousand_units_and_values_are_compared() -> None:
    random = np.random.default_rng(5)
    size = 30_000
    data = pa.table(
        {
            "unit": random.integers(0, 10_000, size),
            "q": random.choice([3.0, 8.0, 10.0, np.inf], size),
            "code": random.integers(0, 10_000, size).astype(str),
        }
    )
    card = cxstats.scorecard(data, unit="unit", score="q", adjust="code")
    assert card.verdict == "nobody_differs"
    assert "many_values" in {notice.kind for notice in card.warnings}
    assert len(card.to_pandas()) == len(card)


def test_no_differences_are_found_where_there_are_none() -> None:
    """The verdict is wrong for at most about one sample of twenty."""
    random = np.random.default_rng(11)
    wrong = 0
    for _sample in range(40):
        counts = random.multinomial(150, [0.3, 0.3, 0.4], size=12)
        data = pd.DataFrame(
            {
                "unit": np.repeat(np.arange(12), 3),
                "q": np.tile([3, 8, 10], 12),
                "n": counts.ravel(),
            }
        )
        rows = data.loc[data.index.repeat(data["n"]), ["unit", "q"]]
        card = cxstats.scorecard(rows, unit="unit", score="q", engine=shared_engine())
        wrong += card.verdict == "units_differ"
    assert wrong <= 6


def test_one_key_may_be_given_alone_and_a_wrong_scale_is_told() -> None:
    data = units(**ORDINARY)
    data = data.assign(q=data["q"].clip(lower=1), age=np.arange(len(data)) % 60)
    data.loc[:5, "q"] = 1
    bins = Bins("age", (20.0, 40.0))
    card = cxstats.scorecard(data, unit="unit", score="q", adjust=bins)
    assert card.about.adjusted_for == ("age",)
    assert "scale" in {notice.kind for notice in card.warnings}
    like = cxstats.scorecard(data, unit="unit", score="q", scale="1-10")
    assert like.about.metric == "nps_like"


def test_mean_scores_are_compared_too() -> None:
    data = units(a=(100, 20, 10), b=(20, 20, 100))
    card = cxstats.scorecard(data, unit="unit", score="q", metric="mean", target=7)
    assert card.to_dict()["unit"] == "score"
    assert [unit.target_verdict for unit in card.units] == ["meets", "below"]


def test_a_scorecard_shows_itself() -> None:
    data = units(**ORDINARY, bad=(60, 40, 100), tiny=(3, 0, 0))
    card = cxstats.scorecard(data, unit="unit", score="q", target=20)
    assert "too few" in str(card)
    assert "P(below target)" in repr(card)
    drawn = [
        row for rows in card.chart().to_dict()["datasets"].values() for row in rows
    ]
    assert "tiny" not in {row.get("unit") for row in drawn}
    assert card.funnel_chart().to_dict()["layer"]
    assert len(list(card)) == len(card) == 8


def test_a_flat_likelihood_still_gives_probabilities() -> None:
    y, v = np.array([0.1, 0.3]), np.array([0.01, 0.01])
    known = posterior(y, v, 1.0)
    assert known.weight.sum() == pytest.approx(1)
    below = known.below(0.2)
    assert below[0] == pytest.approx(1 - below[1])


def test_estimators_refuse_what_they_cannot_do() -> None:
    with pytest.raises(InputError, match="two units or more"):
        heterogeneity(np.array([1.0]), np.array([1.0]))
    with pytest.raises(InputError, match="four units"):
        james_stein(np.arange(3.0), 1.0)
    with pytest.raises(InputError, match="winsor"):
        funnel(np.arange(3.0), np.ones(3), 0.0, winsor=0.5)
    with pytest.raises(InputError, match="no more events"):
        cxstats.scorecards.funnel_of_shares([3], [2])


def test_cells_of_two_months_make_the_card_of_both(mixed: pd.DataFrame) -> None:
    parts = [mixed.iloc[::2], mixed.iloc[1::2]]
    by = ("unit", "product")
    cells = [cxstats.nps(part, score="q", by=by).cells for part in parts]
    rules = Rules(target=10)
    merged = scorecard_from_cells(cells[0] + cells[1], rules=rules)
    pooled = cxstats.scorecard(
        mixed, unit="unit", score="q", adjust="product", target=10
    )
    assert merged.to_dict() == pooled.to_dict()
    with pytest.raises(InputError, match="cells of scores"):
        scorecard_from_cells(cxstats.nps(mixed, score="q").cells)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30)),
        min_size=2,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_guesses_lie_between_mean_and_own_score_in_any_order(
    counts: list[tuple[int, int, int]], random: Any
) -> None:
    data = units(**{f"u{i}": numbers for i, numbers in enumerate(counts)})
    options = {"unit": "unit", "score": "q", "engine": shared_engine()}
    card = cxstats.scorecard(data, **options)
    order = list(range(len(data)))
    random.shuffle(order)
    other = cxstats.scorecard(data.iloc[order], **options)
    assert card.to_pandas()["value"].tolist() == pytest.approx(
        other.to_pandas()["value"].tolist(), rel=1e-9, nan_ok=True
    )
    found = card.judged.heterogeneity
    if found is None:
        return
    for unit in card.units:
        ends = sorted([unit.raw, 100 * found.mean])
        assert ends[0] - 1e-9 <= unit.estimate.value <= ends[1] + 1e-9
        assert -100 <= unit.estimate.lower <= unit.estimate.upper <= 100
