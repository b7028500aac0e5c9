"""Driver importance against relaimpo 2.2-7 and R's lm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cxstats

OVERALL = "语音通话整体满意度"
RATINGS = ("网络覆盖与信号强度", "语音通话清晰度", "语音通话稳定性")


def importance(result: cxstats.KeyDrivers) -> dict[str, float]:
    return {driver.name: driver.importance.value for driver in result}


@pytest.fixture(scope="module")
def swiss(reference_dir: Path) -> pd.DataFrame:
    return pd.read_csv(reference_dir / "swiss.csv")


@pytest.fixture(scope="module")
def voice(real_data_dir: Path) -> str:
    return str(real_data_dir / "beijing_mobile_voice" / "voice_rated.parquet")


@pytest.mark.parametrize(
    ("method", "key"), [("lmg", "lmg"), ("johnson", "johnson_genizi")]
)
def test_swiss_importance_equals_relaimpo_lmg_and_genizi(
    swiss: pd.DataFrame, reference: dict[str, Any], method: Any, key: str
) -> None:
    expected = reference["lmg"]["swiss"]
    found = cxstats.key_drivers(
        swiss, outcome=expected["y"], drivers=list(expected[key]), method=method
    )
    assert importance(found) == pytest.approx(expected[key], abs=1e-8)
    assert found.r_squared.value == pytest.approx(expected["R2"], abs=1e-8)


def test_swiss_first_and_last_equal_relaimpo(swiss: pd.DataFrame) -> None:
    first = (0.1246649099, 0.4171644705, 0.4406156467, 0.2150035016, 0.1735189273)
    last = (0.0428696071, 0.0073874185, 0.1619626931, 0.0623726258, 0.0569452587)
    names = ("Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality")
    for method, expected in (("first", first), ("last", last)):
        found = cxstats.key_drivers(
            swiss, outcome="Fertility", drivers=names, method=method
        )
        wanted = dict(zip(names, expected, strict=True))
        assert importance(found) == pytest.approx(wanted, abs=1e-8)


def test_mtcars_importance_equals_relaimpo(
    reference_dir: Path, reference: dict[str, Any]
) -> None:
    expected = reference["lmg"]["mtcars5"]
    found = cxstats.key_drivers(
        str(reference_dir / "mtcars.csv"), outcome=expected["y"], drivers=expected["X"]
    )
    assert importance(found) == pytest.approx(expected["lmg"], abs=1e-8)
    assert found.r_squared.value == pytest.approx(expected["R2"], abs=1e-8)


@pytest.mark.real_data
@pytest.mark.requirement("R000-31")
def test_voice_importance_equals_relaimpo_and_its_bootstrap(
    voice: str, reference: dict[str, Any]
) -> None:
    expected = reference["lmg"]["china_mobile_voice_3"]
    found = cxstats.key_drivers(voice, outcome=OVERALL, drivers=RATINGS)
    wanted = dict(zip(RATINGS, expected["lmg"], strict=True))
    assert found.n == expected["n"]
    assert importance(found) == pytest.approx(wanted, abs=1e-8)
    assert found.r_squared.value == pytest.approx(expected["R2"], abs=1e-8)
    clarity = found["语音通话清晰度"]
    assert clarity.rank_1_probability == pytest.approx(0.98, abs=0.02)
    ends = [clarity.importance.lower, clarity.importance.upper]
    assert ends == pytest.approx([0.2931, 0.3156], abs=0.001)
    coverage = found["网络覆盖与信号强度"].importance
    assert [coverage.lower, coverage.upper] == pytest.approx(
        [0.2763, 0.2969], abs=0.001
    )
    assert {notice.kind for notice in found.warnings} == {"halo", "collinearity"}


@pytest.mark.real_data
def test_voice_penalties_and_rewards_equal_r_lm(voice: str) -> None:
    found = cxstats.penalty_reward(voice, outcome=OVERALL, drivers=RATINGS)
    assert found.intercept.value == pytest.approx(8.307079, abs=1e-6)
    assert found.r_squared.value == pytest.approx(0.7574976, abs=1e-7)
    effects = {
        driver.name: (-driver.penalty.value, driver.reward.value) for driver in found
    }
    expected = ((-1.056781, 0.525183), (-2.068720, 0.638880), (-1.224642, 0.389363))
    for name, pair in zip(RATINGS, expected, strict=True):
        assert effects[name] == pytest.approx(pair, abs=1e-6)
    assert {driver.kind for driver in found} == {"must_be"}
