"""Net Promoter Score: share of promoters minus share of detractors, in points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.engine import Engine
from cxstats.filters import Filter
from cxstats.metrics.estimators import Precision, estimate_measure
from cxstats.metrics.measures import NetScore, ShareBetween
from cxstats.metrics.notices import common_notices, scale_notices
from cxstats.metrics.question import By, Question, ask, key_names
from cxstats.metrics.result import MetricResult
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.weighting import Fpc

__all__ = ["nps", "nps_from_cells"]


def nps(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    score: str,
    by: By = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    fpc: Fpc = None,
    scale: str | Scale = NPS_0_10,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> MetricResult:
    """Estimate the Net Promoter Score, overall or per group.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path (any table file, a Parquet glob) or an
        engine source. One row per answer.
    score
        Column of answers 0 to 10. NULL and empty text are ``blank``; text that is
        not a plain number, numbers outside the scale or between its points are
        left out and counted by reason.
    by
        Column(s), bins or periods to group by; NULL is a group of its own.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    strata, cluster
        Columns of the sampling design. Equal cluster labels in two strata are two
        clusters.
    fpc
        Units (clusters, or persons without clusters) in the population: a mapping
        by stratum, or one number without strata.
    scale
        ``"0-10"``, or another scale with cuts; the metric is then ``nps_like``.
    missing
        Codes of "no answer", such as ``11`` or ``"BLANK"``.
    where
        Rows to keep: ``"region = '华东' and year >= 2024"``.
    level
        Confidence level, between 0 and 1.
    engine
        An engine or its URL; by default the embedded one.

    Returns
    -------
    MetricResult
        Points from -100 to 100, with the shares of promoters, passives and
        detractors as parts.

    Raises
    ------
    InputError
        If a column, scale, filter or level cannot be used.

    Notes
    -----
    Unweighted: adjusted Wald interval, or the trinomial score interval below ten
    answers or with an empty class (Rocks 2016). With weights or a design:
    linearised variance and a t interval. Not for scales other than 0-10, and not
    for comparing groups: overlapping intervals may still differ, see `compare`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = pa.table({"q1": [10] * 70 + [8] * 20 + [3] * 10})
    >>> str(nps(answers, score="q1"))
    'nps +60 ±13 (n 100)'
    """
    question = Question(score, by, weight, strata, cluster, where)
    read = parse_scale(scale)
    read.cuts()
    cells = ScoreCells.from_histogram(
        ask(data, question, engine),
        by=key_names(question.keys),
        coding=ScaleCoding(read, tuple(missing), whole=True),
    )
    return nps_from_cells(cells, read, Precision(level, fpc))


def nps_from_cells(
    cells: ScoreCells, scale: Scale = NPS_0_10, precision: Precision | None = None
) -> MetricResult:
    """Estimate the score from cells that were collected before, or merged."""
    precision = precision or Precision()
    low, high = scale.cuts()
    measure = NetScore(scale)
    estimates = estimate_measure(cells, measure, precision)
    classes = {
        "promoters": ShareBetween(high, scale.maximum),
        "passives": ShareBetween(low + 1, high - 1),
        "detractors": ShareBetween(scale.minimum, low),
    }
    parts = {
        name: estimate_measure(cells, share, precision)
        for name, share in classes.items()
    }
    notices = scale_notices(cells, scale) + common_notices(cells, estimates)
    return MetricResult(
        metric="nps" if scale.is_nps else "nps_like",
        scale=scale,
        estimates=estimates,
        parts=parts,
        warnings=tuple(notices),
        cells=cells,
        measure=measure,
        precision=precision,
    )
