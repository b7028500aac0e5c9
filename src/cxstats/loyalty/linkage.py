"""Does the score go with leaving and revenue later? Own data, intervals, no causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cxstats.display import format_value, text_table
from cxstats.engine import Engine, HistogramQuery, MomentsQuery, Source
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice, json_value
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.checks import check_level, truth_of
from cxstats.loyalty.contrasts import (
    class_of,
    counted,
    mean_difference,
    mean_of,
    share_difference,
    share_ratio,
)
from cxstats.loyalty.profit import CLASSES, class_bins
from cxstats.loyalty.shares import Sums, customer_share
from cxstats.reporting import DEFAULT_POLICY
from cxstats.results import Result
from cxstats.scales import NPS_0_10, Scale, parse_scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NO_CAUSE", "Link", "Linkage", "linkage"]

NO_CAUSE = (
    "This is an association in our own data: it does not show that a higher score "
    "would have changed it."
)
"""Said with every finding."""


@dataclass(frozen=True)
class Link:
    """One later outcome by class of customers.

    Parameters
    ----------
    kind
        ``churn``: share that left; ``revenue``: mean amount.
    lag
        How long after the score, as the caller named it.
    classes
        The outcome of detractors, passives and promoters.
    difference
        Detractors minus promoters, with its interval.
    ratio
        Detractors over promoters; None for revenue.
    """

    kind: Literal["churn", "revenue"]
    lag: Any
    classes: Mapping[str, Estimate]
    difference: Estimate
    ratio: Estimate | None

    @property
    def sentence(self) -> str:
        """The finding in words that claim no cause."""
        low, high = self.classes["detractors"], self.classes["promoters"]
        few = [e.n for e in (low, high) if e.n < DEFAULT_POLICY.shown]
        if few or not self.difference.is_known:
            return f"After {self.lag}: too few detractors or promoters to compare."
        unit = low.unit
        gap, lower, upper = (
            _difference_text(number, unit)
            for number in (
                self.difference.value,
                self.difference.lower,
                self.difference.upper,
            )
        )
        verb = (
            "of detractors had left" if unit == "share" else "was the detractors' mean"
        )
        told = self.difference.lower > 0 or self.difference.upper < 0
        verdict = "" if told else " It cannot be told from no difference."
        return (
            f"After {self.lag}, {format_value(low.value, unit)} {verb}, against "
            f"{format_value(high.value, unit)} of promoters: a difference of {gap} "
            f"({lower} to {upper}).{verdict} {NO_CAUSE}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the link for JSON."""
        return {
            "kind": self.kind,
            "lag": json_value(self.lag),
            "classes": {name: e.to_dict() for name, e in self.classes.items()},
            "difference": self.difference.to_dict(),
            "ratio": None if self.ratio is None else self.ratio.to_dict(),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, repr=False)
