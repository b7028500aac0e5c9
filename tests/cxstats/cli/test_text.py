"""`cxstats text`: what the comments of a file say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxstats.text import Polarity

ROWS = [
    ("网速太慢，打13800138000", 2),
    ("客服态度很好", 10),
    ("套餐太贵，但是服务好", 7),
    ("my calls keep dropping", 0),
    ("再也不来", 10),
    ("", 9),
]


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    path = tmp_path / "comments.csv"
    lines = [f'"{text}",{score}' for text, score in ROWS * 10]
    path.write_text("\n".join(["评论,score", *lines]), encoding="utf-8")
    return path


@pytest.mark.requirement("R002-06")
def test_comments_are_read_and_contradictions_flagged(cxstats, comments):
    words = ("text", comments, "--column", "评论", "--score", "score", "--json")
    result = cxstats(*words).json
    assert list(result) == [
        *("n", "n_text", "languages", "polarity", "accuracy", "aspects", "topics"),
        *("contradictions", "duplicates", "redacted", "warnings"),
    ]
    assert (result["n"], result["n_text"]) == (60, 50)
    assert result["languages"]["en"] == 10
    assert result["polarity"]["negative"]["lower"] > 0.4
    assert {a["code"] for a in result["aspects"]} >= {"NET/移动上网/网速慢", "SRV/人员"}
    wrong = result["contradictions"]["rows"]
    assert {(row["kind"], row["text"]) for row in wrong} == {
        ("high_score_complaint", "再也不来")
    }
    assert result["redacted"] == {"mobile": 10}
    assert "13800138000" not in str(result)
    assert [w["kind"] for w in result["warnings"]] == ["starter_model"]


def test_the_table_names_what_was_found(cxstats, comments):
    answer = cxstats("text", comments, "--column", "评论")
    assert "50 comments in 60 rows" in answer.out
    assert "Dropped calls" in answer.out
    assert "10 mobile" in answer.out
    assert "starter model" in answer.err


def test_a_model_and_a_dictionary_of_ones_own(cxstats, comments, tmp_path):
    model = Polarity.fit(["网速慢", "很好", "太贵", "满意"] * 5, [0, 1, 0, 1] * 5)
    path = model.save(tmp_path / "own.npz")
    own = tmp_path / "own.yaml"
    own.write_text("aspects:\n  SPEED: {en: Speed, zh: 网速}\n", encoding="utf-8")
    result = cxstats(
        *("text", comments, "--column", "评论", "--json", "--model", path),
        *("--aspects", own, "--where", "score < 9", "--topics", 2),
    ).json
    assert [a["code"] for a in result["aspects"]] == ["SPEED"]
    assert (result["n"], len(result["topics"])) == (30, 2)
    assert result["contradictions"] is None
    assert result["accuracy"]["n"] == 20


def test_wrong_columns_and_files_are_refused(cxstats, comments, tmp_path):
    for words in (
        ("--column", "没有"),
        ("--column", "评论", "--model", tmp_path / "none.npz"),
        ("--column", "评论", "--aspects", tmp_path / "none.yaml"),
        ("--column", "评论", "--topics", "0"),
        ("--column", "评论", "--level", "2"),
        ("--column", "评论", "--score", "score", "--scale", "x"),
    ):
        answer = cxstats("text", comments, *words)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith("cxstats text: ")
