"""What every analysis page begins with: the data, the selection, the names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cxstats.engine import Column, HistogramQuery
from cxstats.reporting import MinimumN
from zhiyin.accounts.models import Organisation, Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.lake.queries import LakeSnapshot, answers
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.addresses import (
    Query,
    choose_series,
    read_selection,
    scope_of,
)
from zhiyin.analyze.metrics.queries.engine import shared_engine
from zhiyin.analyze.metrics.queries.labels import Dimension, Labels, labels_of
from zhiyin.analyze.metrics.queries.memory import remembered, remembered_under
from zhiyin.analyze.metrics.queries.periods import PRESETS, Period
from zhiyin.analyze.metrics.queries.selection import (
    CLASSES,
    NOT_GIVEN,
    Selection,
    parse_range,
    scope_filter,
)
from zhiyin.analyze.metrics.queries.series import Series, list_series, within

MOST_OPTIONS = 200


@dataclass(frozen=True)
class Option:
    """One choice of a filter; `depth` is how far down a tree it lies."""

    value: str
    label: str
    n: int
    is_on: bool
    depth: int = 0


@dataclass(frozen=True)
class Chip:
    """A filter that is on: its name, its values in words, and how to open it."""

    name: str
    label: str
    text: str


@dataclass
class Analysis:
    """The data a person may analyse, and what the address selects of it."""

    person: Person
    organisation: Organisation
    snapshot: LakeSnapshot
    every_series: list[Series]
    labels: Labels
    selection: Selection | None
    query: Query

    @property
    def policy(self) -> MinimumN:
        """Return the organisation's minimum-n policy."""
        return scores.policy_of(self.organisation)

    @property
    def chosen(self) -> Selection:
        """Return the selection of a page that has data."""
        if self.selection is None:
            message = "there is no data to select from"
            raise LookupError(message)
        return self.selection

    @cached_property
    def chips(self) -> list[Chip]:
        """Return the conditions that are on."""
        found = []
        for condition in self.chosen.conditions:
            dimension = self.labels.dimension(condition.name)
            if dimension is None:
                continue
            texts = [self.value_text(dimension, value) for value in condition.values]
            found.append(Chip(condition.name, dimension.label, "、".join(texts)))
        if self.chosen.answer_score is not None:
            found.append(Chip("score", _("Score"), str(self.chosen.answer_score)))
        return found

    def value_text(self, dimension: Dimension, value: str) -> str:
        """Return a value of a condition in words."""
        wanted = parse_range(value) if dimension.is_number else None
        if wanted is None:
            return self.labels.value(dimension.name, value)
        if wanted.low == wanted.high:
            return f"{wanted.low:g}"
        if wanted.high is None:
            return f"≥ {wanted.low:g}"
        less = "<" if wanted.excludes_high else "≤"
        if wanted.low is None:
            return f"{less} {wanted.high:g}"
        end = f"< {wanted.high:g}" if wanted.excludes_high else f"{wanted.high:g}"
        return f"{wanted.low:g} – {end}"

    @property
    def reach(self) -> list[str]:
        """Return the departments the numbers are limited to; empty for all of them."""
        scope = self.chosen.scope
        if scope is None:
            return []
        names = [self.labels.value("department", path) for path in scope]
        return ["、".join(names) or _("none")]

    @property
    def period_text(self) -> str | Promise:
        """Return the period in words."""
        period = self.chosen.period
        return PRESETS[period.preset][0] if period.preset else period_label(period)

    @property
    def presets(self) -> list[tuple[str, str | Promise]]:
        """Return the periods that have a name."""
        return [(code, label) for code, (label, _days) in PRESETS.items()]

    @property
    def classes(self) -> list[tuple[str, str]]:
        """Return the classes of answer with their names, where there are any."""
        if self.chosen.series.scale.promoter_min is None:
            return []
        names = class_names()
        return [(code, names[code]) for code in CLASSES]

    @property
    def has_weights(self) -> bool:
        """Tell whether any answer of the series carries a weight."""
        return scores.has_weights(self.snapshot, self.chosen)

    def options(self, name: str) -> list[Option]:
        """Return the values of a dimension among the selected answers, with counts.

        The dimension's own condition is left out, so that its other values can be
        added.
        """
        dimension = self.labels.dimension(name)
        if dimension is None:
            return []
        on = {
            value
            for condition in self.chosen.conditions
            if condition.name == name
            for value in condition.values
        }
        rest = tuple(c for c in self.chosen.conditions if c.name != name)
        wider = replace(self.chosen.of_every_answer(), conditions=rest, metric="")
        counts = remembered(
            self.snapshot,
            wider,
            f"options|{name}",
            lambda: value_counts(self.snapshot, wider, dimension),
        )
        return [
            Option(value, self.labels.value(name, value), n, value in on, depth)
            for value, n, depth in counts[:MOST_OPTIONS]
        ]


