from __future__ import annotations

import re

import pandas as pd
import pytest

from cxstats.simulate.comments import CONTRADICTION_RATE, EMPTY_RATE
from cxstats.simulate.lexicon import load_lexicon
from tests.cxstats.simulate.conftest import Simulated

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def written(simulated: Simulated) -> pd.DataFrame:
    rows = simulated.answers.merge(simulated.comments, on="response_id")
    return rows[rows.comment.notna()]


def test_comments_are_left_empty_as_often_as_planted(simulated: Simulated) -> None:
    rows = simulated.valid[simulated.valid.item == "NPS_REL"]
    rows = rows[rows.channel == "sms"]
    for share, low, high in zip(EMPTY_RATE, (0, 7, 9), (6, 8, 10), strict=True):
        empty = rows.comment[rows.score.between(low, high)].isna().mean()
        assert empty == pytest.approx(share, abs=0.03)


def test_truth_of_a_comment_exists_exactly_where_one_was_written(
    simulated: Simulated,
) -> None:
    rows = simulated.answers.merge(simulated.comments, on="response_id")
    assert len(rows) == len(simulated.answers)
    assert (rows.comment.notna() == rows.mood.notna()).all()
    assert (rows.comment.dropna().str.len() > 0).all()
    assert rows.topic[rows.comment.isna()].isna().all()
    assert (rows.topic.notna() | rows.second_topic.isna()).all()
    assert not (rows.topic == rows.second_topic).any()


def test_most_comments_are_simplified_chinese_and_a_few_are_not(
    written: pd.DataFrame,
) -> None:
    share = written.language.value_counts(normalize=True)
    assert 0.93 < share["zh-Hans"] < 0.98
    assert 0.01 < share["zh-Hant"] < 0.05
    assert 0.01 < share["en"] < 0.05
    english = written.comment[written.language == "en"]
    assert not english.str.contains(HAN).any()
    chinese = written[(written.language != "en") & written.topic.notna()]
    assert chinese.comment.str.contains(HAN).all()


def test_contradictory_comments_appear_at_the_known_rate(written: pd.DataFrame) -> None:
    nps = written[written.metric == "nps"]
    tens = nps[nps.score >= 9]
    assert tens.contradictory.mean() == pytest.approx(CONTRADICTION_RATE, abs=0.01)
    assert (tens.mood[tens.contradictory] == "complaint").all()
    low = nps[nps.score <= 6]
    assert (low.mood[low.contradictory] == "praise").all()
    assert not nps[nps.score.between(7, 8)].contradictory.any()


def test_people_write_about_their_own_causes(written: pd.DataFrame) -> None:
    complaints = written[written.mood == "complaint"]
    overage = complaints.topic == "TAR/超套/流量超套"
    assert (complaints.a_overage[overage] > 0).all()
    dropped = complaints.topic == "NET/移动语音/通话中断"
    assert (complaints.a_drop_count[dropped] > 0).all()
    coverage = complaints.topic.isin(
        [
            "NET/移动语音/无信号",
            "NET/移动语音/有信号拨不通",
            "NET/移动语音/通话中断",
            "NET/移动语音/杂音断续",
            "NET/移动上网/5G驻留或回落",
        ]
    )
    waves = complaints.stream == "relationship"
    broken = complaints.a_mos_poor_count > 5
    ill, well = coverage[waves & broken].mean(), coverage[waves & ~broken].mean()
    assert ill > 1.4 * well
    fixed = complaints.a_product == "宽带"
    assert not complaints.topic[fixed].str.startswith("NET", na=False).any()


def test_a_touchpoint_hears_of_itself(written: pd.DataFrame) -> None:
    repair = written[(written.touchpoint == "TP_BB_REPAIR") & written.topic.notna()]
    at_home = repair.topic.str.startswith("BBF/修障")
    assert at_home.mean() > 0.5
    waves = written[written.stream == "relationship"]
    assert not waves.topic.str.startswith("BBF/修障", na=False).any()


def test_comments_vary_and_some_are_mistyped(written: pd.DataFrame) -> None:
    assert written.comment.nunique() > 0.3 * len(written)
    slips = "|".join(wrong for _, wrong in load_lexicon().typos)
    share = written.comment.str.contains(slips).mean()
    assert 0.0005 < share < 0.02


def test_every_topic_is_written_about(written: pd.DataFrame) -> None:
    lexicon = load_lexicon()
    known = {*lexicon.complaints.ids, *lexicon.praise.ids}
    assert set(written.topic.dropna()) == known
