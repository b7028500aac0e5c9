"""Looking early without lying: intervals that hold at every look at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxstats.charts.experiments import looks_chart
from cxstats.display import format_key, format_value, notice_lines, text_table
from cxstats.engine import (
    Engine,
    KeyLike,
    Kind,
    OrderBy,
    PeriodBucket,
    Source,
    TopQuery,
    resolve_column,
)
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice, json_number, json_value
from cxstats.experiments.moments import (
    UNITS,
    Moments,
    Outcome,
    collect_moments,
    is_missing,
    kind_of,
)
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.results import Result
from cxstats.scales import Scale, parse_scale

__all__ = [
    "Looks",
    "always_valid",
    "sequential_looks",
]

_EARLY = 30
"""Outcomes per arm before which the variance is not known well enough to look."""

_MOST_LOOKS = 5_000


@dataclass(frozen=True, eq=False, repr=False)
class Looks(Result):
    """An experiment as it looked after every day or wave.

    Parameters
    ----------
    outcome, kind, unit, arm, control, level
        What is compared, and at which level.
    expected_effect
        The effect, in the unit, to which the intervals are most sensitive.
    looks
        Labels of the looks in order.
    n_arm, n_control
        Outcomes so far.
    value, lower, upper
        Effect so far and its always-valid interval, in the unit; an interval never
        takes back what an earlier one excluded.
    p
        Always-valid p values; they never rise.
    decided
        Position of the first look whose interval excludes 0; None if none does.
    warnings
        What the reader must know.
    """

    outcome: str
    kind: str
    unit: str
    arm: Any
    control: Any
    level: float
    expected_effect: float
    looks: tuple[Any, ...]
    n_arm: Floats
    n_control: Floats
    value: Floats
    lower: Floats
    upper: Floats
    p: Floats
    decided: int | None
    warnings: tuple[Notice, ...]

    def _rows(self) -> list[dict[str, Any]]:
        columns = zip(
            self.looks,
            self.n_arm.tolist(),
            self.n_control.tolist(),
            self.value.tolist(),
            self.lower.tolist(),
            self.upper.tolist(),
            self.p.tolist(),
            strict=True,
        )
        return [
            {
                "look": json_value(look),
                "n_arm": int(n_arm),
                "n_control": int(n_control),
                "value": json_number(value),
                "lower": json_number(lower),
                "upper": json_number(upper),
                "p": json_number(p),
            }
            for look, n_arm, n_control, value, lower, upper, p in columns
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return every look, and the first that decides."""
        decided = None if self.decided is None else self.looks[self.decided]
        return {
            "outcome": self.outcome,
            "kind": self.kind,
            "unit": self.unit,
            "arm": json_value(self.arm),
            "control": json_value(self.control),
            "level": self.level,
            "expected_effect": self.expected_effect,
            "decided": json_value(decided),
            "looks": self._rows(),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per look."""
        return pd.DataFrame(self._rows())

    def chart(self) -> Any:
        """Draw the effect so far with its always-valid interval.

        Returns
        -------
        altair.Chart
        """
        title = f"{self.outcome}: {format_key(self.arm)} − {format_key(self.control)}"
        rows = [{**row, "look": str(row["look"])} for row in self._rows()]
        return looks_chart(rows, unit=self.unit, title=title)

    def __str__(self) -> str:
        """Write the latest looks and the decision."""
        rows = []
        for row in self._rows()[-12:]:
            numbers = [
                format_value(math.nan if row[name] is None else row[name], self.unit, 2)
                for name in ("value", "lower", "upper")
            ]
            p = format_value(math.nan if row["p"] is None else row["p"], "score", 4)
            rows.append([str(row["look"]), *numbers, p, f"{row['n_arm']:,}"])
        told = (
            "no look decides yet"
            if self.decided is None
            else f"decided at {format_key(self.looks[self.decided])}"
        )
        table = text_table(["look", "effect", "lower", "upper", "p", "n"], rows)
        notices = notice_lines(self.warnings)
        return "\n".join([table, told, *notices])


def always_valid(
    value: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    expected_effect: float,
    level: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """Return a confidence sequence and p values that hold at every look.

    Parameters
    ----------
    value, variance
        Effect so far and its squared standard error, look by look.
    expected_effect
        Standard deviation of the normal mixture, fixed before the first look.
    level
        Probability that the true effect is inside at all looks together.

    Returns
    -------
    lower, upper, p
        Running intersection of the intervals, and running minimum of p.

    Raises
    ------
    InputError
        If the expected effect is not above 0 or the level no probability.

    References
    ----------
    Robbins (1970), Annals of Mathematical Statistics 41(5); Johari, Koomen,
    Pekelis & Walsh (2022), Operations Research 70(3), eq. 12: with
    ``L = sqrt(V / (V + τ²)) exp(τ² d² / (2 V (V + τ²)))`` p is ``min 1 / L`` and the
    interval ``d ± sqrt(V (V + τ²) / τ² (ln((V + τ²) / V) - 2 ln α))``.

    Examples
    --------
    >>> lower, upper, p = always_valid([0.02, 0.03], [1e-4, 2e-5], expected_effect=0.02)
    >>> bool(p[1] < 0.05), bool(lower[0] < 0 < lower[1])
    (True, True)
    """
    if not expected_effect > 0 or not 0 < level < 1:
        raise InputError(
            "always-valid intervals need an expected effect above 0 and a level "
            f"between 0 and 1; received {expected_effect} and {level}"
        )
    d, v = np.asarray(value, dtype=float), np.asarray(variance, dtype=float)
    tau2 = expected_effect**2
    known = np.isfinite(d) & (v > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = v + tau2
        log = np.log(total / v)
        half = np.sqrt(v * total / tau2 * (log - 2 * math.log(1 - level)))
        log_ratio = -log / 2 + tau2 * d**2 / (2 * v * total)
        p = np.exp(-np.maximum(log_ratio, 0.0))
    lower = np.maximum.accumulate(np.where(known, d - half, -np.inf))
    upper = np.minimum.accumulate(np.where(known, d + half, np.inf))
    return lower, upper, np.minimum.accumulate(np.where(known, p, 1.0))


def sequential_looks(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    arm: str,
    outcome: str,
    control: Any,
    treatment: Any,
    time: str,
    expected_effect: float,
    kind: str = "auto",
    scale: str | Scale | None = None,
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Looks:
    """Look at an experiment every day, with intervals that allow it.

    Parameters
    ----------
    data
        As in `experiment`.
    arm, outcome, kind, scale, where, engine
        As in `experiment`.
    control, treatment
        Values of ``arm`` to compare.
    time
        When the outcome became known: a date or timestamp (a look at the end of every
        day, in UTC), or any column whose values in order are the looks.
    expected_effect
        The effect, in the unit of the outcome (points for a net score), that you
        would be glad of. Fix it before the start: it tunes the intervals.
    level
        Probability that all looks together are right.

    Raises
    ------
    InputError
        If a column or value cannot be used.

    Notes
    -----
    A fixed-sample interval read every day claims an effect that is not there in far
    more than 5 % of experiments. These intervals hold at all looks at once and are
    wider for it. They rest on the normal approximation: looks before 30 outcomes per
    arm are not judged.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = [(d, a, int(i < (30 if a == "t" else 10)))
    ...         for d in range(1, 6) for a in "ct" for i in range(100)]
    >>> day, arm, y = zip(*rows)
    >>> data = pa.table({"wave": day, "arm": arm, "y": y})
    >>> looks = sequential_looks(data, arm="arm", outcome="y", control="c",
    ...                          treatment="t", time="wave", expected_effect=0.1)
    >>> looks.looks[looks.decided]
    1
    """
    read = None if scale is None else parse_scale(scale)
    measured = Outcome(outcome, kind, read, filter_of(where))
    kept = measured.where.columns() if measured.where is not None else ()
    with engine_for(engine) as opened:
        source = source_of(data, [arm, outcome, time, *kept])
        key, labels = _looks_of(opened, source, time, measured.where)
        cells = collect_moments(opened, source, measured, [arm, key])
    sides = {name: {k[1]: m for k, m in cells.items() if k[0] == name}
             for name in (treatment, control)}  # fmt: skip
    if not all(sides.values()):
        raise InputError(
            f"{arm!r} must hold both {treatment!r} and {control!r}; it does not"
        )
    found_kind = kind_of(measured, list(cells.values()))
    places = sorted(
        {at for side in sides.values() for at in side if not is_missing(at)}
    )
    if len(places) > _MOST_LOOKS:
        raise InputError(
            f"{time!r} holds {len(places):,} values; look by day or wave instead"
        )
    factor = 100.0 if found_kind == "nps" else 1.0
    value, variance, n = _running(sides[treatment], sides[control], places)
    tau = expected_effect / factor
    lower, upper, p = always_valid(value, variance, expected_effect=tau, level=level)
    away = np.flatnonzero((lower > 0) | (upper < 0))
    return Looks(
        outcome=outcome,
        kind=found_kind,
        unit=UNITS[found_kind],
        arm=treatment,
        control=control,
        level=level,
        expected_effect=expected_effect,
        looks=tuple(labels[at] if labels else at for at in places),
        n_arm=n[0],
        n_control=n[1],
        value=value * factor,
        lower=lower * factor,
        upper=upper * factor,
        p=p,
        decided=int(away[0]) if len(away) else None,
        warnings=_notices(lower, upper, variance),
    )


def _looks_of(
    engine: Engine, source: Source, time: str, where: Filter | None
) -> tuple[KeyLike, tuple[date, ...]]:
    """Cut timestamps by day; take the values of any other column as they are."""
    kinds = engine.kinds(source)
    if kinds[resolve_column(time, kinds)] is not Kind.TIMESTAMP:
        return time, ()
    ends = []
    for last in (False, True):
        query = TopQuery((time,), (OrderBy(time, descending=last),), 1, where=where)
        found = engine.top_rows(source, query).column(0).to_pylist()
        if not found or found[0] is None:
            raise InputError(f"no row has a time in {time!r}")
        ends.append(found[0])
    first, last_day = (moment.date() if isinstance(moment, datetime) else moment
                       for moment in ends)  # fmt: skip
    count = (last_day - first).days + 1
    if count > _MOST_LOOKS:
        raise InputError(f"{time!r} spans {count:,} days; filter out wrong times")
    days = tuple(first + timedelta(days=at) for at in range(count))
    # Nothing lies before the first edge, so bucket 1 is the first day.
    return PeriodBucket(time, days), (first, *days)


def _running(
    own: dict[Any, Moments], control: dict[Any, Moments], places: list[Any]
) -> tuple[Floats, Floats, tuple[Floats, Floats]]:
    """Effect, its variance and outcomes of both arms up to every look."""
    rows = []
    a = b = Moments()
    for at in places:
        a, b = a + own.get(at, Moments()), b + control.get(at, Moments())
        enough = min(a.n, b.n) >= _EARLY
        variance = a.variance() / a.n + b.variance() / b.n if enough else math.nan
        rows.append((a.mean - b.mean, variance, a.n, b.n))
    value, variance, n_own, n_control = np.array(rows, dtype=float).T
    return value, variance, (n_own, n_control)


def _notices(lower: Floats, upper: Floats, variance: Floats) -> tuple[Notice, ...]:
    found = []
    if not (variance > 0).any():
        found.append(
            Notice(
                "too_early",
                f"no look has {_EARLY} outcomes per arm that differ, so nothing is "
                "judged yet",
            )
        )
    if (lower > upper).any():
        found.append(
            Notice(
                "drift",
                "intervals of different looks exclude one another: the effect changed "
                "over time, so look at it by period",
            )
        )
    return tuple(found)
