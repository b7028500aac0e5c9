"""Polarity on real Chinese reviews, against published baselines on the same texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from cxstats.text import Polarity

pytestmark = pytest.mark.real_data

FOLDS = 5
TOLERANCE = 0.01


def without_copies(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop empty reviews and all but the first of equal ones."""
    return frame.dropna(subset=["review"]).drop_duplicates("review")


@pytest.fixture(scope="module")
def hotel(real_data_dir: Path) -> pd.DataFrame:
    path = real_data_dir / "zh_hotel_reviews" / "ChnSentiCorp_htl_all.csv"
    if not path.is_file():
        pytest.skip(f"no hotel reviews at {path}")
    return without_copies(pd.read_csv(path))


@pytest.fixture(scope="module")
def shopping(real_data_dir: Path) -> pd.DataFrame:
    path = real_data_dir / "zh_online_shopping" / "online_shopping_10_cats.parquet"
    if not path.is_file():
        pytest.skip(f"no shopping reviews at {path}")
    return without_copies(pd.read_parquet(path))


def cross_validated(
    reviews: pd.DataFrame, folds: int = FOLDS
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Predict every review by a model trained on the other folds."""
    texts = reviews["review"].to_numpy()
    labels = reviews["label"].to_numpy() == 1
    fold = np.random.default_rng(0).permutation(len(labels)) % folds
    probability = np.full(len(labels), np.nan)
    for number in range(folds):
        out = fold == number
        model = Polarity.fit(texts[~out], labels[~out])
        probability[out] = model.predict_proba(texts[out])
    return probability, labels


def scores(
    probability: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Accuracy and macro-F1."""
    said = probability > 0.5
    f1 = []
    for side in (True, False):
        hits = ((said == side) & (labels == side)).sum()
        f1.append(2 * hits / ((said == side).sum() + (labels == side).sum()))
    return float((said == labels).mean()), float(np.mean(f1))


@pytest.mark.slow
def test_hotel_reviews_against_linear_svc_on_character_tfidf(
    hotel: pd.DataFrame, reference: dict[str, Any]
) -> None:
    peer = reference["zh_sentiment"]["ChnSentiCorp_htl_all"]
    assert len(hotel) == peer["n"]
    probability, labels = cross_validated(hotel)
    accuracy, macro_f1 = scores(probability, labels)
    assert accuracy >= 0.895
    assert macro_f1 >= 0.875
    assert accuracy == pytest.approx(peer["char_tfidf_svc"][0], abs=TOLERANCE)
    assert macro_f1 == pytest.approx(peer["char_tfidf_svc"][1], abs=TOLERANCE)
    # The probabilities mean what they say: near each, that share is praise.
    for low in (0.1, 0.3, 0.5, 0.7, 0.9):
        near = np.abs(probability - low) < 0.1
        assert labels[near].mean() == pytest.approx(low, abs=0.12)


@pytest.mark.slow
def test_shopping_reviews_against_linear_svc_on_character_tfidf(
    shopping: pd.DataFrame, reference: dict[str, Any]
) -> None:
    peer = reference["zh_sentiment"]["online_shopping_10"]
    # Missing and equal reviews are counted with a slack of ten: spaces may differ.
    assert len(shopping) == pytest.approx(peer["n"], abs=10)
    accuracy, macro_f1 = scores(*cross_validated(shopping))
    assert accuracy >= 0.93
    assert accuracy == pytest.approx(peer["char_tfidf_svc"][0], abs=TOLERANCE)
    assert macro_f1 == pytest.approx(peer["char_tfidf_svc"][1], abs=TOLERANCE)


def test_starter_model_against_snownlp_as_shipped(
    hotel: pd.DataFrame, reference: dict[str, Any]
) -> None:
    peer = reference["zh_sentiment"]["ChnSentiCorp_htl_all"]["snownlp"]
    part = hotel.iloc[::4]
    probability = Polarity.starter().predict_proba(part["review"])
    accuracy, macro_f1 = scores(probability, part["label"].to_numpy() == 1)
    # It has seen invented telecom comments alone, and no hotel.
    assert accuracy > peer[0] + 0.05
    assert macro_f1 > peer[1] + 0.05
