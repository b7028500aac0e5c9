"""What each driver adds to the score: parts that sum to it exactly.

With slopes b of the outcome on the drivers, the mean of the outcome in any group is

    mean_g(y) = baseline + Σ_j b_j (mean_g(x_j) - reference_j) + unexplained_g

where the baseline is what the model expects at the reference. Over all rows nothing
is unexplained, because least squares passes through the means. With groups, the
slopes are those of all rows together and the reference is the overall mean: the
baseline is then the overall score, and the parts tell why a group differs from it
(Blinder 1973; Oaxaca 1973, with pooled slopes).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_key, format_value, notice_lines, text_table
from cxstats.drivers.analysis import Analysis, Simulation, analyse
from cxstats.drivers.collecting import Desk
from cxstats.drivers.effects import slopes
from cxstats.drivers.groups import GroupMoments, group_moments
from cxstats.drivers.notices import DriverNotice
from cxstats.drivers.question import DriverQuestion, Measure
from cxstats.drivers.reference import Reference, reference_point
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, json_number, json_value
from cxstats.filters import Filter
from cxstats.inputs import engine_for, source_of
from cxstats.results import Result
from cxstats.scales import Scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Contributions", "GroupContributions", "driver_contributions"]


@dataclass(frozen=True)
class GroupContributions:
    """One score and the parts that it is the sum of.

    Parameters
    ----------
    key
        Value of the group column; None for all rows together.
    value
        Mean of the outcome: the NPS, a share, or a mean score.
    baseline
        What the drivers at their reference let expect.
    parts
        What each driver adds, by its column.
    unexplained
        What the drivers do not tell; 0 for all rows together.
    """

    key: Any
    value: Estimate
    baseline: Estimate
    parts: dict[str, Estimate]
    unexplained: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the parts for JSON."""
        return {
            "group": json_value(self.key),
            "n": self.value.n,
            "value": json_number(self.value.value),
            "baseline": json_number(self.baseline.value),
            "unexplained": json_number(self.unexplained.value),
            "contributions": [
                {
                    "name": name,
                    "contribution": json_number(part.value),
                    "lower": json_number(part.lower),
                    "upper": json_number(part.upper),
                }
                for name, part in self.parts.items()
            ],
        }


