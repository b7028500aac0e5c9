"""Discovery: which customers score differently, each cause found once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxstats.discovery.asking import Metric, Question, opened
from cxstats.discovery.findings import Discovery
from cxstats.discovery.replication import waves_of
from cxstats.discovery.reporting import Effort, Search
from cxstats.discovery.sentences import Language
from cxstats.engine import Engine
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of
from cxstats.scales import Scale

__all__ = ["discover"]


def discover(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    score: str,
    columns: Sequence[str] | None = None,
    max_conditions: int = 2,
    metric: Metric = "nps",
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    weight: str | None = None,
    where: str | Filter | None = None,
    replicate_on: str | Filter | None = None,
    wave: str | None = None,
    value: Sequence[str] = (),
    complaints: Sequence[str] = (),
    min_support: int | None = None,
    alpha: float = 0.05,
    most: int = 20,
    language: Language = "en",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Discovery:
    """Find the groups of customers who score differently, each cause once.

    Every slice of one or two conditions (and of three below a significant pair) is
    compared with all other customers. The most significant one is taken, its rows
    are removed, and everything is computed again until nothing is significant.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path or an engine source. One row per answer.
    score
        Column of answers.
    columns
        Columns to search; by default all that can be: names of customers, free text,
        dates and columns that restate the score are left out with a notice.
    max_conditions
        1, 2 or 3 columns per slice.
    metric, scale, missing
        ``nps`` (0-10 unless a scale is given) or ``csat``, the mean; codes that mean
        no answer.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where
        Rows to keep.
    replicate_on
        Rows of a later wave: they are kept out of the search and confirm, or do not
        confirm, each finding.
    wave
        Instead: a column of waves; the last confirms what the one before it showed.
    value, complaints
        Columns known to hold a customer's value, or complaints, beside those whose
        names say so.
    min_support
        Least answers of a slice; by default as many as it takes to see a large
        difference among so many slices, some 60 to 110: at least 30 and one in a
        thousand, at most a twentieth of a small survey.
    alpha
        False discovery rate in each round (Benjamini and Yekutieli).
    most
        Most findings.
    language
        ``en``, ``zh-Hans`` or ``zh-Hant``, for the sentences.
    level
        Confidence level of the intervals.
    engine
        An engine or its URL; embedded by default.

    Returns
    -------
    Discovery
        Findings by impact, suspected artefacts last, and what to know about them.

    Raises
    ------
    InputError
        If a column, filter, scale or limit cannot be used.

    Notes
    -----
    A slice is compared with the others that have a value in the same columns. Whether
    a column has a value at all is tested apart, and told as an artefact of how the
    data were collected, never as a cause. See docs/methods/discovery.md.

    References
    ----------
    Benjamini and Yekutieli (2001); Friedman and Fisher (1999), on peeling.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({
    ...     "q1": [9, 10, 9, 8] * 100 + [3, 5, 9, 8] * 50 + [9, 10, 8, 9] * 50,
    ...     "network": ["4G"] * 400 + ["5G"] * 200 + ["3G"] * 200,
    ... })
    >>> found = discover(data, score="q1")
    >>> found.findings[0].predicate
    [{'column': 'network', 'op': '=', 'value': '5G'}]
    """
    effort = Effort(max_conditions, min_support, alpha, most)
    question = Question(score, metric, scale, tuple(missing), weight, level)
    question.words(language)
    kept, confirming = filter_of(where), filter_of(replicate_on)
    reserved = question.columns(kept, confirming, wave)
    source = opened(data, reserved, columns)
    with engine_for(engine) as running:
        study, confirm = question.study(running, source, kept), None
        if wave is not None or confirming is not None:
            study, confirm = waves_of(study, wave, confirming)
        search = Search(
            question=question,
            study=study,
            confirm=confirm,
            language=language,
            named=(tuple(value), tuple(complaints)),
        )
        return search.run(columns, reserved, effort)
