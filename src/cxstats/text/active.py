"""Which comments to label next, so that few labels teach most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import scipy

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.text.ngrams import Grams
from cxstats.text.polarity import Polarity
from cxstats.text.reading import as_texts, fold

__all__ = ["suggest_labels"]

_POOL = 20
"""How many times as many unsure comments as wanted are looked at for variety."""

_LEAST_UNSURE = 0.05


def suggest_labels(
    texts: Iterable[Any],
    model: Polarity | None = None,
    *,
    n: int = 20,
    labelled: Iterable[int] = (),
) -> list[int]:
    """Name the comments whose labels would teach the model most.

    Parameters
    ----------
    texts
        Comments as `as_texts` takes them.
    model
        The present model; the starter model by default.
    n
        How many to name, 1 or more.
    labelled
        Numbers of comments that have a label already.

    Returns
    -------
    list of int
        Numbers of the comments, the most useful first: those the model is least sure
        of, and unlike those already named. Copies are named once.

    Raises
    ------
    InputError
        If n is below 1.

    Notes
    -----
    Uncertainty sampling (Lewis and Gale 1994) with a greedy choice of the comment
    that is unsure and farthest, by cosine, from all chosen before.
    """
    if n < 1:
        raise InputError(f"name 1 comment or more; received {n}")
    read = as_texts(texts)
    done = {fold(read[at]).strip() for at in labelled if 0 <= at < len(read)}
    first: dict[str, int] = {}
    for at, text in enumerate(read):
        key = fold(text).strip()
        if key and key not in done:
            first.setdefault(key, at)
    if not first:
        return []
    # Sorted by content, so that the order of the rows changes no choice.
    rows = [first[key] for key in sorted(first)]
    probability = (model or Polarity.starter()).predict_proba([read[at] for at in rows])
    unsure = 1 - np.abs(2 * probability - 1)
    pool = np.argsort(-unsure, kind="stable")[: n * _POOL]
    chosen = _spread([read[rows[at]] for at in pool], unsure[pool], n)
    return [rows[pool[at]] for at in chosen]


def _spread(texts: Sequence[str], unsure: Floats, n: int) -> list[int]:
    vectors = Grams.fit(texts, 1)[1]
    nearest = np.zeros(len(texts))
    chosen: list[int] = []
    for _ in range(min(n, len(texts))):
        worth = (unsure + _LEAST_UNSURE) * (1 - nearest)
        worth[chosen] = -1
        best = int(np.argmax(worth))
        chosen.append(best)
        nearest = np.maximum(nearest, _likeness(vectors, best))
    return chosen


def _likeness(vectors: scipy.sparse.csr_matrix, at: int) -> Floats:
    return np.asarray((vectors @ vectors[at].T).todense()).ravel().clip(0, 1)
