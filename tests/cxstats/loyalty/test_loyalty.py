"""Kinds of loyalty, revenue at risk, bad profit, linkage."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

import cxstats
from cxstats.errors import InputError
from cxstats.loyalty.shares import Sums, value_share
from cxstats.reporting import MinimumN


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 3000
    score = rng.integers(0, 11, n)
    return pd.DataFrame(
        {
            "score": score,
            "tenure": rng.gamma(2, 12, n).round(),
            "fee": rng.gamma(3, 20, n).round(2),
            "overage": np.where(rng.random(n) < 0.2, 10.0, np.nan),
            "penalty": 0.0,
            "region": rng.choice(["华东", "西北"], n),
            "risk": rng.beta(1, 9, n),
            "left": (rng.random(n) < np.where(score <= 6, 0.15, 0.05)).astype(int),
        }
    )


def matrix(data, **named):
    return cxstats.loyalty_matrix(
        data, **{"attitude": "score", "behaviour": "tenure", **named}
    )


@pytest.mark.requirement("R003-09")
def test_four_kinds_of_loyalty_are_counted_by_stored_cut_points(table):
    found = matrix(table, behaviour_cut=24, value="fee")
    high, long = table["score"] >= 9, table["tenure"] >= 24
    for loyalty, rows in (
        ("true", high & long),
        ("latent", high & ~long),
        ("spurious", ~high & long),
        ("none", ~high & ~long),
    ):
        cell = found.cell(loyalty)
        assert cell.n == rows.sum()
        assert cell.share.value == pytest.approx(rows.mean())
        worth = table.loc[rows, "fee"].sum() / table["fee"].sum()
        assert cell.value_share.value == pytest.approx(worth)
        assert cell.value_share.lower < worth < cell.value_share.upper
    assert found.attitude.edges == (9.0,)
    assert found.behaviour.edges == (24.0,)
    assert found.version == matrix(table.head(900), behaviour_cut=24).version
    assert found.version != matrix(table, behaviour_cut=25).version


def test_the_median_is_the_default_cut_and_says_so(table):
    found = matrix(table, by="region")
    assert found.behaviour.method == "rank"
    assert [notice.kind for notice in found.warnings] == ["cut_point"]
    assert {cell.group for cell in found.cells} == {"华东", "西北"}
    assert "version dick-basu/1-" in str(found)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert matrix(table).chart().to_dict()
    assert len(found.to_pandas()) == 8
    with pytest.raises(InputError, match="no cell"):
        found.cell("true", "火星")


def test_matrix_is_indifferent_to_order_weights_of_one_and_missing_marks(table):
    gone = table.assign(tenure=table["tenure"].where(table.index % 10 > 0))
    plain = matrix(gone, value="fee")
    shuffled = gone.sample(frac=1, random_state=3).assign(w=1.0)
    weighted = matrix(shuffled, value="fee", weight="w")
    assert plain.excluded == weighted.excluded
    assert plain.excluded["no_behaviour"] == 300
    for one, other in zip(plain.cells, weighted.cells, strict=True):
        assert one.share.lower == pytest.approx(other.share.lower)
        assert one.value_share.upper == pytest.approx(other.value_share.upper)


def test_matrix_refuses_what_cannot_be_cut(table):
    with pytest.raises(InputError, match="same 'tenure'"):
        matrix(table.assign(tenure=5.0))
    with pytest.raises(InputError, match="no number"):
        matrix(table.assign(tenure=None))
    with pytest.raises(InputError, match="no customer"):
        matrix(table.assign(score=None), behaviour_cut=1)


def risk(data, **named):
    return cxstats.revenue_at_risk(
        data, **{"revenue": "fee", "probability": "risk", **named}
    )


@pytest.mark.requirement("R000-21")
def test_revenue_at_risk_sums_and_ranks_causes(table):
    found = risk(table, by="region", where="score <= 6")
    rows = table[table["score"] <= 6]
    expected = 12 * (rows["fee"] * rows["risk"]).sum()
    assert found.total.at_risk.value == pytest.approx(expected)
    spread = (rows["fee"] ** 2 * rows["risk"] * (1 - rows["risk"])).sum()
    assert found.total.at_risk.std_error == pytest.approx(12 * math.sqrt(spread))
    assert sum(row.at_risk.value for row in found.rows) == pytest.approx(expected)
    assert [row.rank for row in found.rows] == [1, 2]
    assert found.total.expected_losses == pytest.approx(rows["risk"].sum())
    assert found.warnings == ()
    assert "expected to leave" in str(found)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert len(found.to_pandas()) == 2


def test_small_causes_are_not_ranked_and_missing_customers_are_counted(table):
    frame = table.assign(fee=table["fee"].where(table.index % 3 > 0))
    found = risk(frame, by="region", minimum=MinimumN(30, 1200))
    assert [row.rank for row in found.rows] == [None, None]
    assert found.excluded == {"no_revenue_or_probability": 1000}
    assert found.warnings[0].kind == "missing"
    assert found.total.n == 2000


@pytest.mark.parametrize(
    ("change", "named", "message"),
    [
        ({"risk": 1.5}, {}, "between 0 and 1"),
        ({"risk": -0.1}, {}, "between 0 and 1"),
        ({"risk": None}, {}, "no customer has both"),
        ({}, {"months": 0}, "months"),
        ({}, {"level": 0}, "level"),
    ],
)
def test_probabilities_that_are_none_are_refused(table, change, named, message):
    with pytest.raises(InputError, match=message):
        risk(table.assign(**change), **named)


def profit(data, **named):
    return cxstats.good_profit(data, **{"score": "score", "revenue": "fee", **named})


@pytest.mark.requirement("R000-24")
def test_bad_profit_is_the_revenue_of_detractors_who_paid_fees(table):
    found = profit(table, fees=["overage", "penalty"])
    low = table["score"] <= 6
    total = table["fee"].sum()
    assert found.detractor_share.value == pytest.approx(
        table.loc[low, "fee"].sum() / total
    )
    charged = low & table["overage"].notna()
    assert found.bad_share.value == pytest.approx(
        table.loc[charged, "fee"].sum() / total
    )
    assert found.bad_share.lower < found.bad_share.value < found.bad_share.upper
    assert found.fee_share == pytest.approx(10 * charged.sum() / total)
    assert [item.name for item in found.classes] == [
        "promoters",
        "passives",
        "detractors",
    ]
    assert sum(item.n for item in found.classes) == len(table)
    assert "bad profit" in str(found)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert len(found.to_pandas()) == 3


def test_profit_without_fees_weights_of_one_and_scores_outside(table):
    odd = table.assign(score=table["score"].where(table.index % 10 > 0, 99), w=1.0)
    plain, weighted = profit(odd), profit(odd, weight="w")
    assert plain.bad_share is None
    assert plain.excluded["no_score_revenue_or_weight"] == 300
    assert plain.detractor_share.lower == pytest.approx(weighted.detractor_share.lower)
    with pytest.raises(InputError, match="sum above 0"):
        profit(table.assign(fee=0.0))
    small = profit(table.head(40))
    assert "small_n" in [notice.kind for notice in small.warnings]


def test_shares_of_value_cover_the_truth():
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(300):
        fee = rng.gamma(2, 10, 300)
        low = rng.random(300) < 0.6
        parts = [
            Sums(len(x), len(x), len(x), x.sum(), (x**2).sum(), (x**2).sum())
            for x in (fee[low], fee)
        ]
        one = value_share(parts[0], parts[1], 0.95)
        hits += one.lower <= 0.6 <= one.upper
    assert 0.92 <= hits / 300 <= 0.98


@pytest.mark.requirement("R004-51")
def test_linkage_compares_classes_and_claims_no_cause(table):
    found = cxstats.linkage(
        table, score="score", churned={"3 months": "left"}, revenue={"a year": "fee"}
    )
    churn, revenue = found.links
    low = table.loc[table["score"] <= 6, "left"].mean()
    high = table.loc[table["score"] >= 9, "left"].mean()
    assert churn.classes["detractors"].value == pytest.approx(low)
    assert churn.difference.value == pytest.approx(low - high)
    assert churn.difference.lower > 0
    assert churn.ratio.value == pytest.approx(low / high)
    assert "After 3 months" in churn.sentence
    assert "does not show that a higher score would have changed it" in churn.sentence
    assert "cannot be told from no difference" in revenue.sentence
    assert revenue.ratio is None
    assert [notice.kind for notice in found.warnings] == ["no_cause"]
    for word in ("because", "leads to", "drives"):
        assert word not in str(found)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert len(found.to_pandas()) == 6


def test_linkage_with_weights_of_one_is_the_same(table):
    shuffled = table.sample(frac=1, random_state=1).assign(w=1.0)
    plain = cxstats.linkage(table, score="score", churned="left", revenue="fee")
    other = cxstats.linkage(
        shuffled, score="score", churned="left", revenue="fee", weight="w"
    )
    for one, two in zip(plain.links, other.links, strict=True):
        assert one.difference.lower == pytest.approx(two.difference.lower)
        assert one.classes["promoters"].upper == pytest.approx(
            two.classes["promoters"].upper
        )


def test_linkage_of_few_customers_or_without_outcome(table):
    few = cxstats.linkage(table.head(30), score="score", churned="left")
    assert "too few" in few.links[0].sentence
    assert "small_n" in [notice.kind for notice in few.warnings]
    none = cxstats.linkage(table.assign(left=0), score="score", churned="left")
    assert math.isfinite(none.links[0].ratio.value)
    with pytest.raises(InputError, match="name an outcome"):
        cxstats.linkage(table, score="score")
    with pytest.raises(InputError, match="an event is"):
        cxstats.linkage(table, score="score", churned="region")


def panel_rows(slope, units=24, periods=6, seed=0):
    """Units whose outcome follows their score one period later."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(units):
        level = rng.normal(0, 5)
        before = 0.0
        for period in range(periods):
            promoters = int(rng.integers(20, 81))
            outcome = level + period + slope * before + rng.normal(0, 0.2)
            for score, n in ((10, promoters), (3, 100 - promoters)):
                rows.append(
                    {"u": f"u{unit}", "p": period, "s": score, "y": outcome, "n": n}
                )
            before = (2 * promoters - 100) / 10
    frame = pd.DataFrame(rows)
    return frame.loc[frame.index.repeat(frame["n"])]


