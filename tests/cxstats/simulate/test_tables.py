from __future__ import annotations

import numpy as np
import pytest

from cxstats.simulate.scoring import ITEMS
from cxstats.simulate.vocabulary import CHANNELS, LANGUAGES, TOUCHPOINTS
from tests.cxstats.simulate.conftest import Simulated, nps

NUMBERS = {
    "arpu": (0, 4_000),
    "mou": (0, 9_000),
    "dou": (0, 2_000),
    "overage": (0, 500),
    "tenure_months": (0, 240),
    "complaints_90d": (0, 30),
    "drop_count": (0, 200),
    "mos_poor_count": (0, 400),
    "silent_days": (0, 60),
}


def test_no_score_lies_outside_its_scale(simulated: Simulated) -> None:
    for table in (simulated.answers, simulated.ratings):
        given = table[table.score.notna()]
        assert (given.score >= given.scale_min).all()
        assert (given.score <= given.scale_max).all()
        assert (given.score == given.score.round()).all()
        scales = table[["item", "metric", "scale_min", "scale_max"]].drop_duplicates()
        known = {(i.code, i.metric, i.low, i.high) for i in ITEMS}
        assert {tuple(row) for row in scales.to_numpy()} <= known


def test_only_recommendation_questions_carry_the_cuts_six_and_nine(
    simulated: Simulated,
) -> None:
    rows = simulated.answers
    is_nps = rows.metric == "nps"
    assert (rows.detractor_max[is_nps] == 6).all()
    assert (rows.promoter_min[is_nps] == 9).all()
    assert rows.detractor_max[~is_nps].isna().all()
    assert simulated.ratings.promoter_min.isna().all()


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_customers_lie_in_their_range(
    simulated: Simulated, name: str
) -> None:
    low, high = NUMBERS[name]
    values = simulated.customers[name].dropna()
    assert values.between(low, high).all()
    assert values.nunique() > 5


def test_fields_fit_together(simulated: Simulated) -> None:
    c = simulated.customers
    fixed = c["product"] == "宽带"
    assert (c.network[fixed] == "光纤").all()
    assert not (c.network[~fixed] == "光纤").any()
    for name in ("terminal", "mou", "dou", "drop_count", "mos_poor_count", "overage"):
        assert c[name][fixed].isna().all()
        assert c[name][~fixed].notna().all()
    assert not ((c.terminal == "功能机") & (c.network == "5G")).any()
    assert (c.home_broadband == "是").eq(c["product"] != "移动").all()
    assert (c.complaint_resolved.isna() == (c.complaints_90d == 0)).all()
    assert (c.tenure_months <= (c.age - 16) * 12).all()
    assert c.age.between(18, 88).all()
    assert c.groupby("grid").district.nunique().max() == 1
    assert c.groupby("district").city.nunique().max() == 1
    assert c.groupby("city").region.nunique().max() == 1
    assert not c.phone.str.match("1[3-9]").any()


def test_money_has_a_long_tail_and_usage_goes_with_means(simulated: Simulated) -> None:
    c = simulated.customers
    assert c.arpu.skew() > 3
    assert c.dou.quantile(0.99) > 8 * c.dou.median()
    mobile = c[c["product"] == "移动"]
    assert mobile.arpu.corr(mobile.dou, method="spearman") > 0.2
    assert c.age.corr(c.tenure_months, method="spearman") > 0.3
    assert c.drop_count.corr(c.mos_poor_count, method="spearman") > 0.2


def test_relationship_and_touchpoint_answers_are_told_apart(
    simulated: Simulated,
) -> None:
    rows = simulated.answers
    is_wave = rows.stream == "relationship"
    assert rows.wave[is_wave].notna().all()
    assert rows.touchpoint[is_wave].isna().all()
    assert rows.wave[~is_wave].isna().all()
    assert set(rows.touchpoint[~is_wave]) == {t.code for t in TOUCHPOINTS}
    assert set(rows.channel) == set(CHANNELS)
    assert set(rows.language) == set(LANGUAGES)
    assert rows.weight[~is_wave].isna().all()


