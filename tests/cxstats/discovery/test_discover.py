"""Slices: each cause once, the parent rather than the child, artefacts apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.discovery import scan
from cxstats.errors import ColumnNotFoundError, InputError
from tests.cxstats.discovery.planted import planted

ROWS = 6_000


def survey(**effects: Any) -> pd.DataFrame:
    """Make a survey in which `effects` lower the opinion where a condition holds."""
    chance = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "city": chance.choice(["北京", "上海", "广州"], ROWS),
            "network": chance.choice(["4G", "5G"], ROWS),
            "arpu": chance.gamma(4, 25, ROWS).round(1),
            "complaints": chance.poisson(0.4, ROWS),
            "vip": chance.random(ROWS) < 0.1,
        }
    )
    opinion = chance.normal(8.4, 1.8, ROWS)
    for condition, shift in effects.items():
        opinion += shift * frame.eval(condition.replace("__", " "))
    frame["score"] = np.clip(np.rint(opinion), 0, 10)
    return frame


def lowered(frame: pd.DataFrame, where: pd.Series, by: float) -> pd.DataFrame:
    score = np.where(where, frame["score"] - by, frame["score"])
    return frame.assign(score=np.clip(score, 0, 10))


def labels(found: cxstats.Discovery) -> list[str]:
    return [item.label for item in found.findings]


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    return survey()


def test_the_parent_is_told_where_the_cause_is_the_parent(plain) -> None:
    data = lowered(plain, plain["city"] == "北京", 3)
    assert labels(cxstats.discover(data, score="score")) == ["city = 北京"]


def test_the_child_is_told_where_the_cause_is_the_child(plain) -> None:
    hit = (plain["city"] == "北京") & (plain["network"] == "5G")
    found = cxstats.discover(lowered(plain, hit, 3), score="score")
    assert labels(found) == ["city = 北京 & network = 5G"]
    alone = cxstats.discover(
        lowered(plain, hit, 3), score="score", max_conditions=1
    ).findings
    assert all(len(item.conditions) == 1 for item in alone)


def test_three_conditions_are_found_below_a_significant_pair(plain) -> None:
    hit = (plain["city"] == "北京") & (plain["network"] == "5G")
    hit &= plain["complaints"] == 0
    found = cxstats.discover(lowered(plain, hit, 4), score="score", max_conditions=3)
    assert labels(found) == ["city = 北京 & network = 5G & complaints = 0"]


def test_the_ends_of_a_range_are_sharpened(plain) -> None:
    hit = (plain["arpu"] >= 90) & (plain["arpu"] < 130)
    (found,) = cxstats.discover(lowered(plain, hit, 3), score="score").findings
    low, high = (test["value"] for test in found.predicate)
    assert low == pytest.approx(90, abs=3)
    assert high == pytest.approx(130, abs=3)


def test_numbers_are_those_of_compare_with_the_rest(plain) -> None:
    data = lowered(plain, plain["city"] == "北京", 2)
    (found,) = cxstats.discover(data, score="score").findings
    compared = cxstats.compare(
        data, score="score", between="city", baseline=cxstats.REST
    )
    other = next(item for item in compared if item.compared == "北京")
    assert found.n == other.compared_estimate.n
    assert found.value.value == pytest.approx(other.compared_estimate.value)
    assert found.rest.value == pytest.approx(other.baseline_estimate.value)
    for name in ("value", "lower", "upper", "std_error"):
        ours, theirs = getattr(found.difference, name), getattr(other.estimate, name)
        assert ours == pytest.approx(theirs)
    assert found.impact == pytest.approx(found.difference.value * found.n / ROWS)


def test_a_large_group_hides_no_other_cause(plain) -> None:
    data = lowered(plain, plain["network"] == "5G", 1)
    data = lowered(data, data["vip"], 1)
    found = cxstats.discover(data, score="score")
    assert "vip = True" in labels(found)
    assert set(labels(found)) & {"network = 5G", "network = 4G"}
    assert len(found.findings) == 2
    vip = next(item for item in found.findings if "vip" in item.label)
    assert vip.n == int(data["vip"].sum())


@pytest.mark.parametrize("block", [6_000, 0])
def test_many_rows_give_what_few_rows_give(
    plain, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    data = lowered(plain, plain["network"] == "5G", 2)
    data = lowered(data, data["vip"], 3)
    few = cxstats.discover(data, score="score")
    monkeypatch.setattr(scan, "JOINT_CELLS", 0)
    monkeypatch.setattr(scan, "BLOCK_CELLS", 4 * block)
    monkeypatch.setattr(scan, "LEAST_BLOCK", 4)
    monkeypatch.setattr(scan, "BLOCK_ROWS", 4_000)
    many = cxstats.discover(data, score="score")
    assert many.tested == few.tested
    for one, other in zip(few.findings, many.findings, strict=True):
        assert one.label == other.label
        assert one.n == other.n
        assert other.difference.value == pytest.approx(one.difference.value)
        assert other.q_value == pytest.approx(one.q_value)


def test_a_column_whose_presence_tells_the_score_is_an_artefact(plain) -> None:
    chance = np.random.default_rng(1)
    usage = pd.Series(chance.gamma(2, 10, ROWS))
    asked = chance.random(ROWS) < 0.4
    data = lowered(plain, pd.Series(asked), 3)
    data["2G驻留时长"] = usage.where(asked)
    data["2G流量"] = (usage * 2).where(asked)
    found = cxstats.discover(data, score="score", language="zh-Hans")
    assert found.causes == ()
    (item,) = found.artefacts
    assert item.predicate[0]["op"] == "is null"
    assert item.n == int((~asked).sum())
    assert item.kind == "coverage"
    assert "数据采集" in item.sentence
    together = [note for note in found.warnings if note.kind == "coverage"]
    assert len(together) == 1
    assert "2G" in together[0].message


def test_values_of_a_suspect_column_are_labelled_and_compared_among_known(
    plain,
) -> None:
    chance = np.random.default_rng(1)
    usage = pd.Series(chance.gamma(2, 10, ROWS).round())
    asked = pd.Series(chance.random(ROWS) < 0.4)
    data = lowered(plain, asked & (usage < 30), 1)
    data = lowered(data, asked & (usage >= 30), 5).assign(usage=usage.where(asked))
    found = cxstats.discover(data, score="score", columns=["usage", "city"])
    assert found.causes == ()
    value, gap = sorted(found.artefacts, key=lambda item: item.kind == "coverage")
    assert value.predicate == [{"column": "usage", "op": ">=", "value": 30}]
    assert "Data-collection artefact?" in value.sentence
    assert gap.kind == "coverage"
    known = cxstats.nps(data, score="score", where="usage < 30").estimate
    assert value.rest.value == pytest.approx(known.value)


def test_a_blank_that_another_column_explains_is_no_artefact(plain) -> None:
    data = lowered(plain, plain["complaints"] >= 1, 3)
    solved = np.random.default_rng(2).choice(["是", "否"], ROWS)
    data["solved"] = np.where(data["complaints"] >= 1, solved, None)
    found = cxstats.discover(data, score="score")
    assert found.artefacts == ()
    assert labels(found) in (["complaints >= 1"], ["complaints = 0"])


def test_findings_are_confirmed_or_not_on_a_later_wave(plain) -> None:
    early = lowered(plain, plain["city"] == "北京", 3).assign(wave="2025")
    late = survey().sample(frac=1, random_state=1).reset_index(drop=True)
    same = lowered(late, late["city"] == "北京", 3).assign(wave="2026")
    both = pd.concat([early, same])
    (item,) = cxstats.discover(both, score="score", wave="wave").findings
    assert item.replication is not None
    assert item.replication.status == "confirmed"
    assert item.n == int((early["city"] == "北京").sum())
    assert "Confirmed" in item.sentence
    gone = pd.concat([early, late.assign(wave="2026")])
    (item,) = cxstats.discover(
        gone, score="score", replicate_on="wave = '2026'", language="zh-Hant"
    ).findings
    assert item.replication is not None
    assert item.replication.status == "not_confirmed"
    assert "未能驗證" in item.sentence
    few = pd.concat([early, late.assign(wave="2026").head(40)])
    (item,) = cxstats.discover(few, score="score", wave="wave").findings
    assert item.replication is not None
    assert item.replication.status == "too_few"
    with pytest.raises(InputError, match="two waves"):
        cxstats.discover(early, score="score", wave="wave")
    with pytest.raises(InputError, match="not by both"):
        cxstats.discover(gone, score="score", wave="wave", replicate_on="wave = '2026'")


@pytest.mark.requirement("R002-21")
@pytest.mark.requirement("R002-22")
def test_surprises_are_told_as_such(plain) -> None:
    data = lowered(plain, plain["arpu"] >= 140, 3)
    (item,) = cxstats.discover(data, score="score", language="zh-Hans").findings
    assert item.kind == "value_inversion"
    assert item.sentence.startswith("价值越高，评价反而越低：arpu不低于")
    data = lowered(plain, plain["complaints"] < 2, 3)
    (item,) = cxstats.discover(data, score="score").findings
    assert item.kind == "recovery_paradox"
    assert item.sentence.startswith("Complained, yet score higher. Customers with")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_a_sentence_has_n_difference_and_interval(plain, language) -> None:
    data = lowered(plain, plain["city"] == "北京", 3)
    (item,) = cxstats.discover(data, score="score", language=language).findings
    d = item.difference
    for number in (d.value, d.lower, d.upper, item.value.value, item.rest.value):
        assert f"{number:.1f}" in item.sentence
    assert f"{item.n:,}" in item.sentence
    assert "{" not in item.sentence
    with pytest.raises(InputError, match="zh-Hans"):
        cxstats.discover(data, score="score", language="fr")


def test_columns_that_cannot_be_searched_are_left_out_with_a_notice(plain) -> None:
    data = plain.assign(
        customer_id=np.arange(ROWS) + 1_000_000,
        comment=[f"comment {at}" for at in range(ROWS)],
        nps_class=np.where(plain["score"] >= 9, "promoter", "other"),
        day=pd.Timestamp("2026-01-01"),
        nothing=pd.Series([None] * ROWS, dtype="float64"),
    )
    found = cxstats.discover(data, score="score")
    told = " ".join(note.message for note in found.warnings)
    for name in ("customer_id", "comment", "nps_class", "day", "nothing"):
        assert name in told
    assert found.findings == ()


def test_order_of_rows_and_weights_of_one_change_nothing(plain) -> None:
    data = lowered(plain, plain["city"] == "北京", 2).assign(one=1.0)
    first = cxstats.discover(data, score="score", columns=["city", "arpu", "vip"])
    shuffled = data.sample(frac=1, random_state=3)
    second = cxstats.discover(
        shuffled, score="score", columns=["city", "arpu", "vip"], weight="one"
    )
    assert labels(first) == labels(second)
    assert second.findings[0].difference.lower == pytest.approx(
        first.findings[0].difference.lower
    )
    assert second.findings[0].impact == pytest.approx(first.findings[0].impact)


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_small_findings_never_share_a_row(seed: int) -> None:
    data = planted(seed, rows=8_000).select(["grid", "network", "device", "score"])
    found = cxstats.discover(data, score="score", min_support=40)
    total = sum(item.n for item in found.findings)
    rows = [
        cxstats.nps(data, score="score", where=item.where).estimate.n
        for item in found.findings
    ]
    assert [item.n for item in found.findings] == rows
    if len(found.findings) > 1:
        merged = found.findings[0].where
        for item in found.findings[1:]:
            merged = merged | item.where
        assert cxstats.nps(data, score="score", where=merged).estimate.n == total


@pytest.mark.parametrize(
    "data",
    [
        {"score": [10] * 400, "x": list("ab") * 200},
        {"score": [None] * 400, "x": list("ab") * 200},
        {"score": [9, 3] * 200, "x": ["a"] * 400},
        {"score": [9, 3] * 200, "x": [None] * 400},
        {"score": [9, 3] * 200, "x": [float("inf"), float("nan")] * 200},
        {"score": [9, 3, 8, 8] * 2_500, "x": [f"v{at}" for at in range(10_000)]},
        {"score": [9, 3], "x": [1, 2]},
    ],
)
def test_data_without_an_answer_give_none_and_say_why(data) -> None:
    if data["score"][0] is None:
        data["score"] = pa.array(data["score"], pa.int64())
    if data["x"][0] is None:
        data["x"] = pa.array(data["x"], pa.float64())
    found = cxstats.discover(pa.table(data), score="score")
    assert found.findings == ()
    assert str(found).endswith("none stands out")


def test_two_copies_of_a_column_tell_a_cause_once(plain) -> None:
    data = lowered(plain, plain["city"] == "北京", 3).assign(town=plain["city"])
    assert labels(cxstats.discover(data, score="score")) in (
        ["city = 北京"],
        ["town = 北京"],
    )


def test_wrong_requests_are_refused(plain) -> None:
    for options, message in (
        ({"max_conditions": 4}, "1 to 3 conditions"),
        ({"alpha": 1.5}, "between 0 and 1"),
        ({"most": 0}, "1 or more"),
        ({"min_support": 5}, "at least 30"),
        ({"metric": "ces"}, "nps or csat"),
        ({"columns": ["score"]}, "cannot explain itself"),
    ):
        with pytest.raises(InputError, match=message):
            cxstats.discover(plain, score="score", **options)
    with pytest.raises(ColumnNotFoundError):
        cxstats.discover(plain, score="score", columns=["nowhere"])


def test_every_face_of_the_answer_shows_the_finding(plain) -> None:
    data = lowered(plain, plain["city"] == "北京", 3)
    found = cxstats.discover(data, score="score", metric="csat", scale="0-10")
    assert found.unit == "score"
    frame = found.to_pandas()
    assert frame["label"].tolist() == ["city = 北京"]
    assert frame["difference"][0] == pytest.approx(found.findings[0].difference.value)
    assert "city = 北京" in str(found.chart().to_dict())
    assert "city = 北京" in repr(found)
