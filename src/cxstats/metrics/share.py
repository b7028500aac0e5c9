"""Share of answers with chosen values: first-contact resolution, yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxstats.aggregates import ChoiceCoding, ScoreCells
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.filters import Filter
from cxstats.metrics.estimators import Precision, estimate_measure
from cxstats.metrics.measures import ShareBetween
from cxstats.metrics.notices import common_notices
from cxstats.metrics.question import By, Question, ask, key_names
from cxstats.metrics.result import MetricResult
from cxstats.weighting import Fpc

__all__ = ["share", "share_from_cells"]


def share(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    score: str,
    values: Sequence[Any],
    by: By = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    fpc: Fpc = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> MetricResult:
    """Estimate the share of answers that hold one of the chosen values.

    Parameters other than these are those of `nps`.

    Parameters
    ----------
    score
        Any column, text or number; NULL and empty text are left out as ``blank``.
    values
        Values that count, such as ``("Yes",)`` or ``(9, 10)``; text matches in any
        case.

    Returns
    -------
    MetricResult
        Shares from 0 to 1 with Wilson intervals (linearised t with a design).

    Raises
    ------
    InputError
        If no value is chosen, or a column, filter or level cannot be used.

    Examples
    --------
    >>> import pyarrow as pa
    >>> solved = pa.table({"solved": ["yes", "no", "Yes", "yes", None]})
    >>> share(solved, score="solved", values=("yes",)).estimate.value
    0.75
    """
    if isinstance(values, str) or not values:
        raise InputError(
            f"name the values that count as a tuple, such as ('Yes',); got {values!r}"
        )
    question = Question(score, by, weight, strata, cluster, where)
    cells = ScoreCells.from_histogram(
        ask(data, question, engine),
        by=key_names(question.keys),
        coding=ChoiceCoding(tuple(values), tuple(missing)),
    )
    return share_from_cells(cells, Precision(level, fpc))


def share_from_cells(
    cells: ScoreCells, precision: Precision | None = None
) -> MetricResult:
    """Estimate the share from cells coded 1 and 0."""
    precision = precision or Precision()
    measure = ShareBetween(1, 1)
    estimates = estimate_measure(cells, measure, precision)
    return MetricResult(
        metric="share",
        scale=None,
        estimates=estimates,
        parts={"share": estimates},
        warnings=tuple(common_notices(cells, estimates)),
        cells=cells,
        measure=measure,
        precision=precision,
    )
