"""Units and weights against the truth of the simulated operator."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pytest

import cxstats
from cxstats.simulate import Operator, Truth

COLUMNS = ["item", "score", "touchpoint", "wave", "weight", "stratum", "excluded"]


@dataclass(frozen=True)
class Simulated:
    truth: Truth
    answers: pd.DataFrame


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    operator = Operator(scale=30_000, seed=7)
    tables = [
        batch.answers.select([*COLUMNS, "a_employee"]) for batch in operator.batches()
    ]
    frame = pa.concat_tables(tables).to_pandas()
    for name in frame.select_dtypes("category"):
        frame[name] = frame[name].astype(object)
    valid = frame[frame["score"].notna() & frame["excluded"].isna()]
    return Simulated(operator.truth, valid)


@pytest.fixture(scope="module")
def hotline(simulated: Simulated) -> pd.DataFrame:
    rows = simulated.answers
    return rows[(rows["touchpoint"] == "TP_HOTLINE") & rows["a_employee"].notna()]


def test_staff_are_judged_as_their_true_effects_are(
    simulated: Simulated, hotline: pd.DataFrame
) -> None:
    card = cxstats.scorecard(hotline, unit="a_employee", score="score", metric="mean")
    assert card.verdict == "units_differ"
    frame = card.to_pandas()
    truth = frame["unit"].map(simulated.truth.staff_effects)
    assert frame["value"].corr(truth) > 0.8
    by_verdict = truth.groupby(frame["verdict"])
    assert (by_verdict.size()[["above", "below"]] >= 3).all()
    assert by_verdict.mean()["above"] > 0.15
    assert by_verdict.mean()["below"] < -0.15
    assert abs(by_verdict.mean()["not_different"]) < 0.1


def test_staff_shuffled_over_the_answers_do_not_differ(hotline: pd.DataFrame) -> None:
    shuffled = hotline["a_employee"].sample(frac=1, random_state=3).to_numpy()
    card = cxstats.scorecard(
        hotline.assign(who=shuffled), unit="who", score="score", metric="mean"
    )
    assert card.verdict == "nobody_differs"
    assert {unit.rank for unit in card.units} == {None}


def test_post_strata_of_the_base_give_the_operators_weights(
    simulated: Simulated,
) -> None:
    wave = simulated.truth.waves[0]
    rows = simulated.answers
    rows = rows[(rows["wave"] == wave) & (rows["item"] == "NPS_REL")]
    made = cxstats.poststratify(rows, {"stratum": simulated.truth.margins[wave]})
    weighted = made.apply(rows, name="made").to_pandas()
    ratio = weighted["made"] / weighted["weight"]
    found = made.estimate(rows, "score")
    given = cxstats.nps(rows, score="score", weight="weight").estimate
    raw = cxstats.nps(rows, score="score").estimate
    truth = simulated.truth.group(wave).population.value
    assert ratio.std() / ratio.mean() < 0.02
    assert found.value == pytest.approx(given.value, abs=0.3)
    # Those who answer are happier than their stratum: weights repair a part only.
    assert truth < found.value < raw.value
