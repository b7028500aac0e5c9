"""The analysis as a notebook calls it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxstats
from cxstats.churn import ChurnResult, StoredModel
from cxstats.errors import ColumnNotFoundError, InputError
from tests.cxstats.churn.conftest import customers


def logistic(table, **named):
    named = {"label": "left", "id": "customer", "model": "logistic", **named}
    return cxstats.churn(table, **named)


@pytest.fixture(scope="module")
def result(table) -> ChurnResult:
    return cxstats.churn(
        table, label="left", id="customer", segments=["region"], capacity=0.2
    )


def kinds(result):
    return [notice.kind for notice in result.warnings]


def test_the_planted_reasons_are_found_and_the_model_is_calibrated(result):
    assert result.chosen == "logistic"
    assert [item.kind for item in result.measured] == ["logistic", "boosted"]
    best = result.best
    assert 0.75 < best.auc.lower < best.auc.value < best.auc.upper < 0.9
    assert best.slope.lower < 1 < best.slope.upper
    assert best.lift_at_10.lower > 1.5
    assert best.at_capacity.share == 0.2
    named = {item.column for one in result.reasons[:30] for item in one.reasons[:2]}
    assert named == {"contract", "complaints"}
    assert kinds(result) == []


def test_result_has_four_faces(result):
    found = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert list(found) == [
        "auc",
        "auc_interval",
        "brier",
        "calibration_slope",
        "lift_at_10",
        "warnings",
        "reasons",
    ]
    assert found["reasons"][0].keys() == {"id", "probability", "reasons"}
    json.dumps(result.report(), allow_nan=False)
    frame = result.to_pandas()
    assert set(frame["model"]) == {"logistic", "boosted"}
    assert {"auc", "brier", "recall_at_capacity"} <= set(frame["measure"])
    assert "observed" in json.dumps(result.chart().to_dict())
    assert str(result) == repr(result)
    assert "rows of other customers; logistic model" in str(result)


def test_new_customers_are_scored_with_tiers_and_reasons(result):
    new = customers(200, seed=9).drop(columns="left")
    scored = result.score(new)
    frame = scored.to_pandas()
    assert len(frame) == 200
    assert frame["probability"].is_monotonic_decreasing
    assert (frame["tier"] == "red").sum() <= 40
    assert frame.groupby("probability")["tier"].nunique().max() == 1
    assert scored.customers[0].reasons
    assert scored.customers[-1].reasons == ()
    assert json.loads(json.dumps(scored.to_dict()))["customers"][0]["tier"] == "red"
    assert "tier" in json.dumps(scored.chart().to_dict())
    assert "customer" in str(scored)
    with pytest.raises(ColumnNotFoundError, match="contract"):
        result.score(new.drop(columns="contract"))
    with pytest.raises(InputError, match="capacity"):
        result.score(new, capacity=2)


def test_scores_without_a_name_of_the_customer_say_so(table):
    found = logistic(table.drop(columns="customer"), id=None)
    assert found.reasons[0].id is None
    assert [n.kind for n in found.score(table).warnings] == ["no_id"]
    named = found.score(table, id="customer")
    assert named.customers[0].id.startswith("c0")
    assert named.warnings == ()


def test_drift_of_new_customers_is_a_warning(result):
    new = customers(400, seed=9).assign(complaints=5)
    warnings = result.score(new).warnings
    assert [(item.kind, item.columns) for item in warnings] == [
        ("drift", ("complaints",))
    ]


def test_a_model_stored_as_json_scores_the_same(result, tmp_path):
    stored = result.stored()
    path = stored.save(tmp_path / "model.json")
    again = cxstats.StoredModel.load(path)
    new = customers(50, seed=3)
    one, other = result.score(new), again.score(new)
    assert one.to_pandas()["probability"].tolist() == pytest.approx(
        other.to_pandas()["probability"].tolist()
    )
    assert again.about["positive"] == "yes"
    assert again.to_dict() == stored.to_dict()
    path.write_text("[]")
    with pytest.raises(InputError, match="not a stored model"):
        StoredModel.load(path)
    with pytest.raises(InputError, match="format"):
        StoredModel.from_dict({"format": "other"})


def test_order_of_rows_missing_marks_and_weights_of_one_change_nothing(table):
    plain = logistic(table)
    shuffled = table.sample(frac=1, random_state=1).assign(one=1.0)
    weighted = logistic(shuffled, weight="one")
    assert weighted.auc.value == plain.auc.value
    assert weighted.best.brier.value == pytest.approx(plain.best.brier.value)
    gone = table.assign(fee=table["fee"].where(table["fee"] > 40))
    nan = pa.table({n: gone[n].to_numpy() for n in gone.columns})
    null = pa.Table.from_pandas(gone)
    assert logistic(nan).to_dict() == logistic(null).to_dict()


def test_copies_of_a_customer_stay_together_and_coarse_rows_do_not():
    frame = customers(400).drop(columns="customer")
    copied = pd.concat([frame, frame.head(20)])
    found = logistic(copied, id=None)
    assert found.auc.method == "delong_logit_clustered"
    coarse = logistic(frame[["contract", "left"]], id=None)
    assert coarse.auc.method == "delong_logit"
    assert 0.6 < coarse.auc.value < 0.8


def test_missing_labels_and_weights_are_left_out_and_counted(table):
    frame = table.assign(weight=1.0)
    frame.loc[:4, "left"] = None
    frame.loc[5:7, "weight"] = [0, -1, np.nan]
    found = logistic(frame, weight="weight")
    assert found.n == len(table) - 8
    assert kinds(found) == ["no_label", "weights"]


def test_a_filter_and_a_choice_of_columns_are_respected(table):
    found = logistic(table, where="region = '华东'", columns=["contract", "complaints"])
    assert found.n == (table["region"] == "华东").sum()
    assert set(found.columns) == {"contract", "complaints"}


def test_later_rows_judge_and_returning_customers_are_kept_apart(table):
    again = table.assign(customer=[f"c{i % 300}" for i in range(len(table))])
    for frame in (table, again):
        found = logistic(frame, time="month")
        assert found.split == "time"
        assert 0.2 * len(frame) < found.n_judged < 0.4 * len(frame)
        assert "month" not in found.columns
        assert {row.status for row in found.drift} == {"stable"}
    assert found.auc.method == "delong_logit_clustered"


def test_dates_and_periods_in_text_are_times_too(table):
    for write in ("2026-{:02d}-01", "2026年{:02d}月"):
        months = [write.format(month) for month in table["month"]]
        assert logistic(table.assign(month=months), time="month").split == "time"


def test_an_unstable_segment_is_named():
    frame = customers(1500, seed=4)
    odd = (frame["region"] == "西北") & (frame["left"] == "yes")
    frame.loc[odd & (frame.index % 2 == 0), "left"] = "no"
    found = logistic(
        frame, segments=["region"], columns=["contract", "complaints", "fee"]
    )
    assert {item.value: item.is_off for item in found.stability} == {
        "华东": True,
        "西北": True,
    }
    assert "unstable" in kinds(found)


def test_an_outcome_of_pure_chance_is_called_no_signal(table):
    rng = np.random.default_rng(5)
    frame = table.assign(left=np.where(rng.random(len(table)) < 0.3, "yes", "no"))
    assert "no_signal" in kinds(logistic(frame))


@pytest.mark.parametrize(
    ("labels", "positive", "expected"),
    [
        ([1, 0], None, "1"),
        ([True, False], None, "true"),
        (["流失", "在网"], None, "流失"),
        (["gone", "retained"], None, "gone"),
        (["A", "B"], "B", "B"),
    ],
)
def test_the_outcome_is_read_from_what_people_write(table, labels, positive, expected):
    yes = (table["left"] == "yes").to_numpy()
    if positive is not None:
        labels = labels[::-1]
    values = [labels[0] if happened else labels[1] for happened in yes]
    found = logistic(table.assign(left=values), positive=positive)
    assert found.positive == expected
    assert found.base_rate == pytest.approx(yes.mean())


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        (["yes"] * 900, {}, "two"),
        ([None] * 900, {}, "every row is blank"),
        (["a", "b"] * 450, {}, "say which of them"),
        (["a", "b", "c"] * 300, {}, "3 different values"),
        (["a", "b"] * 450, {"positive": "x"}, "never is 'x'"),
        (["yes"] * 5 + ["no"] * 895, {}, "at least 20 customers with"),
        (["yes", "no"] * 450, {"model": "forest"}, "auto, logistic or boosted"),
        (["yes", "no"] * 450, {"folds": 1}, "between 2 and 20"),
        (["yes", "no"] * 450, {"level": 95}, "between 0 and 1"),
        (
            ["yes", "no"] * 450,
            {"columns": ["left"]},
            "no column to predict the outcome from",
        ),
        (["yes", "no"] * 450, {"id": "nobody"}, "no column named 'nobody'"),
        (["yes", "no"] * 450, {"keep": ["x"]}, "no column named 'x'"),
        (
            ["yes", "no"] * 450,
            {"time": "region", "where": "region = '华东'"},
            "one time",
        ),
    ],
)
def test_what_cannot_be_learnt_is_refused_with_advice(table, values, named, message):
    with pytest.raises(InputError, match=message):
        logistic(table.assign(left=values), **named)


def test_odd_columns_are_named_not_fatal(table):
    n = len(table)
    frame = table.assign(
        constant=1,
        empty=pd.Series([None] * n, dtype=object),
        infinite=np.where(np.arange(n) % 9 == 0, np.inf, table["fee"]),
        copied=table["fee"] * 2,
        many=[f"text {i % 450}" for i in range(n)],
    )
    found = logistic(frame)
    notices = {notice.kind: notice for notice in found.warnings}
    assert notices["unused"].columns == ("constant", "empty", "many")
    assert notices["infinite"].columns == ("infinite",)
    assert 0.75 < found.auc.value < 0.9


def test_the_package_is_the_function():
    assert callable(cxstats.churn)
    assert cxstats.churn.churn.__name__ == "churn"
