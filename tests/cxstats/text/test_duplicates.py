"""Copies, near copies and canned replies; scores that contradict comments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import InputError
from cxstats.text import contradictions, near_duplicates

CANNED = "非常满意贵公司的服务，师傅态度很好，点赞"


def test_copies_and_near_copies_are_one_group() -> None:
    texts = [
        CANNED,
        CANNED + "！",
        CANNED.replace("，", " "),
        CANNED + "啊",
        "网速慢",
        None,
    ]
    found = near_duplicates(texts)
    assert [group.rows for group in found.groups] == [(0, 1, 2, 3)]
    assert found.groups[0].n_exact == 3
    assert not found.groups[0].is_canned
    assert (found.share.value, found.share.n) == (0.6, 5)


def test_canned_replies_are_long_and_many() -> None:
    found = near_duplicates([CANNED] * 5 + ["好"] * 9 + ["网速太慢了换号"])
    assert [(g.n, g.is_canned) for g in found.groups] == [(9, False), (5, True)]
    assert found.canned.value == pytest.approx(5 / 15)
    assert "yes" in str(found)
    assert found.to_pandas()["n"].tolist() == [9, 5]
    assert found.to_dict()["groups"][1]["is_canned"]
    assert found.chart().to_dict()


def test_different_comments_stay_apart() -> None:
    texts = ["网速太慢了看视频卡", "网速太快了看视频爽", "客服态度差", "客服态度好"]
    assert near_duplicates(texts).groups == ()


def test_scripts_and_letter_case_do_not_count() -> None:
    found = near_duplicates(["網速太慢，APP難用", "网速太慢 app难用"])
    assert found.groups[0].n == 2


def test_planted_near_copies_are_found_among_many() -> None:
    luck = np.random.default_rng(5)
    letters = [chr(0x4E00 + at) for at in range(2_000)]
    texts = ["".join(luck.choice(letters, 40)) for _ in range(1_000)]
    copies = [text[:20] + "甲" + text[21:] for text in texts[:200]]
    found = near_duplicates([*texts, *copies], threshold=0.8)
    assert len(found.groups) > 190
    assert all(g.rows[1] == g.rows[0] + 1_000 for g in found.groups)


@given(st.lists(st.text(max_size=30), max_size=12), st.randoms())
def test_order_changes_no_group(texts: list[str], luck: object) -> None:
    order = list(range(len(texts)))
    luck.shuffle(order)  # type: ignore[attr-defined]
    first = near_duplicates(texts)
    other = near_duplicates([texts[at] for at in order])
    as_sets = {frozenset(group.rows) for group in first.groups}
    assert {frozenset(order[r] for r in g.rows) for g in other.groups} == as_sets


def test_nothing_to_compare_is_said() -> None:
    found = near_duplicates(["", None, "。。。", "😡"])
    assert found.warnings[0].kind == "empty"
    assert found.to_dict()["share"]["value"] is None
    with pytest.raises(InputError, match=r"between 0.5 and 1; received 0\.3"):
        near_duplicates(["a"], threshold=0.3)


def test_a_high_score_with_a_complaint_is_a_contradiction() -> None:
    texts = [
        "网速太慢，客服态度差",
        "网速很快，很满意",
        "服务很好，很满意",
        None,
        "太差了",
    ]
    scores = [10, 10, 1, 10, "x"]
    found = contradictions(texts, scores)
    assert [(row.row, row.kind) for row in found.rows] in (
        [(0, "high_score_complaint"), (2, "low_score_praise")],
        [(2, "low_score_praise"), (0, "high_score_complaint")],
    )
    assert (found.complaints.value, found.complaints.n) == (0.5, 2)
    assert (found.praise.value, found.praise.n) == (1.0, 1)
    assert found.to_pandas()["kind"].tolist() == [row.kind for row in found.rows]
    assert "low scores that praise" in str(found)
    assert found.chart().to_dict()


def test_a_scale_without_cuts_has_high_and_low_ends() -> None:
    found = contradictions(["网速太慢"] * 3, [5, 3, 9], scale="1-5")
    assert (found.complaints.n, len(found.rows)) == (1, 1)


def test_a_scale_read_upside_down_is_suspected() -> None:
    found = contradictions(["服务很好，很满意"] * 20 + ["太差了"] * 20, [0] * 40)
    assert [notice.kind for notice in found.warnings] == ["reversed"]


def test_contradictions_of_nothing_and_wrong_input() -> None:
    found = contradictions([None, "好"], [5, None])
    assert (found.rows, found.warnings[0].kind) == ((), "empty")
    with pytest.raises(InputError, match="1 texts, 2 scores"):
        contradictions(["好"], [1, 2])
