"""Leave one topic out: what would be explained, and what the score would be, without.

A topic is a group of columns: flags that a comment mentions it, or ratings of one
area. Leaving it out asks two questions. How much R² is lost when its columns are
dropped from the model of all topics? What would the score be if its columns stood at
their reference for everybody, all else being equal?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_value, notice_lines, text_table
from cxstats.drivers.analysis import Analysis, Simulation, analyse
from cxstats.drivers.collecting import Desk
from cxstats.drivers.effects import explained_without, slopes
from cxstats.drivers.importance import explained
from cxstats.drivers.notices import DriverNotice
from cxstats.drivers.question import DriverQuestion, Measure
from cxstats.drivers.reference import Reference, reference_point
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, json_number
from cxstats.filters import Filter
from cxstats.inputs import engine_for, source_of
from cxstats.results import Result
from cxstats.scales import Scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Topic", "TopicImpact", "topic_impact"]


@dataclass(frozen=True)
class Topic:
    """One topic left out.

    Parameters
    ----------
    name, columns
        The topic and its columns that vary.
    r_squared_without, r_squared_lost
        What the other topics explain, and what is lost against all topics.
    impact
        What the topic adds to the score: the score minus ``score_without``.
    score_without
        The score expected with the topic's columns at their reference.
    """

    name: str
    columns: tuple[str, ...]
    r_squared_without: Estimate
    r_squared_lost: Estimate
    impact: Estimate
    score_without: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the topic for JSON."""
        return {
            "name": self.name,
            "columns": list(self.columns),
            "r_squared_without": json_number(self.r_squared_without.value),
            "r_squared_lost": json_number(self.r_squared_lost.value),
            "impact": json_number(self.impact.value),
            "lower": json_number(self.impact.lower),
            "upper": json_number(self.impact.upper),
            "score_without": json_number(self.score_without.value),
        }


