"""What was planted is found again, by plain counting and by SQL over the files."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from cxstats.simulate.effects import BETA
from cxstats.simulate.vocabulary import DRIVERS, PRODUCTS
from tests.cxstats.simulate.conftest import Simulated, nps, nps_error

EFFECTS = (
    "grid_5g_coverage",
    "entry_terminal_speed",
    "plan_spend_price",
    "poor_sound_break",
    "high_value_price",
    "complaint_unresolved",
    "complaints_recovered",
    "overage_billing",
    "service_programme",
)


@pytest.mark.parametrize("code", EFFECTS)
def test_a_condition_in_words_selects_whom_the_truth_counted(
    simulated: Simulated, code: str
) -> None:
    effect = simulated.truth.effect(code)
    files = [str(path) for path in simulated.files.answers]
    n, promoters, detractors = duckdb.sql(
        "select count(*), count(*) filter (score >= 9), count(*) filter (score <= 6) "
        f"from read_parquet({files}) where wave = '{simulated.truth.waves[1]}' "
        f"and score is not null and excluded is null and {effect.condition}"
    ).fetchall()[0]
    assert n == effect.respondents.n
    value = 100 * (promoters - detractors) / n
    assert value == pytest.approx(effect.respondents.value)


@pytest.mark.parametrize("code", EFFECTS)
def test_a_planted_difference_shows_among_respondents_within_three_errors(
    simulated: Simulated, code: str
) -> None:
    effect = simulated.truth.effect(code)
    with duckdb.connect() as lake:
        lake.register("answers", simulated.wave(1))
        holds = lake.sql(
            f"select ({effect.condition}) is true as holds from answers"
        ).df()["holds"]
    score = simulated.wave(1).score.reset_index(drop=True)
    inside, outside = score[holds], score[~holds]
    found = nps(inside) - nps(outside)
    planted = effect.population.value - effect.population_elsewhere.value
    error = (nps_error(inside) ** 2 + nps_error(outside) ** 2) ** 0.5
    assert abs(found - planted) < 3 * error
    assert np.sign(effect.effect_points) == np.sign(effect.shift)


def test_taking_an_effect_away_brings_its_group_nearer_to_the_rest(
    simulated: Simulated,
) -> None:
    for code in ("grid_5g_coverage", "poor_sound_break", "complaint_unresolved"):
        effect = simulated.truth.effect(code)
        rest = effect.population_elsewhere.value
        gap = abs(effect.population.value - rest)
        assert abs(effect.population_without.value - rest) < 0.7 * gap


def test_drivers_rank_by_correlation_as_they_were_weighted(
    simulated: Simulated,
) -> None:
    ratings = simulated.ratings
    drivers = ratings[ratings.item.str.startswith("CSAT10_")]
    wide = drivers.pivot_table(index="response_id", columns="item", values="score")
    waves = simulated.valid[simulated.valid.stream == "relationship"]
    mobile = waves[waves.a_product == PRODUCTS[0]].set_index("response_id")
    named = [f"CSAT10_{name.upper()}" for name in DRIVERS[:5]]
    joined = wide[named].join(mobile.score, how="inner").dropna()
    correlation = joined.corr()["score"].to_numpy()[:-1]
    found = [DRIVERS[at] for at in np.argsort(-correlation)]
    assert found == [DRIVERS[at] for at in np.argsort(-BETA[0, :5])]


def test_ratings_carry_a_halo(simulated: Simulated) -> None:
    ratings = simulated.ratings
    drivers = ratings[ratings.item.str.startswith("CSAT10_")]
    wide = drivers.pivot_table(index="response_id", columns="item", values="score")
    between = wide.corr().to_numpy()[np.triu_indices(len(DRIVERS), 1)]
    assert between.min() > 0.3


def test_the_score_breaks_after_the_planted_count_and_is_flat_before(
    simulated: Simulated,
) -> None:
    planted = simulated.truth.parameters["breakpoint"]
    rows = simulated.valid[simulated.valid.stream == "relationship"]
    rows = rows[rows[planted["column"]].notna()]
    count, score = rows[planted["column"]], rows.score
    errors = {}
    for cut in range(10):
        low, high = score[count <= cut], score[count > cut]
        errors[cut] = low.var() * len(low) + high.var() * len(high)
    assert min(errors, key=lambda cut: errors[cut]) == planted["after"]
    before = [nps(score[count == at]) for at in range(planted["after"] + 1)]
    after = nps(score[count > planted["after"]])
    assert max(before) - min(before) < 0.6 * (min(before) - after)


def test_repair_improves_after_the_change_where_it_was_made_and_nowhere_else(
    simulated: Simulated,
) -> None:
    change = simulated.truth.intervention
    repair = simulated.valid[simulated.valid.touchpoint == change.touchpoint]
    after = repair.responded_at >= np.datetime64(change.from_date)
    treated = repair.a_region == change.region

    def moved(rows: np.ndarray) -> tuple[float, float]:
        late, early = repair.score[rows & after], repair.score[rows & ~after]
        error = (nps_error(late) ** 2 + nps_error(early) ** 2) ** 0.5
        return nps(late) - nps(early), error

    rise, error = moved(treated)
    assert abs(rise - change.effect_points) < 3 * error + 4
    assert rise > 6 * error
    elsewhere, error = moved(~treated)
    assert abs(elsewhere) < 3 * error


def test_the_second_wave_finds_service_better_in_one_region_alone(
    simulated: Simulated,
) -> None:
    truth, (first, second) = simulated.truth, simulated.truth.waves
    regions = {row.group for row in truth.groups if row.dimension == "region"}
    moved = {
        region: truth.group(second, "region", region).population.value
        - truth.group(first, "region", region).population.value
        for region in regions
    }
    programme = truth.effect("service_programme")
    best = max(moved, key=lambda region: moved[region])
    assert f"a_region = '{best}'" in programme.condition
    others = [points for region, points in moved.items() if region != best]
    assert moved[best] > max(others) + 8
    ratings = simulated.ratings[simulated.ratings.item == "CSAT10_SERVICE"]
    mean = ratings[ratings.a_region == best].groupby("wave").score.mean()
    assert mean[second] > mean[first] + 0.5


def test_the_most_valuable_customers_score_lowest(simulated: Simulated) -> None:
    rows = simulated.valid[simulated.valid.stream == "relationship"]
    high = rows.score[rows.a_value_tier == "高价值"]
    for tier in ("普通", "一般价值"):
        other = rows.score[rows.a_value_tier == tier]
        gap = nps(other) - nps(high)
        assert gap > 3 * (nps_error(high) ** 2 + nps_error(other) ** 2) ** 0.5


def test_resolved_repeat_complainers_score_above_those_who_never_complained(
    simulated: Simulated,
) -> None:
    rows = simulated.valid[simulated.valid.stream == "relationship"]
    never = rows.score[rows.a_complaints_90d == 0]
    several = rows[rows.a_complaints_90d >= 2]
    saved = several.score[several.a_complaint_resolved == "是"]
    left = rows.score[rows.a_complaint_resolved == "否"]
    assert nps(saved) - nps(never) > 2 * nps_error(saved)
    assert nps(never) - nps(left) > 3 * nps_error(left)


def test_respondents_are_happier_and_older_than_the_population(
    simulated: Simulated,
) -> None:
    for wave in simulated.truth.waves:
        group = simulated.truth.group(wave)
        assert group.respondents.value - group.population.value > 5
        rates = {
            row.group: row.answered / row.asked
            for row in simulated.truth.rates
            if row.survey == wave and row.dimension == "age_band"
        }
        assert rates["18-25"] < rates["36-45"] < rates["66+"]
        overall = next(
            row
            for row in simulated.truth.rates
            if row.survey == wave and row.dimension == "all"
        ).rate_by_class
        assert overall["low"] < overall["middle"] < overall["high"]


def test_after_a_complaint_the_dissatisfied_answer_more(simulated: Simulated) -> None:
    group = simulated.truth.group("TP_COMPLAINT")
    assert group.respondents.value < group.population.value


def test_a_call_hears_kinder_answers_than_a_text_from_people_of_the_same_age(
    simulated: Simulated,
) -> None:
    rows = simulated.valid[simulated.valid.stream == "relationship"]
    gaps = []
    for _, band in rows.groupby("a_age_band"):
        call, text = (band.score[band.channel == name] for name in ("call", "sms"))
        gaps.append(nps(call) - nps(text))
    assert np.mean(gaps) > 5


def test_scores_are_heaped_on_ten_eight_and_five(simulated: Simulated) -> None:
    rows = simulated.valid[simulated.valid.item == "NPS_REL"]
    share = rows.score.value_counts(normalize=True)
    assert share[10.0] > 2 * share[9.0]
    assert share[8.0] > 1.5 * share[7.0]
    assert share[5.0] > 1.2 * share[6.0]
    assert share[5.0] > 2 * share[4.0]
