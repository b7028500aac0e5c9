"""Customer satisfaction: mean score, top box, bottom box and share satisfied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from cxstats.scales import Scale
from cxstats.weighting import Fpc

__all__ = ["Boxes", "csat", "csat_from_cells"]


@dataclass(frozen=True)
class Boxes:
    """Cuts of the shares that go with a mean, in points of the scale.

    Parameters
    ----------
    top_min
        Lowest point of the top box; by default the highest point alone. One below
        it makes a top-2 box.
    bottom_max
        Highest point of the bottom box; by default the lowest point alone.
    satisfied_min
        Lowest point counted as satisfied; by default two thirds up the scale: 4 of
        1-5, 5 of 1-7, 7 of 1-10.
    """

    top_min: int | None = None
    bottom_max: int | None = None
    satisfied_min: int | None = None

    def shares(self, scale: Scale) -> dict[str, ShareBetween]:
        """Return the three shares on a scale.

        Raises
        ------
        ScaleError
            If a cut lies outside the scale.
        """
        low, high = scale.minimum, scale.maximum
        top = high if self.top_min is None else self.top_min
        bottom = low if self.bottom_max is None else self.bottom_max
        satisfied = (
            scale.satisfied_min if self.satisfied_min is None else self.satisfied_min
        )
        for cut in (top, bottom, satisfied):
            if not low <= cut <= high:
                raise ScaleError(f"cut {cut} lies outside the scale {scale}")
        return {
            "top_box": ShareBetween(top, high),
            "bottom_box": ShareBetween(low, bottom),
            "satisfied": ShareBetween(satisfied, high),
        }


def csat(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    score: str,
    by: By = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    fpc: Fpc = None,
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    boxes: Boxes | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> MetricResult:
    """Estimate customer satisfaction, overall or per group.

    Parameters other than these two are those of `nps`.

    Parameters
    ----------
    scale
        Scale that was shown, such as ``"1-5"``. Without it the smallest standard
        scale that holds the answers is taken, and a notice says so.
    boxes
        Cuts of the top box, the bottom box and the share satisfied.

    Returns
    -------
    MetricResult
        Mean in points of the scale; parts ``mean``, ``top_box``, ``bottom_box`` and
        ``satisfied`` (shares 0 to 1), each with its own interval.

    Raises
    ------
    InputError
        If a column, scale, cut, filter or level cannot be used.

    Notes
    -----
    Unweighted: t interval for the mean, Wilson interval for shares. Means of
    different scales must not be compared.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.table({"q": [5, 4, 4, 3, 5, 1, 5, 4]})
    >>> result = csat(answers, score="q", scale="1-5")
    >>> str(result), result.groups[0].parts["top_box"].value
    ('csat 3.88 ±1.13 (n 8)', 0.375)
    """
    question = Question(score, by, weight, strata, cluster, where)
    cells, read, notices = rated_cells(data, question, scale, missing, engine)
    result = csat_from_cells(cells, read, boxes, Precision(level, fpc))
    return replace(result, warnings=(*notices, *result.warnings))


def csat_from_cells(
    cells: ScoreCells,
    scale: Scale,
    boxes: Boxes | None = None,
    precision: Precision | None = None,
) -> MetricResult:
    """Estimate satisfaction from cells that were collected before, or merged."""
    precision = precision or Precision()
    measure = MeanScore(scale)
    mean = estimate_measure(cells, measure, precision)
    shares = (boxes or Boxes()).shares(scale)
    parts = {k: estimate_measure(cells, s, precision) for k, s in shares.items()}
    return MetricResult(
        metric="csat",
        scale=scale,
        estimates=mean,
        parts={"mean": mean, **parts},
        warnings=tuple(common_notices(cells, mean)),
        cells=cells,
        measure=measure,
        precision=precision,
    )
