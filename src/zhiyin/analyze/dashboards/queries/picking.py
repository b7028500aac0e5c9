"""Choosing filters: the series there are, and the values of one dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import Promise

from zhiyin.analyze.dashboards.queries.analysis import Analysis, Option
from zhiyin.analyze.metrics.queries.addresses import metrics_of
from zhiyin.analyze.metrics.queries.selection import Selection, parse_range
from zhiyin.analyze.metrics.queries.series import Series


@dataclass(frozen=True)
class SeriesChoice:
    """A series one may turn to, with the address that does it."""

    label: str
    n: int
    url: str
    is_on: bool


@dataclass(frozen=True)
class MetricChoice:
    """A number the series can show, with the address that does it."""

    label: str | Promise
    value: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class Picked:
    """The dimension whose values are being chosen."""

    name: str
    label: str
    is_number: bool
    options: list[Option]
    low: str
    high: str

    @property
    def except_names(self) -> str:
        """Return the query names the form itself sends."""
        return f"{self.name},pick,page"


def series_choices(analysis: Analysis) -> list[SeriesChoice]:
    """Return every series, those of the same stream first."""
    chosen = analysis.chosen
    ordered = sorted(
        analysis.every_series,
        key=lambda one: (one.stream != chosen.series.stream, -one.n),
    )
    return [
        SeriesChoice(
            label=analysis.labels.series(series),
            n=series.n,
            url=f"?{_turned(chosen, series).query()}",
            is_on=series.key == chosen.series.key,
        )
        for series in ordered
    ]


def metric_choices(analysis: Analysis) -> list[MetricChoice]:
    """Return the numbers the series can show, where there are several."""
    chosen = analysis.chosen
    others = metrics_of(chosen.series)
    if not others:
        return []
    codes = ("", *others)
    found = [(code, replace(chosen, metric=code)) for code in codes]
    return [
        MetricChoice(
            label=one.definition.name,
            value=code,
            url=f"?{one.query()}",
            is_on=code == chosen.metric,
        )
        for code, one in found
    ]


def _turned(chosen: Selection, series: Series) -> Selection:
    """Return the selection of another series, without what its scale cannot say."""
    is_kept = chosen.metric in metrics_of(series)
    return replace(
        chosen.of_every_answer(),
        series=series,
        metric=chosen.metric if is_kept else "",
    )


def pick(analysis: Analysis, name: str) -> Picked | None:
    """Return the dimension being chosen, with its values and counts."""
    dimension = analysis.labels.dimension(name)
    if dimension is None:
        return None
    low = high = ""
    for condition in analysis.chosen.conditions:
        wanted = parse_range(condition.values[0]) if condition.is_number else None
        if condition.name == name and wanted is not None:
            low, high = (
                "" if end is None else f"{end:.15g}"
                for end in (wanted.low, wanted.high)
            )
    options = [] if dimension.is_number else analysis.options(name)
    return Picked(name, dimension.label, dimension.is_number, options, low, high)