def test_nobody_is_asked_without_consent_or_before_joining(
    simulated: Simulated,
) -> None:
    assert (simulated.answers.a_consent == "是").all()
    assert (simulated.answers.a_tenure_months >= 0).all()
    joined = simulated.customers.set_index("customer").joined_on
    days = simulated.answers.responded_at.dt.normalize() - simulated.answers[
        "customer"
    ].map(joined).astype("datetime64[us]")
    assert days.dt.days.min() >= -1


def test_attributes_of_an_answer_are_those_of_its_customer(
    simulated: Simulated,
) -> None:
    joined = simulated.answers.merge(simulated.customers, on="customer")
    assert len(joined) == len(simulated.answers)
    for name in ("grid", "plan", "network", "arpu", "star", "mos_poor_count"):
        one, other = joined[f"a_{name}"], joined[name]
        assert (one.eq(other) | (one.isna() & other.isna())).all()


def test_weights_reproduce_the_margins_of_the_population(simulated: Simulated) -> None:
    for at, code in enumerate(simulated.truth.waves):
        margin = simulated.truth.margins[code]
        wave = simulated.wave(at)
        assert set(wave.stratum) == set(margin)
        assert wave.weight.mean() == pytest.approx(1)
        share = wave.groupby("stratum").weight.sum() / wave.weight.sum()
        for stratum, people in margin.items():
            assert share[stratum] == pytest.approx(people / sum(margin.values()))


def test_weighting_brings_the_score_nearer_to_the_population(
    simulated: Simulated,
) -> None:
    for at, code in enumerate(simulated.truth.waves):
        wave = simulated.wave(at)
        sign = (wave.score >= 9).astype(float) - (wave.score <= 6).astype(float)
        weighted = 100 * float(np.average(sign, weights=wave.weight))
        truth = simulated.truth.group(code).population.value
        assert abs(weighted - truth) < abs(nps(wave.score) - truth)


def test_few_answers_are_blank_or_excluded_and_have_no_weight(
    simulated: Simulated,
) -> None:
    rows = simulated.answers
    assert 0.001 < rows.score.isna().mean() < 0.008
    assert 0.0005 < rows.excluded.notna().mean() < 0.005
    spoiled = rows[rows.score.isna() | rows.excluded.notna()]
    assert spoiled.weight.isna().all()


def test_known_group_levels_are_those_counted_in_the_files(
    simulated: Simulated,
) -> None:
    rows = simulated.valid
    survey = rows.touchpoint.fillna(rows.wave)
    sign = (rows.score >= 9).astype(int) - (rows.score <= 6).astype(int)
    checked = 0
    for dimension in ("region", "product", "plan", "age_band", "channel"):
        column = dimension if dimension == "channel" else f"a_{dimension}"
        found = sign.groupby([survey, rows[column]]).agg(["count", "mean"])
        for group in simulated.truth.groups:
            if (group.dimension, group.metric) == (dimension, "nps"):
                key = (group.survey, group.group)
                n, mean = found.loc[key] if key in found.index else (0, None)
                assert n == group.respondents.n
                assert not n or np.isclose(100 * mean, group.respondents.value)
                checked += 1
    assert checked > 150


def test_asking_twice_about_a_touchpoint_gives_a_second_rated_question(
    simulated: Simulated,
) -> None:
    ratings = simulated.ratings
    for touchpoint in TOUCHPOINTS:
        answered = simulated.answers.touchpoint == touchpoint.code
        extra = ratings[ratings.touchpoint == touchpoint.code]
        if touchpoint.extra is None:
            assert extra.empty
        else:
            assert set(extra.item) == {touchpoint.extra}
            assert len(extra) == answered.sum()
