"""Simultaneous intervals against statsmodels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from statsmodels.stats.proportion import multinomial_proportions_confint

from cxstats.intervals import goodman_intervals, sison_glaz_intervals


def test_reference_intervals(reference: dict[str, Any]) -> None:
    for text, expected in reference["multinomial_simultaneous"].items():
        counts = [int(part) for part in text.split(",")]
        goodman = np.array(expected["goodman"])
        assert goodman_intervals(counts) == pytest.approx(goodman, abs=1e-7)
        sison_glaz = np.array(expected["sison-glaz"])
        assert sison_glaz_intervals(counts) == pytest.approx(sison_glaz, abs=1e-7)


@pytest.mark.parametrize(
    "counts",
    [[56, 72, 73, 59, 62, 87, 58], [1, 9, 30, 4], [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]],
)
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_intervals_equal_statsmodels_on_other_tables(
    counts: list[int], level: float
) -> None:
    for method, own in (
        ("goodman", goodman_intervals),
        ("sison-glaz", sison_glaz_intervals),
    ):
        peer = multinomial_proportions_confint(counts, 1 - level, method)
        assert own(counts, level) == pytest.approx(peer, abs=1e-7)
