"""Weights, strata and clusters against R's survey package, through public calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cxstats
from cxstats.metrics import MetricResult
from cxstats.weighting import linearise

TOLERANCE = 1e-7


@pytest.fixture
def survey(reference: dict[str, Any]) -> dict[str, Any]:
    return reference["weighted_nps_survey"]


def school_sample(folder: Path, name: str) -> pd.DataFrame:
    """Return a sample with each school's class as an answer on 0-10."""
    frame = pd.read_csv(folder / f"{name}.csv")
    return frame.assign(answer=frame["nps"].map({-1: 3, 0: 8, 1: 10}))


@pytest.fixture
def stratified(reference_dir: Path) -> dict[str, Any]:
    frame = school_sample(reference_dir, "apistrat")
    return {
        "data": frame,
        "score": "answer",
        "weight": "pw",
        "strata": "stype",
        "fpc": frame.groupby("stype")["fpc"].first().to_dict(),
    }


@pytest.fixture
def clustered(reference_dir: Path) -> dict[str, Any]:
    frame = school_sample(reference_dir, "apiclus1")
    return {
        "data": frame,
        "score": "answer",
        "weight": "pw",
        "cluster": "dnum",
        "fpc": 757,
    }


def shares(value: float) -> Any:
    return pytest.approx(100 * value, abs=100 * TOLERANCE)


def test_stratified_sample(survey: dict[str, Any], stratified: dict[str, Any]) -> None:
    expected, e = survey["apistrat"], cxstats.nps(**stratified).estimate
    assert e.value == shares(expected["est"])
    assert e.std_error == shares(expected["se_fpc"])
    assert [e.lower, e.upper] == [shares(end) for end in expected["ci_t197"]]
    assert e.deff == pytest.approx(expected["deff"], abs=1e-6)
    assert e.kish == pytest.approx(expected["kish"], abs=1e-9)
    assert e.n_effective == pytest.approx(200 / expected["deff"], rel=1e-6)
    assert e.method == "linearized_t"


def test_stratified_sample_without_finite_population(
    survey: dict[str, Any], stratified: dict[str, Any]
) -> None:
    e = cxstats.nps(**{**stratified, "fpc": None}).estimate
    assert e.std_error == shares(survey["apistrat"]["se_nofpc"])


def test_weights_alone(survey: dict[str, Any], stratified: dict[str, Any]) -> None:
    e = cxstats.nps(**{**stratified, "fpc": None, "strata": None}).estimate
    assert e.std_error == shares(survey["apistrat"]["se_weights_only"])
    assert e.n_effective == pytest.approx(survey["apistrat"]["ess"], abs=1e-6)


def test_both_design_effects(
    survey: dict[str, Any], stratified: dict[str, Any]
) -> None:
    result = cxstats.nps(**stratified)
    values = result.measure.values(result.cells.numbers("score"))
    means = linearise(result.cells, values, result.precision.fpc)
    assert means.deff[0] == pytest.approx(survey["apistrat"]["deff"], abs=1e-6)
    replace = survey["apistrat"]["deff_replace"]
    assert means.deff_replace[0] == pytest.approx(replace, abs=1e-6)
    without = linearise(result.cells, values)
    assert without.deff[0] == pytest.approx(1.240427, abs=1e-6)


def test_clustered_sample(survey: dict[str, Any], clustered: dict[str, Any]) -> None:
    expected, e = survey["apiclus1"], cxstats.nps(**clustered).estimate
    assert e.value == shares(expected["est"])
    assert e.std_error == shares(expected["se_fpc"])
    assert [e.lower, e.upper] == [shares(end) for end in expected["ci_t14"]]
    assert e.deff == pytest.approx(expected["deff"], abs=1e-6)
    e = cxstats.nps(**{**clustered, "fpc": None}).estimate
    assert e.std_error == shares(expected["se_nofpc"])


def test_simple_random_sample(survey: dict[str, Any], reference_dir: Path) -> None:
    frame = school_sample(reference_dir, "apisrs")
    e = cxstats.nps(frame, score="answer", weight="pw", fpc=survey["N"]).estimate
    assert e.value == shares(survey["apisrs"]["est"])
    assert e.std_error == shares(survey["apisrs"]["se"])
    assert e.deff == pytest.approx(1, abs=1e-6)


def domain_errors(result: MetricResult) -> dict[str, list[float]]:
    return {
        group.by[result.by[0]]: [group.estimate.value, group.estimate.std_error]
        for group in result
    }


def test_groups_are_domains_of_the_full_design(
    survey: dict[str, Any], stratified: dict[str, Any], clustered: dict[str, Any]
) -> None:
    found = domain_errors(cxstats.nps(**stratified, by="sch.wide"))
    for name, numbers in survey["domain_apistrat_schwide"].items():
        assert found[name] == [shares(number) for number in numbers]
    found = domain_errors(cxstats.nps(**clustered, by="stype"))
    assert set(found) == {"E", "H", "M"}
    for name, numbers in survey["domain_apiclus1_stype"].items():
        assert found[name] == [shares(number) for number in numbers]


def test_difference_in_a_stratified_design(
    survey: dict[str, Any], stratified: dict[str, Any]
) -> None:
    expected = survey["svyttest_apistrat"]
    found = cxstats.compare(**stratified, between="sch.wide", baseline="No")[0]
    e = found.estimate
    assert e.value == shares(expected["diff"])
    assert e.value / e.std_error == pytest.approx(expected["t"], abs=1e-6)
    assert found.p == pytest.approx(expected["p"], abs=1e-8)
    assert [e.lower, e.upper] == [shares(end) for end in expected["ci"]]


def test_difference_in_a_clustered_design(
    survey: dict[str, Any], clustered: dict[str, Any]
) -> None:
    expected = survey["svyttest_apiclus1"]
    found = cxstats.compare(**clustered, between="sch.wide", baseline="No")[0]
    assert found.estimate.value == shares(expected["diff"])
    t = found.estimate.value / found.estimate.std_error
    assert t == pytest.approx(expected["t"], abs=1e-6)
    assert found.p == pytest.approx(expected["p"], abs=1e-8)
    assert found.verdict == "rose"


def test_mean_in_a_clustered_design_equals_the_survey_manual(
    clustered: dict[str, Any],
) -> None:
    frame = clustered["data"]
    tens = frame.assign(tens=frame["api00"] / 10)
    options = {**clustered, "data": tens, "score": "tens", "scale": "0-100"}
    e = cxstats.csat(**options).estimate
    assert e.value == pytest.approx(64.41694, abs=5e-6)
    assert e.std_error == pytest.approx(2.3542, abs=5e-5)
