"""Recency, frequency, monetary value: scores in which equal customers are equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_value, text_table
from cxstats.engine import Bins, Engine, MomentsQuery, Source, ValuesQuery
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice, json_number
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

__all__ = ["Rfm", "RfmCell", "rfm"]

LEVELS = 5
_ROLES = ("recency", "frequency", "monetary")
_PRINTED = 10


@dataclass(frozen=True)
class RfmCell:
    """Customers of one combination of scores.

    Parameters
    ----------
    r, f, m
        Scores from 1 to 5; 5 is best: most recent, most often, most spent.
    n
        Customers.
    share
        Their (weighted) share.
    value
        Sum of the monetary column (weighted).
    """

    r: int
    f: int
    m: int
    n: int
    share: float
    value: float

    def to_dict(self) -> dict[str, Any]:
        """Return the cell for JSON."""
        return {
            "r": self.r,
            "f": self.f,
            "m": self.m,
            "n": self.n,
            "share": json_number(self.share),
            "value": json_number(self.value),
        }


@dataclass(frozen=True, repr=False)
class Rfm(Result):
    """Customers by recency, frequency and monetary score.

    Parameters
    ----------
    cuts
        Cut points of ``recency``, ``frequency`` and ``monetary``.
    version
        Name of these cut points; keep it with every number made from them.
    cells
        One per combination that occurs, the best first.
    excluded
        Rows left out by reason.
    warnings
        What the reader must know.
    """

    cuts: Mapping[str, Cuts]
    version: str
    cells: tuple[RfmCell, ...]
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def score(
        self, recency: Floats, frequency: Floats, monetary: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Score customers by the same cut points; NaN where a value is missing."""
        values = dict(zip(_ROLES, (recency, frequency, monetary), strict=True))
        r, f, m = (self.cuts[role].score(values[role]) for role in _ROLES)
        return r, f, m

    def to_dict(self) -> dict[str, Any]:
        """Return cut points and cells for JSON."""
        return {
            "version": self.version,
            "cuts": {role: cut.to_dict() for role, cut in self.cuts.items()},
            "cells": [cell.to_dict() for cell in self.cells],
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per combination."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame([cell.to_dict() for cell in self.cells])

    def chart(self) -> Any:
        """Draw the share of customers by recency and frequency score."""
        from cxstats.charts.loyalty import cell_chart  # noqa: PLC0415 - slow import

        found: dict[tuple[int, int], list[float]] = {}
        for cell in self.cells:
            sums = found.setdefault((cell.r, cell.f), [0.0, 0.0])
            sums[0] += cell.share
            sums[1] += cell.n
        rows = [
            {"x": r, "y": f, "share": s, "n": n, "label": format_value(s, "share")}
            for (r, f), (s, n) in found.items()
        ]
        return cell_chart(rows, x="Recency score", y="Frequency score")

    def __str__(self) -> str:
        """Write the best combinations and the version."""
        rows = [
            [
                f"{cell.r}{cell.f}{cell.m}",
                f"{cell.n:,}",
                format_value(cell.share, "share"),
                f"{cell.value:,.0f}",
            ]
            for cell in self.cells[:_PRINTED]
        ]
        table = text_table(["R F M", "n", "share", "value"], rows)
        more = len(self.cells) - len(rows)
        tail = f"\n({more} more combinations)" if more > 0 else ""
        return f"{table}{tail}\n\nversion {self.version}"


def rfm(  # noqa: PLR0913 - a notebook names what it means, all but four optional
    data: Any,
    *,
    recency: str,
    frequency: str,
    monetary: str,
    cuts: Mapping[str, Sequence[float]] | None = None,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
) -> Rfm:
    """Score customers from 1 to 5 by recency, frequency and spend.

    Parameters
    ----------
    data
        Anything that the library reads; one row per customer.
    recency
        Days since the last purchase, use or top-up: low is good.
    frequency
        Purchases, payments or active days: high is good.
    monetary
        Spend: high is good.
    cuts
        Fixed cut points by ``recency``, ``frequency`` and ``monetary``, rising. A role
        that is not named is cut by rank, into fifths as near as ties allow.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where, engine
        As everywhere.

    Returns
    -------
    Rfm

    Raises
    ------
    InputError
        If a column holds no number, or cut points do not rise.

    Notes
    -----
    Equal values have equal scores. Fifths by row number (NTILE) deal equal customers
    into different scores: where six in ten have bought once, the same customer gets 1,
    2 or 3 by chance. For a contract, prefer `survival` and `value_tiers`.
    """
    unknown = set(cuts or {}) - set(_ROLES)
    if unknown:
        raise InputError(f"cuts are by {', '.join(_ROLES)}; received {sorted(unknown)}")
    columns = dict(zip(_ROLES, (recency, frequency, monetary), strict=True))
    kept = filter_of(where)
    read = [*columns.values(), *([weight] if weight else [])]
    read += kept.columns() if kept is not None else ()
    source = source_of(data, read)
    with engine_for(engine) as opened:
        spreads = {
            role: spread_of(
                opened.value_histogram(
                    source, ValuesQuery(column, weight=weight, where=kept)
                ),
                weighted=weight is not None,
            )
            for role, column in columns.items()
        }
        chosen = _chosen(columns, spreads, cuts or {})
        cells, lost = _cells(opened, source, chosen, (monetary, weight, kept))
    return Rfm(
        cuts=chosen,
        version=version_of("rfm/1", list(chosen.values())),
        cells=cells,
        excluded={"incomplete": lost},
        warnings=tuple(_ties(chosen, spreads)),
    )


def _chosen(
    columns: Mapping[str, str],
    spreads: Mapping[str, Spread],
    cuts: Mapping[str, Sequence[float]],
) -> dict[str, Cuts]:
    shares = np.arange(1, LEVELS) / LEVELS
    found = {}
    for role, column in columns.items():
        low_is_good = role == "recency"
        if role in cuts:
            found[role] = fixed_cuts(column, cuts[role], reverse=low_is_good)
        else:
            spread = spreads[role]
            found[role] = rank_cuts(
                column, spread, shares.tolist(), reverse=low_is_good
            )
    return found


def _cells(
    engine: Engine,
    source: Source,
    cuts: Mapping[str, Cuts],
    rest: tuple[str, str | None, Filter | None],
) -> tuple[tuple[RfmCell, ...], int]:
    """Count customers per combination of scores where the rows lie."""
    monetary, weight, where = rest
    keys: dict[str, Bins] = {}
    for role, cut in cuts.items():
        key = cut.key(role)
        if key is not None:
            keys[role] = key
    by = tuple(keys.values())
    query = MomentsQuery(value=monetary, by=by, weight=weight, where=where)
    rows = engine.group_moments(source, query).to_pylist()
    whole = [r for r in rows if all(r[role] is not None for role in keys)]
    total = sum(row["w"] for row in whole)
    found: dict[tuple[int, int, int], list[float]] = {}
    for row in whole:
        r, f, m = (cuts[role].scores[row.get(role) or 0] for role in _ROLES)
        sums = found.setdefault((r, f, m), [0, 0.0, 0.0])
        for at, name in enumerate(("n_used", "w", "wx")):
            sums[at] += row[name]
    cells = tuple(
        RfmCell(r, f, m, int(n), w / total, value)
        for (r, f, m), (n, w, value) in sorted(found.items(), reverse=True)
        if n
    )
    return cells, sum(row["n"] for row in rows) - sum(cell.n for cell in cells)


def _ties(cuts: Mapping[str, Cuts], spreads: Mapping[str, Spread]) -> Iterator[Notice]:
    for role, cut in cuts.items():
        spread = spreads[role]
        most = int(np.argmax(spread.weight))
        share = float(spread.weight[most] / spread.weight.sum())
        if share > 1 / LEVELS and cut.method == "rank":
            yield Notice(
                "ties",
                f"{share:.0%} of the customers have {cut.column} = "
                f"{spread.numbers[most]:g}; they share one score, so not every score "
                "from 1 to 5 occurs; fixed cut points say more",
            )
