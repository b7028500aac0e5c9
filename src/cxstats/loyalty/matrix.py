"""True, latent and spurious loyalty: attitude against behaviour, cut points kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cxstats.display import format_key, format_value, text_table
from cxstats.engine import Bins, Column, Engine, KeyLike, MomentsQuery, ValuesQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice, json_value
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.loyalty.checks import check_level
from cxstats.loyalty.cuts import Cuts, fixed_cuts, rank_cuts, spread_of, version_of
from cxstats.loyalty.shares import Sums, customer_share, value_share
from cxstats.reporting import DEFAULT_POLICY
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Loyalty", "LoyaltyCell", "LoyaltyMatrix", "loyalty_matrix"]

Loyalty = Literal["true", "latent", "spurious", "none"]
"""``true``: high attitude and behaviour; ``latent``: attitude alone; ``spurious``:
behaviour alone, the customers at risk; ``none``: neither."""

_CELLS: dict[tuple[int, int], Loyalty] = {
    (1, 1): "true",
    (1, 0): "latent",
    (0, 1): "spurious",
    (0, 0): "none",
}


@dataclass(frozen=True)
class LoyaltyCell:
    """One of the four kinds of loyalty, in one group.

    Parameters
    ----------
    group
        Value of the grouping column; None without one.
    loyalty
        The kind.
    n
        Customers.
    share
        Their share of the group, with its interval.
    value_share
        Share of the group's value they bring; None without a value column.
    """

    group: Any
    loyalty: Loyalty
    n: int
    share: Estimate
    value_share: Estimate | None

    def to_dict(self) -> dict[str, Any]:
        """Return the cell for JSON."""
        worth = self.value_share
        return {
            "group": json_value(self.group),
            "loyalty": self.loyalty,
            "n": self.n,
            "share": self.share.to_dict(),
            "value_share": None if worth is None else worth.to_dict(),
        }


@dataclass(frozen=True, repr=False)
class LoyaltyMatrix(Result):
    """Customers by attitude and behaviour.

    Parameters
    ----------
    attitude, behaviour
        The cut points; high is at the cut point or above.
    version
        Name of definition and cut points; numbers of two versions are not compared.
    by
        The grouping column.
    cells
        Four per group.
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    attitude: Cuts
    behaviour: Cuts
    version: str
    by: str | None
    cells: tuple[LoyaltyCell, ...]
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def cell(self, loyalty: Loyalty, group: Any = None) -> LoyaltyCell:
        """Return one cell.

        Raises
        ------
        InputError
            If there is no such cell.
        """
        for cell in self.cells:
            if cell.loyalty == loyalty and cell.group == group:
                return cell
        raise InputError(f"there is no cell {loyalty!r} of group {group!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return cells, cut points and version for JSON."""
        return {
            "version": self.version,
            "attitude": self.attitude.to_dict(),
            "behaviour": self.behaviour.to_dict(),
            "by": self.by,
            "cells": [cell.to_dict() for cell in self.cells],
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per group and kind of loyalty."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(
            [
                {
                    "group": cell.group,
                    "loyalty": cell.loyalty,
                    "n": cell.n,
                    "share": cell.share.value,
                    "lower": cell.share.lower,
                    "upper": cell.share.upper,
                    "value_share": None
                    if cell.value_share is None
                    else cell.value_share.value,
                }
                for cell in self.cells
            ]
        )

    def chart(self) -> Any:
        """Draw the matrix; with groups, one row per group."""
        from cxstats.charts.loyalty import cell_chart  # noqa: PLC0415 - slow import

        place = {name: cell for cell, name in _CELLS.items()}
        rows = []
        for cell in self.cells:
            attitude, behaviour = place[cell.loyalty]
            share = format_value(cell.share.value, "share")
            grouped = {"x": cell.loyalty, "y": format_key(cell.group)}
            square = {
                "x": "high" if behaviour else "low",
                "y": "high" if attitude else "low",
            }
            rows.append(
                {
                    **(grouped if self.by else square),
                    "share": cell.share.value,
                    "n": cell.n,
                    "label": share if self.by else f"{cell.loyalty}\n{share}",
                }
            )
        if self.by:
            return cell_chart(rows, x="Loyalty", y=self.by)
        return cell_chart(rows, x=self.behaviour.column, y=self.attitude.column)

    def __str__(self) -> str:
        """Write the four cells, the cut points and the version."""
        rows = []
        for cell in self.cells:
            name = [format_key(cell.group)] if self.by else []
            half = format_value(cell.share.half_width, "share")
            worth = cell.value_share
            rows.append(
                [
                    *name,
                    cell.loyalty,
                    f"{cell.n:,}",
                    f"{format_value(cell.share.value, 'share')} ±{half}",
                    "" if worth is None else format_value(worth.value, "share"),
                ]
            )
        headers = [*([self.by] if self.by else []), "loyalty", "n", "share", "of value"]
        edges = " and ".join(
            f"{cut.column} >= {', '.join(f'{edge:g}' for edge in cut.edges)}"
            for cut in (self.attitude, self.behaviour)
        )
        table = text_table(headers, rows)
        return f"{table}\n\nhigh: {edges}\nversion {self.version}"


def loyalty_matrix(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    attitude: str,
    behaviour: str,
    attitude_cut: float = 9.0,
    behaviour_cut: float | None = None,
    value: str | None = None,
    by: str | None = None,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> LoyaltyMatrix:
    """Sort customers into true, latent, spurious and no loyalty.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer.
    attitude
        How much the customer prefers us: the recommendation score, or its difference
        from the score of the best competitor.
    behaviour
        How much the customer stays and uses: share of wallet, tenure, usage.
    attitude_cut
        From this score on attitude is high.
    behaviour_cut
        From this value on behaviour is high; the median by default. Keep the number
        that is found: a median of another month is another definition.
    value
        Column of value, such as revenue, to see what each kind brings.
    by
        Column whose values are shown apart.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine, level
        As everywhere.

    Returns
    -------
    LoyaltyMatrix

    Raises
    ------
    InputError
        If a column holds no number, or all customers behave alike.

    Notes
    -----
    Dick and Basu (1994), Journal of the Academy of Marketing Science 22(2), 99-113.
    Spuriously loyal customers use much and would not recommend: habit, contract or
    lack of choice holds them. It is a description, not a forecast.
    """
    check_level(level)
    high = fixed_cuts(attitude, [attitude_cut])
    kept = filter_of(where)
    measured = behaviour if value is None else value
    named = (attitude, behaviour, measured, by, weight)
    read = [name for name in named if name is not None]
    source = source_of(data, [*read, *(kept.columns() if kept is not None else ())])
    with engine_for(engine) as opened:
        if behaviour_cut is None:
            ask = ValuesQuery(behaviour, weight=weight, where=kept)
            table = opened.value_histogram(source, ask)
            spread = spread_of(table, weighted=weight is not None)
            much = rank_cuts(behaviour, spread, [0.5])
        else:
            much = fixed_cuts(behaviour, [behaviour_cut])
        if not much.edges:
            raise InputError(
                f"all customers have the same {behaviour!r}, so it cannot be cut; "
                "choose another column or name a cut point"
            )
        keys: list[KeyLike] = [Bins(attitude, high.edges, "a")]
        keys.append(Bins(behaviour, much.edges, "b"))
        if by is not None:
            keys.append(Column(by, "g"))
        query = MomentsQuery(measured, by=tuple(keys), weight=weight, where=kept)
        rows = opened.group_moments(source, query).to_pylist()
    return _answer(rows, (high, much), by, level, has_value=value is not None)


def _answer(
    rows: list[dict[str, Any]],
    cuts: tuple[Cuts, Cuts],
    by: str | None,
    level: float,
    *,
    has_value: bool,
) -> LoyaltyMatrix:
    groups: dict[Any, dict[Loyalty, Sums]] = {}
    excluded = {"no_attitude": 0, "no_behaviour": 0, "no_weight_or_value": 0}
    for row in rows:
        if row["a"] is None or row["b"] is None:
            missing = "no_attitude" if row["a"] is None else "no_behaviour"
            excluded[missing] += row["n"]
            continue
        sums = Sums.of(row)
        excluded["no_weight_or_value"] += row["n"] - sums.n
        cells = groups.setdefault(row.get("g"), dict.fromkeys(_CELLS.values(), Sums()))
        loyalty = _CELLS[(row["a"], row["b"])]
        cells[loyalty] = cells[loyalty] + sums
    if not any(part.n for cells in groups.values() for part in cells.values()):
        raise InputError("no customer has an attitude, a behaviour and a usable weight")
    found = []
    for group in sorted(groups, key=lambda g: (g is None, str(g))):
        whole = Sums.total(groups[group].values())
        for loyalty, part in groups[group].items():
            worth = value_share(part, whole, level) if has_value else None
            share = customer_share(part, whole, level)
            found.append(LoyaltyCell(group, loyalty, part.n, share, worth))
    return LoyaltyMatrix(
        attitude=cuts[0],
        behaviour=cuts[1],
        version=version_of("dick-basu/1", cuts),
        by=by,
        cells=tuple(found),
        excluded=excluded,
        warnings=tuple(_notices(found, cuts)),
    )


def _notices(cells: list[LoyaltyCell], cuts: tuple[Cuts, Cuts]) -> Iterator[Notice]:
    small = {c.group for c in cells if c.share.n < DEFAULT_POLICY.shown}
    if small:
        yield Notice(
            "small_n",
            f"{len(small)} groups have fewer than {DEFAULT_POLICY.shown} customers: do "
            "not report their shares",
        )
    if cuts[1].method == "rank":
        yield Notice(
            "cut_point",
            f"{cuts[1].column} was cut at its median, {cuts[1].edges[0]:g}; name this "
            "cut point from now on, or the next wave is measured by another rule",
        )
