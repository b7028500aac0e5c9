"""Good and bad profit: what comes from customers who warn others, and from fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxstats.display import format_value, text_table
from cxstats.engine import Bins, Engine, MomentsQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice, json_number
from cxstats.filters import Compare, Filter, Or
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.checks import check_level
from cxstats.loyalty.shares import Sums, value_share
from cxstats.reporting import DEFAULT_POLICY
from cxstats.results import Result
from cxstats.scales import NPS_0_10, Scale, parse_scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLASSES", "GoodProfit", "ProfitClass", "class_bins", "good_profit"]

CLASSES = ("detractors", "passives", "promoters")


@dataclass(frozen=True)
class ProfitClass:
    """What one class of customers brings.

    Parameters
    ----------
    name
        ``promoters``, ``passives`` or ``detractors``.
    n
        Customers with a score and a revenue.
    revenue
        Their revenue, in money.
    share
        Its share of all revenue, with its interval.
    fees
        Sum of each fee they paid.
    """

    name: str
    n: int
    revenue: float
    share: Estimate
    fees: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the class for JSON."""
        return {
            "name": self.name,
            "n": self.n,
            "revenue": json_number(self.revenue),
            "share": self.share.to_dict(),
            "fees": dict(self.fees),
        }


@dataclass(frozen=True, repr=False)
class GoodProfit(Result):
    """Revenue by class of customers, and the part of it that is bad profit.

    Parameters
    ----------
    revenue
        All revenue of customers with a score.
    classes
        Promoters, passives and detractors.
    detractor_share
        Share of the revenue that detractors bring.
    bad_share
        Share that detractors bring who paid one of the fees; None without fees.
    fee_share
        Share of the revenue that is such fees paid by detractors; None without fees.
    scale
        Scale of the score; its cuts make the classes.
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    revenue: float
    classes: tuple[ProfitClass, ...]
    detractor_share: Estimate
    bad_share: Estimate | None
    fee_share: float | None
    scale: Scale
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return classes and shares for JSON."""
        bad = self.bad_share
        return {
            "revenue": json_number(self.revenue),
            "scale": str(self.scale),
            "classes": [item.to_dict() for item in self.classes],
            "detractor_share": self.detractor_share.to_dict(),
            "bad_share": None if bad is None else bad.to_dict(),
            "fee_share": None
            if self.fee_share is None
            else json_number(self.fee_share),
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per class."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(
            [
                {
                    "class": item.name,
                    "n": item.n,
                    "revenue": item.revenue,
                    "share": item.share.value,
                    "lower": item.share.lower,
                    "upper": item.share.upper,
                    **item.fees,
                }
                for item in self.classes
            ]
        )

    def chart(self) -> Any:
        """Draw each class's share of the revenue with its interval."""
        from cxstats.charts.loyalty import interval_chart  # noqa: PLC0415 - slow import

        named = [(item.name, item.share) for item in self.classes]
        if self.bad_share is not None:
            named.append(("detractors who paid fees", self.bad_share))
        rows = [
            {
                "label": name,
                "value": share.value,
                "lower": share.lower,
                "upper": share.upper,
                "n": share.n,
            }
            for name, share in named
        ]
        return interval_chart(rows, title="Share of revenue", form=".1%")

    def __str__(self) -> str:
        """Write the classes and the share of bad profit."""
        fees = list(self.classes[0].fees)
        rows = [
            [
                item.name,
                f"{item.n:,}",
                f"{item.revenue:,.0f}",
                _with_half(item.share),
                *(f"{item.fees[fee]:,.0f}" for fee in fees),
            ]
            for item in self.classes
        ]
        table = text_table(["", "n", "revenue", "share", *fees], rows)
        if self.bad_share is None:
            return table
        bad = _with_half(self.bad_share)
        return f"{table}\n\nbad profit (detractors who paid fees): {bad}"


