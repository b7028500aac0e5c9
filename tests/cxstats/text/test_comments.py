"""A column of comments read as one: from frames, files and engines."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cxstats
from cxstats.errors import ColumnNotFoundError, InputError
from cxstats.text import CommentsResult, Polarity

TEXTS = [
    "网速太慢",
    "客服很好",
    None,
    "套餐太贵",
    "slow network",
    "  ",
    "師傅很專業",
] * 6
SCORES = [2.0, 10.0, 5.0, 1.0, 3.0, math.nan, 9.0] * 6


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.DataFrame({"comment": TEXTS, "score": SCORES})


@pytest.fixture(scope="module")
def result(frame: pd.DataFrame) -> CommentsResult:
    return cxstats.comments(frame, text="comment", score="score", k=2)


def test_every_share_has_its_interval(result: CommentsResult) -> None:
    assert (result.n, result.n_text) == (42, 30)
    assert result.languages["zh-Hant"] == result.languages["en"] == 6
    assert result.languages["none"] == 12
    assert sum(e.value for e in result.polarity.values()) == pytest.approx(1)
    for estimate in result.polarity.values():
        assert estimate.lower <= estimate.value <= estimate.upper
        assert (estimate.n, estimate.unit) == (30, "share")
    assert {a.code for a in result.aspects} >= {"TAR/套餐/贵", "SRV", "BBF/修障"}
    for aspect in result.aspects:
        assert aspect.n_negative + aspect.n_positive <= aspect.n == aspect.negative.n


def test_the_answer_shows_itself(result: CommentsResult) -> None:
    assert "30 comments in 42 rows" in repr(result)
    assert result.to_pandas()["n_primary"].sum() == 30
    assert result.chart().to_dict()["config"]
    assert result.topics.chart().to_dict()
    assert result.contradictions is not None
    assert result.contradictions.rows == ()


def test_order_of_rows_and_kind_of_missing_change_nothing(
    frame: pd.DataFrame, result: CommentsResult
) -> None:
    mixed = frame.sample(frac=1, random_state=1).replace({np.nan: None})
    table = pa.table(
        {
            "comment": pa.array(mixed["comment"].tolist(), pa.string()),
            "score": pa.array(mixed["score"].tolist(), pa.float64()),
        }
    )
    other = cxstats.comments(table, text="comment", score="score", k=2)
    expected, found = result.to_dict(), other.to_dict()
    for topic in (*expected["topics"], *found["topics"]):
        del topic["rows"]
    assert found == expected


def test_a_file_and_a_filter_are_read(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    frame.to_parquet(path)
    kept = cxstats.comments(str(path), text="comment", where="score >= 9")
    assert (kept.n, kept.polarity["positive"].value) == (12, 1.0)


def test_a_trained_model_brings_its_accuracy(frame: pd.DataFrame) -> None:
    parts = [f"{text}{end}" for end in "啊呢吧哦呀" for text in ("网速慢", "网速快")]
    model = Polarity.fit(parts, [0, 1] * 5)
    found = cxstats.comments(frame, text="comment", model=model)
    assert found.accuracy is not None
    assert found.accuracy.n == len(parts)
    assert "starter_model" not in [notice.kind for notice in found.warnings]


@pytest.mark.parametrize("texts", [[None, None], ["", "。。。"], []])
def test_no_comment_at_all_is_said(texts: list[str | None]) -> None:
    table = pa.table({"comment": pa.array(texts, pa.string())})
    found = cxstats.comments(table, text="comment")
    assert found.aspects == found.topics.topics == ()
    assert found.chart().to_dict()
    assert str(found)
    if texts != ["", "。。。"]:
        assert "empty" in [notice.kind for notice in found.warnings]


def test_numbers_emoji_and_a_very_long_comment_are_read() -> None:
    numbers = cxstats.comments(pa.table({"c": [1, 2, None]}), text="c")
    assert numbers.languages["none"] == numbers.n == 3
    table = pa.table({"c": ["好" * 30_000, "😡", "网速slow，訊號 bad"]})
    found = cxstats.comments(table, text="c")
    assert found.n_text == 3
    assert "long_text" in [notice.kind for notice in found.warnings]


def test_what_cannot_be_read_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(ColumnNotFoundError, match="no column named 'coment'"):
        cxstats.comments(frame, text="coment")
    with pytest.raises(InputError, match="level lies between 0 and 1"):
        cxstats.comments(frame, text="comment", level=95)
