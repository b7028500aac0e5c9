"""Importance-performance analysis with confidence regions: where to act first.

Importance is derived (shares of R²), because stated importances bunch at the top.
The lines are the average share, 1/p, and the mean performance or a target. A driver
whose interval crosses a line is ``undetermined``: the data do not say on which side
of it the driver lies. Martilla and James (1977), Journal of Marketing 41(1), 77-79.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cxstats.display import format_value, notice_lines, text_table
from cxstats.drivers.analysis import Analysis, Simulation, analyse
from cxstats.drivers.importance import Method
from cxstats.drivers.key_drivers import choose_method, importances, shares_of
from cxstats.drivers.notices import DriverNotice
from cxstats.drivers.question import DriverQuestion, Measure
from cxstats.engine import Engine
from cxstats.estimates import Estimate, Floats, json_number
from cxstats.filters import Filter
from cxstats.results import Result
from cxstats.scales import Scale, parse_scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Ellipse",
    "ImportancePerformance",
    "PlacedDriver",
    "Quadrant",
    "importance_performance",
]

Quadrant = Literal[
    "concentrate_here",
    "keep_up",
    "low_priority",
    "possible_overkill",
    "undetermined",
]
"""Codes for translation, by the words of Martilla and James."""

_ONE_SCALE = 1.5
"""Highest answers of drivers on one scale differ by less than this factor."""

_QUADRANTS: dict[tuple[bool, bool], Quadrant] = {
    (True, False): "concentrate_here",
    (True, True): "keep_up",
    (False, False): "low_priority",
    (False, True): "possible_overkill",
}


@dataclass(frozen=True)
class Ellipse:
    """A confidence region of share (vertical) and performance (horizontal).

    Parameters
    ----------
    variance_share, variance_performance, covariance
        Of the two estimates over simulated samples.
    radius
        Mahalanobis radius that holds the level's share of a normal distribution.
    """

    variance_share: float
    variance_performance: float
    covariance: float
    radius: float

    def outline(self, share: float, performance: float, points: int = 48) -> Floats:
        """Return points around a centre, shape ``(points, 2)``: performance, share."""
        matrix = np.array(
            [
                [self.variance_performance, self.covariance],
                [self.covariance, self.variance_share],
            ]
        )
        values, vectors = np.linalg.eigh(matrix)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        angle = np.linspace(0, 2 * np.pi, points)
        circle = np.stack([np.cos(angle), np.sin(angle)])
        return np.asarray(self.radius * (root @ circle).T + [performance, share])


@dataclass(frozen=True)
class PlacedDriver:
    """One driver's place in the matrix.

    Parameters
    ----------
    name
        Column.
    share
        Share of the importance of all drivers.
    performance
        Its mean: in points of its scale, or in percent of the scale where a scale
        was given.
    share_difference, performance_difference
        Minus the line, with intervals that know that the line is estimated too.
    gap
        Importance minus performance, each in standard deviations over the drivers:
        above 0 the driver performs worse than its importance asks for.
    quadrant
        Where it lies, ``undetermined`` when an interval crosses a line.
    region
        Confidence region of its place.
    """

    name: str
    share: Estimate
    performance: Estimate
    share_difference: Estimate
    performance_difference: Estimate
    gap: Estimate
    quadrant: Quadrant
    region: Ellipse

    def to_dict(self) -> dict[str, Any]:
        """Return the place for JSON."""
        estimates = ("share", "performance", "gap")
        found: dict[str, Any] = {"name": self.name, "quadrant": self.quadrant}
        for name in estimates:
            estimate: Estimate = getattr(self, name)
            found[name] = json_number(estimate.value)
            found[f"{name}_lower"] = json_number(estimate.lower)
            found[f"{name}_upper"] = json_number(estimate.upper)
        region = {
            item.name: json_number(getattr(self.region, item.name))
            for item in fields(self.region)
        }
        return {**found, "region": region}


@dataclass(frozen=True, repr=False)
class ImportancePerformance(Result):
    """All drivers in the matrix, the widest gap first.

    Parameters
    ----------
    outcome, method, n
        What was explained, by which measure of importance, over how many rows.
    share_line, performance_line
        Where the matrix is divided.
    drivers
        Their places.
    warnings
        Those of the drivers.
    """

    outcome: str
    method: Method
    n: int
    share_line: float
    performance_line: float
    drivers: tuple[PlacedDriver, ...]
    warnings: tuple[DriverNotice, ...]

    def __iter__(self) -> Iterator[PlacedDriver]:
        """Go through the drivers, the widest gap first."""
        return iter(self.drivers)

    def to_dict(self) -> dict[str, Any]:
        """Return the matrix for JSON."""
        return {
            "outcome": self.outcome,
            "method": self.method,
            "n": self.n,
            "share_line": json_number(self.share_line),
            "performance_line": json_number(self.performance_line),
            "drivers": [driver.to_dict() for driver in self.drivers],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per driver."""
        import pandas as pd  # noqa: PLC0415 - only who wants a frame waits for pandas

        rows = [driver.to_dict() for driver in self.drivers]
        return pd.DataFrame(rows).drop(columns="region")

    def chart(self) -> Any:
        """Draw the matrix with its lines and confidence regions."""
        from cxstats.charts.drivers import matrix_chart  # noqa: PLC0415 - slow

        rows, outlines = [], []
        for driver in self.drivers:
            place = (driver.share.value, driver.performance.value)
            rows.append(driver.to_dict())
            outlines += [
                {"name": driver.name, "at": at, "performance": x, "share": y}
                for at, (x, y) in enumerate(driver.region.outline(*place).tolist())
            ]
        lines = (self.performance_line, self.share_line)
        return matrix_chart(rows, outlines, lines=lines, outcome=self.outcome)

    def __str__(self) -> str:
        """Write the places as a table with the warnings."""
        headers = ["driver", "share", "performance", "gap", "quadrant"]
        rows = [
            [
                driver.name,
                format_value(driver.share.value, "share"),
                format_value(driver.performance.value, "score"),
                f"{driver.gap.value:+.2f}",
                driver.quadrant.replace("_", " "),
            ]
            for driver in self.drivers
        ]
        head = (
            f"{self.outcome}: importance against performance (n {self.n:,}); lines at "
            f"{format_value(self.share_line, 'share')} and "
            f"{format_value(self.performance_line, 'score')}"
        )
        notices = notice_lines(self.warnings)
        return "\n".join([head, text_table(headers, rows), *notices])


