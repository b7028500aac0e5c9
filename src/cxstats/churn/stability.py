"""Whether a model serves every segment: observed against expected, and its ranking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from cxstats.churn.evaluation import Evaluated
from cxstats.estimates import Estimate, json_number
from cxstats.intervals.trinomial import critical_value
from cxstats.models import Judged, auc
from cxstats.multiplicity import q_values
from cxstats.reporting import DEFAULT_POLICY

__all__ = ["SegmentStability", "segment_stability"]

NOTABLE = 0.2
LIMIT = 0.05
_MISSING = "(none)"


@dataclass(frozen=True)
class SegmentStability:
    """How a model does in one segment.

    Parameters
    ----------
    column, value
        The segment.
    auc
        How it ranks there.
    ratio
        Outcomes observed over outcomes expected: above 1 the segment is worse off
        than the model believes.
    expected
        Mean predicted probability.
    q_value
        Of the ratio being 1, corrected over all segments.
    is_off
        Whether the ratio differs from 1 by a fifth or more and not by chance.
    """

    column: str
    value: str
    auc: Estimate
    ratio: Estimate
    expected: float
    q_value: float
    is_off: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the segment for JSON."""
        return {
            "column": self.column,
            "value": self.value,
            "auc": self.auc.to_dict(),
            "observed_over_expected": self.ratio.to_dict(),
            "expected": json_number(self.expected),
            "q_value": json_number(self.q_value),
            "is_off": self.is_off,
        }


def segment_stability(
    evaluated: Evaluated, columns: Sequence[str], level: float
) -> tuple[SegmentStability, ...]:
    """Judge the model within each value of each column.

    Segments too small to show a score, and values beyond the ten most frequent, are
    left out.
    """
    parts = [
        (column, value, kept)
        for column in columns
        for value, kept in _segments(evaluated, column)
    ]
    tests = [_ratio(kept, level) for _column, _value, kept in parts]
    q = q_values([p for _ratio_, p in tests])
    return tuple(
        SegmentStability(
            column=column,
            value=value,
            auc=auc(kept, level),
            ratio=ratio,
            expected=float(np.average(kept.probability, weights=kept.weights)),
            q_value=float(corrected),
            is_off=bool(corrected < LIMIT and abs(ratio.value - 1) >= NOTABLE),
        )
        for (column, value, kept), (ratio, _p), corrected in zip(
            parts, tests, q, strict=True
        )
    )


def _segments(evaluated: Evaluated, column: str) -> list[tuple[str, Judged]]:
    rows = evaluated.training.rows.take(evaluated.training.judged_rows)
    texts = [text if text is not None else _MISSING for text in rows.texts(column)]
    values, place = np.unique(np.array(texts, dtype=object), return_inverse=True)
    counts = np.bincount(place)
    order = np.argsort(-counts, kind="stable")[:10]
    return [
        (str(values[at]), evaluated.judged.take(place == at))
        for at in order
        if counts[at] >= DEFAULT_POLICY.shown
    ]


def _ratio(judged: Judged, level: float) -> tuple[Estimate, float]:
    """Compare outcomes with their expected number, given the probabilities."""
    weights, chance = judged.weights, judged.probability
    expected = float((weights * chance).sum())
    observed = float(weights[judged.label].sum())
    spread = math.sqrt(float((weights**2 * chance * (1 - chance)).sum()))
    value, std_error = observed / expected, spread / expected
    p = (
        2 * float(scipy.stats.norm.sf(abs(observed - expected) / spread))
        if spread
        else math.nan
    )
    half = critical_value(level) * std_error
    ratio = Estimate(
        value=value,
        unit="ratio",
        std_error=std_error,
        lower=max(value - half, 0.0),
        upper=value + half,
        level=level,
        n=len(judged.label),
        n_effective=judged.n_effective,
        method="observed_over_expected",
    )
    return ratio, p
