"""The simulated operator: the weights that its customers judge by are found again."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

import cxstats
from cxstats.simulate import Operator


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, dict]:
    """Relationship answers with the ratings of each, and the planted weights."""
    operator = Operator(scale=15_000, seed=5)
    files = operator.write(tmp_path_factory.mktemp("operator"))

    def read(paths) -> pd.DataFrame:
        return pd.concat([pq.ParquetFile(path).read().to_pandas() for path in paths])

    answers, ratings = read(files.answers), read(files.ratings)
    ratings = ratings[ratings.item.str.startswith("CSAT10_")]
    wide = ratings.pivot_table(index="response_id", columns="item", values="score")
    wide.columns = [name.removeprefix("CSAT10_").lower() for name in wide.columns]
    kept = answers[(answers.stream == "relationship") & answers.excluded.isna()]
    joined = kept.set_index("response_id")[["score", "a_product"]].join(
        wide, how="inner"
    )
    return joined, operator.truth.parameters["driver_weights"]


def test_drivers_come_in_the_order_of_their_planted_weights(waves) -> None:
    answers, weights = waves
    product = answers.a_product.value_counts().index[0]
    planted = {name: weight for name, weight in weights[product].items() if weight}
    found = cxstats.key_drivers(
        answers,
        outcome="score",
        drivers=list(planted),
        where=f"a_product = '{product}'",
    )
    order = sorted(planted, key=lambda name: -planted[name])
    assert [driver.name for driver in found] == order
    assert found.drivers[-1].share.upper < found.drivers[0].share.lower


def test_contributions_of_a_product_sum_to_its_score(waves) -> None:
    answers, _weights = waves
    drivers = ["price", "service", "billing"]
    result = cxstats.driver_contributions(
        answers, outcome="score", drivers=drivers, by="a_product", replicates=50
    )
    complete = answers.dropna(subset=drivers)
    scores = cxstats.nps(complete, score="score", by="a_product")
    expected = {group.by["a_product"]: group.estimate.value for group in scores}
    for group in result:
        total = group.baseline.value + group.unexplained.value
        total += sum(part.value for part in group.parts.values())
        assert total == pytest.approx(expected[group.key], abs=1e-9)
