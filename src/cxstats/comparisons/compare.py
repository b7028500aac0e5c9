"""One call from the data to judged differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from cxstats.comparisons.difference import Comparison
from cxstats.comparisons.groups import ALL_PAIRS, compare_groups
from cxstats.engine import Engine, KeyLike
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.filters import Filter
from cxstats.metrics import ces, csat, nps
from cxstats.metrics.question import By, Question
from cxstats.multiplicity import Correction
from cxstats.scales import Scale
from cxstats.weighting import Fpc

__all__ = ["compare"]

ScoreMetric = Literal["nps", "csat", "ces"]

_METRICS = {"nps": nps, "csat": csat, "ces": ces}


def compare(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    score: str,
    between: KeyLike,
    metric: ScoreMetric = "nps",
    baseline: Any = ALL_PAIRS,
    by: By = (),
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    fpc: Fpc = None,
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    correction: Correction = "bh",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Comparison:
    """Compare the scores of groups, periods or touchpoints, and say what changed.

    Parameters other than these are those of `nps`.

    Parameters
    ----------
    between
        Column, bins or periods whose values are compared.
    metric
        ``nps``, ``csat`` (the mean) or ``ces`` (the mean).
    baseline
        A value that every other value is compared with, ``REST`` (each against all
        others), or ``ALL_PAIRS``.
    by
        Columns within whose values the comparison is repeated.
    scale
        The metric's own default when not given.
    correction
        Over all differences together: ``bh``, ``by`` or ``none``.

    Returns
    -------
    Comparison
        Differences with interval, p, q, verdict and the change that could have been
        detected.

    Raises
    ------
    InputError
        If a column, value, scale, filter or level cannot be used.

    Notes
    -----
    Not for the same people asked twice: see `compare_paired`. The interval of each
    difference is not widened for the number of comparisons; the verdict uses q.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({
    ...     "q1": [10] * 45 + [7] * 35 + [2] * 20 + [10] * 58 + [7] * 30 + [2] * 12,
    ...     "wave": ["2025"] * 100 + ["2026"] * 100,
    ... })
    >>> result = compare(data, score="q1", between="wave", baseline="2025")
    >>> round(result[0].estimate.value), result[0].verdict
    (21, 'rose')
    """
    if metric not in _METRICS:
        raise InputError(f"metric must be nps, csat or ces; received {metric!r}")
    keys = Question(score, by).keys
    options: dict[str, Any] = {} if scale is None else {"scale": scale}
    result = _METRICS[metric](
        data,
        score=score,
        by=(*keys, between),
        weight=weight,
        strata=strata,
        cluster=cluster,
        fpc=fpc,
        missing=missing,
        where=where,
        level=level,
        engine=engine,
        **options,
    )
    name = as_key(between).name
    return compare_groups(
        result, between=name, baseline=baseline, correction=correction
    )