def class_names() -> dict[str, str]:
    """Return what the classes of answers are called."""
    return {
        "promoter": _("Promoters"),
        "passive": _("Passives"),
        "detractor": _("Detractors"),
    }


def period_label(period: Period) -> str:
    """Return a period as its two ends."""
    ends = (period.first, period.last)
    return " – ".join(f"{day:%Y-%m-%d}" if day else "…" for day in ends)


def value_counts(
    snapshot: LakeSnapshot,
    selection: Selection,
    dimension: Dimension,
) -> tuple[tuple[str, int, int], ...]:
    """Return each value of a column with its answers, the most frequent first.

    A department counts what is below it too, and comes with its depth in the tree.
    """
    query = HistogramQuery(
        score="metric",
        by=(Column(dimension.column, "value"),),
        where=selection.filter(),
    )
    table = shared_engine().score_histogram(snapshot.source, query)
    counts: dict[str, int] = {}
    for row in table.to_pylist():
        value = NOT_GIVEN if row["value"] is None else str(row["value"])
        for name in _ancestors(value) if dimension.is_tree else (value,):
            counts[name] = counts.get(name, 0) + row["n"]
    if dimension.is_tree:
        return tuple(
            (v, n, max(v.count("/") - 2, 0)) for v, n in sorted(counts.items())
        )
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((value, n, 0) for value, n in ordered)


def _ancestors(path: str) -> list[str]:
    if path == NOT_GIVEN:
        return [path]
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:length])}/" for length in range(1, len(parts) + 1)]


def series_of(snapshot: LakeSnapshot, person: Person) -> list[Series]:
    """Return the series a person may see, from memory while the lake is the same."""
    key = f"series|{person.organisation_id}|{snapshot.version}"
    every = remembered_under(key, lambda: list_series(snapshot))
    scope = scope_of(person)
    narrowed = None if scope is None else scope_filter(scope)
    return remembered_under(
        f"{key}|{scope}",
        lambda: within(snapshot, every, narrowed),
    )


def open_analysis(
    person: Person,
    query: Query,
    permission: Permission = Permission.SEE_SCORES,
) -> Analysis:
    """Read the lake and the address; a page without data gets no selection.

    The selection reaches as far as the roles that allow what the page does.
    """
    organisation = person.organisation
    snapshot = answers(organisation)
    every = series_of(snapshot, person)
    series = choose_series(every, query.get("q"), "nps")
    labels = labels_of(organisation, frozenset(snapshot.columns))
    selection = (
        read_selection(query, series, person, labels.dimensions, permission)
        if series
        else None
    )
    return Analysis(person, organisation, snapshot, every, labels, selection, query)


def analysis_of(
    request: HttpRequest,
    permission: Permission = Permission.SEE_SCORES,
) -> Analysis:
    """Return the analysis of a logged-in person's page."""
    query = Query(dict(request.GET.lists()))
    return open_analysis(person_of(request), query, permission)
