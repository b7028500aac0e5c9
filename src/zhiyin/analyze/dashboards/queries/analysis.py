"""What every analysis page begins with: the data, the selection, the names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cxstats.engine import Column, HistogramQuery
from cxstats.reporting import MinimumN
from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.lake.queries import LakeSnapshot, answers
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.engine import shared_engine
from zhiyin.analyze.metrics.queries.labels import Dimension, Labels, labels_of
from zhiyin.analyze.metrics.queries.periods import PRESETS
from zhiyin.analyze.metrics.queries.selection import (
    CLASSES,
    NOT_GIVEN,
    Query,
    Selection,
    choose_series,
    read_selection,
)
from zhiyin.analyze.metrics.queries.series import Series, list_series
from zhiyin.listen.customers.models import AttributeField

MOST_OPTIONS = 200


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    n: int
    is_on: bool


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
            texts = [self._value_text(dimension, value) for value in condition.values]
            found.append(Chip(condition.name, dimension.label, "、".join(texts)))
        return found

    def _value_text(self, dimension: Dimension, value: str) -> str:
        if dimension.is_number:
            low, _separator, high = value.partition("..")
            return f"{low or '−∞'} – {high or '∞'}"
        return self.labels.value(dimension.name, value)

    @property
    def period_text(self) -> str | Promise:
        """Return the period in words."""
        period = self.chosen.period
        if period.preset:
            return PRESETS[period.preset][0]
        return f"{period.first:%Y-%m-%d} – {period.last:%Y-%m-%d}"

    @property
    def presets(self) -> list[tuple[str, str | Promise]]:
        """Return the periods that have a name."""
        return [(code, label) for code, (label, _days) in PRESETS.items()]

    @property
    def classes(self) -> list[tuple[str, str]]:
        """Return the classes of answer with their names, where there are any."""
        if self.chosen.series.scale.promoter_min is None:
            return []
        names = {
            "promoter": _("Promoters"),
            "passive": _("Passives"),
            "detractor": _("Detractors"),
        }
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
        wider = replace(self.chosen, conditions=rest)
        counts = scores.remembered(
            self.snapshot,
            wider,
            f"options|{name}",
            lambda: value_counts(self.snapshot, wider, dimension.column),
        )
        return [
            Option(value, self.labels.value(name, value), n, value in on)
            for value, n in counts[:MOST_OPTIONS]
        ]


def value_counts(
    snapshot: LakeSnapshot,
    selection: Selection,
    column: str,
) -> list[tuple[str, int]]:
    """Return each value of a column with its answers, the most frequent first."""
    query = HistogramQuery(
        score="metric",
        by=(Column(column, "value"),),
        where=selection.filter(),
    )
    table = shared_engine().score_histogram(snapshot.source, query)
    rows = zip(
        table.column("value").to_pylist(),
        table.column("n").to_pylist(),
        strict=True,
    )
    named = [(NOT_GIVEN if value is None else str(value), n) for value, n in rows]
    return sorted(named, key=lambda pair: (-pair[1], pair[0]))


def series_of(snapshot: LakeSnapshot, organisation_id: int) -> list[Series]:
    """Return the organisation's series, from memory while the lake is the same."""
    key = f"series|{organisation_id}|{snapshot.version}"
    return scores.remembered_under(key, lambda: list_series(snapshot))


def open_analysis(person: Person, query: Query, kind: str = "nps") -> Analysis:
    """Read the lake and the address; a page without data gets no selection."""
    organisation = Organisation.objects.get(pk=person.organisation_id)
    snapshot = answers(organisation)
    every = series_of(snapshot, organisation.pk)
    series = choose_series(every, query.get("q", ""), kind)
    labels = labels_of(organisation, frozenset(snapshot.columns))
    fields = [
        field
        for field in AttributeField.objects.visible_to(person)
        if field.column in snapshot.columns
    ]
    selection = read_selection(query, series, person, fields) if series else None
    return Analysis(person, organisation, snapshot, every, labels, selection, query)


def analysis_of(request: HttpRequest, kind: str = "nps") -> Analysis:
    """Return the analysis of a logged-in person's page."""
    query = Query(dict(request.GET.lists()))
    return open_analysis(person_of(request), query, kind)
