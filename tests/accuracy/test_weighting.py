"""Post-stratification and raking against R's survey package, version 4.1-1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cxstats

DESIGN = {"cluster": "dnum", "fpc": 757}


@pytest.fixture
def survey(reference: dict[str, Any]) -> dict[str, Any]:
    return reference["weighted_nps_survey"]


@pytest.fixture
def schools(reference_dir: Path) -> pd.DataFrame:
    frame = pd.read_csv(reference_dir / "apiclus1.csv")
    return frame.assign(answer=frame["nps"].map({-1: 3, 0: 8, 1: 10}))


@pytest.fixture
def raked(survey: dict[str, Any], schools: pd.DataFrame) -> cxstats.Weighting:
    margins = survey["margins"]
    targets = {"stype": margins["stype"], "sch.wide": margins["sch_wide"]}
    return cxstats.rake(schools, targets, weight="pw")


@pytest.fixture
def stratified(survey: dict[str, Any], schools: pd.DataFrame) -> cxstats.Weighting:
    targets = {"stype": survey["margins"]["stype"]}
    return cxstats.poststratify(schools, targets, weight="pw")


def by_cell(made: cxstats.Weighting) -> dict[str, float]:
    found = zip(made.cells.labels, made.weights.tolist(), strict=True)
    return {"|".join(map(str, key)): weight for key, weight in found}


def test_raked_weights_equal_those_of_r_survey_run_to_convergence(
    survey: dict[str, Any], raked: cxstats.Weighting
) -> None:
    expected = survey["rake_apiclus1_converged"]
    assert by_cell(raked) == pytest.approx(expected["weights"], abs=1e-7)
    assert raked.after.kish == pytest.approx(expected["kish"], abs=1e-9)
    assert raked.miss < 1e-10


def test_raking_goes_on_where_r_survey_stops_by_default(
    survey: dict[str, Any], raked: cxstats.Weighting, schools: pd.DataFrame
) -> None:
    early = survey["rake_apiclus1_R_default_eps1"]["api00"]
    mean = raked.estimate(schools, "api00", statistic="mean", **DESIGN)
    assert abs(mean.value - early) > 5e-5


def test_raked_estimates_and_standard_errors_equal_r_survey(
    survey: dict[str, Any], raked: cxstats.Weighting, schools: pd.DataFrame
) -> None:
    expected = survey["rake_apiclus1_converged"]
    nps = raked.estimate(schools, "answer", **DESIGN)
    value, error = expected["nps"]
    assert nps.value == pytest.approx(100 * value, abs=1e-7)
    assert nps.std_error == pytest.approx(100 * error, abs=1e-7)
    mean = raked.estimate(schools, "api00", statistic="mean", **DESIGN)
    assert [mean.value, mean.std_error] == pytest.approx(expected["api00"], abs=1e-7)
    total = raked.estimate(schools, "enroll", statistic="total", **DESIGN)
    numbers = [total.value, total.std_error]
    assert numbers == pytest.approx(expected["total_enroll"], abs=1e-4)


def test_post_stratified_weights_and_errors_equal_r_survey(
    survey: dict[str, Any], stratified: cxstats.Weighting, schools: pd.DataFrame
) -> None:
    expected = survey["poststrat_apiclus1_stype"]
    assert by_cell(stratified) == pytest.approx(expected["weights"], abs=1e-7)
    nps = stratified.estimate(schools, "answer", **DESIGN)
    value, error = expected["nps"]
    assert nps.value == pytest.approx(100 * value, abs=1e-6)
    assert nps.std_error == pytest.approx(100 * error, abs=1e-6)
    mean = stratified.estimate(schools, "api00", statistic="mean", **DESIGN)
    assert [mean.value, mean.std_error] == pytest.approx(expected["api00"], abs=1e-7)


def test_kish_effect_and_effective_n_of_the_stratified_sample(
    survey: dict[str, Any], reference_dir: Path
) -> None:
    """Peer: R survey, apistrat with its design weights."""
    frame = pd.read_csv(reference_dir / "apistrat.csv")
    totals = frame.groupby("stype")["pw"].sum().to_dict()
    made = cxstats.poststratify(frame, {"stype": totals}, weight="pw")
    expected = survey["apistrat"]
    assert made.after.kish == pytest.approx(expected["kish"], abs=1e-9)
    assert made.after.n_effective == pytest.approx(expected["ess"], abs=1e-6)
    assert made.after.efficiency == pytest.approx(1 / expected["kish"], abs=1e-9)
