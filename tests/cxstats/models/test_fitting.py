"""Mixed columns in, probabilities out; bad columns are named or left out."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cxstats.errors import ColumnNotFoundError, InputError
from cxstats.models import (
    Design,
    DriftReference,
    LogisticModel,
    Rows,
    fit_boosted,
    fit_logistic,
    grouped_folds,
    kind_of_column,
    read_rows,
    time_splits,
)
from cxstats.models.logistic import _Problem


def customers(n=400, seed=0):
    rng = np.random.default_rng(seed)
    fee = rng.normal(50, 10, n)
    plan = rng.choice(["a", "b", "c"], n)
    odds = (fee - 50) / 10 + np.where(plan == "b", 1.0, -0.5)
    label = rng.random(n) < 1 / (1 + np.exp(-odds))
    fee[::17] = np.nan
    return Rows(pd.DataFrame({"fee": fee, "plan": plan})), label


@pytest.mark.parametrize("fit", [fit_logistic, fit_boosted])
def test_a_model_finds_the_signal_and_weights_of_one_change_nothing(fit):
    rows, label = customers()
    design = Design.fit(rows, ["fee", "plan"])
    model = fit(rows, label, design)
    chances = model.predict(rows)
    assert chances[label].mean() > chances[~label].mean() + 0.1
    weighted = fit(rows, label, design, weight=np.full(len(label), 3.0))
    assert weighted.predict(rows) == pytest.approx(chances, abs=1e-6)


def test_contributions_of_the_logistic_model_sum_to_its_log_odds():
    rows, label = customers()
    model = fit_logistic(rows, label, Design.fit(rows, ["fee", "plan"]))
    chances = model.predict(rows)
    parts = model.contributions(rows)
    average = model.intercept + model.centre @ model.coefficients
    odds = np.log(chances / (1 - chances))
    assert parts.sum(axis=1) + average == pytest.approx(odds)


def test_the_ridge_is_chosen_by_rows_left_out():
    rows, label = customers(80)
    design = Design.fit(rows, ["fee", "plan"])
    problem = _Problem(design.matrix(rows), label.astype(float), np.ones(80))
    exact = 0.0
    for at in range(80):
        kept = np.arange(80) != at
        part = _Problem(problem.matrix[kept], problem.label[kept], np.ones(79))
        fitted = part.fit(10.0)
        odds = fitted[0] + problem.matrix[at] @ fitted[1:]
        exact += np.logaddexp(0, -odds if label[at] else odds)
    close = problem.left_out_loss(10.0, problem.fit(10.0))
    assert close == pytest.approx(exact, rel=1e-3)
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(200, 30))
    blind = Rows(pd.DataFrame(noise, columns=[f"x{i}" for i in range(30)]))
    chance = rng.random(200) < 0.5
    found = fit_logistic(blind, chance, Design.fit(blind, list(blind.frame.columns)))
    assert found.ridge >= 100


def test_contributions_of_trees_are_zero_for_a_column_that_is_not_used():
    rows, label = customers()
    # Five rows are fewer than a leaf may hold, so no tree can split on them.
    rows.frame["rare"] = np.arange(len(rows)) < 5
    rows.frame["rare"] = rows.frame["rare"].astype(int)
    model = fit_boosted(rows, label, Design.fit(rows, ["fee", "rare"]), rounds=5)
    parts = model.contributions(rows.take(np.arange(20)))
    assert np.abs(parts[:, 0]).max() > 0.1
    assert parts[:, 1] == pytest.approx(np.zeros(20))


def test_a_stored_model_is_plain_json_and_predicts_the_same():
    rows, label = customers()
    model = fit_logistic(rows, label, Design.fit(rows, ["fee", "plan"]))
    text = json.dumps(model.to_dict(), allow_nan=False)
    again = LogisticModel.from_dict(json.loads(text))
    assert (again.predict(rows) == model.predict(rows)).all()


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"format": "cxstats.logistic/1"},
        {"format": "cxstats.logistic/1", "columns": [{"kind": "other", "name": "a"}]},
        {"format": "cxstats.logistic/1", "columns": [{"kind": "number", "name": "a"}]},
    ],
)
def test_what_is_no_stored_model_is_refused(stored):
    with pytest.raises(InputError, match="model"):
        LogisticModel.from_dict(stored)


def test_unseen_texts_and_missing_numbers_can_be_scored():
    rows, label = customers()
    design = Design.fit(rows, ["fee", "plan"])
    odd = Rows(pd.DataFrame({"fee": [math.inf, None], "plan": ["new", None]}))
    for fit in (fit_logistic, fit_boosted):
        assert np.isfinite(fit(rows, label, design).predict(odd)).all()
    with pytest.raises(ColumnNotFoundError, match="plan"):
        design.matrix(Rows(pd.DataFrame({"fee": [1.0]})))


def test_collinear_columns_and_perfect_separation_give_finite_coefficients():
    x = np.arange(100.0)
    rows = Rows(pd.DataFrame({"x": x, "twice": 2 * x}))
    model = fit_logistic(rows, x > 49, Design.fit(rows, ["x", "twice"]))
    assert np.isfinite(model.coefficients).all()
    assert model.coefficients[0] == pytest.approx(model.coefficients[1])
    with pytest.raises(InputError, match="same outcome"):
        fit_logistic(rows, x > -1, Design.fit(rows, ["x"]))
    with pytest.raises(InputError, match="ridge"):
        fit_logistic(rows, x > 49, Design.fit(rows, ["x"]), ridge=0)


def test_columns_without_information_are_left_out():
    frame = pd.DataFrame(
        {
            "one": [1] * 50,
            "none": [None] * 50,
            "key": [f"k{i}" for i in range(50)],
            "x": range(50),
        }
    )
    assert Design.fit(Rows(frame), list(frame)).names == ("x",)
    with pytest.raises(InputError, match="no column varies"):
        Design.fit(Rows(frame), ["one", "none", "key"])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", " 2.5 ", None], "number"),
        (["2026-01-31", "2026/2/1"], "moment"),
        (["a", "1"], "category"),
        (["007", "12"], "category"),
        (["0", "0.5"], "number"),
        ([True, None], "category"),
        ([None, None], "category"),
        ([1, 2], "number"),
    ],
)
def test_kind_of_a_column_is_told_from_its_values(values, kind):
    assert kind_of_column(pd.Series(values)) == kind


def test_missing_values_of_every_sort_are_alike():
    texts = Rows(pd.DataFrame({"a": ["x", "", None, np.nan, "  "]})).texts("a")
    assert texts.tolist() == ["x", None, None, None, None]


def test_rows_are_read_in_an_order_of_their_own():
    table = pa.table({"a": [3, 1, 2], "b": ["x", None, "y"]})
    first = read_rows(table).frame
    second = read_rows(table.take([2, 0, 1])).frame
    assert first.equals(second)
    assert len(read_rows(table, ["a"], where="a > 1")) == 2


def test_too_many_rows_no_rows_and_unreadable_columns_are_named():
    table = pa.table({"a": [1, 2, 3], "list": [[1], [2], [3]]})
    assert read_rows(table).unreadable == ("list",)
    with pytest.raises(InputError, match="more than 2 rows"):
        read_rows(table, limit=2)
    with pytest.raises(InputError, match="no row"):
        read_rows(table, where="a > 9")
    with pytest.raises(InputError, match="no column holds"):
        read_rows(table, ["list"])


def test_a_customer_is_in_one_fold_and_classes_are_spread():
    keys = np.repeat(np.arange(40, dtype=np.uint64), 3)
    label = np.repeat(np.arange(40) % 4 == 0, 3)
    fold = grouped_folds(keys, label, 5)
    assert all(len(set(fold[keys == key])) == 1 for key in range(40))
    assert [int(label[fold == at].sum()) for at in range(5)] == [6] * 5
    with pytest.raises(InputError, match="at least 11"):
        grouped_folds(keys, label, 11)


def test_time_splits_train_on_the_past_and_on_other_customers():
    time = np.repeat(np.arange(10.0), 20)
    keys = np.tile(np.arange(20, dtype=np.uint64), 10)
    splits = time_splits(time, keys, gap=1)
    judged = np.concatenate([split.test for split in splits])
    assert sorted(judged.tolist()) == np.flatnonzero(time >= 7).tolist()
    for split in splits:
        assert time[split.train].max() < time[split.test].min() - 1
        assert not set(keys[split.train]) & set(keys[split.test])
    fresh = np.arange(200, dtype=np.uint64)
    assert len(time_splits(time, fresh)) == 1
    with pytest.raises(InputError, match="one time"):
        time_splits(np.zeros(5), fresh[:5])
    with pytest.raises(InputError, match="gap"):
        time_splits(time, fresh, gap=100)


def test_drift_names_the_column_that_moved():
    rows, _label = customers(2000)
    design = Design.fit(rows, ["fee", "plan"])
    reference = DriftReference.of(design, rows)
    later, _ = customers(2000, seed=5)
    assert {row.status for row in reference.compare(later)} == {"stable"}
    moved = Rows(later.frame.assign(fee=later.frame["fee"] + 12))
    first, second = reference.compare(moved)
    assert (first.column, first.status) == ("fee", "shifted")
    assert second.status == "stable"
    again = DriftReference.from_list(design, reference.to_list())
    assert again == reference
