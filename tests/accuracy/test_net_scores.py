"""Intervals and tests of a net score against R's NPS package and its equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm

import cxstats
from cxstats.comparisons import net_score_difference
from cxstats.intervals import adjusted_wald_interval, score_interval, wald_interval


def counts(row: dict[str, Any]) -> tuple[float, float, float]:
    return float(row["D"]), float(row["Pas"]), float(row["P"])


def answers(detractors: float, passives: float, promoters: float) -> pa.Table:
    scores = [2] * int(detractors) + [7] * int(passives) + [10] * int(promoters)
    return pa.table({"q": scores})


def test_one_sample_intervals_equal_r(reference: dict[str, Any]) -> None:
    rows = reference["nps_one_sample"]
    assert len(rows) == 10
    for row in rows:
        c = counts(row)
        wald, adjusted = wald_interval(*c), adjusted_wald_interval(*c, clip=False)
        assert np.ravel(wald) == pytest.approx(row["wald"], abs=1e-6)
        assert np.ravel(adjusted) == pytest.approx(row["adjwald"], abs=1e-6)
        assert np.ravel(score_interval(*c)) == pytest.approx(row["score"], abs=1e-7)


def test_one_sample_value_and_error_through_the_public_function(
    reference: dict[str, Any],
) -> None:
    for row in reference["nps_one_sample"]:
        e = cxstats.nps(answers(*counts(row)), score="q").estimate
        assert e.value == pytest.approx(100 * row["nps"], abs=1e-9)
        assert e.std_error == pytest.approx(100 * row["se"], abs=1e-6)
        small = min(counts(row)) == 0 or sum(counts(row)) < 10
        assert e.method == ("score" if small else "adjusted_wald")
        ends = row["score"] if small else np.clip(row["adjwald"], -1, 1)
        assert [e.lower, e.upper] == pytest.approx(np.multiply(ends, 100), abs=1e-4)


@pytest.mark.parametrize("counts", [(7, 12, 21), (1, 2, 3), (0, 5, 5), (90, 8, 2)])
def test_score_ends_solve_their_equation(counts: tuple[int, int, int]) -> None:
    d, q, p = (float(count) for count in counts)
    n, z = d + q + p, norm.ppf(0.975)
    for t in (*score_interval(d, q, p)[0], *score_interval(d, q, p)[1]):
        a, b, c = 2 * n, -d - p + (2 * n - p + d) * t, -d * t * (1 - t)
        share = (np.sqrt(b * b - 4 * a * c) - b) / (2 * a)
        right = z * np.sqrt(n * (2 * share + t * (1 - t)))
        assert abs((p - d) - n * t) == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("n", [1, 3, 10, 400])
def test_all_promoters_give_the_closed_form_lower_end(n: int) -> None:
    z2 = norm.ppf(0.975) ** 2
    lower, upper = score_interval(0, 0, n)
    assert lower[0] == pytest.approx((n - z2) / (n + z2), abs=1e-9)
    assert upper[0] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("kind", ["wald", "adj"])
def test_two_sample_tests_equal_r(reference: dict[str, Any], kind: str) -> None:
    rows = reference["nps_two_sample"]
    assert len(rows) == 4
    for row in rows:
        adjusted = kind == "adj"
        tested = net_score_difference(row["b"], row["a"], adjusted=adjusted)
        expected = row[kind]
        assert tested.std_error == pytest.approx(100 * expected["se"], abs=1e-6)
        assert tested.p == pytest.approx(expected["p"], abs=1e-8)
        ends = [100 * end for end in expected["ci"]]
        assert [tested.lower, tested.upper] == pytest.approx(ends, abs=1e-6)
        middle = (tested.lower + tested.upper) / 2
        assert middle == pytest.approx(100 * expected["d"], abs=1e-6)


def test_two_sample_p_equals_r_through_compare(reference: dict[str, Any]) -> None:
    for row in reference["nps_two_sample"]:
        waves = [answers(*row["b"]), answers(*row["a"])]
        names = pa.array(["before"] * len(waves[0]) + ["now"] * len(waves[1]))
        data = pa.concat_tables(waves).append_column("wave", names)
        found = cxstats.compare(data, score="q", between="wave", baseline="before")
        assert found[0].p == pytest.approx(row["adj"]["p"], abs=1e-8)
        assert found[0].estimate.value == pytest.approx(100 * row["wald"]["d"])
