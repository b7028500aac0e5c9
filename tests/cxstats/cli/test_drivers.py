"""`cxstats drivers`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """300 answers: 网络 explains most, 套餐 is the same for everybody."""
    rng = np.random.default_rng(1)
    network, bill = rng.integers(1, 11, (2, 300))
    overall = np.clip(
        np.rint(0.7 * network + 0.2 * bill + rng.normal(0, 2, 300)), 0, 10
    )
    rows = [' 总体 ,网络,资费,套餐,w,"a,b"']
    rows += [
        f"{int(y)},{x},{z},5,{1 + at % 2},{at % 7}"
        for at, (y, x, z) in enumerate(zip(overall, network, bill, strict=True))
    ]
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.requirement("R000-31")
def test_drivers_prints_the_promised_keys(cxstats, ratings):
    command = ("drivers", ratings, "--outcome", "总体", "--drivers", "网络,资费,套餐")
    result = cxstats(*command, "--json").json
    assert list(result) == ["method", "r_squared", "n", "drivers", "warnings"]
    assert (result["method"], result["n"]) == ("lmg", 300)
    assert [driver["name"] for driver in result["drivers"]] == ["网络", "资费"]
    first = result["drivers"][0]
    assert list(first) == [
        *("name", "importance", "share", "lower", "upper"),
        *("rank_1_probability", "performance"),
    ]
    assert first["lower"] <= first["importance"] <= first["upper"]
    assert first["rank_1_probability"] == 1
    (warning,) = result["warnings"]
    assert list(warning) == ["kind", "message", "columns"]
    assert (warning["kind"], warning["columns"]) == ("constant", ["套餐"])


def test_drivers_as_a_table_with_warnings_on_the_error_stream(cxstats, ratings):
    command = ("drivers", ratings, "--outcome", "总体", "--drivers", "网络, 资费 ,套餐")
    answer = cxstats(*command, "--measure", "nps", "--weight", "w")
    assert answer.code == 0
    assert "总体 (nps): 2 drivers explain" in answer.out
    assert "网络" in answer.out
    assert "warning (constant): 套餐" in answer.err
    assert "constant" not in answer.out


def test_relative_weights_can_be_asked_for(cxstats, ratings):
    command = ("drivers", ratings, "--outcome", "总体", "--json", "--method", "johnson")
    both = cxstats(*command, "--drivers", "网络", "--drivers", "资费").json
    assert both["method"] == "johnson"
    total = sum(driver["importance"] for driver in both["drivers"])
    assert total == pytest.approx(both["r_squared"])


def test_a_comma_in_a_column_s_own_name_does_not_split_it(cxstats, ratings):
    command = ("drivers", ratings, "--outcome", "总体", "--json")
    result = cxstats(*command, "--drivers", "网络", "--drivers", "a,b").json
    assert {driver["name"] for driver in result["drivers"]} == {"网络", "a,b"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--drivers", "网"), "no column named '网'"),
        (("--drivers", ","), "no driver was named"),
        (("--drivers", "套餐"), "every driver has the same value"),
        (("--drivers", "网络", "--where", "网络 = 1 and 网络 = 2"), "no rows"),
        (("--drivers", "网络", "--scale", "high"), "is not a scale"),
    ],
)
def test_refusals_are_one_line(cxstats, ratings, words, message):
    answer = cxstats("drivers", ratings, "--outcome", "总体", *words)
    assert answer.code == 2
    assert message in answer.err
    assert answer.err.count("\n") == 1