@dataclass(frozen=True, repr=False)
class TopicImpact(Result):
    """All topics, the most harmful first.

    Parameters
    ----------
    outcome, measure, unit
        What was analysed, how it was read, and in which unit.
    score
        Mean of the outcome with all topics as they are.
    r_squared
        What all topics explain together.
    topics
        Each left out in turn.
    warnings
        Those of the drivers.
    """

    outcome: str
    measure: Measure
    unit: str
    score: Estimate
    r_squared: Estimate
    topics: tuple[Topic, ...]
    warnings: tuple[DriverNotice, ...]

    def __iter__(self) -> Iterator[Topic]:
        """Go through the topics, the most harmful first."""
        return iter(self.topics)

    def to_dict(self) -> dict[str, Any]:
        """Return the topics for JSON."""
        return {
            "outcome": self.outcome,
            "measure": self.measure,
            "unit": self.unit,
            "n": self.score.n,
            "score": json_number(self.score.value),
            "r_squared": json_number(self.r_squared.value),
            "topics": [topic.to_dict() for topic in self.topics],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per topic."""
        import pandas as pd  # noqa: PLC0415 - only who wants a frame waits for pandas

        return pd.DataFrame([topic.to_dict() for topic in self.topics])

    def chart(self) -> Any:
        """Draw what each topic adds to the score."""
        from cxstats.charts.drivers import contribution_chart  # noqa: PLC0415 - slow

        rows = [
            {
                "label": topic.name,
                "value": topic.impact.value,
                "lower": topic.impact.lower,
                "upper": topic.impact.upper,
            }
            for topic in self.topics
        ]
        return contribution_chart(rows, unit=self.unit, outcome=self.outcome)

    def __str__(self) -> str:
        """Write the topics as a table with the warnings."""
        headers = ["topic", "impact", "lower", "upper", "score without", "R² lost"]
        rows = [
            [topic.name]
            + [
                format_value(number, self.unit, 2)
                for number in (
                    topic.impact.value,
                    topic.impact.lower,
                    topic.impact.upper,
                    topic.score_without.value,
                )
            ]
            + [format_value(topic.r_squared_lost.value, "share")]
            for topic in self.topics
        ]
        score = format_value(self.score.value, self.unit, 2)
        r_squared = format_value(self.r_squared.value, "share")
        head = (
            f"{self.outcome} ({self.measure}): {score}; all topics explain {r_squared} "
            f"(n {self.score.n:,})"
        )
        notices = notice_lines(self.warnings)
        return "\n".join([head, text_table(headers, rows), *notices])


def topic_impact(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    outcome: str,
    topics: Mapping[str, str | Sequence[str]],
    measure: Measure = "nps",
    reference: Reference = "lowest",
    scale: str | Scale | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    engine: Engine | str | None = None,
) -> TopicImpact:
    """Tell what R² and the score would be without each topic.

    Parameters other than these are those of `key_drivers`.

    Parameters
    ----------
    topics
        Columns of each topic, by its name; a column may stand in several.
    measure
        ``nps`` (points), ``promoters``, ``detractors`` (shares) or ``score``.
    reference
        What "without" means: every column of the topic at its ``lowest`` value (a
        flag at 0: nobody mentions it), its ``highest`` (a rating without complaint),
        its ``mean``, a number, or a number for each column.

    Returns
    -------
    TopicImpact
        The most harmful topic first, each with intervals.

    Raises
    ------
    InputError
        If no topic is named, a column cannot be used, or nothing varies.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"q1": [10, 9, 3, 10, 0, 7] * 20,
    ...                  "queue": [0, 0, 1, 0, 1, 1] * 20,
    ...                  "fault": [0, 0, 0, 0, 1, 0] * 20})
    >>> found = topic_impact(data, outcome="q1",
    ...                      topics={"shop": ["queue"], "network": ["fault"]})
    >>> [(topic.name, round(topic.score_without.value, 1)) for topic in found]
    [('shop', 91.7), ('network', 25.0)]
    """
    columns = _columns(topics)
    drivers = tuple(dict.fromkeys(name for names in columns.values() for name in names))
    question = DriverQuestion.of(
        outcome,
        drivers,
        measure=measure,
        scale=scale,
        weight=weight,
        cluster=cluster,
        where=where,
        missing=missing,
    )
    if measure == "ordinal":
        raise InputError(
            "ranks have no score; take measure nps, promoters, detractors or score"
        )
    with engine_for(engine) as opened:
        source = source_of(data, question.columns)
        simulation = Simulation(level, replicates, seed)
        analysis = analyse(source, question, opened, simulation)
        desk = Desk(opened, source, question, opened.kinds(source))
        point = reference_point(reference, analysis, desk)
    return _impact(analysis, columns, point)


def _columns(topics: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    if not topics:
        raise InputError("no topic was named; give the columns of one topic or more")
    found = {}
    for name, columns in topics.items():
        listed = (columns,) if isinstance(columns, str) else tuple(columns)
        if not listed:
            raise InputError(f"topic {name!r} has no column")
        found[name] = tuple(column.strip() for column in listed)
    return found


def _impact(
    analysis: Analysis,
    columns: Mapping[str, tuple[str, ...]],
    point: tuple[Floats, Floats],
) -> TopicImpact:
    moments, drawn = analysis.moments, analysis.replicates
    correlations = (moments.correlation, drawn.correlations)
    added = slopes(moments.covariance) * (moments.means[:-1] - point[0])
    added_drawn = slopes(drawn.covariances) * (drawn.means[:, :-1] - point[1])
    whole = [explained(matrix) for matrix in correlations]
    unit = analysis.question.unit

    def one(value: Floats, samples: Floats, unit: str) -> Estimate:
        found = analysis.estimates(np.ravel(value), samples[:, None], unit, "ols")
        return found[0]

    topics = []
    for name, named in columns.items():
        kept = [at for at, driver in enumerate(analysis.drivers) if driver in named]
        without = [explained_without(matrix, kept) for matrix in correlations]
        impact = added[kept].sum()
        impact_drawn = added_drawn[:, kept].sum(axis=1)
        topics.append(
            Topic(
                name=name,
                columns=tuple(analysis.drivers[at] for at in kept),
                r_squared_without=one(without[0], without[1], "share"),
                r_squared_lost=one(
                    whole[0] - without[0], whole[1] - without[1], "share"
                ),
                impact=one(impact, impact_drawn, unit),
                score_without=one(
                    moments.means[-1] - impact, drawn.means[:, -1] - impact_drawn, unit
                ),
            )
        )
    topics.sort(key=lambda topic: topic.impact.value)
    return TopicImpact(
        outcome=analysis.question.outcome,
        measure=analysis.question.measure,
        unit=unit,
        score=one(moments.means[-1], drawn.means[:, -1], unit),
        r_squared=one(whole[0], whole[1], "share"),
        topics=tuple(topics),
        warnings=analysis.notices,
    )
