"""The simulated operator's truth is recovered: every planted thing, and where.

One operator of 60,000 answers, two relationship waves of some 10,000 each. What is
planted in the first question of the waves is found by one search over both waves;
what is planted elsewhere by the question that asks for it. One effect is too small
for the first question at this size, which its power says; it is found in the rating
that it shifts. Staff, weights and the month of the intervention have tests of their
own beside this one, comments theirs with the simulator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pytest

import cxstats
from cxstats.discovery.support import threshold
from cxstats.engine import Bins
from cxstats.simulate import Operator, Truth
from cxstats.simulate.effects import BETA
from cxstats.simulate.vocabulary import DRIVERS, PRODUCTS

WAVES = "stream = 'relationship' and excluded is null"
COLUMNS = (
    *("a_region", "a_grid", "a_network", "a_plan", "a_value_tier", "a_arpu"),
    *("channel", "a_complaints_90d", "a_complaint_resolved", "a_terminal"),
    *("a_age_band", "a_mos_poor_count", "a_drop_count", "a_star", "a_product"),
    "a_overage",
)


@dataclass(frozen=True)
class Simulated:
    """An operator's tables, and what is found in them."""

    truth: Truth
    answers: pa.Table
    ratings: pa.Table

    @cached_property
    def found(self) -> cxstats.Discovery:
        return cxstats.discover(
            self.answers, score="score", columns=COLUMNS, where=WAVES
        )

    @property
    def told(self) -> dict[frozenset[str], cxstats.Finding]:
        """Findings by their columns and words; of a range of numbers the column."""
        return {
            frozenset(
                f"{test['column']} = {test['value']}"
                if isinstance(test["value"], str)
                else test["column"]
                for test in item.predicate
            ): item
            for item in self.found.findings
        }


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    operator = Operator(scale=60_000, seed=11)
    batches = list(operator.batches())
    return Simulated(
        operator.truth,
        pa.concat_tables(batch.answers for batch in batches),
        pa.concat_tables(batch.ratings for batch in batches),
    )


FOUND = {
    "grid_5g_coverage": {"a_grid = 霁湖西坝网格", "a_network = 5G"},
    "entry_terminal_speed": {"a_terminal = 入门机"},
    "plan_spend_price": {"a_plan = 畅享99", "a_arpu"},
    "poor_sound_break": {"a_mos_poor_count"},
    "high_value_price": {"a_value_tier = 高价值"},
    "complaint_unresolved": {"a_complaint_resolved = 否"},
    "complaints_recovered": {"a_complaints_90d"},
}
KINDS = {
    "high_value_price": "value_inversion",
    "complaints_recovered": "recovery_paradox",
}
ENDS = {
    "poor_sound_break": 6,
    "complaints_recovered": 2,
    "plan_spend_price": pytest.approx(90, abs=1),
}


@pytest.mark.requirement("R002-20")
@pytest.mark.parametrize("code", FOUND)
def test_one_search_finds_what_was_planted_in_the_first_question(
    simulated: Simulated, code: str
) -> None:
    finding = simulated.told[frozenset(FOUND[code])]
    planted = simulated.truth.effect(code).effect_points
    assert planted is not None
    assert not finding.artefact
    assert finding.kind == KINDS.get(code, "slice")
    assert 0.5 < finding.difference.value / planted < 2
    if code in ENDS:
        (low,) = [t["value"] for t in finding.predicate if t["op"] == ">="]
        assert low == ENDS[code]


def test_an_effect_too_small_for_the_first_question_is_found_in_its_rating(
    simulated: Simulated,
) -> None:
    effect = simulated.truth.effect("overage_billing")
    assert frozenset({"a_overage"}) not in simulated.told
    assert effect.effect_points is not None
    # Even if every answer of the group were kept, the search would see a drop of
    # four points in nine of ten runs only with twenty times as many answers.
    reach = threshold(simulated.found.tested, 0.05) + 1.2816
    n = simulated.truth.effect("overage_billing").respondents.n
    assert n < (reach * 80 / effect.effect_points) ** 2 / 15
    found = cxstats.discover(
        simulated.ratings,
        score="score",
        metric="csat",
        scale="1-10",
        columns=COLUMNS,
        where="item = 'CSAT10_BILLING'",
    )
    strongest = min(found.findings, key=lambda item: item.q_value)
    ((column, low),) = [(t["column"], t["value"]) for t in strongest.predicate]
    assert column == "a_overage"
    assert 0 < low < 0.1
    assert strongest.difference.upper < -1


