"""Breakpoints: from which value of a number on customers score differently."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from cxstats.discovery.asking import Metric, Question, opened
from cxstats.discovery.dividing import Effort, cut_up, divide
from cxstats.discovery.pieces import Breakpoints, Piece
from cxstats.discovery.sentences import Language, Words
from cxstats.engine import Engine
from cxstats.estimates import Estimate
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of
from cxstats.scales import Scale

__all__ = ["breakpoints"]


def breakpoints(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    score: str,
    column: str,
    metric: Metric = "nps",
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    weight: str | None = None,
    where: str | Filter | None = None,
    most_breaks: int = 5,
    min_size: int | None = None,
    permutations: int = 999,
    alpha: float = 0.05,
    language: Language = "en",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Breakpoints:
    """Find where the score changes along a number.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path or an engine source. One row per answer.
    score, column
        Column of answers, and the number along which breaks are sought.
    metric, scale, missing, weight, where
        As for `discover`.
    most_breaks
        Divisions of up to so many breaks are compared.
    min_size
        Least answers in a piece; by default 1 % of them and at least 30.
    permutations
        How often answers are dealt out at random for the test of one break.
    alpha
        Level of that test; without a significant break none is reported.
    language, level, engine
        As for `discover`.

    Returns
    -------
    Breakpoints
        Pieces with their scores, the best division for each number of breaks, and
        the p value that there is a break at all.

    Raises
    ------
    InputError
        If a column, filter, scale or limit cannot be used, or the column is no
        number.

    Notes
    -----
    Rows without a number are left out and counted. The number of breaks is the one
    with the lowest BIC if a permutation test of the largest F finds any break.

    References
    ----------
    Bai and Perron (2003); Hothorn, Hornik and Zeileis (2006) on permutation tests
    of splits.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({
    ...     "q1": [10] * 120 + [9] * 60 + [8] * 20 + [3] * 60 + [9] * 20,
    ...     "drops": list(range(5)) * 40 + list(range(5, 9)) * 20,
    ... })
    >>> found = breakpoints(data, score="q1", column="drops")
    >>> found.breaks
    (4.0,)
    """
    effort = Effort(most_breaks, min_size, permutations, alpha)
    question = Question(score, metric, scale, tuple(missing), weight, level)
    words, kept = question.words(language), filter_of(where)
    source = opened(data, question.columns(kept, column), [])
    with engine_for(engine) as running:
        overall = question.overall(running, source, kept)
        study = question.study(running, source, kept)
        cut = cut_up(study, column)
        divided = divide(cut, effort)
        pieces, steps = divided.estimates(study)
        return Breakpoints(
            metric=overall.metric,
            unit=overall.unit,
            column=cut.column,
            n=round(cut.n),
            blank=round(float(study.sums()[0]) - cut.n),
            pieces=pieces,
            steps=steps,
            divisions=divided.divisions(),
            f=divided.f,
            p=divided.p,
            sentences=_sentences(words, cut.column, divided.p, pieces, steps),
            warnings=(*overall.warnings, *divided.notices),
        )


def _sentences(
    words: Words,
    column: str,
    p: float,
    pieces: Sequence[Piece],
    steps: Sequence[Estimate],
) -> tuple[str, ...]:
    if not steps:
        n = sum(piece.estimate.n for piece in pieces)
        shown = f"{p:.2g}" if p == p else "–"  # noqa: PLR0124 - NaN: there was no test
        return (words.say("no_break", column=column, p=shown, n=f"{n:,}"),)
    return tuple(
        words.say(
            "break",
            column=column,
            after=f"{before.highest:,.10g}",
            before_value=words.number(before.estimate.value),
            before_n=f"{before.estimate.n:,}",
            after_value=words.number(after.estimate.value),
            after_n=f"{after.estimate.n:,}",
            **words.interval(step),
        )
        for (before, after), step in zip(pairwise(pieces), steps, strict=True)
    )
