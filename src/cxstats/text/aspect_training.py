"""One classifier per aspect, blended with what the dictionary says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.text.accuracy import Accuracy, measure_accuracy
from cxstats.text.folds import folds_of, held_out_margins
from cxstats.text.linear import Linear, fit_blend, fit_linear
from cxstats.text.ngrams import Grams

__all__ = ["AspectModel", "fit_aspects"]

_FEWEST = 5
_ENOUGH = 300
_CERTAINTY = 0.7


@dataclass(frozen=True, eq=False)
class AspectModel:
    """Trained classifiers, one per code, and how each does on unseen texts."""

    codes: tuple[str, ...]
    grams: Grams
    linear: Linear
    blends: Floats
    accuracy: Mapping[str, Accuracy]
    warnings: tuple[Notice, ...]

    def predict_proba(
        self, texts: Sequence[str], told: Sequence[AbstractSet[str]]
    ) -> Floats:
        """Return texts x codes; ``told`` are the dictionary's codes of each text."""
        margins = self.linear.margins(self.grams.transform(texts))
        hits = _hits(told, self.codes)
        odds = self.blends[:, 0] * margins + self.blends[:, 1] * hits
        return np.asarray(1 / (1 + np.exp(-np.clip(odds + self.blends[:, 2], -30, 30))))


def _hits(told: Sequence[AbstractSet[str]], codes: Sequence[str]) -> Floats:
    return np.array([[code in here for code in codes] for here in told], dtype=float)


def fit_aspects(
    texts: Sequence[str],
    labels: Sequence[AbstractSet[str]],
    told: Sequence[AbstractSet[str]],
) -> AspectModel:
    """Train a classifier for every code with enough texts.

    Raises
    ------
    InputError
        If no code has 5 texts with it and 5 without.
    """
    every = sorted(set().union(*labels)) if labels else []
    counts = {code: sum(code in here for here in labels) for code in every}
    codes = tuple(
        code for code in every if _FEWEST <= counts[code] <= len(texts) - _FEWEST
    )
    if not codes:
        raise InputError(
            f"no code has {_FEWEST} texts with it and {_FEWEST} without; label more of "
            f"the {len(texts)} texts"
        )
    grams, rows = Grams.fit(texts, 1 if len(texts) < _ENOUGH else 2)
    hits = _hits(told, codes)
    folds = folds_of(texts)
    fitted, blends, accuracy = [], [], {}
    for at, code in enumerate(codes):
        wanted = np.array([code in here for here in labels])
        fitted.append(fit_linear(rows, wanted, balanced=True))
        margins = held_out_margins(rows, wanted, folds, balanced=True)
        known = ~np.isnan(margins)
        by_margin, by_hit, constant = fit_blend(
            margins[known], hits[known, at], wanted[known]
        )
        blends.append((by_margin, by_hit, constant))
        odds = by_margin * margins + by_hit * hits[:, at] + constant
        probability = 1 / (1 + np.exp(-np.clip(odds[known], -30, 30)))
        accuracy[code] = measure_accuracy(probability, wanted[known], _CERTAINTY)
    linear = Linear(
        np.vstack([one.weights for one in fitted]),
        np.concatenate([one.constants for one in fitted]),
    )
    notices = tuple(_notices(counts, codes))
    return AspectModel(codes, grams, linear, np.array(blends), accuracy, notices)


def _notices(counts: Mapping[str, int], codes: Sequence[str]) -> list[Notice]:
    few = [code for code in counts if code not in codes]
    loose = [code for code in codes if counts[code] < _ENOUGH]
    notices = []
    if few:
        notices.append(
            Notice(
                "not_trained",
                f"{len(few)} codes have fewer than {_FEWEST} texts and are left to the "
                f"dictionary: {', '.join(few[:8])}",
            )
        )
    if loose:
        notices.append(
            Notice(
                "small_n",
                f"{len(loose)} codes have fewer than {_ENOUGH} labelled texts; their "
                "accuracy is loose, look at its interval",
            )
        )
    return notices
