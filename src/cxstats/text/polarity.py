"""Praise or complaint: a trainable model of symbol runs blended with the lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.text.accuracy import Accuracy, measure_accuracy
from cxstats.text.folds import folds_of, held_out_margins
from cxstats.text.lexicon import Lexicon, Reading, default_lexicon
from cxstats.text.linear import Linear, fit_blend, fit_linear
from cxstats.text.ngrams import Grams
from cxstats.text.reading import LONGEST, as_texts, fold_all
from cxstats.text.storage import read_arrays, write_arrays

__all__ = ["CERTAINTY", "Polarity", "Verdict", "verdicts"]

CERTAINTY: Final = 0.7
"""Probability of the likelier side from which on a text is decided."""

Verdict = Literal["positive", "negative", "unsure", "none"]
"""``unsure``: neither side is likely enough; ``none``: nothing was written."""

_LEXICON_ALONE = (0.0, 4.0, 0.0)
_NEGATION_SCALE = 4.0
_MOSTLY_LEXICON = 0.5
_FEW = 300
_POSITIVE = frozenset({"1", "1.0", "true", "positive", "pos", "praise", "正面", "好评"})
_NEGATIVE = frozenset(
    {"0", "0.0", "-1", "-1.0", "false", "negative", "neg", "complaint", "负面", "差评"}
)


@dataclass(frozen=True, eq=False)
class Polarity:
    """A model of polarity. Make one with `fit`, `starter`, `lexicon_only` or `load`.

    Parameters
    ----------
    grams, linear
        The vocabulary and the weights of the trained part.
    blend
        Weights of the model's margin, of the lexicon's score, and the constant: the
        log odds of praise, calibrated on texts that the model had not seen.
    accuracy
        How it does on unseen texts; None where it could not be measured.
    n_labels
        Labelled texts it was trained on.
    warnings
        What to know about the training.
    """

    grams: Grams
    linear: Linear
    blend: tuple[float, float, float]
    accuracy: Accuracy | None
    n_labels: int
    warnings: tuple[Notice, ...] = ()
    lexicon: Lexicon = field(default_factory=default_lexicon, repr=False)

    @classmethod
    def fit(
        cls,
        texts: Iterable[Any],
        labels: Iterable[Any],
        *,
        lexicon: Lexicon | None = None,
        most_grams: int | None = None,
    ) -> Self:
        """Train on labelled texts, calibrate, and measure on texts held out.

        Parameters
        ----------
        texts
            Texts as `as_texts` takes them. Empty ones are left out and counted.
        labels
            One per text: 1, True or ``positive`` for praise; 0, -1, False or
            ``negative`` for complaint. A missing label leaves its text out.
        lexicon
            Opinion words; those of the package by default.
        most_grams
            Largest vocabulary; unlimited by default.

        Returns
        -------
        Polarity
            With `accuracy` measured on folds. Equal texts are never on both sides
            of a fold, so copies cannot flatter it.

        Raises
        ------
        InputError
            If the counts differ, a label is unknown, or a side has no text.

        Notes
        -----
        TF-IDF of runs of one to three symbols and a linear support vector machine
        (Fan et al. 2008, L2-regularised squared hinge, C = 0.5); margin and lexicon
        are blended by a logistic regression on held-out margins (Platt 1999).
        """
        words = lexicon or default_lexicon()
        kept, positive, left_out = _labelled(texts, labels)
        grams, rows = Grams.fit(kept, 1 if len(kept) < _FEW else 2, most_grams)
        linear = fit_linear(rows, positive)
        margins = held_out_margins(rows, positive, folds_of(kept))
        known = np.flatnonzero(~np.isnan(margins))
        unseen = _readings(words, [kept[at] for at in known])
        blend = _LEXICON_ALONE
        if len(known):
            blend = fit_blend(margins[known], _scores(unseen), positive[known])
        model = cls(
            grams, linear, blend, None, len(kept), _notices(kept, left_out), words
        )
        if not len(known):
            return model
        probability = model._blended(margins[known], unseen)
        measured = measure_accuracy(probability, positive[known], CERTAINTY)
        return replace(model, accuracy=measured)

    @classmethod
    def starter(cls) -> Polarity:
        """Load the model that ships with the package, trained on invented comments."""
        return _starter()

    @classmethod
    def lexicon_only(cls, lexicon: Lexicon | None = None) -> Self:
        """Make a model that knows the lexicon alone and was never trained."""
        nothing = Grams(np.zeros(0, np.uint64), np.zeros(0, np.float32))
        linear = Linear(np.zeros((1, 0), np.float32), np.zeros(1))
        words = lexicon or default_lexicon()
        return cls(nothing, linear, _LEXICON_ALONE, None, 0, (), words)

    def predict_proba(self, texts: Iterable[Any]) -> Floats:
        """Estimate how probable it is that each text is praise.

        Parameters
        ----------
        texts
            Texts as `as_texts` takes them.

        Returns
        -------
        numpy.ndarray
            Shape ``(len(texts),)``: the probability of the positive class, from 0 to
            1; NaN where there is no text.
        """
        read = [text[:LONGEST] for text in as_texts(texts)]
        folded = fold_all(read)
        margins = self.linear.margins(self.grams.transform_folded(folded))[:, 0]
        readings = self.lexicon.read_many(folded)
        probability = self._blended(margins, readings)
        empty = np.array([not text.strip() for text in read], dtype=bool)
        return np.where(empty, np.nan, probability)

    def predict(
        self, texts: Iterable[Any], certainty: float = CERTAINTY
    ) -> list[Verdict]:
        """Decide for each text, or abstain.

        Parameters
        ----------
        texts
            Texts as `as_texts` takes them.
        certainty
            Least probability of the likelier side, 0.5 to 1.

        Raises
        ------
        InputError
            If the certainty is outside 0.5..1.
        """
        if not 0.5 <= certainty <= 1:  # noqa: PLR2004 - of two sides
            raise InputError(
                f"the certainty is a probability from 0.5 to 1; received {certainty}"
            )
        return verdicts(self.predict_proba(texts), certainty)

    def _blended(self, margins: Floats, readings: Sequence[Reading]) -> Floats:
        by_margin, by_lexicon, constant = self.blend
        scores = _scores(readings)
        odds = by_margin * margins + by_lexicon * scores + constant
        # A few words that turn each other (没有不满意) mislead a model of symbol runs:
        # where the lexicon explains most of such a text, it decides.
        gate = np.array(
            [
                r.coverage if r.is_negated and r.coverage >= _MOSTLY_LEXICON else 0.0
                for r in readings
            ]
        )
        odds = (1 - gate) * odds + gate * _NEGATION_SCALE * scores
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def save(self, path: str | Path) -> Path:
        """Write the model as a NumPy archive without any code in it (``.npz``).

        The lexicon is not part of it.
        """
        arrays = {
            "keys": self.grams.keys,
            "idf": self.grams.idf,
            "weights": self.linear.weights,
            "constants": self.linear.constants,
            "blend": np.array(self.blend),
        }
        return write_arrays(path, arrays, self._facts())

    def _facts(self) -> dict[str, Any]:
        return {
            "kind": "polarity",
            "n_labels": self.n_labels,
            "accuracy": None if self.accuracy is None else self.accuracy.to_dict(),
        }

    @classmethod
    def load(cls, path: str | Path, *, lexicon: Lexicon | None = None) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        InputError
            If the file is not such a model.
        """
        arrays, facts = read_arrays(path, "polarity")
        made = facts["accuracy"]
        by_margin, by_lexicon, constant = arrays["blend"].tolist()
        return cls(
            Grams(arrays["keys"], arrays["idf"]),
            Linear(arrays["weights"], arrays["constants"]),
            (by_margin, by_lexicon, constant),
            None if made is None else Accuracy.from_dict(made),
            int(facts["n_labels"]),
            (),
            lexicon or default_lexicon(),
        )


