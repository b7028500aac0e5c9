"""Breaks in ordered bins against R's strucchange."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxstats.segmentation import segment


def test_breaks_of_the_nile_are_those_of_strucchange(
    reference: dict[str, Any], reference_dir: Path
) -> None:
    expected = reference["breakpoints_nile"]
    with (reference_dir / "nile.csv").open(encoding="utf-8") as file:
        flow = np.array([float(row[-1]) for row in list(csv.reader(file))[1:]])
    found = segment(np.ones(len(flow)), flow, flow**2, most_breaks=5, min_share=0.15)
    for count, breaks in expected["breaks"].items():
        assert list(found.breaks[int(count)]) == breaks
    assert found.rss == pytest.approx(expected["rss"], abs=1e-3)
    assert found.bic == pytest.approx(expected["bic"], abs=1e-3)
    assert found.best == expected["best"]
