"""Periods as people mean them: whole local days, months as months."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.analyze.metrics.queries.periods import (
    FIRST_DAY,
    LAST_DAY,
    Period,
    bucket_days,
    parse_period,
    today,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_day_in_shanghai_begins_eight_hours_before_the_day_in_utc() -> None:
    period = parse_period("2026-05-01", "2026-05-01", "", "Asia/Shanghai")
    start, end = period.bounds
    assert start
    assert end
    assert (start.isoformat(), end.isoformat()) == (
        "2026-04-30T16:00:00",
        "2026-05-01T16:00:00",
    )


def test_day_on_which_clocks_change_has_its_own_length() -> None:
    start, end = parse_period("2026-03-29", "2026-03-29", "", "Europe/Paris").bounds
    assert start
    assert end
    assert end - start == dt.timedelta(hours=23)


def test_ends_given_the_wrong_way_round_are_turned() -> None:
    period = parse_period("2026-05-09", "2026-05-01", "", "Asia/Shanghai")
    assert (period.first, period.last) == (day("2026-05-01"), day("2026-05-09"))


@pytest.mark.parametrize(
    "first", ["", "yesterday", "2026-02-30", "２０２６-05-01", "0"]
)
def test_what_is_no_day_means_the_preset(first: str) -> None:
    period = parse_period(first, "2026-05-01", "90d", "Asia/Shanghai")
    assert period.preset == "90d"
    assert period.days == 90
    assert period.last == today("Asia/Shanghai")


@pytest.mark.parametrize(
    ("ends", "before"),
    [
        (("2026-05-01", "2026-05-31"), ("2026-04-01", "2026-04-30")),
        (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        (("2026-05-02", "2026-05-31"), ("2026-04-02", "2026-05-01")),
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31")),
    ],
)
def test_period_before_has_the_same_length_in_days_or_months(
    ends: tuple[str, str], before: tuple[str, str]
) -> None:
    found = Period(day(ends[0]), day(ends[1])).before()
    assert found
    assert (found.first, found.last) == (day(before[0]), day(before[1]))


def test_nothing_comes_after_a_period_that_ends_today() -> None:
    last = today("Asia/Shanghai")
    assert Period(last - dt.timedelta(6), last).after() is None
    earlier = Period(last - dt.timedelta(13), last - dt.timedelta(7)).after()
    assert earlier
    assert earlier.last == last


@given(st.dates(), st.dates(), st.sampled_from(["Asia/Shanghai", "Pacific/Kiritimati"]))
def test_no_two_days_can_break_a_period(a: dt.date, b: dt.date, zone: str) -> None:
    period = parse_period(a.isoformat(), b.isoformat(), "", zone)
    start, end = period.bounds
    assert period.first
    assert period.last
    assert start
    assert end
    assert FIRST_DAY <= period.first <= period.last <= LAST_DAY
    assert start < end
    period.before()
    period.after()
    buckets = bucket_days(period.first, period.last)
    assert buckets.starts[0] <= period.first
    assert buckets.end > period.last
    assert len(buckets.starts) <= 130
