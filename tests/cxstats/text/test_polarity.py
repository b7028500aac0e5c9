"""The trainable model: shapes, calibration, abstention, files, and what it refuses."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxstats
from cxstats.errors import InputError
from cxstats.text import Lexicon, Polarity, suggest_labels

PRAISE = ["网速很快", "客服很耐心", "套餐实惠", "师傅准时", "信号稳定", "great service"]
COMPLAINT = ["网速太慢", "客服推诿", "套餐太贵", "师傅爽约", "信号很差", "slow network"]
ENDS = ["", "。", "！", "了", "，真的", "，说实话", "啊", "呢", "~", "，唉"]


@pytest.fixture(scope="module")
def labelled() -> tuple[list[str], list[int]]:
    texts = [text + end for end in ENDS for text in (*PRAISE, *COMPLAINT)]
    return texts, ([1] * 6 + [0] * 6) * len(ENDS)


@pytest.fixture(scope="module")
def model(labelled: tuple[list[str], list[int]]) -> Polarity:
    return Polarity.fit(*labelled)


def test_probabilities_are_one_column_and_missing_texts_have_none(
    model: Polarity,
) -> None:
    probability = model.predict_proba(
        ["网速很快", "", None, math.nan, "  ", "客服推诿"]
    )
    assert probability.shape == (6,)
    assert np.isnan(probability[1:5]).all()
    assert probability[0] > 0.5 > probability[5]
    assert model.predict(["网速很快", None]) == ["positive", "none"]


def test_accuracy_comes_with_an_interval_and_copies_share_a_fold(
    model: Polarity,
) -> None:
    assert model.accuracy is not None
    estimate = model.accuracy.accuracy
    assert 0 <= estimate.lower <= estimate.value <= estimate.upper <= 1
    assert estimate.n == model.accuracy.n == model.n_labels == 120
    assert "of 120 unseen texts" in str(model.accuracy)
    assert [notice.kind for notice in model.warnings] == ["small_n"]


def test_labels_that_mean_nothing_cannot_look_accurate() -> None:
    luck = np.random.default_rng(7)
    letters = list("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉")
    texts = ["".join(luck.choice(letters, 8)) for _ in range(400)]
    model = Polarity.fit(texts, luck.integers(0, 2, 400))
    assert model.accuracy is not None
    assert model.accuracy.accuracy.lower < 0.5 < model.accuracy.accuracy.upper + 0.05
    assert model.accuracy.decided.value < 0.2


def test_abstention_leaves_out_what_is_not_sure(model: Polarity) -> None:
    texts = ["网速", "这个", "网速很快"]
    assert model.predict(texts, certainty=1.0) == ["unsure"] * 3
    with pytest.raises(InputError, match=r"from 0\.5 to 1; received 0\.2"):
        model.predict(texts, certainty=0.2)


def test_every_form_of_label_and_column_is_read(
    labelled: tuple[list[str], list[int]], model: Polarity
) -> None:
    texts, labels = labelled
    words = ["positive" if label else "negative" for label in labels]
    columns = (
        (pd.Series(texts), pd.Series(labels, dtype=bool)),
        (pa.array(texts), pa.chunked_array([words])),
        (np.array(texts, dtype=object), [float(label) for label in labels]),
        (tuple(texts), [1 if label else -1 for label in labels]),
    )
    expected = model.predict_proba(texts)
    for given_texts, given_labels in columns:
        made = Polarity.fit(given_texts, given_labels)
        np.testing.assert_allclose(made.predict_proba(texts), expected)


def test_order_of_rows_changes_nothing_but_rounding(
    labelled: tuple[list[str], list[int]], model: Polarity
) -> None:
    texts, labels = labelled
    order = np.random.default_rng(1).permutation(len(texts))
    other = Polarity.fit([texts[i] for i in order], [labels[i] for i in order])
    np.testing.assert_allclose(
        other.predict_proba(texts), model.predict_proba(texts), atol=0.05
    )


def test_rows_without_text_or_label_are_left_out_and_counted(
    labelled: tuple[list[str], list[int]],
) -> None:
    texts, labels = labelled
    made = Polarity.fit([*texts, None, "网速"], [*labels, 1, math.nan])
    assert made.n_labels == len(texts)
    assert made.warnings[0].message.startswith("2 rows have no text or no label")


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(InputError, match="2 texts and 1 labels"):
        Polarity.fit(["好", "差"], [1])
    with pytest.raises(InputError, match="both sides; received 2 positive"):
        Polarity.fit(["好", "很好"], [1, 1])
    with pytest.raises(InputError, match="no such label: 'meh'"):
        Polarity.fit(["好", "差"], [1, "meh"])
    with pytest.raises(InputError, match="both sides; received 0 positive"):
        Polarity.fit([], [])
    with pytest.raises(InputError, match=r"received one text of 4 characters"):
        Polarity.starter().predict_proba("网速太慢")
    with pytest.raises(InputError, match="received int"):
        Polarity.starter().predict_proba(5)  # type: ignore[arg-type]


def test_two_labels_are_enough_to_begin() -> None:
    model = Polarity.fit(["网速很快", "网速太慢"], [1, 0])
    assert model.accuracy is None
    assert model.predict(["没有不满意"]) == ["positive"]


def test_a_model_survives_its_file(model: Polarity, tmp_path: Path) -> None:
    path = model.save(tmp_path / "tenant.npz")
    loaded = Polarity.load(path)
    texts = [*PRAISE, *COMPLAINT, "5G 😡", None]
    np.testing.assert_array_equal(
        loaded.predict_proba(texts), model.predict_proba(texts)
    )
    assert loaded.accuracy == model.accuracy
    assert path.read_bytes() == loaded.save(tmp_path / "again.npz").read_bytes()


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    with pytest.raises(InputError, match="is no saved model"):
        Polarity.load(path)
    path.write_bytes(b"PK nonsense")
    with pytest.raises(InputError, match="is no saved model"):
        Polarity.load(path)
    np.savez(path, keys=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match="is no saved model"):
        Polarity.load(path)


def test_a_lexicon_of_ones_own_is_used() -> None:
    own = Lexicon({"words": {1: "巴适", -1: "恼火"}, "negators": "不"})
    model = Polarity.lexicon_only(own)
    assert model.predict(["巴适得很", "恼火", "不巴适"]) == [
        "positive",
        "negative",
        "negative",
    ]
    with pytest.raises(InputError, match="strengths of 'words' are numbers"):
        Lexicon({"words": {"strong": "好"}})


def test_the_starter_reads_emoji_and_both_scripts() -> None:
    texts = [
        "😡😡",
        "👍",
        "網速太慢",
        "網絡很穩定",
        "客服態度好",
        "the staff were rude",
    ]
    sides = [p > 0.5 for p in Polarity.starter().predict_proba(texts)]
    assert sides == [False, True, False, True, True, False]
    same = Polarity.starter().predict_proba(["網速太慢", "网速太慢"])
    assert same[0] == same[1]


@given(st.lists(st.text(max_size=40) | st.none() | st.floats(), max_size=6))
def test_any_text_has_a_probability_or_none(texts: list[str | float | None]) -> None:
    probability = Polarity.starter().predict_proba(texts)
    assert probability.shape == (len(texts),)
    known = probability[~np.isnan(probability)]
    assert ((known >= 0) & (known <= 1)).all()


def test_a_text_of_a_million_characters_is_read() -> None:
    long = "网速太慢，客服很差。" * 100_000
    assert Polarity.starter().predict_proba([long, "好" * 1_000_000])[0] < 0.5


def test_suggested_labels_are_unsure_different_and_new(model: Polarity) -> None:
    texts = [
        "网速很快",
        "网速太慢",
        *["说不清楚"] * 5,
        "随便吧",
        "哦",
        "",
        None,
        "嗯嗯",
    ]
    chosen = suggest_labels(texts, model, n=3, labelled=[7])
    assert len(chosen) == len({texts[at] for at in chosen}) == 3
    assert not {0, 1, 7, 9, 10} & set(chosen)
    turned = suggest_labels(texts[::-1], model, n=3, labelled=[len(texts) - 8])
    assert [texts[::-1][at] for at in turned] == [texts[at] for at in chosen]
    assert suggest_labels([None, ""]) == []
    with pytest.raises(InputError, match="1 comment or more"):
        suggest_labels(texts, n=0)


def test_labels_asked_for_teach_more_than_nothing() -> None:
    texts = [text + end for end in ENDS for text in (*PRAISE, *COMPLAINT)]
    truth = ([1] * 6 + [0] * 6) * len(ENDS)
    known = suggest_labels(texts, n=12)
    labels = [truth[at] for at in known]
    if len(set(labels)) == 1:
        known.append(truth.index(1 - labels[0]))
    model = Polarity.fit([texts[at] for at in known], [truth[at] for at in known])
    right = (model.predict_proba(texts) > 0.5) == np.array(truth, dtype=bool)
    assert right.mean() > 0.85


def test_the_starter_is_small_and_holds_numbers_alone() -> None:
    path = Path(cxstats.text.__file__).parent / "models" / "polarity.npz"
    assert path.stat().st_size < 1_000_000
    with zipfile.ZipFile(path) as archive:
        arrays = [name for name in archive.namelist() if name.endswith(".npy")]
        for name in arrays:
            with archive.open(name) as file:
                kind = np.lib.format.read_array(file, allow_pickle=False).dtype.kind
            assert kind in "fu"
    assert sorted(arrays) == [
        *("blend.npy", "constants.npy", "idf.npy", "keys.npy", "weights.npy")
    ]
    # Invented comments say nothing of how it does on real ones.
    assert Polarity.starter().accuracy is None
