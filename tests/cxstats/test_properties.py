"""What must hold for any answers, weights and designs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.metrics import Precision, csat_from_cells, nps_from_cells
from cxstats.scales import NPS_0_10

CODING = ScaleCoding(NPS_0_10, whole=True)
ROW = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["s", "t"]),
    st.sampled_from(["1", "2", "3"]),
    st.one_of(st.integers(-1, 12).map(float), st.none()),
    st.sampled_from([1.0, 2.0, 5.0]),
)
ROWS = st.lists(ROW, min_size=1, max_size=40)
DESIGNS = st.sampled_from(["plain", "weighted", "strata", "clusters"])


def cells(rows: list[tuple[Any, ...]], design: str) -> ScoreCells:
    """Return the cells of rows, one histogram row per answer."""
    group, stratum, cluster, score, weight = zip(*rows, strict=True)
    ones = [1] * len(rows)
    columns: dict[str, Any] = {"g": pa.array(group, pa.string())}
    if design in {"strata", "clusters"}:
        columns["stratum"] = stratum
    if design == "clusters":
        columns["cluster"] = cluster
    columns |= {"score": pa.array(score, pa.float64()), "n": ones}
    if design != "plain":
        squares = [w * w for w in weight]
        columns |= {"n_weighted": ones, "w": weight, "w2": squares}
    return ScoreCells.from_histogram(pa.table(columns), by=("g",), coding=CODING)


def numbers(result: Any) -> dict[Any, list[float]]:
    return {
        tuple(group.by.values()): [
            getattr(group.estimate, name)
            for name in ("value", "std_error", "lower", "upper", "n", "n_effective")
        ]
        for group in result
    }


def same(one: Any, other: Any) -> None:
    left, right = numbers(one), numbers(other)
    assert left.keys() == right.keys()
    for key, values in left.items():
        assert values == pytest.approx(right[key], abs=1e-6, nan_ok=True)


@given(ROWS, ROWS, DESIGNS)
def test_merged_cells_equal_pooled_rows(first: Any, second: Any, design: str) -> None:
    merged = cells(first, design) + cells(second, design)
    pooled = cells(first + second, design)
    same(nps_from_cells(merged), nps_from_cells(pooled))
    assert merged.excluded == pooled.excluded


@given(ROWS, DESIGNS, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(rows: Any, design: str, random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    same(nps_from_cells(cells(rows, design)), nps_from_cells(cells(shuffled, design)))


@given(ROWS)
def test_weights_of_one_change_nothing(rows: Any) -> None:
    ones = [(*row[:4], 1.0) for row in rows]
    plain, weighted = cells(ones, "plain"), cells(ones, "weighted")
    same(nps_from_cells(plain), nps_from_cells(weighted))
    same(csat_from_cells(plain, NPS_0_10), csat_from_cells(weighted, NPS_0_10))


@given(ROWS, DESIGNS)
def test_scaling_all_weights_changes_nothing(rows: Any, design: str) -> None:
    scaled = [(*row[:4], row[4] * 1000) for row in rows]
    same(nps_from_cells(cells(rows, design)), nps_from_cells(cells(scaled, design)))


@given(ROWS, DESIGNS, st.sampled_from([0.8, 0.95, 0.99]))
def test_every_interval_holds_its_value_inside_the_range(
    rows: Any, design: str, level: float
) -> None:
    made = cells(rows, design)
    precision = Precision(level)
    net = nps_from_cells(made, precision=precision)
    mean = csat_from_cells(made, NPS_0_10, precision=precision)
    for result, (low, high) in ((net, (-100, 100)), (mean, (0, 10))):
        for group in result:
            e = group.estimate
            if e.n:
                assert low - 1e-9 <= e.lower <= e.value + 1e-9
                assert e.value - 1e-9 <= e.upper <= high + 1e-9


@given(ROWS, DESIGNS)
def test_turning_the_scale_around_mirrors_the_score(rows: Any, design: str) -> None:
    turn = {0: 10, 3: 9, 7: 8, 8: 7, 9: 3, 10: 0}
    kept = [row for row in rows if row[3] in turn] or [("a", "s", "1", 7.0, 1.0)]
    turned = [(*row[:3], float(turn[row[3]]), row[4]) for row in kept]
    left = numbers(nps_from_cells(cells(kept, design)))
    right = numbers(nps_from_cells(cells(turned, design)))
    for key, (value, error, lower, upper, *counts) in left.items():
        mirrored = [-value, error, -upper, -lower, *counts]
        assert mirrored == pytest.approx(right[key], abs=1e-6, nan_ok=True)


@given(ROWS, DESIGNS)
def test_relabelling_groups_moves_their_numbers_along(rows: Any, design: str) -> None:
    names = {"a": "z", "b": "b", None: None}
    renamed = [(names[row[0]], *row[1:]) for row in rows]
    left = numbers(nps_from_cells(cells(rows, design)))
    right = numbers(nps_from_cells(cells(renamed, design)))
    for (name,), values in left.items():
        assert values == pytest.approx(right[(names[name],)], nan_ok=True)


@given(ROWS, DESIGNS)
def test_classes_and_exclusions_add_up_to_all_rows(rows: Any, design: str) -> None:
    result = nps_from_cells(cells(rows, design))
    assert sum(result.excluded.values()) + result.estimates.n.sum() == len(rows)
    shares = np.array([part.value for part in result.parts.values()])
    answered = result.estimates.n > 0
    assert shares.sum(axis=0)[answered] == pytest.approx(1)