def importance_performance(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    outcome: str,
    drivers: str | Sequence[str],
    measure: Measure = "score",
    method: Method | None = None,
    target: float | None = None,
    driver_scale: str | Scale | None = None,
    scale: str | Scale | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    engine: Engine | str | None = None,
) -> ImportancePerformance:
    """Place drivers by importance and performance; say what cannot be told.

    Parameters other than these are those of `key_drivers`.

    Parameters
    ----------
    target
        Performance that divides good from bad; by default the mean over drivers.
    driver_scale
        Scale of the drivers, ``"1-10"``: performance is then in percent of it. All
        drivers must be on one scale for their means to be compared.

    Returns
    -------
    ImportancePerformance
        The driver that most needs attention first.

    Raises
    ------
    InputError
        If a column cannot be used, nothing varies, or rows are fewer than drivers.

    Notes
    -----
    Not for drivers on different scales, and not when `key_drivers` warns of halo:
    all drivers then lie on one height, and the matrix is ``undetermined``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"overall": [9, 7, 4, 8, 2, 6] * 40,
    ...                  "network": [8, 7, 3, 8, 2, 5] * 40,
    ...                  "bill": [9, 8, 9, 7, 8, 9] * 40})
    >>> found = importance_performance(data, outcome="overall",
    ...                                drivers=["network", "bill"])
    >>> [(driver.name, driver.quadrant) for driver in found]
    [('network', 'concentrate_here'), ('bill', 'possible_overkill')]
    """
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
    chosen = choose_method(method, len(question.drivers))
    analysis = analyse(data, question, engine, Simulation(level, replicates, seed))
    read = None if driver_scale is None else parse_scale(driver_scale)
    return _placed(analysis, chosen, target, read)


