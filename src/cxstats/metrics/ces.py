"""Customer effort score: agreement that the company made it easy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxstats.aggregates import ScoreCells
from cxstats.engine import Engine
from cxstats.errors import ScaleError
from cxstats.filters import Filter
from cxstats.metrics.estimators import Precision, estimate_measure
from cxstats.metrics.measures import MeanScore, ShareBetween
from cxstats.metrics.notices import common_notices
from cxstats.metrics.question import By, Question
from cxstats.metrics.rated import rated_cells
from cxstats.metrics.result import MetricResult
from cxstats.scales import SCALE_1_7, Scale
from cxstats.weighting import Fpc

__all__ = ["ces", "ces_from_cells"]


def ces(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    score: str,
    by: By = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    fpc: Fpc = None,
    scale: str | Scale = SCALE_1_7,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    agree_min: int | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> MetricResult:
    """Estimate the customer effort score, overall or per group.

    Parameters other than these two are those of `nps`.

    Parameters
    ----------
    scale
        By default the seven points of CES 2.0, 7 being "strongly agree" that it was
        easy. A question that asks for effort itself must be reversed first.
    agree_min
        Lowest point that counts as agreeing; by default the first above the middle.

    Returns
    -------
    MetricResult
        Mean in points of the scale; parts ``mean`` and ``agree`` (share 0 to 1).

    Raises
    ------
    InputError
        If a column, scale, cut, filter or level cannot be used.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.table({"q": [7, 6, 6, 5, 4, 2]})
    >>> round(ces(answers, score="q").groups[0].parts["agree"].value, 3)
    0.667
    """
    question = Question(score, by, weight, strata, cluster, where)
    cells, read, _ = rated_cells(data, question, scale, missing, engine)
    return ces_from_cells(cells, read, agree_min, Precision(level, fpc))


def ces_from_cells(
    cells: ScoreCells,
    scale: Scale = SCALE_1_7,
    agree_min: int | None = None,
    precision: Precision | None = None,
) -> MetricResult:
    """Estimate the effort score from cells that were collected before, or merged."""
    precision = precision or Precision()
    cut = scale.agree_min if agree_min is None else agree_min
    if not scale.minimum <= cut <= scale.maximum:
        raise ScaleError(f"cut {cut} lies outside the scale {scale}")
    measure = MeanScore(scale)
    mean = estimate_measure(cells, measure, precision)
    agree = estimate_measure(cells, ShareBetween(cut, scale.maximum), precision)
    return MetricResult(
        metric="ces",
        scale=scale,
        estimates=mean,
        parts={"mean": mean, "agree": agree},
        warnings=tuple(common_notices(cells, mean)),
        cells=cells,
        measure=measure,
        precision=precision,
    )
