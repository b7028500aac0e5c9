"""Which answers a number is made of, as one filter over the lake.

The same selection is read from a page's address, an export, the API and a saved
view (see `addresses`), so that the same words always mean the same answers.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from functools import reduce
from urllib.parse import urlencode

from cxstats.filters import Between, Compare, Filter, In, IsNull, Like
from zhiyin.analyze.metrics.queries.definitions import DEFINITIONS, Definition
from zhiyin.analyze.metrics.queries.periods import Period
from zhiyin.analyze.metrics.queries.series import Series

# The columns every answer has that people filter by: query name -> lake column.
DIMENSIONS = {
    "touchpoint": "touchpoint",
    "wave": "wave",
    "channel": "channel",
    "language": "language",
    "instrument": "instrument",
    "department": "department",
}
DEPARTMENT = "department"
_PATH = re.compile(r"(/\d{1,19})+/")
NOT_GIVEN = "-"
CLASSES = ("promoter", "passive", "detractor")
NPS_LIKE = "nps_like"


@dataclass(frozen=True)
class Range:
    """Numbers between two ends; one end may be open, the upper one excluded."""

    low: float | None
    high: float | None
    excludes_high: bool = False

    def filter(self, column: str) -> Filter:
        """Return the condition for the engine."""
        parts: list[Filter] = []
        if self.low is not None:
            parts.append(Compare(column, ">=", self.low))
        if self.high is not None:
            operator = "<" if self.excludes_high else "<="
            parts.append(Compare(column, operator, self.high))
        return reduce(lambda a, b: a & b, parts)

    def __str__(self) -> str:
        low, high = (
            "" if end is None else f"{end:.15g}" for end in (self.low, self.high)
        )
        if low == high:
            return low
        return f"{low}..{'<' if self.excludes_high else ''}{high}"


def parse_range(text: str) -> Range | None:
    """Read `5`, `5..`, `..9`, `5..9` or `5..<9`; None for anything else."""
    low, dots, high = text.strip().partition("..")
    excludes = high.startswith("<")
    try:
        ends = [
            float(end) if end else None for end in (low, high.removeprefix("<").strip())
        ]
    except ValueError:
        return None
    if not dots:
        ends[1] = ends[0]
    known = [end for end in ends if end is not None]
    if not known or not all(math.isfinite(end) for end in known):
        return None
    return Range(ends[0], ends[1], excludes and ends[1] is not None)


def is_path(text: str) -> bool:
    """Tell whether a text is the path of a department, and no pattern."""
    return _PATH.fullmatch(text) is not None


@dataclass(frozen=True)
class Condition:
    """One column of the lake narrowed to some values (`NOT_GIVEN` means null).

    The values of a number are ranges that `parse_range` reads; a department is its
    path and stands for everything below it.
    """

    name: str
    column: str
    values: tuple[str, ...]
    is_number: bool = False

    def filter(self) -> Filter:
        """Return the condition for the engine."""
        given = tuple(value for value in self.values if value != NOT_GIVEN)
        parts: list[Filter] = []
        if self.is_number:
            ranges = (parse_range(value) for value in given)
            parts += [one.filter(self.column) for one in ranges if one is not None]
        elif self.column == DEPARTMENT:
            parts += [Like(DEPARTMENT, f"{path}%") for path in given if is_path(path)]
        elif given:
            parts.append(In(self.column, given))
        if NOT_GIVEN in self.values or not parts:
            parts.append(IsNull(self.column))
        return reduce(lambda a, b: a | b, parts)


@dataclass(frozen=True)
class Selection:
    """A series, a period, and conditions; weighted or not.

    `metric` is empty for the series' own number. `answer_class` and `answer_score`
    narrow to answers by what they say: they are for reading answers, because a score
    of such a selection says nothing.
    """

    organisation_id: int
    series: Series
    period: Period
    conditions: tuple[Condition, ...] = ()
    metric: str = ""
    answer_class: str = ""
    answer_score: int | None = None
    is_weighted: bool = False
    scope: tuple[str, ...] | None = field(default=None)

    @property
    def definition(self) -> Definition:
        """Return the dictionary's entry of the number this selection shows."""
        return DEFINITIONS[self.metric] if self.metric else self.series.definition

    @property
    def narrows_by_answer(self) -> bool:
        """Tell whether it keeps only answers that say one thing."""
        return bool(self.answer_class) or self.answer_score is not None

    def filter(self, *, with_excluded: bool = False) -> Filter:
        """Return everything this selection asks of a row of the lake."""
        parts: list[Filter] = [self.series.filter()]
        if not with_excluded:
            parts.append(IsNull("excluded"))
        start, end = self.period.bounds
        if start:
            parts.append(Compare("responded_at", ">=", start.isoformat()))
        if end:
            parts.append(Compare("responded_at", "<", end.isoformat()))
        parts += [condition.filter() for condition in self.conditions]
        parts += self._answer_filter()
        if self.scope is not None:
            parts.append(scope_filter(self.scope))
        return reduce(lambda a, b: a & b, parts)

    def _answer_filter(self) -> list[Filter]:
        scale, parts = self.series.scale, list[Filter]()
        if self.answer_class and scale.promoter_min is not None:
            low, high = scale.cuts()
            ranges = {
                "promoter": (high, scale.maximum),
                "passive": (low + 1, high - 1),
                "detractor": (scale.minimum, low),
            }
            parts.append(Between("score", *ranges[self.answer_class]))
        if self.answer_score is not None:
            parts.append(Compare("score", "=", self.answer_score))
        return parts

    def during(self, period: Period) -> Selection:
        """Return the same answers of another period."""
        return replace(self, period=period)

    def only(self, condition: Condition) -> Selection:
        """Return the selection with one condition in place of those of its name."""
        rest = tuple(c for c in self.conditions if c.name != condition.name)
        return replace(self, conditions=(*rest, condition))

    def of_every_answer(self) -> Selection:
        """Return the selection without what it asks of the answers themselves."""
        return replace(self, answer_class="", answer_score=None)

    def query(self) -> str:
        """Return the query string that means this selection."""
        pairs: list[tuple[str, str]] = [("q", self.series.key)]
        if self.metric:
            pairs.append(("metric", self.metric))
        if self.period.preset:
            pairs.append(("period", self.period.preset))
        elif self.period.first and self.period.last:
            pairs.append(("from", self.period.first.isoformat()))
            pairs.append(("to", self.period.last.isoformat()))
        for condition in self.conditions:
            pairs += [(condition.name, value) for value in condition.values]
        if self.answer_class:
            pairs.append(("class", self.answer_class))
        if self.answer_score is not None:
            pairs.append(("score", str(self.answer_score)))
        if self.is_weighted:
            pairs.append(("weighted", "1"))
        return urlencode(pairs)

    def cache_key(self) -> str:
        """Return what tells this selection from every other one."""
        zone = f"{self.period.zone}|{self.period.first}|{self.period.last}"
        return f"{self.query()}|{zone}|{self.scope}"


def scope_filter(paths: tuple[str, ...]) -> Filter:
    """Keep answers of these department subtrees; without any, keep none."""
    if not paths:
        return IsNull("response_id")
    parts: list[Filter] = [Like("department", f"{path}%") for path in paths]
    return reduce(lambda a, b: a | b, parts)
