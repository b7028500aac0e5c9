"""The effective n never promises more than the sampled units can show."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

import cxstats

ANSWERS = [10, 9, 3, 7, 10, 8, 2, 9, 10, 10, 6, 9]


def sample(clusters: list[int], strata: list[str]) -> cxstats.Estimate:
    data = pa.table({"q": ANSWERS, "c": clusters, "h": strata})
    return cxstats.nps(data, score="q", cluster="c", strata="h").estimate


def test_strata_of_one_cluster_each_leave_no_design_effect() -> None:
    found = sample([1] * 6 + [2] * 6, ["a"] * 6 + ["b"] * 6)
    assert math.isnan(found.std_error)
    assert math.isnan(found.deff)
    assert found.n_effective == 2
    assert found.method.endswith("_effective")


def test_a_gain_from_a_stratum_of_one_cluster_is_not_believed() -> None:
    found = sample([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], ["a"] * 8 + ["b"] * 4)
    assert found.std_error > 0
    assert found.n_effective <= found.n


@pytest.mark.parametrize("scores", [[10, 7, 3] * 4, [10] * 12])
def test_clusters_that_are_all_alike_count_as_their_number(scores: list[int]) -> None:
    """Equal clusters differ by rounding alone, which must not become precision."""
    clusters = [i // 3 for i in range(12)]
    weights = [0.1, 0.2, 0.7] * 4
    data = pa.table({"q": scores, "c": clusters, "w": weights})
    found = cxstats.nps(data, score="q", cluster="c", weight="w").estimate
    assert found.n_effective <= 4


def test_a_gain_from_proper_strata_is_kept() -> None:
    strata = ["low" if q < 8 else "high" for q in ANSWERS]
    data = pa.table({"q": ANSWERS, "h": strata})
    found = cxstats.nps(data, score="q", strata="h").estimate
    assert found.n_effective > found.n
