"""Series: one question on one scale in one stream. Numbers never cross a series."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from cxstats.engine import Column, HistogramQuery
from cxstats.filters import Compare, Filter, In, IsNull
from cxstats.scales import Scale
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.definitions import Definition, definition_for
from zhiyin.analyze.metrics.queries.engine import shared_engine

_COLUMNS = ("stream", "metric", "item", "scale_min", "scale_max")
_CUTS = ("detractor_max", "promoter_min")
# A comment to a questionnaire without any score is in the lake too, under "share".
KINDS = ("nps", "csat", "ces")


@dataclass(frozen=True)
class Series:
    """One question, on one scale, in one stream."""

    stream: str
    kind: str
    item: str
    scale: Scale
    n: int = 0

    @property
    def key(self) -> str:
        """Return what stands for the series in an address."""
        return f"{self.stream}.{self.kind}.{self.item}.{self.scale_key}"

    @property
    def scale_key(self) -> str:
        """Return the scale with its cuts, as an address carries it."""
        cuts = [self.scale.detractor_max, self.scale.promoter_min]
        tail = "" if None in cuts else f"~{cuts[0]}~{cuts[1]}"
        return f"{self.scale.minimum}~{self.scale.maximum}{tail}"

    @property
    def definition(self) -> Definition:
        """Return the dictionary's entry of the series' main number."""
        is_nps = self.scale.is_nps
        return definition_for(self.kind, self.stream, is_nps_scale=is_nps)

    def filter(self) -> Filter:
        """Return the condition that keeps exactly this series' valid answers."""
        numbers = {
            "scale_min": self.scale.minimum,
            "scale_max": self.scale.maximum,
            "detractor_max": self.scale.detractor_max,
            "promoter_min": self.scale.promoter_min,
        }
        parts: list[Filter] = [
            Compare("stream", "=", self.stream),
            Compare("metric", "=", self.kind),
            Compare("item", "=", self.item),
        ]
        parts += [
            IsNull(name) if value is None else Compare(name, "=", value)
            for name, value in numbers.items()
        ]
        return reduce(lambda a, b: a & b, parts)


def list_series(snapshot: LakeSnapshot, scope: Filter | None = None) -> list[Series]:
    """Return every series with answers (in a scope), the most answered first."""
    if not snapshot.rows:
        return []
    keys = tuple(Column(name) for name in (*_COLUMNS, *_CUTS))
    where: Filter = IsNull("excluded") & In("metric", KINDS)
    query = HistogramQuery("metric", keys, where=where & scope if scope else where)
    table = shared_engine().score_histogram(snapshot.source, query)
    found = [
        Series(
            stream=row["stream"],
            kind=row["metric"],
            item=row["item"],
            scale=Scale(
                int(row["scale_min"]),
                int(row["scale_max"]),
                None if row["detractor_max"] is None else int(row["detractor_max"]),
                None if row["promoter_min"] is None else int(row["promoter_min"]),
            ),
            n=row["n"],
        )
        for row in table.to_pylist()
        # Without cuts there are no promoters, so there is no score.
        if row["metric"] != "nps" or None not in (row[_CUTS[0]], row[_CUTS[1]])
    ]
    return sorted(found, key=lambda one: (-one.n, one.key))
