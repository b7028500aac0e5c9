"""Keys: edges rise, names differ, zones become UTC."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from cxstats.engine import Bins, Column, HistogramQuery, PeriodBucket, open_engine
from cxstats.engine.keys import as_key, as_keys
from cxstats.engine.sources import as_source
from cxstats.errors import InputError


def test_a_name_means_the_column() -> None:
    assert as_key("区域") == Column("区域")
    assert as_key("区域").name == "区域"
    assert Bins("arpu", (1.0,)).name == "arpu"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Bins("a", ()),
        lambda: Bins("a", (1, 1)),
        lambda: Bins("a", (2, 1)),
        lambda: Bins("a", (float("nan"),)),
        lambda: Bins("a", (1, 2), labels=("low", "high")),
        lambda: PeriodBucket("a", (date(2026, 1, 2), date(2026, 1, 1))),
        lambda: as_keys(["a", Bins("a", (1,))]),
    ],
)
def test_edges_that_cut_nothing_are_refused(build) -> None:
    with pytest.raises(InputError):
        build()


def test_edges_with_a_zone_become_utc() -> None:
    china = timezone(timedelta(hours=8))
    period = PeriodBucket("at", (datetime(2026, 1, 1, tzinfo=china), date(2026, 1, 1)))
    assert [edge.isoformat() for edge in period.instants] == [
        "2025-12-31T16:00:00",
        "2026-01-01T00:00:00",
    ]


@pytest.mark.parametrize(
    "key", [Bins("at", (1,)), PeriodBucket("n", (date(2026, 1, 1),)), "listed"]
)
def test_a_column_that_cannot_be_cut_so_is_refused(key) -> None:
    source = as_source(
        pa.table({"n": [1], "at": [date(2026, 1, 1)], "listed": [[1, 2]]})
    )
    with open_engine() as engine, pytest.raises(InputError):
        engine.score_histogram(source, HistogramQuery("n", (key,)))


@pytest.mark.parametrize("name", ["n", "score"])
def test_a_key_named_like_a_measure_must_be_renamed(name: str) -> None:
    source = as_source(pa.table({"n": [1, 2], "score": [1, 2]}))
    with open_engine() as engine:
        with pytest.raises(InputError, match="rename the key"):
            engine.score_histogram(source, HistogramQuery("score", (name,)))
        query = HistogramQuery("score", (Column(name, name="group"),))
        assert engine.score_histogram(source, query).column_names[0] == "group"
