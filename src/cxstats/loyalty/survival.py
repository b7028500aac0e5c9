"""How long customers stay: survival by group from counts, with intervals and tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cxstats.display import format_key, format_value, text_table
from cxstats.engine import Column, Engine, HistogramQuery, MomentsQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice, json_number, json_value
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.checks import check_level, number_of, truth_of
from cxstats.loyalty.hazard import hazard_ratios
from cxstats.loyalty.life import LifeTable, LogRank, log_rank
from cxstats.reporting import DEFAULT_POLICY
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Survival", "SurvivalCurve", "survival", "survival_from_counts"]

MAX_GROUPS = 200
_PRINTED_TIMES = 5


@dataclass(frozen=True)
class SurvivalCurve:
    """One group's stay.

    Parameters
    ----------
    group
        Its value; None for all, and for customers without a value.
    table
        Customers at risk and events.
    level
        Confidence level.
    median
        Time after which half have left.
    hazard_ratio
        How fast it leaves relative to the first group; None without groups.
    """

    group: Any
    table: LifeTable
    level: float
    median: Estimate
    hazard_ratio: Estimate | None

    def at(self, time: float) -> Estimate:
        """Estimate the share that is still there after a time."""
        return self.table.at(time, self.level)

    def quantile(self, share: float) -> Estimate:
        """Estimate the time after which a share has left, such as 0.9."""
        return self.table.quantile(share, self.level)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give one row per time."""
        std_error, lower, upper = self.table.interval(self.level)
        columns = zip(
            self.table.time.tolist(),
            self.table.at_risk.tolist(),
            self.table.events.tolist(),
            self.table.survival.tolist(),
            std_error.tolist(),
            lower.tolist(),
            upper.tolist(),
            strict=True,
        )
        names = ("time", "at_risk", "events", "survival", "std_error", "lower", "upper")
        for numbers in columns:
            yield {"group": self.group, **dict(zip(names, numbers, strict=True))}