def class_bins(score: str, scale: Scale, name: str) -> Bins:
    """Cut a score into below the scale, the three classes, and above the scale."""
    low, high = scale.cuts()
    edges = (scale.minimum, low + 1, high, scale.maximum + 1)
    return Bins(score, tuple(float(edge) for edge in edges), name)


def good_profit(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    score: str,
    revenue: str,
    fees: Sequence[str] = (),
    scale: str | Scale = NPS_0_10,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> GoodProfit:
    """Split revenue by who would recommend, and find the part that is bad profit.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer.
    score
        The recommendation score.
    revenue
        What the customer paid in the period, fees included.
    fees
        Columns of fees that customers resent: overage, out of bundle, early
        termination. NULL means none.
    scale
        Scale of the score, with its cuts.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine, level
        As everywhere.

    Returns
    -------
    GoodProfit

    Raises
    ------
    InputError
        If no customer has a score and a revenue, or the revenue does not sum to more
        than 0.

    Notes
    -----
    After Reichheld, "The Ultimate Question": profits are bad if they are earned at the
    expense of the relationship. Here: the revenue of detractors who paid one of the
    fees. It says who pays, not that the fee made them detractors.
    """
    check_level(level)
    read = parse_scale(scale)
    kept = filter_of(where)
    keys = (class_bins(score, read, "c"),)
    named = [score, revenue, *fees, *([weight] if weight else [])]
    source = source_of(data, [*named, *(kept.columns() if kept is not None else ())])

    def by_class(column: str, where_: Filter | None) -> dict[int, dict[str, Any]]:
        query = MomentsQuery(column, by=keys, weight=weight, where=where_)
        rows = opened.group_moments(source, query).to_pylist()
        return {-1 if row["c"] is None else row["c"]: row for row in rows}

    with engine_for(engine) as opened:
        everyone = by_class(revenue, kept)
        paid = {fee: by_class(fee, kept) for fee in fees}
        charged = {}
        if fees:
            some = _any_paid(fees)
            charged = by_class(revenue, some if kept is None else some & kept)
    parts = [_sums(everyone.get(at + 1)) for at in range(len(CLASSES))]
    whole = Sums.total(parts)
    if not whole.n or not whole.wx > 0:
        raise InputError(
            f"{revenue!r} of customers with a score on {read} sums to {whole.wx:g}; a "
            "share of revenue needs a sum above 0"
        )
    classes = tuple(
        ProfitClass(
            name=name,
            n=parts[at].n,
            revenue=parts[at].wx,
            share=value_share(parts[at], whole, level),
            fees={fee: _sums(rows.get(at + 1)).wx for fee, rows in paid.items()},
        )
        for at, name in enumerate(CLASSES)
    )
    lost = sum(row["n"] for row in everyone.values()) - whole.n
    return GoodProfit(
        revenue=whole.wx,
        classes=classes[::-1],
        detractor_share=classes[0].share,
        bad_share=value_share(_sums(charged.get(1)), whole, level) if fees else None,
        fee_share=sum(classes[0].fees.values()) / whole.wx if fees else None,
        scale=read,
        excluded={"no_score_revenue_or_weight": lost},
        warnings=_notices(parts),
    )


def _with_half(share: Estimate) -> str:
    half = format_value(share.half_width, "share")
    return f"{format_value(share.value, 'share')} ±{half}"


def _any_paid(fees: Sequence[str]) -> Filter:
    paid = tuple(Compare(fee, ">", 0) for fee in fees)
    return paid[0] if len(paid) == 1 else Or(paid)


def _sums(row: Mapping[str, Any] | None) -> Sums:
    return Sums() if row is None else Sums.of(row)


def _notices(parts: Sequence[Sums]) -> tuple[Notice, ...]:
    small = [
        name
        for name, part in zip(CLASSES, parts, strict=True)
        if part.n < DEFAULT_POLICY.shown
    ]
    if not small:
        return ()
    return (
        Notice(
            "small_n",
            f"{' and '.join(small)} are fewer than {DEFAULT_POLICY.shown} customers: "
            "do not report their shares",
        ),
    )
