"""What a person asks: the score, its reading, and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cxstats.discovery.sentences import Words, words_of
from cxstats.discovery.study import Study
from cxstats.engine import Engine, Source
from cxstats.errors import InputError
from cxstats.files import open_tables
from cxstats.filters import Filter
from cxstats.inputs import source_of
from cxstats.metrics import MetricResult, csat, nps
from cxstats.scales import NPS_0_10, Scale, parse_scale

__all__ = ["Metric", "Question", "opened"]

Metric = Literal["nps", "csat"]

_FILES_OF_ENGINES = (".parquet", ".pq")


@dataclass(frozen=True)
class Question:
    """A score as it was asked for.

    Parameters
    ----------
    score, weight
        Columns.
    metric
        ``nps``, or ``csat`` for the mean.
    scale
        0-10 for ``nps`` unless given; inferred for ``csat``.
    missing
        Codes that mean no answer.
    level
        Confidence level.
    """

    score: str
    metric: Metric = "nps"
    scale: str | Scale | None = None
    missing: tuple[Any, ...] = ()
    weight: str | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse a metric that is not one of these."""
        if self.metric not in {"nps", "csat"}:
            raise InputError(f"metric must be nps or csat; received {self.metric!r}")

    def columns(self, *others: Filter | str | None) -> list[str]:
        """List the columns read, with those of filters and others named."""
        found = [self.score, *([self.weight] if self.weight else [])]
        for other in others:
            if isinstance(other, str):
                found.append(other)
            elif other is not None:
                found += other.columns()
        return list(dict.fromkeys(found))

    def overall(
        self, engine: Engine, source: Source, where: Filter | None
    ) -> MetricResult:
        """Estimate the score of all rows kept."""
        options: dict[str, Any] = {
            "score": self.score,
            "weight": self.weight,
            "missing": self.missing,
            "where": where,
            "level": self.level,
            "engine": engine,
        }
        if self.metric == "csat":
            return csat(source, scale=self.scale, **options)
        return nps(source, scale=self.scale or NPS_0_10, **options)

    def study(self, engine: Engine, source: Source, where: Filter | None) -> Study:
        """Make the study that counts the score by anything."""
        overall = self.overall(engine, source, where)
        return Study(
            engine=engine,
            source=source,
            score=self.score,
            coding=overall.cells.coding,
            measure=overall.measure,
            weight=self.weight,
            where=where,
            level=self.level,
        )

    def words(self, language: str) -> Words:
        """Return the sentences for this score.

        Raises
        ------
        InputError
            If the language is not known.
        """
        if self.metric == "csat":
            return words_of(language, "csat", "score")
        is_nps = self.scale is None or parse_scale(self.scale).is_nps
        return words_of(language, "nps" if is_nps else "nps_like", "points")


def opened(data: Any, wanted: Sequence[str], columns: Sequence[str] | None) -> Source:
    """Open data with the columns wanted, and all others too if none are chosen."""
    if columns is None and isinstance(data, str | Path):
        path = str(data)
        if not path.lower().endswith(_FILES_OF_ENGINES) and "://" not in path:
            return open_tables(data).to_source()
    return source_of(data, list(dict.fromkeys([*wanted, *(columns or ())])))
