"""Scores that say one thing and comments that say the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import text_table
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.results import Result
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.text.accuracy import share_of
from cxstats.text.polarity import Polarity
from cxstats.text.reading import as_texts

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Contradiction",
    "Contradictions",
    "as_numbers",
    "contradictions",
    "contradictions_of",
]

_CERTAINTY = 0.85
_REVERSED = 0.2
_MANY = 30


@dataclass(frozen=True)
class Contradiction:
    """One answer whose comment contradicts its score.

    Parameters
    ----------
    row
        Number of the answer, from 0.
    score
        What was scored.
    probability
        Probability that the comment is praise.
    """

    row: int
    score: float
    probability: float

    @property
    def kind(self) -> str:
        """``high_score_complaint`` or ``low_score_praise``."""
        praise = self.probability > 0.5  # noqa: PLR2004 - the likelier side
        return "low_score_praise" if praise else "high_score_complaint"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {
            "row": self.row,
            "kind": self.kind,
            "score": self.score,
            "probability": round(self.probability, 4),
        }


@dataclass(frozen=True, repr=False)
class Contradictions(Result):
    """Answers whose comment contradicts their score, the surest first.

    Parameters
    ----------
    rows
        The answers.
    complaints
        Share of the high scores with a comment whose comment complains.
    praise
        Share of the low scores with a comment whose comment praises.
    warnings
        What to know about them.
    """

    rows: tuple[Contradiction, ...]
    complaints: Estimate
    praise: Estimate
    warnings: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answers for JSON."""
        return {
            "high_score_complaint": self.complaints.to_dict(),
            "low_score_praise": self.praise.to_dict(),
            "rows": [row.to_dict() for row in self.rows],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per contradiction."""
        import pandas as pd  # noqa: PLC0415 - only notebooks need it

        columns = ["row", "kind", "score", "probability"]
        return pd.DataFrame([row.to_dict() for row in self.rows], columns=columns)

    def chart(self) -> Any:
        """Draw how often each kind occurs."""
        from cxstats.charts.text import counts_chart  # noqa: PLC0415 - as above

        kinds = [row.kind for row in self.rows]
        names = ("high_score_complaint", "low_score_praise")
        return counts_chart(
            [{"label": n.replace("_", " "), "n": kinds.count(n)} for n in names]
        )

    def __str__(self) -> str:
        """Write the two shares with their intervals."""
        rows = [
            [label, f"{e.value:.1%}", f"{e.lower:.1%} to {e.upper:.1%}", f"{e.n:,}"]
            for label, e in (
                ("high scores that complain", self.complaints),
                ("low scores that praise", self.praise),
            )
        ]
        return text_table(["", "share", "interval", "n"], rows)


def contradictions(
    texts: Iterable[Any],
    scores: Iterable[Any],
    *,
    scale: Scale | str = NPS_0_10,
    model: Polarity | None = None,
    certainty: float = _CERTAINTY,
    level: float = 0.95,
) -> Contradictions:
    """Find high scores with a complaint and low scores with praise.

    Parameters
    ----------
    texts, scores
        One comment and one score per answer; answers that lack one are left out.
    scale
        The scale shown, such as ``0-10``. Without cuts of its own, its top two points
        are high and its lower half is low.
    model
        A trained model; by default the starter model.
    certainty
        Least probability that the comment says the other: only sure ones count.
    level
        Level of the intervals.

    Returns
    -------
    Contradictions
        Many low scores with praise mean that people read the scale upside down.

    Raises
    ------
    InputError
        If the counts differ, or the certainty is outside 0.5..1.
    """
    read = as_texts(texts)
    given = as_numbers(scores)
    if len(read) != len(given) or not 0.5 <= certainty <= 1:  # noqa: PLR2004 - sides
        raise InputError(
            "every text needs one score, and the certainty lies between 0.5 and 1; "
            f"received {len(read):,} texts, {len(given):,} scores and {certainty}"
        )
    probability = (model or Polarity.starter()).predict_proba(read)
    return contradictions_of(
        probability, given, parse_scale(scale), certainty=certainty, level=level
    )


def contradictions_of(
    probability: Floats,
    scores: Floats,
    scale: Scale,
    *,
    certainty: float = _CERTAINTY,
    level: float = 0.95,
) -> Contradictions:
    """Compare probabilities of praise with scores; NaN leaves an answer out."""
    low_max, high_min = _cuts(scale)
    known = (
        ~np.isnan(probability) & (scores >= scale.minimum) & (scores <= scale.maximum)
    )
    high, low = known & (scores >= high_min), known & (scores <= low_max)
    wrong_high = high & (probability <= 1 - certainty)
    wrong_low = low & (probability >= certainty)
    praise = share_of(int(wrong_low.sum()), int(low.sum()), level)
    rows = [
        Contradiction(int(at), float(scores[at]), float(probability[at]))
        for at in np.flatnonzero(wrong_high | wrong_low)
    ]
    rows.sort(key=lambda row: (-abs(row.probability - 0.5), row.row))
    return Contradictions(
        tuple(rows),
        share_of(int(wrong_high.sum()), int(high.sum()), level),
        praise,
        tuple(_notices(int(known.sum()), praise)),
    )


def _notices(n: int, praise: Estimate) -> list[Notice]:
    if not n:
        return [Notice("empty", "no answer has a score on the scale and a comment")]
    if praise.n >= _MANY and praise.lower > _REVERSED:
        return [
            Notice(
                "reversed",
                f"{praise.value:.0%} of the low scores come with praise: people may "
                "have read the scale upside down; look at the question and its channel",
            )
        ]
    return []


def _cuts(scale: Scale) -> tuple[float, float]:
    if scale.detractor_max is not None:
        return scale.cuts()
    return (scale.minimum + scale.maximum - 1) / 2, scale.maximum - 1


def as_numbers(values: Iterable[Any]) -> Floats:
    """Read scores; what is no number is NaN."""
    return np.array([_number(value) for value in as_texts(values)], dtype=float)


def _number(text: str) -> float:
    try:
        return float(text) if text.strip() else float("nan")
    except ValueError:
        return float("nan")