def panel(data, **named):
    columns = {"unit": "u", "period": "p", "score": "s", "outcome": "y"}
    return cxstats.panel_linkage(data, **{**columns, **named})


def test_a_lagged_panel_finds_the_planted_slope_at_its_lag_only():
    found = panel(panel_rows(-0.5), lags=[0, 1])
    now, later = found.effects
    assert later.slope.lower < -0.5 < later.slope.upper
    assert later.slope.upper < -0.4
    assert abs(now.slope.value) < 0.2
    assert (later.units, later.pairs) == (24, 120)
    assert found.warnings[0].kind == "no_cause"
    assert "does not show" in str(found)
    assert json.dumps(found.to_dict(), allow_nan=False)
    assert found.chart().to_dict()
    assert len(found.to_pandas()) == 2


def test_fixed_effects_equal_a_regression_with_dummies():
    data = panel_rows(-0.5, units=5, periods=4)
    cells = data.groupby(["u", "p"]).agg(
        s=("s", lambda s: 100 * ((s >= 9).mean() - (s <= 6).mean())), y=("y", "mean")
    )
    cells = cells.reset_index()
    design = np.column_stack(
        [
            cells["s"] / 10,
            pd.get_dummies(cells["u"]).to_numpy(float),
            pd.get_dummies(cells["p"]).to_numpy(float)[:, 1:],
        ]
    )
    expected = np.linalg.lstsq(design, cells["y"].to_numpy(), rcond=None)[0][0]
    assert panel(data, lags=[0]).effects[0].slope.value == pytest.approx(expected)


def test_panels_that_say_nothing_are_no_crash():
    flat = panel_rows(0).assign(s=10)
    found = panel(flat)
    assert math.isnan(found.effects[0].slope.value)
    assert "no_variance" in [notice.kind for notice in found.warnings]
    few = panel(panel_rows(0, units=4))
    assert "few_units" in [notice.kind for notice in few.warnings]
    with pytest.raises(InputError, match="it takes 3"):
        panel(panel_rows(0, units=2))
    with pytest.raises(InputError, match="lags"):
        panel(flat, lags=[-1])
