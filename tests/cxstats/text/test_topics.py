"""Topics without a dictionary, and topics that rise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import InputError
from cxstats.text import Aspects, emerging_topics, topics
from cxstats.text.emerging import rate_ratio

THEMES = {
    "网速": ["网速太慢", "晚上网速慢得要命", "网速时快时慢", "上网网速不行"],
    "客服": ["客服态度差", "客服一直推诿", "客服没人接", "打客服电话没人接"],
    "账单": ["账单看不懂", "账单多扣费", "账单项目不清楚", "每月账单都不一样"],
}
COMMENTS = [text for group in THEMES.values() for text in group] * 6


@pytest.mark.parametrize("method", ["nmf", "lsa"])
def test_planted_themes_come_back(method: str) -> None:
    found = topics(COMMENTS, k=3, method=method)  # type: ignore[arg-type]
    assert {topic.words[0] for topic in found.topics} == set(THEMES)
    of_theme = found.of_row.reshape(6, 3, 4)
    assert all(len(set(of_theme[:, at].ravel().tolist())) == 1 for at in range(3))
    for topic in found.topics:
        assert topic.share.value == pytest.approx(1 / 3)
        assert topic.share.lower < 1 / 3 < topic.share.upper
        assert {found.of_row[row] for row in topic.rows} == {topic.number}


@pytest.mark.parametrize("method", ["nmf", "lsa"])
def test_order_of_rows_and_missing_texts_change_no_topic(method: str) -> None:
    order = np.random.default_rng(0).permutation(len(COMMENTS))
    mixed = [COMMENTS[at] for at in order] + [None, "", math.nan, "。"]
    first = topics(COMMENTS, k=3, method=method)  # type: ignore[arg-type]
    other = topics(mixed, k=3, method=method)  # type: ignore[arg-type]
    assert [t.words for t in first.topics] == [t.words for t in other.topics]
    assert other.of_row[: len(order)].tolist() == first.of_row[order].tolist()
    assert other.of_row[-4:].tolist() == [0, 0, 0, 0]


def test_topics_of_nothing_and_of_too_little() -> None:
    for texts in ([], [None, ""], ["好"], ["的了"]):
        found = topics(texts)
        assert found.topics == ()
        assert [notice.kind for notice in found.warnings] == ["empty"]
    assert len(topics(["网速慢"]).topics) == 1
    with pytest.raises(InputError, match="k and n_words of 1 or more"):
        topics(["网速慢"], k=0)


def test_topics_show_themselves() -> None:
    found = topics(COMMENTS, k=3, ignored=["账单"])
    assert "账单" not in str(found)
    assert found.to_dict()["method"] == "nmf"
    assert list(found.to_pandas().columns)[:3] == ["number", "name", "n"]
    assert "Comments" in str(found.chart().to_dict())


def test_a_planted_rise_is_found_and_nothing_else() -> None:
    before = COMMENTS * 5
    now = COMMENTS * 5 + ["基站拆除后没信号"] * 30
    found = emerging_topics(before, now)
    assert {s.subject for s in found.emerging} >= {"基站"}
    assert not {"网速", "客服", "账单"} & {s.subject for s in found.emerging}
    new = next(s for s in found.subjects if s.subject == "基站")
    assert (new.n_before, new.n_now) == (0, 30)
    assert math.isinf(new.ratio.value)
    assert new.ratio.lower > 1
    assert found.to_dict()["subjects"][0]["ratio"]["value"] is None
    assert "基站" in str(found)
    assert found.chart().to_dict()


def test_a_permuted_period_shows_no_rise() -> None:
    luck = np.random.default_rng(3)
    reported = 0
    for _ in range(20):
        side = luck.random(len(COMMENTS)) < 0.5
        now = [t for t, here in zip(COMMENTS, side, strict=True) if here]
        before = [t for t, here in zip(COMMENTS, side, strict=True) if not here]
        reported += bool(emerging_topics(before, now).emerging)
    assert reported <= 2


def test_subjects_can_be_aspects() -> None:
    found = emerging_topics(["网速快"] * 30, ["客服推诿"] * 30, coder=Aspects())
    assert [s.subject for s in found.emerging] == ["SRV/热线/推诿"]


def test_an_empty_period_compares_nothing() -> None:
    found = emerging_topics([], ["网速慢"] * 9)
    assert (found.subjects, found.warnings[0].kind) == ((), "empty")
    assert str(found) == "none of 0 subjects rose"
    with pytest.raises(InputError, match="fewest is 2 or more"):
        emerging_topics(["a"], ["b"], fewest=1)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(60, 500))
def test_a_rate_ratio_lies_in_its_interval(old: int, new: int, n: int) -> None:
    ratio, p = rate_ratio(old, new, (n, n))
    assert 0 <= p <= 1
    if old + new:
        assert ratio.lower <= ratio.value <= ratio.upper
    assert (p < 0.025) == (ratio.lower > 1)
