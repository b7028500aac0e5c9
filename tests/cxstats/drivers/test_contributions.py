"""Contributions and topics: parts that sum to the score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.drivers.effects import slopes
from cxstats.errors import InputError

DRIVERS = ["queue", "fault", "rating"]


def survey(n: int = 400, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    queue, fault = rng.random((2, n)) < [[0.4], [0.2]]
    rating = rng.integers(1, 6, n)
    score = 7 + rating / 2 - 3 * queue - 5 * fault + rng.normal(0, 1, n)
    return pd.DataFrame(
        {
            "q1": np.clip(np.rint(score), 0, 10),
            "queue": queue.astype(int),
            "fault": fault,
            "rating": rating,
            "weight": rng.choice([0.5, 1.0, 3.0], n),
            "region": rng.choice(["华东", "西北", None], n),
        }
    )


def divided(data: Any, **options: Any) -> cxstats.Contributions:
    given = {"outcome": "q1", "drivers": DRIVERS, "replicates": 100, **options}
    return cxstats.driver_contributions(data, **given)


def total(group: Any) -> float:
    parts = sum(part.value for part in group.parts.values())
    return float(group.baseline.value + parts + group.unexplained.value)


@settings(max_examples=8)
@given(
    st.integers(0, 1000),
    st.sampled_from(["nps", "promoters", "detractors", "score"]),
    st.sampled_from(["lowest", "highest", "mean", 3.0]),
    st.sampled_from([None, "weight"]),
)
def test_the_parts_sum_exactly_to_the_score(
    seed: int, measure: Any, reference: Any, weight: str | None
) -> None:
    data = survey(80, seed)
    options = {"measure": measure, "weight": weight, "reference": reference}
    (group,) = divided(data, **options)
    assert total(group) == pytest.approx(group.value.value, abs=1e-9)
    assert group.unexplained.value == pytest.approx(0, abs=1e-9)
    if measure == "nps":
        score = cxstats.nps(data, score="q1", weight=weight).estimate
        assert group.value.value == pytest.approx(score.value)


def test_parts_are_least_squares_slopes_times_the_way_from_the_reference() -> None:
    data = survey().astype({"fault": int})
    classes = np.select([data.q1 >= 9, data.q1 <= 6], [100, -100], 0)
    design = np.column_stack([np.ones(len(data)), data[DRIVERS]])
    beta = np.linalg.lstsq(design, classes, rcond=None)[0]
    result = divided(data, reference={"queue": 0, "fault": 1, "rating": 5})
    (group,) = result
    away = data[DRIVERS].mean() - [0, 1, 5]
    for name, slope in zip(DRIVERS, beta[1:], strict=True):
        assert group.parts[name].value == pytest.approx(slope * away[name])
    assert group.baseline.value == pytest.approx(beta @ [1, 0, 1, 5])
    assert result.reference == {"queue": 0, "fault": 1, "rating": 5}


def test_what_is_lost_against_perfection_is_never_a_gain() -> None:
    (group,) = divided(survey(), reference="highest", drivers=["rating"])
    assert group.parts["rating"].upper < 0


@pytest.mark.parametrize("weight", [None, "weight"])
def test_each_group_s_difference_is_divided_exactly(weight: str | None) -> None:
    data = survey()
    result = divided(data, by="region", weight=weight)
    assert [group.key for group in result] == ["华东", "西北", None]
    overall = cxstats.nps(data, score="q1", weight=weight).estimate.value
    scores = cxstats.nps(data, score="q1", weight=weight, by="region")
    expected = {group.by["region"]: group.estimate for group in scores}
    for group in result:
        assert group.value.value == pytest.approx(expected[group.key].value)
        assert group.value.n == expected[group.key].n
        assert total(group) == pytest.approx(group.value.value, abs=1e-9)
        assert group.baseline.value == pytest.approx(overall)


def test_a_planted_cause_of_a_group_s_score_is_found() -> None:
    data = survey(900)
    chance = np.random.default_rng(3).random(900)
    data["queue"] = (chance < np.where(data.region == "西北", 0.9, 0.2)).astype(int)
    data["q1"] = np.clip(
        9 - 5 * data.queue + np.random.default_rng(4).normal(size=900), 0, 10
    )
    result = divided(data, measure="score", by="region", drivers=["queue", "rating"])
    north_west = result.groups[1]
    assert north_west.parts["queue"].upper < -1
    assert abs(north_west.parts["rating"].value) < 0.1
    assert north_west.unexplained.lower < 0 < north_west.unexplained.upper


def test_intervals_hold_the_value_and_cover_the_truth() -> None:
    covered = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        flag = (rng.random(200) < 0.5).astype(int)
        data = pd.DataFrame({"q1": 8 - 2 * flag + rng.normal(size=200), "flag": flag})
        options = {"measure": "score", "drivers": ["flag"], "reference": 0.0}
        (group,) = divided(data, **options)
        part = group.parts["flag"]
        assert part.lower <= part.value <= part.upper
        covered += part.lower <= -1 <= part.upper
    assert covered >= 20


def test_drivers_that_repeat_each_other_share_their_part() -> None:
    data = survey().assign(again=lambda d: d.queue)
    (once,) = divided(data, drivers=["queue", "rating"])
    (twice,) = divided(data, drivers=["queue", "again", "rating"])
    half = once.parts["queue"].value / 2
    assert twice.parts["queue"].value == pytest.approx(half)
    assert twice.parts["again"].value == pytest.approx(half)
    assert np.isfinite(slopes(np.zeros((3, 3)))).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "ordinal"}, "no sum to divide"),
        ({"by": "region", "cluster": "rating"}, "leave out one of the two"),
        ({"reference": "best"}, "the reference is lowest"),
        ({"reference": {"queue": 0}}, "no value for fault, rating"),
        ({"by": "row"}, "120 groups"),
    ],
)
def test_what_cannot_be_divided_is_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        divided(survey(120).assign(row=range(120)), **options)


TOPICS = {"shop": ["queue"], "network": ["fault", "rating"]}


def impact(data: Any, **options: Any) -> cxstats.TopicImpact:
    given = {"outcome": "q1", "topics": TOPICS, "replicates": 100, **options}
    return cxstats.topic_impact(data, **given)


def test_a_topic_left_out_leaves_the_model_of_the_others() -> None:
    data = survey()
    found = {topic.name: topic for topic in impact(data)}
    (all_parts,) = divided(data)
    for name, columns in TOPICS.items():
        topic = found[name]
        rest = [column for column in DRIVERS if column not in columns]
        alone = cxstats.key_drivers(
            data, outcome="q1", drivers=rest, measure="nps", replicates=50
        )
        assert topic.r_squared_without.value == pytest.approx(alone.r_squared.value)
        assert topic.r_squared_lost.value == pytest.approx(
            impact(data).r_squared.value - alone.r_squared.value
        )
        parts = sum(all_parts.parts[column].value for column in columns)
        assert topic.impact.value == pytest.approx(parts)
        left = all_parts.value.value - parts
        assert topic.score_without.value == pytest.approx(left)


def test_the_most_harmful_topic_comes_first() -> None:
    result = impact(survey(), topics={"rating": "rating", "queue": "queue"})
    assert [topic.name for topic in result] == ["queue", "rating"]
    assert result.topics[0].impact.upper < 0 < result.topics[1].impact.lower


@pytest.mark.requirement("R000-37")
def test_families_of_characteristics_behaviour_and_attitude_are_told_apart() -> None:
    data = survey(900)
    rng = np.random.default_rng(2)
    data["age"], data["tenure"] = rng.normal(40, 10, 900), rng.normal(24, 6, 900)
    families = {
        "characteristics": ["age", "tenure"],
        "behaviour": ["queue", "fault"],
        "attitude": ["rating"],
    }
    lost = {
        topic.name: topic.r_squared_lost
        for topic in impact(data, topics=families, reference="mean")
    }
    assert lost["behaviour"].lower > lost["attitude"].upper > lost["attitude"].lower > 0
    assert lost["characteristics"].value < 0.01


def test_topics_without_columns_and_ranks_are_refused() -> None:
    for topics, message in (({}, "no topic"), ({"shop": []}, "has no column")):
        with pytest.raises(InputError, match=message):
            impact(survey(50), topics=topics)
    with pytest.raises(InputError, match="ranks have no score"):
        impact(survey(50), measure="ordinal")


def test_results_show_themselves() -> None:
    by_region, topics = divided(survey(), by="region"), impact(survey())
    assert "华东" in str(by_region)
    assert "(none)" in repr(by_region)
    assert len(by_region.to_pandas()) == 3 * (len(DRIVERS) + 3)
    assert by_region.to_dict()["groups"][2]["group"] is None
    assert "score without" in str(topics)
    assert list(topics.to_pandas()["name"]) == [topic.name for topic in topics]
    assert topics.to_dict()["topics"][0]["columns"] == list(topics.topics[0].columns)
    assert "facet" in by_region.chart().to_dict()
    assert topics.chart().to_dict()["title"]["text"] == "What makes up q1"