@dataclass(frozen=True, repr=False)
class Survival(Result):
    """How long customers of each group stay.

    Parameters
    ----------
    by
        Column of the groups, or None.
    curves
        One per group, the largest first; hazard ratios are against the first.
    test
        Log-rank test of one pace for all groups; None with one group or weights.
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    by: str | None
    curves: tuple[SurvivalCurve, ...]
    test: LogRank | None
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def curve(self, group: Any = None) -> SurvivalCurve:
        """Return the curve of a group.

        Raises
        ------
        InputError
            If there is no such group.
        """
        for curve in self.curves:
            if curve.group == group:
                return curve
        known = ", ".join(format_key(curve.group) for curve in self.curves)
        raise InputError(f"no group is {group!r}; the groups are {known}")

    def to_dict(self) -> dict[str, Any]:
        """Return curves, medians, hazard ratios and the test for JSON."""
        return {
            "by": self.by,
            "curves": [_curve_dict(curve) for curve in self.curves],
            "log_rank": None
            if self.test is None
            else {
                "statistic": json_number(self.test.statistic),
                "df": self.test.df,
                "p": json_number(self.test.p),
            },
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per group and time."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame([row for curve in self.curves for row in curve.rows()])

    def chart(self) -> Any:
        """Draw the survival curves with their intervals."""
        from cxstats.charts.loyalty import survival_chart  # noqa: PLC0415 - slow import

        frame = self.to_pandas()
        return survival_chart(
            frame.assign(group=[format_key(g) for g in frame["group"]])
        )

    def __str__(self) -> str:
        """Write the share still there at a few times, medians and ratios."""
        times = _shown_times(self.curves)
        headers = ["", "n", *(f"at {time:g}" for time in times), "median", "ratio"]
        rows = []
        for curve in self.curves:
            shares = [format_value(curve.at(time).value, "share") for time in times]
            ratio = math.nan if curve.hazard_ratio is None else curve.hazard_ratio.value
            numbers = [
                format_value(curve.median.value, "time", 0),
                format_value(ratio, "ratio"),
            ]
            name = "all" if self.by is None else format_key(curve.group)
            rows.append([name, f"{curve.table.n:,}", *shares, *numbers])
        table = text_table(headers, rows)
        if self.test is None:
            return table
        return f"{table}\n\nlog-rank {self.test.statistic:.1f}, p {self.test.p:.2g}"


def survival(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    duration: str,
    event: str,
    by: str | None = None,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> Survival:
    """Estimate how long customers stay, by Kaplan and Meier.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer.
    duration
        Time observed, 0 or more: until the event, or until the data end. Round
        continuous times (to months) before, so that few different ones come back.
    event
        Whether the event happened: 1/0, true/false, yes/no. 0 means censored: still
        there when the data end.
    by
        Column whose values are compared; NULL is a group.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine, level
        As everywhere.

    Returns
    -------
    Survival

    Raises
    ------
    InputError
        If a column cannot be read as asked, or nobody is left.

    Notes
    -----
    Kaplan and Meier (1958); Greenwood's variance; log intervals as R's `survfit`.
    The product of the saturated discrete-time hazards is the same number, so grouped
    counts are all that is needed. Censoring must not depend on the risk: customers
    who are watched for a shorter time must not be the endangered ones.
    """
    check_level(level)
    query = HistogramQuery(
        score=event,
        by=(Column(duration, "t"), *(() if by is None else (Column(by, "g"),))),
        weight=weight,
        where=filter_of(where),
    )
    with engine_for(engine) as opened:
        cells = opened.score_histogram(source_of(data, query.columns()), query)
    tables, excluded = _tables_of(cells, event, weighted=weight is not None)
    return _answer(tables, by, excluded, level, weighted=weight is not None)


def survival_from_counts(  # noqa: PLR0913 - the columns of a life table
    data: Any,
    *,
    time: str,
    at_risk: str,
    events: str,
    by: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> Survival:
    """Estimate the same from counts per time: who was there, and who left.

    Rows of one time and group are added, so counts of regions or files merge.

    Parameters
    ----------
    data
        Anything that the library reads; one or more rows per time and group.
    time, at_risk, events
        The time, the customers there just before it, and those who left at it.
    by, where, engine, level
        As `survival`.

    Returns
    -------
    Survival

    Raises
    ------
    InputError
        If more leave than are there.
    """
    check_level(level)
    keys = (Column(time, "t"), *(() if by is None else (Column(by, "g"),)))
    kept = filter_of(where)
    found: dict[Any, dict[float, list[float]]] = {}
    with engine_for(engine) as opened:
        for place, name in enumerate((at_risk, events)):
            query = MomentsQuery(value=name, by=keys, where=kept)
            cells = opened.group_moments(source_of(data, query.columns()), query)
            for row in cells.to_pylist():
                moment = number_of(row["t"])
                if moment is not None:
                    group = found.setdefault(row.get("g"), {})
                    group.setdefault(moment, [0.0, 0.0])[place] += row["wx"]
    tables = {
        group: LifeTable.of(
            np.array(list(rows)),
            np.array([row[0] for row in rows.values()]),
            np.array([row[1] for row in rows.values()]),
            round(max(row[0] for row in rows.values())),
        )
        for group, rows in found.items()
    }
    return _answer(tables, by, {}, level, weighted=False)


def _tables_of(
    cells: pa.Table, event: str, *, weighted: bool
) -> tuple[dict[Any, LifeTable], dict[str, int]]:
    groups: dict[Any, dict[float, Floats]] = {}
    counts: dict[Any, int] = {}
    excluded = {"no_duration": 0, "no_event": 0, "no_weight": 0}
    for row in cells.to_pylist():
        moment, happened = number_of(row["t"]), truth_of(row["score"], event)
        if moment is None or moment < 0:
            excluded["no_duration"] += row["n"]
            continue
        if happened is None:
            excluded["no_event"] += row["n"]
            continue
        used = row["n_weighted"] if weighted else row["n"]
        w, w2 = (row["w"], row["w2"]) if weighted else (used, used)
        excluded["no_weight"] += row["n"] - used
        sums = groups.setdefault(row.get("g"), {})
        cell = sums.setdefault(moment, np.zeros(4))
        cell += np.array([w, w * happened, w2, w2 * happened])
        counts[row.get("g")] = counts.get(row.get("g"), 0) + used
    return {g: _table(sums, counts[g]) for g, sums in groups.items()}, excluded


def _table(sums: dict[float, Floats], n: int) -> LifeTable:
    times = np.array(sorted(sums))
    ended, events, ended2, events2 = np.array([sums[time] for time in times]).T
    later, later2 = (np.cumsum(part[::-1])[::-1] for part in (ended, ended2))
    return LifeTable(times, later, events, n, later2, events2)


def _answer(
    tables: dict[Any, LifeTable],
    by: str | None,
    excluded: Mapping[str, int],
    level: float,
    *,
    weighted: bool,
) -> Survival:
    tables = {group: table for group, table in tables.items() if table.n > 0}
    if not tables:
        raise InputError("no row has a duration of 0 or more and a known event")
    if len(tables) > MAX_GROUPS:
        raise InputError(
            f"{by!r} has {len(tables):,} values, more than {MAX_GROUPS} curves can be "
            "compared; group them first"
        )
    # Equal sizes are put in order by name, so that the order of rows is irrelevant.
    groups = sorted(tables, key=lambda g: (-tables[g].n, g is None, str(g)))
    chosen = tuple(tables[group] for group in groups)
    several = len(groups) > 1 and not weighted
    ratios = hazard_ratios(chosen, level).ratios if several else [None] * len(groups)
    curves = tuple(
        SurvivalCurve(group, table, level, table.median(level), ratio)
        for group, table, ratio in zip(groups, chosen, ratios, strict=True)
    )
    notices = tuple(_notices(curves, weighted=weighted))
    test = log_rank(chosen) if several else None
    return Survival(by, curves, test, excluded, notices)


def _notices(curves: tuple[SurvivalCurve, ...], *, weighted: bool) -> Iterator[Notice]:
    small = [curve for curve in curves if curve.table.n < DEFAULT_POLICY.shown]
    if small:
        yield Notice(
            "small_n",
            f"{len(small)} of {len(curves)} groups have fewer than "
            f"{DEFAULT_POLICY.shown} customers: do not report their curves",
        )
    if not sum(float(curve.table.events.sum()) for curve in curves):
        yield Notice(
            "empty",
            "nobody had the event, so nothing is known about how long they stay",
        )
    if weighted and len(curves) > 1:
        yield Notice(
            "weights",
            "groups are not tested against each other with weights; compare the "
            "intervals at a time of interest",
        )


def _shown_times(curves: tuple[SurvivalCurve, ...]) -> list[float]:
    every = np.unique(np.concatenate([curve.table.time for curve in curves]))
    places = np.linspace(0, len(every) - 1, _PRINTED_TIMES + 1)[1:].round().astype(int)
    return [float(time) for time in np.unique(every[places])]


def _curve_dict(curve: SurvivalCurve) -> dict[str, Any]:
    rows = []
    for row in curve.rows():
        del row["group"]
        rows.append({name: json_number(number) for name, number in row.items()})
    ratio = curve.hazard_ratio
    return {
        "group": json_value(curve.group),
        "n": curve.table.n,
        "median": curve.median.to_dict(),
        "hazard_ratio": None if ratio is None else ratio.to_dict(),
        "times": rows,
    }
