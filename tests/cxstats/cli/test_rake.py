"""`cxstats rake`: rows in, the same rows with their weight out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    path = tmp_path / "targets.csv"
    path.write_text(
        "variable,value,target\n区域,华东,1000\n区域,西北,3000\nwave,2025,0.5\n"
        "wave,2026,0.5\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_all_columns_are_kept_and_a_weight_is_added(
    cxstats: Callable, survey: Path, targets: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"out.{ending}"
    answer = cxstats("rake", survey, "--targets", targets, "--out", out, "--json")
    # The survey has a column of that name already.
    assert answer.code == 2
    assert "'weight' already" in answer.err
    answer = cxstats(
        "rake", survey, "--targets", targets, "--out", out, "--name", "w", "--json"
    )
    assert answer.code == 0
    assert {"method", "margins", "diagnostics", "cells", "warnings", "rows"} <= set(
        answer.json
    )
    frame = pd.read_csv(out) if ending == "csv" else pd.read_parquet(out)
    assert list(frame) == ["推荐意愿", "区域", "wave", "weight", "stratum", "w"]
    assert len(frame) == answer.json["rows"] == 203
    found = frame.groupby("区域")["w"].sum().to_dict()
    assert found == pytest.approx({"华东": 1000, "西北": 3000})


def test_the_table_says_what_weights_cost(
    cxstats: Callable, survey: Path, targets: Path, tmp_path: Path
) -> None:
    answer = cxstats(
        "rake", survey, "--targets", targets, "--out", tmp_path / "o.csv",
        "--weight", "weight", "--name", "w", "--trim", "5",
    )  # fmt: skip
    assert answer.code == 0
    assert "Kish effect" in answer.out
    assert "wrote 203 rows" in answer.out


def test_post_stratification_by_one_variable(
    cxstats: Callable, survey: Path, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("variable,value,target\n区域,华东,1\n区域,西北,3\n", "utf-8")
    words = ("rake", survey, "--targets", path, "--out", tmp_path / "o.csv", "--name")
    answer = cxstats(*words, "w", "--poststratify", "--json")
    assert answer.json["method"] == "post-stratification"
    refused = cxstats(*words, "w", "--poststratify", "--bounds", "0.5", "2")
    assert refused.code == 2


def test_refusals_name_the_cell_and_the_ending(
    cxstats: Callable, survey: Path, targets: Path, tmp_path: Path
) -> None:
    answer = cxstats("rake", survey, "--targets", targets, "--out", "o.xlsx")
    assert (answer.code, "'o.xlsx'" in answer.err) == (2, True)
    path = tmp_path / "t.csv"
    path.write_text("variable,value,target\n区域,华东,1\n", "utf-8")
    answer = cxstats("rake", survey, "--targets", path, "--out", tmp_path / "o.csv")
    assert answer.code == 2
    assert "区域 = '西北'" in answer.err
    nowhere = tmp_path / "no" / "o.csv"
    answer = cxstats(
        "rake", survey, "--targets", targets, "--out", nowhere, "--name", "w"
    )
    assert (answer.code, "cannot write" in answer.err) == (2, True)
