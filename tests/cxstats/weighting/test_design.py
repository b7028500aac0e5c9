from __future__ import annotations

import math

import pyarrow as pa
import pytest

import cxstats
from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.errors import DesignError
from cxstats.scales import NPS_0_10
from cxstats.weighting import linearise, weight_diagnostics

DATA = pa.table(
    {
        "q": [10, 3, 8, 9, 2, 7, 10, 10],
        "h": ["a", "a", "a", "a", "b", "b", "b", "b"],
        "c": ["1", "1", "2", "2", "1", "1", "2", "2"],
        "w": [1.0, 2, 1, 2, 3, 1, 3, 1],
    }
)


def cells(**design: str) -> ScoreCells:
    return cxstats.nps(DATA, score="q", **design).cells


def test_equal_cluster_labels_in_two_strata_are_two_clusters() -> None:
    found = cells(cluster="c", strata="h")
    means = linearise(found, found.numbers("score"))
    assert means.strata.units.tolist() == [2, 2]
    assert (means.units[0], means.df[0]) == (4, 2)


def test_variance_by_hand_for_clusters() -> None:
    found = cells(cluster="c")
    values = (found.numbers("score") >= 9).astype(float)
    means = linearise(found, values)
    theta, n = 4 / 8, 8
    z = [(1 - 4 * theta) / n, (3 - 4 * theta) / n]
    mean = sum(z) / 2
    expected = 2 / 1 * sum((x - mean) ** 2 for x in z)
    assert means.variance[0] == pytest.approx(expected)


def test_a_stratum_of_one_unit_adds_its_own_square() -> None:
    data = pa.table({"q": [10, 3, 9], "h": ["a", "a", "b"]})
    found = cxstats.nps(data, score="q", strata="h").cells
    values = (found.numbers("score") >= 9).astype(float)
    means = linearise(found, values)
    theta = 2 / 3
    z = [(v - theta) / 3 for v in (1, 0, 1)]
    two = 2 * sum((x - (z[0] + z[1]) / 2) ** 2 for x in z[:2])
    assert means.variance[0] == pytest.approx(two + z[2] ** 2)


def test_a_census_has_no_sampling_error() -> None:
    found = cells(strata="h")
    means = linearise(found, found.numbers("score"), {"a": 4, "b": 4})
    assert means.variance[0] == pytest.approx(0, abs=1e-15)


def test_blank_answers_stay_units_of_the_design() -> None:
    table = pa.table({"score": [10, 3, None], "n": [3, 2, 5]})
    found = ScoreCells.from_histogram(table, by=(), coding=ScaleCoding(NPS_0_10))
    means = linearise(found, found.numbers("score"))
    assert means.strata.units.tolist() == [10]
    assert means.n.tolist() == [5]


@pytest.mark.parametrize(
    ("design", "fpc", "message"),
    [
        ({"strata": "h"}, 100, "mapping"),
        ({}, {"a": 5}, "one number"),
        ({"strata": "h"}, {"a": 100}, "no population for stratum 'b'"),
        ({"strata": "h"}, {"a": 100, "b": 2}, "4 units were sampled"),
    ],
)
def test_a_population_that_contradicts_the_sample_is_refused(
    design: dict[str, str], fpc: object, message: str
) -> None:
    with pytest.raises(DesignError, match=message):
        cxstats.nps(DATA, score="q", fpc=fpc, **design)


def test_diagnostics_of_weights() -> None:
    found = weight_diagnostics(cells(weight="w"))
    assert (found.n, found.total, found.without_weight) == (8, 14, 0)
    assert found.kish == pytest.approx(8 * 30 / 14**2)
    assert found.n_effective == pytest.approx(8 / found.kish)
    assert found.variation == pytest.approx(math.sqrt(found.kish - 1))
