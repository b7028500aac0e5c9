"""Questions: those without a meaning are refused before any row is read."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.engine import (
    Bins,
    CrossProductsQuery,
    DailyQuery,
    HistogramQuery,
    OrderBy,
    PreviousQuery,
    SliceQuery,
    TagQuery,
    TextQuery,
    TopQuery,
    as_source,
    exact_quantiles,
    open_engine,
)
from cxstats.errors import InputError
from cxstats.filters import IsNull

DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    "build",
    [
        lambda: CrossProductsQuery(()),
        lambda: SliceQuery("s", ("a",), order=2),
        lambda: SliceQuery("s", ("a",), order=3),
        lambda: TagQuery((), ("id",)),
        lambda: TagQuery((("id", IsNull("a")),), ("id",)),
        lambda: DailyQuery("at", "s", date(2026, 1, 2), DAY),
        lambda: DailyQuery("at", "s", DAY, DAY, time_zone="Mars/Olympus"),
        lambda: PreviousQuery("c", (), "s"),
        lambda: TopQuery(("a",), (OrderBy("a"),), k=0),
        lambda: TopQuery((), (OrderBy("a"),), k=1),
    ],
)
def test_a_question_without_a_meaning_is_refused(build) -> None:
    with pytest.raises(InputError):
        build()


def test_a_question_knows_the_columns_it_reads() -> None:
    query = HistogramQuery(
        "s", ("a", Bins("b", (1,))), "w", "st", "cl", where=IsNull("f") & IsNull("a")
    )
    assert query.columns() == ("s", "w", "st", "cl", "a", "b", "f")


@pytest.mark.parametrize(
    "query",
    [TextQuery("n"), TextQuery("t", ("",))],
    ids=["not text", "an empty phrase"],
)
def test_texts_are_counted_in_text(query: TextQuery) -> None:
    source = as_source(pa.table({"n": [1], "t": ["x"]}))
    with open_engine() as engine, pytest.raises(InputError):
        engine.text_counts(source, query)


@pytest.mark.parametrize("column", ["flag", "at"])
def test_a_weight_is_a_number(column: str) -> None:
    source = as_source(pa.table({"s": [1], "flag": [True], "at": [DAY]}))
    with open_engine() as engine, pytest.raises(InputError, match="weights"):
        engine.score_histogram(source, HistogramQuery("s", weight=column))


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
)
def test_quantiles_of_a_histogram_are_those_of_the_values(values, places) -> None:
    distinct, counts = np.unique(np.asarray(values), return_counts=True)
    order = np.random.default_rng(len(values)).permutation(len(distinct))
    table = pa.table({"value": [*distinct[order], None], "n": [*counts[order], 5]})
    expected = np.quantile(values, places)
    assert exact_quantiles(table, places) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_quantiles_of_nothing_are_unknown() -> None:
    table = pa.table({"value": pa.array([None], pa.float64()), "n": [3]})
    assert np.isnan(exact_quantiles(table, [0.5])).all()
    with pytest.raises(InputError, match="0 to 1"):
        exact_quantiles(table, [1.5])


@pytest.mark.parametrize(
    "zone",
    ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"],
)
def test_local_days_follow_every_change_of_the_clock(zone: str) -> None:
    """Four times an hour over a year, against the standard library's calendar."""
    moments = np.arange("2026-01-01", "2027-01-01", 900, dtype="datetime64[s]")
    source = as_source(
        pa.table({"at": moments.astype("M8[us]"), "s": [1] * len(moments)})
    )
    query = DailyQuery("at", "s", date(2026, 1, 2), date(2026, 12, 30), zone)
    with open_engine() as engine:
        found = engine.daily_series(source, query)
    counted: dict[date, int] = {}
    for moment in moments.tolist():
        day = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
        if query.first <= day <= query.last:
            counted[day] = counted.get(day, 0) + 1
    assert (
        dict(zip(found["day"].to_pylist(), found["n"].to_pylist(), strict=True))
        == counted
    )
    assert len(set(counted.values())) > 1 or zone == "Asia/Kathmandu"