class Linkage(Result):
    """Later outcomes by class of customers.

    Parameters
    ----------
    links
        One per outcome and lag, in the order asked.
    scale
        Scale of the score; its cuts make the classes.
    warnings
        What the reader must know; always that no cause is shown.
    """

    links: tuple[Link, ...]
    scale: Scale
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the links for JSON."""
        return {
            "scale": str(self.scale),
            "links": [link.to_dict() for link in self.links],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per outcome, lag and class."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(
            [
                {"kind": link.kind, "lag": link.lag, "class": name, **e.to_dict()}
                for link in self.links
                for name, e in link.classes.items()
            ]
        )

    def chart(self) -> Any:
        """Draw the first kind of outcome by lag and class, with intervals."""
        from cxstats.charts.loyalty import interval_chart  # noqa: PLC0415 - slow import

        kind = self.links[0].kind
        rows = [
            {
                "label": f"{name}, after {link.lag}",
                "value": e.value,
                "lower": e.lower,
                "upper": e.upper,
                "n": e.n,
            }
            for link in self.links
            if link.kind == kind
            for name, e in link.classes.items()
        ]
        if kind == "churn":
            return interval_chart(rows, title="Share that left", form=".1%")
        return interval_chart(rows, title="Mean revenue", form=",.2f")

    def __str__(self) -> str:
        """Write the outcomes by class and the sentences."""
        rows = []
        for link in self.links:
            cells = [format_value(e.value, e.unit) for e in link.classes.values()]
            rows.append([link.kind, f"after {link.lag}", *cells])
        headers = ["outcome", "lag", *CLASSES]
        sentences = "\n".join(link.sentence for link in self.links)
        return f"{text_table(headers, rows)}\n\n{sentences}"


def linkage(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    score: str,
    churned: Mapping[Any, str] | str | None = None,
    revenue: Mapping[Any, str] | str | None = None,
    scale: str | Scale = NPS_0_10,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> Linkage:
    """Compare what promoters, passives and detractors did after they had answered.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer who answered.
    score
        The recommendation score.
    churned
        Column of whether the customer left (1/0, yes/no), or several by lag:
        ``{"3 months": "left_3m", "6 months": "left_6m"}``.
    revenue
        Column of later revenue, or several by lag.
    scale
        Scale of the score, with its cuts.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine, level
        As everywhere.

    Returns
    -------
    Linkage

    Raises
    ------
    InputError
        If no outcome is named, or a column cannot be read.

    Notes
    -----
    Shares: Wilson's intervals, their difference by Newcombe's method 10, their ratio
    on the log scale. Means: t intervals, their difference by Welch. Who answers and
    who leaves may share causes (tenure, network, price); published studies across
    firms disagree, so only own data count, and none of it shows a cause.
    """
    check_level(level)
    read = parse_scale(scale)
    outcomes: list[tuple[Literal["churn", "revenue"], Any, str]] = []
    outcomes += [("churn", lag, column) for lag, column in _by_lag(churned).items()]
    outcomes += [("revenue", lag, column) for lag, column in _by_lag(revenue).items()]
    if not outcomes:
        raise InputError("name an outcome: churned, revenue or both")
    kept = filter_of(where)
    names = [
        score,
        *(column for _k, _l, column in outcomes),
        *([weight] if weight else []),
    ]
    source = source_of(data, [*names, *(kept.columns() if kept is not None else ())])
    links = []
    with engine_for(engine) as opened:
        for kind, lag, column in outcomes:
            ask = _Ask(
                opened, source, class_bins(score, read, "c"), weight, kept, level
            )
            links.append(
                ask.churn(lag, column) if kind == "churn" else ask.revenue(lag, column)
            )
    return Linkage(tuple(links), read, tuple(_notices(links)))


@dataclass(frozen=True)
class _Ask:
    """One source asked for outcomes by class."""

    engine: Engine
    source: Source
    key: Any
    weight: str | None
    where: Filter | None
    level: float

    def churn(self, lag: Any, column: str) -> Link:
        query = HistogramQuery(
            score=column, by=(self.key,), weight=self.weight, where=self.where
        )
        left = dict.fromkeys(CLASSES, Sums())
        all_ = dict.fromkeys(CLASSES, Sums())
        for row in self.engine.score_histogram(self.source, query).to_pylist():
            happened = truth_of(row["score"], column)
            name = class_of(row["c"])
            if happened is None or name is None:
                continue
            sums = counted(row, weighted=self.weight is not None)
            all_[name] += sums
            if happened:
                left[name] += sums
        classes = {
            name: customer_share(left[name], all_[name], self.level) for name in CLASSES
        }
        low, high = classes["detractors"], classes["promoters"]
        ratio = share_ratio(low, high, self.level)
        return Link("churn", lag, classes, share_difference(low, high), ratio)

    def revenue(self, lag: Any, column: str) -> Link:
        query = MomentsQuery(
            column, by=(self.key,), weight=self.weight, where=self.where
        )
        rows = self.engine.group_moments(self.source, query).to_pylist()
        found = {class_of(row["c"]): row for row in rows}
        classes = {name: mean_of(found.get(name), self.level) for name in CLASSES}
        low, high = classes["detractors"], classes["promoters"]
        return Link("revenue", lag, classes, mean_difference(low, high), None)


def _by_lag(columns: Mapping[Any, str] | str | None) -> Mapping[Any, str]:
    if columns is None:
        return {}
    return {"the score": columns} if isinstance(columns, str) else columns


def _notices(links: list[Link]) -> Iterator[Notice]:
    yield Notice("no_cause", NO_CAUSE)
    small = [
        f"{name} after {link.lag}"
        for link in links
        for name, e in link.classes.items()
        if e.n < DEFAULT_POLICY.shown
    ]
    if small:
        yield Notice(
            "small_n",
            f"fewer than {DEFAULT_POLICY.shown} customers: {', '.join(small)}; do not "
            "report them",
        )


def _difference_text(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:+.1f} points"
    return f"{value:+,.2f}"
