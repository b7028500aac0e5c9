"""Value tiers: who brings the money, cut by share so that equal values are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_key, format_value, text_table
from cxstats.engine import Column, Engine, ValuesQuery
from cxstats.errors import InputError
from cxstats.estimates import Notice, json_number, json_value
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.cuts import (
    Cuts,
    Spread,
    fixed_cuts,
    rank_cuts,
    spread_of,
    version_of,
)
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Tier", "ValueTiers", "value_tiers"]

DEFAULT_TIERS = {"high": 0.2, "medium": 0.3}
_LAST = "ordinary"


@dataclass(frozen=True)
class Tier:
    """One tier of one group.

    Parameters
    ----------
    group
        Value of the grouping column; None without one.
    name
        Of the tier.
    lowest, highest
        Values of its customers.
    n
        Customers.
    share
        Their (weighted) share of the group.
    value
        Sum of their values (weighted).
    value_share
        Its share of the group's sum; NaN if that is not above 0.
    """

    group: Any
    name: str
    lowest: float
    highest: float
    n: int
    share: float
    value: float
    value_share: float

    def to_dict(self) -> dict[str, Any]:
        """Return the tier for JSON."""
        numbers = ("lowest", "highest", "share", "value", "value_share")
        return {
            "group": json_value(self.group),
            "name": self.name,
            "n": self.n,
            **{name: json_number(getattr(self, name)) for name in numbers},
        }


@dataclass(frozen=True, repr=False)
class ValueTiers(Result):
    """Customers by value tier.

    Parameters
    ----------
    column, by
        The value and the grouping column.
    tiers
        By group, the highest tier first; a tier that ties leave empty is absent.
    cuts
        Cut points by group.
    version
        Name of these cut points.
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    column: str
    by: str | None
    tiers: tuple[Tier, ...]
    cuts: Mapping[Any, Cuts]
    version: str
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return tiers and cut points for JSON."""
        return {
            "column": self.column,
            "by": self.by,
            "version": self.version,
            "cuts": [
                {"group": json_value(group), **cut.to_dict()}
                for group, cut in self.cuts.items()
            ],
            "tiers": [tier.to_dict() for tier in self.tiers],
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per group and tier."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame([tier.to_dict() for tier in self.tiers])

    def chart(self) -> Any:
        """Draw each tier's share of the value."""
        from cxstats.charts.loyalty import cell_chart  # noqa: PLC0415 - slow import

        rows = [
            {
                "x": tier.name,
                "y": format_key(tier.group) if self.by else "all",
                "share": tier.value_share,
                "n": tier.n,
                "label": format_value(tier.value_share, "share"),
            }
            for tier in self.tiers
        ]
        return cell_chart(rows, x="Tier", y=self.by or "Share of value")

    def __str__(self) -> str:
        """Write the tiers."""
        headers = ["", "tier", "n", "share", "from", "value", "share of value"]
        rows = [
            [
                format_key(tier.group) if self.by else "all",
                tier.name,
                f"{tier.n:,}",
                format_value(tier.share, "share"),
                f"{tier.lowest:,.2f}",
                f"{tier.value:,.0f}",
                format_value(tier.value_share, "share"),
            ]
            for tier in self.tiers
        ]
        return f"{text_table(headers, rows)}\n\nversion {self.version}"


def value_tiers(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    value: str,
    shares: Mapping[str, float] | None = None,
    cuts: Sequence[float] | None = None,
    by: str | None = None,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
) -> ValueTiers:
    """Sort customers into value tiers, within each product line if one is named.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer.
    value
        Column of value, such as the mean monthly spend of six months.
    shares
        Share of the customers per tier from the top; the rest is ``ordinary``. By
        default the top 20 % are ``high`` and the next 30 % ``medium``.
    cuts
        Fixed lower ends of the tiers instead, rising; one for each of ``shares``.
    by
        Column within whose values the tiers are cut apart.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine
        As everywhere.

    Returns
    -------
    ValueTiers

    Raises
    ------
    InputError
        If shares do not lie between 0 and 1 or exceed 1 together, or cut points do
        not fit them.

    Notes
    -----
    Customers of one value share a tier, the one in which their middle rank lies.
    """
    wanted = dict(DEFAULT_TIERS if shares is None else shares)
    _check(wanted, cuts)
    keys = () if by is None else (Column(by, "g"),)
    kept = filter_of(where)
    query = ValuesQuery(value, by=keys, weight=weight, where=kept)
    with engine_for(engine) as opened:
        table = opened.value_histogram(source_of(data, query.columns()), query)
    groups = table["g"].unique().to_pylist() if by is not None else [None]
    tiers: list[Tier] = []
    made: dict[Any, Cuts] = {}
    lost = 0
    for group in sorted(groups, key=lambda g: (g is None, str(g))):
        part = table
        if by is not None:
            part = table.filter([item == group for item in table["g"].to_pylist()])
        if not any(item is not None for item in part["value"].to_pylist()):
            lost += sum(part["n"].to_pylist())
            continue
        spread = spread_of(part, weighted=weight is not None)
        lost += spread.missing
        made[group] = _cut(value, spread, wanted, cuts)
        tiers += _tiers(group, spread, made[group], [*wanted, _LAST])
    if not tiers:
        raise InputError(f"{value!r} holds no number")
    return ValueTiers(
        column=value,
        by=by,
        tiers=tuple(tiers),
        cuts=made,
        version=version_of("value_tiers/1", list(made.values())),
        excluded={"not_a_number": lost},
        warnings=(),
    )


def _check(shares: Mapping[str, float], cuts: Sequence[float] | None) -> None:
    parts = list(shares.values())
    usable = all(0 < share < 1 for share in parts) and sum(parts) <= 1
    if not parts or not usable or _LAST in shares:
        raise InputError(
            "shares of tiers lie between 0 and 1 and sum to at most 1, and the last "
            f"tier, {_LAST!r}, is the rest; received {dict(shares)}"
        )
    if cuts is not None and len(cuts) != len(parts):
        raise InputError(
            f"{len(parts)} tiers above the last need as many cut points; received "
            f"{list(cuts)}"
        )


def _cut(
    column: str,
    spread: Spread,
    shares: Mapping[str, float],
    cuts: Sequence[float] | None,
) -> Cuts:
    if cuts is not None:
        return fixed_cuts(column, cuts)
    below = 1 - np.cumsum(list(shares.values()))[::-1]
    return rank_cuts(column, spread, below.tolist())


def _tiers(group: Any, spread: Spread, cuts: Cuts, names: Sequence[str]) -> list[Tier]:
    scores = cuts.score(spread.numbers)
    value = spread.numbers * spread.weight
    total = float(value.sum())
    found = []
    for at, name in enumerate(names):
        kept = scores == len(names) - at
        if not kept.any():
            continue
        part = float(value[kept].sum())
        found.append(
            Tier(
                group=group,
                name=name,
                lowest=float(spread.numbers[kept].min()),
                highest=float(spread.numbers[kept].max()),
                n=int(spread.n[kept].sum()),
                share=float(spread.weight[kept].sum() / spread.weight.sum()),
                value=part,
                value_share=part / total if total > 0 else float("nan"),
            )
        )
    return found
