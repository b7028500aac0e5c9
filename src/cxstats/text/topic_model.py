"""What comments are about when nobody has said what to look for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from cxstats.display import text_table
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.results import Result
from cxstats.text.accuracy import share_of
from cxstats.text.reading import as_texts, fold
from cxstats.text.words import content_words

if TYPE_CHECKING:
    import pandas as pd
    import scipy.sparse as sp

__all__ = ["Topic", "Topics", "topics"]

Method = Literal["nmf", "lsa"]

_MOST_WORDS = 5_000
_MOST_TEXTS = 50_000
_EXAMPLES = 3
_NOTHING = 1e-9
_FAINT = 0.01


@dataclass(frozen=True)
class Topic:
    """One topic.

    Parameters
    ----------
    number
        From 1, the largest first.
    words
        Its heaviest words, in order; the first three make its name.
    share
        Share of the comments with words that belong to it more than to any other.
    rows
        Numbers of the comments most typical of it, from 0.
    """

    number: int
    words: tuple[str, ...]
    share: Estimate
    rows: tuple[int, ...]

    @property
    def name(self) -> str:
        """The three heaviest words."""
        return " / ".join(self.words[:3])

    def to_dict(self) -> dict[str, Any]:
        """Return the topic for JSON."""
        return {
            "number": self.number,
            "name": self.name,
            "words": list(self.words),
            "n": round(self.share.value * self.share.n),
            "share": self.share.to_dict(),
            "rows": list(self.rows),
        }


@dataclass(frozen=True, repr=False, eq=False)
class Topics(Result):
    """Topics of comments, the largest first.

    Parameters
    ----------
    topics
        The topics.
    of_row
        For each text the number of its topic; 0 where it has none.
    method
        ``nmf`` or ``lsa``.
    warnings
        What to know about them.
    """

    topics: tuple[Topic, ...]
    of_row: npt.NDArray[np.int64]
    method: str
    warnings: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the topics for JSON."""
        return {
            "method": self.method,
            "n": int((self.of_row > 0).sum()),
            "topics": [topic.to_dict() for topic in self.topics],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per topic."""
        import pandas as pd  # noqa: PLC0415 - only notebooks need it

        columns = ["number", "name", "n", "share", "lower", "upper"]
        rows = [
            (t.number, t.name, round(t.share.value * t.share.n), *_ends(t.share))
            for t in self.topics
        ]
        return pd.DataFrame(rows, columns=columns)

    def chart(self) -> Any:
        """Draw the topics by size."""
        from cxstats.charts.text import counts_chart  # noqa: PLC0415 - as above

        return counts_chart(
            [{"label": t.name, "n": t.share.value * t.share.n} for t in self.topics]
        )

    def __str__(self) -> str:
        """Write the topics with their words."""
        rows = [
            [" ".join(t.words[:6]), f"{t.share.value:.1%}", f"{t.share.n:,}"]
            for t in self.topics
        ]
        return text_table(["topic", "share", "n"], rows)


def _ends(e: Estimate) -> tuple[float, float, float]:
    return e.value, e.lower, e.upper


def topics(
    texts: Iterable[Any],
    *,
    k: int = 8,
    method: Method = "nmf",
    n_words: int = 8,
    ignored: Iterable[str] = (),
    level: float = 0.95,
) -> Topics:
    """Find topics in comments.

    Parameters
    ----------
    texts
        Comments as `as_texts` takes them; those without content words have no topic.
    k
        Number of topics, 1 or more; fewer come back where there are fewer words.
    method
        ``nmf``: non-negative factors (Lee and Seung 1999); ``lsa``: a truncated
        singular value decomposition whose rows are grouped by k-means.
    n_words
        Words per topic.
    ignored
        Words to leave out, such as the brand.
    level
        Level of the intervals.

    Returns
    -------
    Topics
        The same texts give the same topics, whatever their order. With more than
        50,000 different texts the topics are learned from 50,000 and given to all.

    Raises
    ------
    InputError
        If k is below 1 or the method is unknown.

    Examples
    --------
    >>> found = topics(["网速太慢", "网速慢", "客服态度差", "客服态度不好"] * 5, k=2)
    >>> sorted(topic.words[0] for topic in found.topics)
    ['客服', '网速']
    """
    if k < 1 or n_words < 1 or method not in {"nmf", "lsa"}:
        raise InputError(
            "topics need k and n_words of 1 or more and the method nmf or lsa; "
            f"received {k}, {n_words}, {method!r}"
        )
    read = as_texts(texts)
    keys = [fold(text).strip() for text in read]
    without = frozenset(fold(word) for word in ignored)
    # Sorted, so that the order of the rows changes no topic.
    rows, vocabulary, different = _weighted(sorted(set(keys)), without)
    width = min(k, *rows.shape)
    if not width:
        notice = Notice("empty", "no text has a word that could tell a topic")
        return Topics((), np.zeros(len(read), np.int64), method, (notice,))
    find = _by_nmf if method == "nmf" else _by_lsa
    strength, words = find(rows, width)
    place = {key: at for at, key in enumerate(different)}
    at = np.array([place.get(key, -1) for key in keys])
    of_text = np.where(strength.max(axis=1) > _NOTHING, strength.argmax(axis=1), -1)
    belongs = np.where(at >= 0, of_text[at], -1)
    return _result(strength, (words, vocabulary, n_words), (at, belongs), method, level)


def _weighted(
    texts: Sequence[str], ignored: frozenset[str]
) -> tuple[sp.csr_matrix, list[str], list[str]]:
    """TF-IDF of content words; the words; the texts that have any of them."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    read = [(text, content_words(text, ignored)) for text in texts]
    named = [text for text, words in read if words]
    cut = [words for _, words in read if words]
    for fewest in (2, 1):
        vectoriser = TfidfVectorizer(
            analyzer=list, min_df=fewest, max_features=_MOST_WORDS, sublinear_tf=True
        )
        try:
            rows = vectoriser.fit_transform(cut)
        except ValueError:  # No word is left: rarer ones may be.
            continue
        known = np.flatnonzero(np.diff(rows.indptr))
        vocabulary = vectoriser.get_feature_names_out().tolist()
        return rows[known], vocabulary, [named[at] for at in known.tolist()]
    import scipy.sparse as sp  # noqa: PLC0415 - as above

    return sp.csr_matrix(np.zeros((0, 0))), [], []


def _sampled(rows: sp.csr_matrix) -> sp.csr_matrix:
    if rows.shape[0] <= _MOST_TEXTS:
        return rows
    chosen = np.random.default_rng(0).choice(rows.shape[0], _MOST_TEXTS, replace=False)
    return rows[np.sort(chosen)]


def _by_nmf(rows: sp.csr_matrix, k: int) -> tuple[Floats, Floats]:
    import warnings  # noqa: PLC0415 - for this call alone

    from sklearn.decomposition import NMF  # noqa: PLC0415 - heavy
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - heavy

    model = NMF(k, init="nndsvda", max_iter=200, random_state=0)
    with warnings.catch_warnings():
        # Topics are read by people: the last digits that convergence adds change none.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Rounding may leave an error just below zero, whose root has no number.
        warnings.simplefilter("ignore", RuntimeWarning)
        model.fit(_sampled(rows))
        strength = model.transform(rows)
    # Scale-free: a topic is as strong as the words it explains.
    words = np.asarray(model.components_, dtype=float)
    size = np.sqrt((words**2).sum(axis=1))
    return np.asarray(strength * size, dtype=float), words


def _by_lsa(rows: sp.csr_matrix, k: int) -> tuple[Floats, Floats]:
    from sklearn.cluster import KMeans  # noqa: PLC0415 - heavy
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - heavy
    from sklearn.preprocessing import normalize  # noqa: PLC0415 - heavy

    wide = max(1, min(2 * k + 6, rows.shape[0] - 1, rows.shape[1] - 1))
    reduction = TruncatedSVD(wide, random_state=0).fit(_sampled(rows))
    reduced = normalize(reduction.transform(rows))
    groups = KMeans(k, n_init=4, random_state=0).fit(_sampled(reduced))
    nearness = reduced @ groups.cluster_centers_.T
    words = np.clip(groups.cluster_centers_ @ reduction.components_, 0, None)
    return np.clip(nearness, 0, None), np.asarray(words, dtype=float)


def _result(
    strength: Floats,
    named: tuple[Floats, list[str], int],
    where: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    method: str,
    level: float,
) -> Topics:
    weights, vocabulary, n_words = named
    at, belongs = where
    n = int((belongs >= 0).sum())
    sizes = np.bincount(belongs[belongs >= 0], minlength=len(weights))
    found: list[Topic] = []
    numbers = np.zeros(len(weights) + 1, np.int64)
    words_of = [_heaviest(row, vocabulary, n_words) for row in weights]
    for old in sorted(range(len(weights)), key=lambda t: (-sizes[t], words_of[t])):
        if not sizes[old]:
            continue
        inside = np.flatnonzero(belongs == old)
        typical = inside[np.argsort(-strength[at[inside], old], kind="stable")]
        numbers[old] = len(found) + 1
        found.append(
            Topic(
                number=len(found) + 1,
                words=words_of[old],
                share=share_of(int(sizes[old]), n, level),
                rows=tuple(typical[:_EXAMPLES].tolist()),
            )
        )
    return Topics(tuple(found), numbers[belongs], method)


def _heaviest(weights: Floats, vocabulary: list[str], most: int) -> tuple[str, ...]:
    # Equal weights differ in their last digits alone: rounded, they stand by name.
    least = max(_FAINT * float(weights.max()), _NOTHING)
    order = np.argsort(-weights.round(6), kind="stable")[:most]
    return tuple(vocabulary[at] for at in order if weights[at] > least)