def test_a_planned_comparison_finds_it_in_the_first_question_too(
    simulated: Simulated,
) -> None:
    (found,) = cxstats.compare(
        simulated.answers,
        score="score",
        between=Bins("a_overage", (0.0, 1e-9)),
        where=f"{WAVES} and a_overage is not null",
    )
    assert found.verdict == "fell"
    assert found.p < 1e-6
    # Those who exceed their plan are younger: the gap is wider than what the fee did.
    own = simulated.truth.effect("overage_billing").effect_points
    assert own is not None
    assert found.estimate.lower < own < 0


def test_planned_questions_find_the_surprises_and_the_breakpoint(
    simulated: Simulated,
) -> None:
    answers = simulated.answers
    inversion = cxstats.value_inversion(
        answers, score="score", value="a_value_tier", high="高价值", where=WAVES
    )
    assert inversion.holds
    assert inversion.difference.upper < -15
    paradox = cxstats.recovery_paradox(
        answers,
        score="score",
        complaints="a_complaints_90d",
        at_least=2,
        resolved="a_complaint_resolved = '是'",
        where=WAVES,
    )
    assert paradox.holds
    assert paradox.difference.lower > 10
    broken = cxstats.breakpoints(
        answers, score="score", column="a_mos_poor_count", where=WAVES
    )
    assert broken.breaks == (float(simulated.truth.parameters["breakpoint"]["after"]),)
    assert broken.p <= 0.001


def test_the_second_wave_rises_where_service_was_changed_and_nowhere_else(
    simulated: Simulated,
) -> None:
    first, second = simulated.truth.waves
    effect = simulated.truth.effect("service_programme")
    found = cxstats.compare(
        simulated.answers,
        score="score",
        between="wave",
        baseline=first,
        by="a_region",
        where=WAVES,
    )
    best = min(found, key=lambda item: item.p)
    assert f"a_region = '{best.by['a_region']}'" in effect.condition
    assert best.verdict == "rose"
    assert best.compared == second
    assert effect.effect_points is not None
    assert best.estimate.lower < effect.effect_points < best.estimate.upper
    others = [item.estimate.upper for item in found if item is not best]
    assert best.estimate.lower > max(others) + 5
    assert frozenset({f"a_region = {best.by['a_region']}"}) in simulated.told


def test_the_kindness_towards_an_interviewer_is_found(simulated: Simulated) -> None:
    call = simulated.told[frozenset({"channel = call"})]
    assert call.difference.lower > 5
    assert max(simulated.truth.parameters["mode_shift"].values()) == 0.3


def test_key_drivers_rank_as_they_were_weighted(simulated: Simulated) -> None:
    named = [f"CSAT10_{name.upper()}" for name in DRIVERS[:5]]
    ratings = simulated.ratings.to_pandas()
    ratings = ratings[ratings["a_product"] == PRODUCTS[0]]
    wide: Any = ratings.pivot_table(
        index="response_id", columns="item", values="score", observed=True
    )[named]
    scores = simulated.answers.to_pandas().set_index("response_id")["score"]
    found = cxstats.key_drivers(
        wide.join(scores, how="inner").dropna(), outcome="score", drivers=named
    )
    ranked = [driver.name for driver in found.drivers]
    weighed = sorted(zip(BETA[0, :5], named, strict=True), reverse=True)
    assert ranked == [name for _, name in weighed]


def test_nothing_is_told_twice_and_every_finding_is_a_planted_one_or_a_trait(
    simulated: Simulated,
) -> None:
    planted = {column for columns in FOUND.values() for column in columns}
    # Age, star and channel shift the score by construction, though not as effects.
    traits = ("a_age_band", "a_star", "a_region", "channel")
    for columns in simulated.told:
        assert columns <= planted or all(name.startswith(traits) for name in columns)
    assert len(simulated.told) == len(simulated.found.findings)
    assert not math.isnan(simulated.found.overall.value)
