"""Cells of a rating whose scale may have to be inferred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.engine import Engine
from cxstats.errors import ScaleError
from cxstats.estimates import Notice
from cxstats.metrics.question import Question, ask, key_names
from cxstats.scales import Scale, infer_scale, parse_scale

__all__ = ["rated_cells"]

_ANY_NUMBER = Scale(-1000, 1000)


def rated_cells(
    data: Any,
    question: Question,
    scale: str | Scale | None,
    missing: Sequence[Any],
    engine: Engine | str | None,
) -> tuple[ScoreCells, Scale, list[Notice]]:
    """Collect the cells of a rating, inferring its scale when none is given.

    Raises
    ------
    ScaleError
        If no scale is given and none can be inferred.
    """
    histogram = ask(data, question, engine)
    by, codes = key_names(question.keys), tuple(missing)
    if scale is not None:
        read = parse_scale(scale)
        coding = ScaleCoding(read, codes)
        return ScoreCells.from_histogram(histogram, by=by, coding=coding), read, []
    anything = ScaleCoding(_ANY_NUMBER, codes)
    counts = ScoreCells.from_histogram(histogram, by=by, coding=anything).values()
    if not counts:
        raise ScaleError(
            f"{question.score!r} holds no number, so its scale cannot be inferred; "
            "check the column, or say the scale, for example '1-5'"
        )
    read = infer_scale(counts)
    cells = ScoreCells.from_histogram(histogram, by=by, coding=ScaleCoding(read, codes))
    notice = Notice(
        "scale",
        f"no scale was given; the answers from {min(counts):g} to {max(counts):g} were "
        f"read as {read}; say the scale that was shown to be sure",
    )
    return cells, read, [notice]