@cache
def _starter() -> Polarity:
    place = resources.files(__package__).joinpath("models").joinpath("polarity.npz")
    with resources.as_file(place) as path:
        return Polarity.load(path)


def verdicts(probability: Floats, certainty: float) -> list[Verdict]:
    """Turn probabilities of praise into verdicts."""
    return [
        "none"
        if p != p  # noqa: PLR0124 - NaN is the one number unequal to itself
        else "positive"
        if p >= certainty
        else "negative"
        if 1 - p >= certainty
        else "unsure"
        for p in probability.tolist()
    ]


def _readings(lexicon: Lexicon, texts: Sequence[str]) -> list[Reading]:
    return lexicon.read_many(fold_all(texts))


def _scores(readings: Sequence[Reading]) -> Floats:
    return np.array([reading.score for reading in readings], dtype=float)


def _labelled(
    texts: Iterable[Any], labels: Iterable[Any]
) -> tuple[list[str], npt.NDArray[np.bool_], int]:
    """Keep the texts that have words and a label; count the others."""
    read, given = as_texts(texts), as_texts(labels)
    if len(read) != len(given):
        raise InputError(
            f"every text needs one label; received {len(read):,} texts and "
            f"{len(given):,} labels"
        )
    kept, positive = [], []
    for text, label in zip(read, given, strict=True):
        if text.strip() and label.strip():
            kept.append(text[:LONGEST])
            positive.append(_side(label))
    answer = np.array(positive, dtype=bool)
    if len(set(positive)) < 2:  # noqa: PLR2004 - praise and complaint
        raise InputError(
            f"a model needs labelled texts of both sides; received {int(answer.sum())} "
            f"positive and {int((~answer).sum())} negative; label some of the other"
        )
    return kept, answer, len(read) - len(kept)


def _side(label: str) -> bool:
    word = label.strip().casefold()
    if word in _POSITIVE or word in _NEGATIVE:
        return word in _POSITIVE
    raise InputError(
        f"no such label: {label!r}; use 1 or 'positive', 0 or 'negative', and "
        "leave the label of neutral texts empty"
    )


def _notices(kept: Sequence[str], left_out: int) -> tuple[Notice, ...]:
    notices = []
    if left_out:
        notices.append(
            Notice("empty", f"{left_out:,} rows have no text or no label: left out")
        )
    if len(kept) < _FEW:
        notices.append(
            Notice(
                "small_n",
                f"{len(kept)} labelled texts: below {_FEW} the accuracy is loose; "
                "label those that `suggest_labels` names next",
            )
        )
    return tuple(notices)
