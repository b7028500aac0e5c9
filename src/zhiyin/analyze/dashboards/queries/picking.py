"""Choosing filters: the series there are, and the values of one dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhiyin.analyze.dashboards.queries.analysis import Analysis, Option


@dataclass(frozen=True)
class SeriesChoice:
    """A series one may turn to, with the address that does it."""

    label: str
    n: int
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
            url=f"?{replace(chosen, series=series, answer_class='').query()}",
            is_on=series.key == chosen.series.key,
        )
        for series in ordered
    ]


def pick(analysis: Analysis, name: str) -> Picked | None:
    """Return the dimension being chosen, with its values and counts."""
    dimension = analysis.labels.dimension(name)
    if dimension is None:
        return None
    low = high = ""
    if dimension.is_number:
        for condition in analysis.chosen.conditions:
            if condition.name == name:
                low, _separator, high = condition.values[0].partition("..")
    options = [] if dimension.is_number else analysis.options(name)
    return Picked(name, dimension.label, dimension.is_number, options, low, high)
