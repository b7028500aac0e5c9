"""Which numbers go with a score at all: permutation tests from sums of products."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxstats.display import notice_lines, text_table
from cxstats.engine import CrossProductsQuery, Engine
from cxstats.errors import InputError
from cxstats.estimates import Notice, json_number
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.results import Result

__all__ = ["Association", "Associations", "associations"]

_FEWEST = 3


@dataclass(frozen=True)
class Association:
    """One column against the score.

    `statistic` is n - 1 times the squared correlation, which under independence is
    chi-squared with one degree of freedom; `p` is adjusted for all columns.
    """

    name: str
    n: int
    correlation: float
    statistic: float
    p: float


@dataclass(frozen=True, repr=False)
class Associations(Result):
    """Columns in the order in which they go with the score, the closest first."""

    outcome: str
    columns: tuple[Association, ...]
    warnings: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the associations for JSON."""
        return {
            "outcome": self.outcome,
            "columns": [
                {
                    "name": one.name,
                    "n": one.n,
                    "correlation": json_number(one.correlation),
                    "statistic": json_number(one.statistic),
                    "p": json_number(one.p),
                }
                for one in self.columns
            ],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per column."""
        return pd.DataFrame(self.to_dict()["columns"])

    def chart(self) -> Any:
        """Draw how closely each column goes with the score."""
        from cxstats.charts.discovery import strength_chart  # noqa: PLC0415 - slow

        return strength_chart(self.to_pandas())

    def __str__(self) -> str:
        """Write the columns as a table."""
        rows = [
            [one.name, f"{one.n:,}", f"{one.correlation:+.3f}",
             f"{one.statistic:.2f}", f"{one.p:.3g}"]
            for one in self.columns
        ]  # fmt: skip
        table = text_table(["column", "n", "correlation", "statistic", "p"], rows)
        notes = notice_lines(self.warnings)
        head = f"{self.outcome}: p adjusted for {len(self.columns)} columns"
        return "\n".join([head, table, *notes])


def associations(
    data: Any,
    *,
    outcome: str,
    columns: Sequence[str],
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
) -> Associations:
    """Test which columns of numbers go with an outcome.

    Parameters
    ----------
    data
        Anything that the library reads.
    outcome
        Column of numbers, such as a score.
    columns
        Columns of numbers; each uses the rows in which both are known.
    where
        Rows to keep.
    engine
        An engine or its URL.

    Returns
    -------
    Associations
        The closest first, p adjusted by 1 - (1 - p)^m for the m columns. Straight
        lines only: see `breakpoints` for jumps and `discover` for groups.

    Raises
    ------
    InputError
        If no column is named, or the outcome is among them.

    Notes
    -----
    Conditional inference of Strasser and Weber (1999), as Hothorn, Hornik and Zeileis
    (2006) choose the first split of a tree by it.
    """
    names = list(dict.fromkeys(columns))
    if not names or outcome in names:
        raise InputError("name columns besides the outcome")
    query = CrossProductsQuery((outcome, *names), where=filter_of(where))
    with engine_for(engine) as opened:
        found = opened.cross_products(source_of(data, query.columns()), query)
    rows = [row for row in found.to_pylist() if row["left"] == 0 and row["right"] > 0]
    told, still = [], []
    for row in sorted(rows, key=lambda row: int(row["right"])):
        name = names[row["right"] - 1]
        one = _tested(name, row, len(names))
        told.append(one) if one else still.append(name)
    message = f"{', '.join(still)}: too few rows, or one value only; not tested"
    return Associations(
        outcome=outcome,
        columns=tuple(sorted(told, key=lambda one: -one.statistic)),
        warnings=(Notice("constant", message),) if still else (),
    )


def _tested(name: str, row: Mapping[str, Any], size: int) -> Association | None:
    from scipy.stats import chi2  # noqa: PLC0415 - slow to import

    n = int(row["n"])
    if n < _FEWEST:
        return None
    left = row["w_left2"] - row["w_left"] ** 2 / n
    right = row["w_right2"] - row["w_right"] ** 2 / n
    both = row["w_product"] - row["w_left"] * row["w_right"] / n
    # Sums of equal numbers differ from zero by rounding only.
    flat = 1e-12
    if left <= flat * row["w_left2"] or right <= flat * row["w_right2"]:
        return None
    r = max(-1.0, min(1.0, both / math.sqrt(left * right)))
    statistic = (n - 1) * r * r
    alone = float(chi2.sf(statistic, 1))
    return Association(name, n, r, statistic, -math.expm1(size * math.log1p(-alone)))
