"""Key drivers from the caller's side: any data, honest intervals, plain refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import longley
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.tools import add_constant

import cxstats
from cxstats.errors import ColumnNotFoundError, InputError

DRIVERS = ("network", "bill", "shop")


def survey(n: int = 300, seed: int = 1) -> pd.DataFrame:
    """Return ratings 1-10 in which network matters most and shop not at all."""
    rng = np.random.default_rng(seed)
    network, bill, shop = rng.integers(1, 11, (3, n))
    outcome = 0.6 * network + 0.3 * bill + rng.normal(0, 1.5, n)
    return pd.DataFrame(
        {
            "overall": np.clip(np.rint(outcome), 0, 10).astype(int),
            "network": network,
            "bill": bill,
            "shop": shop,
            "weight": rng.choice([0.5, 1.0, 2.0], n),
            "grid": rng.integers(0, 40, n),
        }
    )


def found(data: Any, **options: Any) -> cxstats.KeyDrivers:
    given = {"outcome": "overall", "drivers": DRIVERS, "replicates": 200, **options}
    return cxstats.key_drivers(data, **given)


def numbers(result: cxstats.KeyDrivers) -> dict[tuple[str, str], float]:
    return {
        (driver.name, name): value
        for driver in result
        for name, value in {
            "importance": driver.importance.value,
            "lower": driver.importance.lower,
            "upper": driver.importance.upper,
            "performance": driver.performance.value,
            "performance_lower": driver.performance.lower,
            "first": driver.rank_1_probability,
        }.items()
    }


def kinds(result: Any) -> set[str]:
    return {notice.kind for notice in result.warnings}


def test_the_strongest_driver_comes_first_and_surely() -> None:
    result = found(survey())
    assert [driver.name for driver in result] == list(DRIVERS)
    first, last = result["network"], result["shop"]
    assert first.rank_1_probability == 1
    assert first.share.lower > 0.5
    assert last.importance.upper < 0.05
    assert sum(driver.share.value for driver in result) == pytest.approx(1)
    assert kinds(result) == set()


@pytest.mark.parametrize("measure", ["nps", "promoters", "detractors", "ordinal"])
@pytest.mark.requirement("R000-36")
def test_every_reading_of_the_outcome_can_be_explained(measure: Any) -> None:
    result = found(survey(2000), measure=measure)
    assert result.drivers[0].name == "network"
    assert result.measure == measure
    sign = -1 if measure == "detractors" else 1
    assert sign * result["network"].correlation.value > 0.3


def test_classes_equal_a_column_made_by_hand() -> None:
    data = survey()
    data["class"] = np.select([data.overall >= 9, data.overall <= 6], [1, -1], 0)
    by_hand = found(data, outcome="class")
    assert numbers(found(data, measure="nps")) == pytest.approx(numbers(by_hand))
    data["rank"] = data.overall.rank()
    ordinal = numbers(found(data, measure="ordinal"))
    assert ordinal == pytest.approx(numbers(found(data, outcome="rank")))


@settings(max_examples=5)
@given(st.permutations(range(60)))
def test_the_order_of_rows_is_irrelevant(order: list[int]) -> None:
    data = survey(60)
    for options in ({}, {"cluster": "grid", "weight": "weight"}):
        whole = numbers(found(data, **options))
        assert numbers(found(data.iloc[order], **options)) == pytest.approx(whole)


def test_weights_of_one_change_nothing() -> None:
    data = survey().assign(weight=1.0)
    weighted = found(data, weight="weight")
    assert numbers(weighted) == pytest.approx(numbers(found(data)))


def test_whole_weights_give_the_shares_of_repeated_rows() -> None:
    data = survey(100).assign(weight=lambda d: d.index % 3 + 1)
    repeated = data.loc[data.index.repeat(data.weight)]
    weighted, plain = found(data, weight="weight"), found(repeated)
    for driver in weighted:
        assert driver.share.value == pytest.approx(plain[driver.name].share.value)
    assert weighted.n == 100
    assert weighted.r_squared.n_effective < 100
    assert weighted.r_squared.std_error > plain.r_squared.std_error


def test_nan_null_infinity_and_unusable_weights_leave_a_row_out_alike() -> None:
    data = survey(200).astype({"bill": float, "weight": float})
    whole = found(data, weight="weight")
    extra = data.iloc[:4].copy()
    extra.loc[extra.index[0], "bill"] = np.nan
    extra.loc[extra.index[1], "bill"] = np.inf
    extra.loc[extra.index[2], "weight"] = 0
    extra.loc[extra.index[3], "weight"] = np.nan
    table = pa.Table.from_pandas(pd.concat([data, extra]), preserve_index=False)
    null = pa.table(
        {name: pa.array([None], table[name].type) for name in table.schema.names}
    )
    result = found(pa.concat_tables([table, null]), weight="weight")
    assert numbers(result) == pytest.approx(numbers(whole))
    assert result.n == 200


def test_codes_of_no_answer_are_left_out() -> None:
    data = survey(200)
    coded = pd.concat(
        [data, data.head(5).assign(bill=99), data.head(3).assign(overall=98)]
    )
    assert numbers(found(coded, missing=(98, "99"))) == pytest.approx(
        numbers(found(data))
    )


def test_many_incomplete_rows_are_told_with_their_columns() -> None:
    data = survey(300).astype({"shop": float})
    data.loc[:99, "shop"] = np.nan
    (notice,) = found(data).warnings
    assert (notice.kind, notice.columns) == ("incomplete", ("shop",))
    assert "100 of 300 rows" in notice.message


def test_truth_values_and_text_that_holds_numbers_are_drivers() -> None:
    data = survey(200)
    data["fault"] = data.network < 4
    data["text"] = data.bill.astype(str)
    result = found(data, drivers=["fault", "text"])
    assert result["fault"].correlation.value < 0
    assert result["text"].performance.value == pytest.approx(data.bill.mean())


def test_a_constant_column_is_named_and_left_out() -> None:
    result = found(survey().assign(tariff=3), drivers=[*DRIVERS, "tariff"])
    (notice,) = result.warnings
    assert (notice.kind, notice.columns) == ("constant", ("tariff",))
    assert numbers(result) == pytest.approx(numbers(found(survey())))


def test_columns_that_are_sums_of_others_are_named_and_never_crash() -> None:
    data = survey().assign(total=lambda d: d.network + d.bill)
    for method in ("lmg", "johnson", "first", "last"):
        result = found(data, drivers=[*DRIVERS, "total"], method=method)
        (notice,) = result.warnings
        assert notice.kind == "singular"
        assert set(notice.columns) == {"network", "bill", "total"}
        assert np.isfinite([*numbers(result).values()]).all()


def test_nearly_collinear_economic_series_are_named() -> None:
    # Longley (1967), the classic test of regression programs, as statsmodels has it.
    data = longley.load_pandas().data
    names = [name for name in data if name != "TOTEMP"]
    result = found(data, outcome="TOTEMP", drivers=names)
    assert result.r_squared.value == pytest.approx(0.995479, abs=1e-6)
    assert sum(driver.share.value for driver in result) == pytest.approx(1)
    named = {notice.kind: notice.columns for notice in result.warnings}
    assert set(named) == {"near_singular", "halo", "small_n"}
    design = add_constant(data[names])
    inflated = [variance_inflation_factor(design, at) for at in range(1, 7)]
    expected = tuple(
        name for name, factor in zip(names, inflated, strict=True) if factor >= 100
    )
    assert named["near_singular"] == expected == ("GNPDEFL", "GNP", "POP", "YEAR")


def test_ratings_that_repeat_each_other_bring_a_halo_warning() -> None:
    rng = np.random.default_rng(2)
    mood = rng.normal(7, 2, 400)
    names = ("overall", *DRIVERS)
    data = pd.DataFrame({name: mood + rng.normal(0, 0.4, 400) for name in names})
    result = found(data)
    assert {"halo", "collinearity"} <= kinds(result)
    assert result.to_dict()["warnings"][0]["columns"] == list(DRIVERS)


def test_few_rows_are_told() -> None:
    assert "small_n" in kinds(found(survey(40)))


def test_more_than_24_drivers_get_relative_weights() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(500, 26))
    names = [f"x{at}" for at in range(25)]
    data = pd.DataFrame(rows, columns=[*names, "overall"])
    data["overall"] += data.x3
    result = found(data, drivers=names)
    assert result.method == "johnson"
    assert "method" in kinds(result)
    assert result.drivers[0].name == "x3"
    with pytest.raises(InputError, match="up to 24 drivers"):
        found(data, drivers=names, method="lmg")


def test_sampled_clusters_widen_the_intervals() -> None:
    rng = np.random.default_rng(4)
    # Forty people of a grid answer nearly alike: they are one observation, not forty.
    grids = survey(40, seed=6)
    people = grids.loc[grids.index.repeat(40)].reset_index(drop=True)
    people["grid"] = np.repeat(np.arange(40), 40)
    people["overall"] = people.overall + rng.normal(0, 0.01, len(people))
    apart, together = found(people), found(people, cluster="grid")
    assert together.r_squared.std_error > 3 * apart.r_squared.std_error
    assert together.r_squared.method == "ols, poisson_clusters"


def test_many_rows_with_few_combinations_are_simulated_from_their_cells() -> None:
    data = pd.concat([survey(2000)[["overall", "network", "bill"]]] * 30)
    result = found(data, drivers=["network", "bill"])
    assert result.n == 60_000
    assert result.r_squared.method == "ols, poisson"


def continuous(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = pd.DataFrame(rng.normal(size=(n, 3)), columns=DRIVERS)
    rows["overall"] = np.clip(np.rint(6 + rows.network + rng.normal(size=n)), 0, 10)
    rows["city"] = rng.integers(0, 12, n)
    return rows


@pytest.mark.parametrize("measure", ["score", "nps", "ordinal"])
def test_many_combinations_fall_back_to_second_moments(measure: Any) -> None:
    data = continuous(50_100)
    many = found(data, measure=measure)
    assert many.r_squared.method == "ols, wishart"
    assert "intervals" in kinds(many)
    few = found(data.head(5_000), measure=measure)
    assert few.r_squared.method == "ols, poisson"
    for driver in many:
        same = few[driver.name]
        assert driver.share.value == pytest.approx(same.share.value, abs=0.01)
    errors = [one["network"].importance.std_error for one in (many, few)]
    assert errors[1] == pytest.approx(errors[0] * (50_100 / 5_000) ** 0.5, rel=0.5)


def test_many_rows_in_few_clusters_are_simulated_cluster_by_cluster() -> None:
    data = continuous(50_100)
    result = found(data, cluster="city")
    assert result.r_squared.method == "ols, poisson_clusters"
    assert kinds(result) == {"clusters"}
    assert result["network"].correlation.value == pytest.approx(
        np.corrcoef(data.network, data.overall)[0, 1]
    )


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"overall": 7}, {}, "one value only"),
        ({"network": 1, "bill": 1, "shop": 1}, {}, "every driver has the same value"),
        ({"bill": None}, {}, "no row has a number in bill"),
        ({"bill": "good"}, {}, "no row has a number in bill"),
        ({"bill": dt.date(2026, 1, 1)}, {}, "holds date"),
        ({"bill": np.linspace(0, 1e200, 300)}, {}, "values of bill are too large"),
        ({}, {"where": "network > 99"}, "no rows to analyse"),
        ({}, {"drivers": []}, "no driver was named"),
        ({}, {"drivers": ["bill", "bill "]}, "named twice"),
        ({}, {"drivers": ["bill", "overall"]}, "cannot be its own driver"),
        ({}, {"measure": "mean"}, "measure must be one of"),
        ({}, {"method": "pratt"}, "method must be one of"),
        ({}, {"level": 95}, "between 0 and 1"),
        ({}, {"replicates": 3}, "at least 50 replicates"),
    ],
)
def test_what_cannot_be_analysed_is_refused_with_a_way_out(
    change: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        found(survey().assign(**change), **options)


def test_ten_thousand_categories_as_text_are_refused() -> None:
    data = survey(10_000).assign(shop=lambda d: "shop " + d.index.astype(str))
    with pytest.raises(InputError, match="no row has a number in shop"):
        found(data)


def test_fewer_rows_than_drivers_are_refused() -> None:
    with pytest.raises(InputError, match="4 complete rows cannot explain"):
        found(survey(4))


def test_an_unknown_column_offers_the_nearest() -> None:
    with pytest.raises(ColumnNotFoundError, match="did you mean 'network'"):
        found(survey(), drivers=["netwrk"])
    with pytest.raises(InputError, match="none of the drivers analysed"):
        found(survey())["price"]


def test_the_result_shows_itself() -> None:
    result = found(survey())
    assert "network" in str(result)
    assert str(result) == repr(result)
    frame = result.to_pandas()
    assert list(frame["name"]) == list(DRIVERS)
    assert frame["share"].sum() == pytest.approx(1)
    assert result.chart().to_dict()["title"]["subtitle"][1] == "n 300"
