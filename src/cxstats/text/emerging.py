"""Subjects that come up more often than before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import text_table
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice
from cxstats.multiplicity import q_values
from cxstats.results import Result
from cxstats.text.reading import as_texts, fold
from cxstats.text.words import content_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Emerging", "EmergingTopics", "emerging_topics", "rate_ratio"]

_FEWEST = 5


@dataclass(frozen=True)
class Emerging:
    """One subject before and now.

    Parameters
    ----------
    subject
        The word, or the code that was counted.
    n_before, n_now
        Comments with it.
    ratio
        How many times as often as before, per comment; its upper end may be unknown
        where it is new.
    p, q
        One-sided exact p value of a ratio above 1, and with its false-discovery rate
        over all subjects.
    is_emerging
        Whether q is at most 1 - level.
    """

    subject: str
    n_before: int
    n_now: int
    ratio: Estimate
    p: float
    q: float
    is_emerging: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the subject for JSON."""
        return {
            "subject": self.subject,
            "n_before": self.n_before,
            "n_now": self.n_now,
            "ratio": self.ratio.to_dict(),
            "p_value": self.p,
            "q_value": self.q,
            "is_emerging": self.is_emerging,
        }


@dataclass(frozen=True, repr=False)
class EmergingTopics(Result):
    """Subjects by the strength of their rise.

    Parameters
    ----------
    subjects
        All that were tested, the smallest q first.
    n_before, n_now
        Comments of the two periods.
    warnings
        What to know about them.
    """

    subjects: tuple[Emerging, ...]
    n_before: int
    n_now: int
    warnings: tuple[Notice, ...] = ()

    @property
    def emerging(self) -> tuple[Emerging, ...]:
        """Those that rose."""
        return tuple(subject for subject in self.subjects if subject.is_emerging)

    def to_dict(self) -> dict[str, Any]:
        """Return the subjects for JSON."""
        return {
            "n_before": self.n_before,
            "n_now": self.n_now,
            "tested": len(self.subjects),
            "subjects": [subject.to_dict() for subject in self.subjects],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per subject."""
        import pandas as pd  # noqa: PLC0415 - only notebooks need it

        rows = [{**s.to_dict(), "ratio": s.ratio.value} for s in self.subjects]
        names = ["subject", "n_before", "n_now", "ratio", "p_value", "q_value"]
        return pd.DataFrame(rows, columns=[*names, "is_emerging"])

    def chart(self) -> Any:
        """Draw the ratios of the first twenty subjects."""
        from cxstats.charts.text import ratio_chart  # noqa: PLC0415 - as above

        rows = [
            {
                "label": s.subject,
                "ratio": s.ratio.value,
                "lower": s.ratio.lower,
                "upper": s.ratio.upper,
                "is_emerging": s.is_emerging,
            }
            for s in self.subjects[:20]
            if s.ratio.lower > 0 and math.isfinite(s.ratio.upper)
        ]
        return ratio_chart(rows)

    def __str__(self) -> str:
        """Write the subjects that rose."""
        rows = [
            [
                s.subject,
                f"{s.n_before:,}",
                f"{s.n_now:,}",
                f"{s.ratio.lower:.1f} to {s.ratio.upper:.1f}",
                f"{s.q:.4f}",
            ]
            for s in self.emerging
        ]
        if not rows:
            return f"none of {len(self.subjects):,} subjects rose"
        return text_table(["subject", "before", "now", "times as often", "q"], rows)


def emerging_topics(
    before: Iterable[Any],
    now: Iterable[Any],
    *,
    coder: Any = None,
    fewest: int = _FEWEST,
    level: float = 0.95,
) -> EmergingTopics:
    """Find the subjects that comments of now speak of more often than those before.

    Parameters
    ----------
    before, now
        Comments of two periods, as `as_texts` takes them; empty ones do not count.
    coder
        Something with ``code(texts)`` that gives each text its causes, such as
        `Aspects`; by default every word is a subject.
    fewest
        Comments of both periods together that a subject needs to be tested, 2 or
        more. It does not look at when they came, so it biases no test.
    level
        Level of the intervals; a subject rises when its false-discovery rate is at
        most 1 - level.

    Returns
    -------
    EmergingTopics
        Every subject tested, with its rate ratio and interval.

    Raises
    ------
    InputError
        If a number is outside its range.

    Notes
    -----
    Given the comments with a subject in both periods, those of now are binomial with
    the share of now's comments (Przyborowski and Wilenski 1940): an exact test, and
    the Clopper-Pearson interval turned into a ratio. Benjamini and Hochberg (1995)
    over all subjects.
    """
    if fewest < 2 or not 0 < level < 1:  # noqa: PLR2004 - one comment shows nothing
        raise InputError(
            "fewest is 2 or more and the level lies between 0 and 1; received "
            f"{fewest} and {level}"
        )
    sides = [[t for t in as_texts(texts) if t.strip()] for texts in (before, now)]
    exposure = (len(sides[0]), len(sides[1]))
    if not all(exposure):
        notice = Notice(
            "empty", "one of the periods has no comment: nothing to compare"
        )
        return EmergingTopics((), *exposure, (notice,))
    counts = [_counted(side, coder) for side in sides]
    names = [
        name
        for name in sorted({*counts[0], *counts[1]})
        if counts[0][name] + counts[1][name] >= fewest
    ]
    return _tested(names, counts, exposure, level)


def _counted(texts: Sequence[str], coder: Any) -> Counter[str]:
    """Count the comments with each subject, each comment once."""
    counted: Counter[str] = Counter()
    if coder is None:
        for text in texts:
            counted.update(set(content_words(fold(text))))
    else:
        for causes in coder.code(texts):
            counted.update({cause.code for cause in causes})
    return counted


def _tested(
    names: Sequence[str],
    counts: Sequence[Mapping[str, int]],
    exposure: tuple[int, int],
    level: float,
) -> EmergingTopics:
    pairs = [(counts[0].get(name, 0), counts[1].get(name, 0)) for name in names]
    tested = [rate_ratio(old, new, exposure, level) for old, new in pairs]
    q = q_values([p for _, p in tested]) if tested else np.zeros(0)
    subjects = [
        Emerging(name, old, new, ratio, p, float(rate), bool(rate <= 1 - level))
        for name, (old, new), (ratio, p), rate in zip(
            names, pairs, tested, q, strict=True
        )
    ]
    subjects.sort(key=lambda s: (s.q, s.p, -s.n_now, s.subject))
    return EmergingTopics(tuple(subjects), *exposure)


def rate_ratio(
    n_before: int, n_now: int, exposure: tuple[int, int], level: float = 0.95
) -> tuple[Estimate, float]:
    """Compare two counts of rare events.

    Parameters
    ----------
    n_before, n_now
        Events.
    exposure
        Comments (or days) that they come from, before and now.
    level
        Level of the interval.

    Returns
    -------
    Estimate, float
        The ratio of the rates with its exact interval, and the one-sided p value of a
        ratio above 1. The ratio is infinite where there was nothing before.

    Examples
    --------
    >>> ratio, p = rate_ratio(10, 30, (1000, 1000))
    >>> round(ratio.value, 1), round(ratio.lower, 2), round(p, 5)
    (3.0, 1.43, 0.00111)
    """
    from scipy.stats import beta, binom  # noqa: PLC0415 - heavy

    before, now = exposure
    n = n_before + n_now
    share = now / (now + before)
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, n_now, n_before + 1)) if n_now else 0.0
    high = float(beta.ppf(1 - tail, n_now + 1, n_before)) if n_before else 1.0

    def as_ratio(part: float) -> float:
        return part / (1 - part) * before / now if part < 1 else math.inf

    value = as_ratio(n_now / n) if n else math.nan
    spread = (
        math.sqrt(1 / n_before + 1 / n_now) * value if n_before * n_now else math.nan
    )
    ratio = Estimate(
        value, "ratio", spread, as_ratio(low), as_ratio(high), level, n, n, "exact"
    )
    return ratio, float(binom.sf(n_now - 1, n, share)) if n else 1.0
