"""Single purchases turned into one history per customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cxstats.engine import Column, Engine, HistogramQuery, MomentsQuery
from cxstats.errors import InputError
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.models import as_moments

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["purchase_summary"]


def purchase_summary(  # noqa: PLR0913 - the columns of a list of purchases
    data: Any,
    *,
    id: str,  # noqa: A002 - the word of the command line
    time: str,
    amount: str | None = None,
    end: str | None = None,
    unit: float = 7.0,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
) -> pa.Table:
    """Make one row per customer from single purchases.

    Purchases of one day are one. Days come from the engine already added up, so rows
    in memory are customers times days, not purchases.

    Parameters
    ----------
    data
        Anything that the library reads; one row per purchase.
    id, time, amount
        The customer, the date of the purchase, and what was spent.
    end
        Last day of the data, as ``2026-03-31``; by default the latest purchase.
    unit
        Days per unit of time: 7 gives weeks.
    where, engine
        As everywhere.

    Returns
    -------
    pyarrow.Table
        ``id``, ``frequency``, ``recency``, ``age`` and, with amounts, ``mean`` spend
        of the repeat purchases.

    Raises
    ------
    InputError
        If no purchase has a customer and a date up to the end.
    """
    import pandas as pd  # noqa: PLC0415 - slow import

    days = _purchase_days(data, (id, time, amount), filter_of(where), engine)
    days["day"] = np.floor(as_moments(days["day"]))
    days = days.dropna(subset=["id", "day"])
    last = days["day"].max() if end is None else as_moments(pd.Series([end]))[0]
    days = days[days["day"] <= last].groupby(["id", "day"], as_index=False).sum()
    if days.empty:
        raise InputError(
            f"no purchase has a customer ({id!r}) and a date ({time!r}) up to the end"
        )
    days["first"] = days.groupby("id")["day"].transform("min")
    ends = days.groupby("id")["day"].agg(["min", "max", "count"])
    columns = {
        "id": ends.index.to_numpy(),
        "frequency": ends["count"].to_numpy() - 1,
        "recency": (ends["max"] - ends["min"]).to_numpy() / unit,
        "age": (last - ends["min"]).to_numpy() / unit,
    }
    if amount is not None:
        repeats = days[days["day"] > days["first"]]
        columns["mean"] = repeats.groupby("id")["spent"].mean().reindex(ends.index)
    return pa.table(columns)


def _purchase_days(
    data: Any,
    columns: tuple[str, str, str | None],
    where: Filter | None,
    engine: Engine | str | None,
) -> pd.DataFrame:
    customer, time, amount = columns
    keys = (Column(customer, "id"), Column(time, "day"))
    with engine_for(engine) as opened:
        if amount is None:
            query = HistogramQuery(score=customer, by=keys, where=where)
            source = source_of(data, query.columns())
            found = opened.score_histogram(source, query)
            found = found.append_column("wx", found["n"])
        else:
            sums = MomentsQuery(value=amount, by=keys, where=where)
            found = opened.group_moments(source_of(data, sums.columns()), sums)
    frame: pd.DataFrame = found.select(["id", "day", "wx"]).to_pandas(
        date_as_object=False
    )
    return frame.rename(columns={"wx": "spent"})