def _placed(
    analysis: Analysis, method: Method, target: float | None, scale: Scale | None
) -> ImportancePerformance:
    value, simulated, _ = importances(analysis, method)
    share, shares = shares_of(value), shares_of(simulated)
    mean, means = analysis.moments.means[:-1], analysis.replicates.means[:, :-1]
    if scale is not None:
        width = (scale.maximum - scale.minimum) / 100
        mean, means = (mean - scale.minimum) / width, (means - scale.minimum) / width
    line: Any = mean.mean() if target is None else target
    lines: Any = means.mean(axis=1, keepdims=True) if target is None else target
    even = 1 / len(share)
    share_side = analysis.estimates(share - even, shares - even, "share", method)
    mean_side = analysis.estimates(mean - line, means - lines, "score", "mean")
    shown = (
        analysis.estimates(share, shares, "share", method),
        analysis.estimates(mean, means, "score", "mean"),
        analysis.estimates(_gap(share, mean), _gap(shares, means), "score", "gap"),
    )
    radius = float(np.sqrt(-2 * np.log(1 - analysis.simulation.level)))
    placed = [
        PlacedDriver(
            name=name,
            share=shown[0][at],
            performance=shown[1][at],
            gap=shown[2][at],
            share_difference=share_side[at],
            performance_difference=mean_side[at],
            quadrant=_quadrant(share_side[at], mean_side[at]),
            region=_region(shares[:, at], means[:, at], radius),
        )
        for at, name in enumerate(analysis.drivers)
    ]
    placed.sort(key=lambda driver: -driver.gap.value)
    return ImportancePerformance(
        outcome=analysis.question.outcome,
        method=method,
        n=analysis.moments.n,
        share_line=even,
        performance_line=float(line),
        drivers=tuple(placed),
        warnings=(*analysis.notices, *_scale_notice(analysis)),
    )


def _scale_notice(analysis: Analysis) -> Iterator[DriverNotice]:
    """Say that the drivers do not look as if they were on one scale."""
    cells = analysis.collected.cells
    if cells is None:
        return
    kept = [cells.names.index(name) for name in analysis.drivers]
    highest = cells.matrix[:, kept].max(axis=0)
    if highest.max() > _ONE_SCALE * highest.min():
        yield DriverNotice(
            "scale",
            f"the highest values of the drivers run from {highest.min():g} to "
            f"{highest.max():g}, so they are not on one scale and their means cannot "
            "be compared with one line; analyse each scale on its own",
            analysis.drivers,
        )


def _quadrant(share: Estimate, performance: Estimate) -> Quadrant:
    sides = (share, performance)
    if any(side.lower <= 0 <= side.upper for side in sides):
        return "undetermined"
    return _QUADRANTS[(share.value > 0, performance.value > 0)]


def _gap(share: Floats, mean: Floats) -> Floats:
    return np.asarray(_standard(share) - _standard(mean))


def _standard(values: Floats) -> Floats:
    """Return standard scores over the drivers; 0 where all are alike."""
    away = values - values.mean(axis=-1, keepdims=True)
    spread = values.std(axis=-1, keepdims=True)
    return np.asarray(np.where(spread > 0, away / np.where(spread > 0, spread, 1), 0.0))


def _region(shares: Floats, means: Floats, radius: float) -> Ellipse:
    matrix = np.cov(shares, means)
    return Ellipse(
        float(matrix[0, 0]), float(matrix[1, 1]), float(matrix[0, 1]), radius
    )