@dataclass(frozen=True, repr=False)
class Contributions(Result):
    """Contributions of drivers, for all rows or group by group.

    Parameters
    ----------
    outcome, measure, unit
        What was divided, how it was read, and in which unit.
    by
        Group column; empty without groups.
    reference
        Where contributions are counted from, by driver.
    groups
        One entry, or one per group.
    warnings
        Those of the drivers.
    """

    outcome: str
    measure: Measure
    unit: str
    by: str
    reference: dict[str, float]
    groups: tuple[GroupContributions, ...]
    warnings: tuple[DriverNotice, ...]

    def __iter__(self) -> Iterator[GroupContributions]:
        """Go through the groups."""
        return iter(self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Return the contributions for JSON."""
        return {
            "outcome": self.outcome,
            "measure": self.measure,
            "unit": self.unit,
            "by": self.by or None,
            "reference": {
                name: json_number(value) for name, value in self.reference.items()
            },
            "groups": [group.to_dict() for group in self.groups],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per group and part: baseline, drivers, unexplained."""
        import pandas as pd  # noqa: PLC0415 - only who wants a frame waits for pandas

        return pd.DataFrame(self._rows(with_ends=True))

    def chart(self) -> Any:
        """Draw the contributions around zero, a panel per group."""
        from cxstats.charts.drivers import contribution_chart  # noqa: PLC0415 - slow

        rows = [
            {**row, "label": row["part"]}
            for row in self._rows(with_ends=False)
            if row["part"] != "unexplained" or self.by
        ]
        return contribution_chart(rows, unit=self.unit, outcome=self.outcome)

    def _rows(self, *, with_ends: bool) -> list[dict[str, Any]]:
        found = []
        for group in self.groups:
            parts = {**group.parts, "unexplained": group.unexplained}
            if with_ends:
                parts = {"baseline": group.baseline, **parts, "total": group.value}
            found += [
                {
                    "group": format_key(group.key) if self.by else "all",
                    "part": name,
                    "value": part.value,
                    "lower": part.lower,
                    "upper": part.upper,
                    "n": part.n,
                }
                for name, part in parts.items()
            ]
        return found

    def __str__(self) -> str:
        """Write what adds up, part by part."""
        headers = ["group", "part", "value", "lower", "upper"]
        rows = [
            [row["group"], row["part"]]
            + [format_value(row[x], self.unit, 2) for x in ("value", "lower", "upper")]
            for row in self._rows(with_ends=True)
        ]
        head = f"{self.outcome} ({self.measure}): baseline and contributions"
        notices = notice_lines(self.warnings)
        return "\n".join([head, text_table(headers, rows), *notices])


def driver_contributions(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    outcome: str,
    drivers: str | Sequence[str],
    measure: Measure = "nps",
    by: str | None = None,
    reference: Reference | None = None,
    scale: str | Scale | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    engine: Engine | str | None = None,
) -> Contributions:
    """Divide a score into contributions of drivers that sum to it exactly.

    Parameters other than these are those of `key_drivers`.

    Parameters
    ----------
    measure
        ``nps`` (points), ``promoters``, ``detractors`` (shares) or ``score``.
    by
        Column of groups, 50 at most: each group's difference from the overall score
        is then divided.
    reference
        Where contributions are counted from: the ``lowest`` value of each driver
        (what it adds; the default without groups), the ``highest`` (what is lost
        against perfection), the ``mean`` (the default with groups), a number, or a
        number for each driver.

    Returns
    -------
    Contributions
        ``value = baseline + Σ parts + unexplained``, each with its interval.

    Raises
    ------
    InputError
        If a column cannot be used, nothing varies, the groups are too many, or
        groups and clusters are asked together.

    Notes
    -----
    A linear model of the outcome as read. A contribution is what goes together with
    a driver, the others being equal, not what changing it would cause.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"q1": [10, 9, 3, 10, 0, 7] * 20,
    ...                  "queue": [0, 0, 1, 0, 1, 1] * 20,
    ...                  "fault": [0, 0, 0, 0, 1, 0] * 20})
    >>> (found,) = driver_contributions(data, outcome="q1",
    ...                                 drivers=["queue", "fault"])
    >>> parts = {name: round(part.value, 1) for name, part in found.parts.items()}
    >>> round(found.baseline.value, 1), parts, round(found.value.value, 1)
    (100.0, {'queue': -75.0, 'fault': -8.3}, 16.7)
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
    _check(question, by)
    simulation = Simulation(level, replicates, seed)
    with engine_for(engine) as opened:
        wanted = question.columns if by is None else (*question.columns, by)
        source = source_of(data, wanted)
        desk = Desk(opened, source, question, opened.kinds(source))
        analysis = analyse(source, question, opened, simulation)
        if by is None:
            groups = [GroupMoments(None, analysis.moments, analysis.replicates)]
        else:
            groups = group_moments(desk, analysis, by)
            analysis = analysis.pooled([group.replicates for group in groups])
        usual: Reference = "lowest" if by is None else "mean"
        asked = usual if reference is None else reference
        point = reference_point(asked, analysis, desk)
    found = tuple(_divided(analysis, group, point) for group in groups)
    return Contributions(
        outcome=question.outcome,
        measure=question.measure,
        unit=question.unit,
        by=by or "",
        reference=dict(zip(analysis.drivers, point[0].tolist(), strict=True)),
        groups=found,
        warnings=analysis.notices,
    )


def _check(question: DriverQuestion, by: str | None) -> None:
    if question.measure == "ordinal":
        raise InputError(
            "ranks have no sum to divide; take measure nps, promoters, detractors or "
            "score"
        )
    if by is not None and question.cluster is not None:
        raise InputError(
            "contributions by group cannot be given with clusters, which may reach "
            "over groups; leave out one of the two"
        )


def _divided(
    analysis: Analysis, group: GroupMoments, point: tuple[Floats, Floats]
) -> GroupContributions:
    """Divide one group's mean, and its simulated means alike."""
    whole, drawn = analysis.moments, analysis.replicates
    sides = (
        (whole.covariance, whole.means, group.moments.means, point[0]),
        (drawn.covariances, drawn.means, group.replicates.means, point[1]),
    )
    (value, baseline, parts, rest), simulated = (_sum_of(*side) for side in sides)
    size = len(group.replicates)
    own = analysis.of_group(group.moments)

    def estimates(numbers: Floats, samples: Floats) -> list[Estimate]:
        flat = np.broadcast_to(samples, (size, *np.shape(numbers))).reshape(size, -1)
        unit = analysis.question.unit
        return own.estimates(np.ravel(numbers), flat, unit, "ols")

    return GroupContributions(
        key=group.key,
        value=estimates(value, simulated[0])[0],
        baseline=estimates(baseline, simulated[1])[0],
        parts=dict(zip(analysis.drivers, estimates(parts, simulated[2]), strict=True)),
        unexplained=estimates(rest, simulated[3])[0],
    )


def _sum_of(
    covariance: Floats, means: Floats, group_means: Floats, reference: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return value, baseline, parts and the unexplained rest."""
    slope = slopes(covariance)
    parts = slope * (group_means[..., :-1] - reference)
    away = (slope * (means[..., :-1] - reference)).sum(axis=-1)
    baseline = means[..., -1] - away
    value = group_means[..., -1]
    rest = value - baseline - parts.sum(axis=-1)
    return value, baseline, parts, np.asarray(rest)
