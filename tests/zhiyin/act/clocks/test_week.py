"""Deadlines across weekends, holidays, daylight saving and time zones."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.act.clocks.models import DayKind
from zhiyin.act.clocks.queries import (
    CalendarError,
    Week,
    due,
    minutes_between,
    public_holidays,
    read_days,
    read_week,
)


@pytest.fixture(autouse=True, scope="module")
def in_english() -> Iterator[None]:
    """Let refusals be read in the language in which the tests name them."""
    with translation.override("en"):
        yield


OFFICE = {str(day): [["09:00", "12:00"], ["14:00", "18:00"]] for day in range(5)}
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


def week(zone: zoneinfo.ZoneInfo = SHANGHAI, *, year: int | None = None) -> Week:
    spans = read_week(OFFICE)
    days = public_holidays()[f"CN {year}"] if year else ()
    return Week(
        zone,
        spans,
        {day.date: () if day.kind == DayKind.HOLIDAY else spans[0] for day in days},
    )


def at(zone: zoneinfo.ZoneInfo, *parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=zone)  # type: ignore[misc]


def test_a_clock_that_counts_every_hour_runs_through_the_weekend() -> None:
    friday = at(SHANGHAI, 2026, 11, 20, 17, 0)
    assert due(friday, 48 * 60, "calendar", week()) == friday + dt.timedelta(hours=48)


def test_a_clock_of_working_hours_rests_at_lunch_at_night_and_at_the_weekend() -> None:
    friday = at(SHANGHAI, 2026, 11, 20, 11, 0)
    # One hour before lunch, four after it, and three on Monday.
    assert due(friday, 8 * 60, "working", week()) == at(SHANGHAI, 2026, 11, 23, 12, 0)
    saturday = at(SHANGHAI, 2026, 11, 21, 10, 0)
    assert due(saturday, 60, "working", week()) == at(SHANGHAI, 2026, 11, 23, 10, 0)


def test_the_week_of_spring_festival_is_skipped_and_its_saturdays_are_worked() -> None:
    holidays = week(year=2026)
    # Saturday 14 February is made up for; the festival lasts until Monday the 23rd.
    saturday = at(SHANGHAI, 2026, 2, 14, 17, 0)
    assert due(saturday, 120, "working", holidays) == at(SHANGHAI, 2026, 2, 24, 10, 0)
    assert due(saturday, 120, "working", week()) == at(SHANGHAI, 2026, 2, 16, 11, 0)


def test_national_day_holds_back_a_clock_of_four_working_hours() -> None:
    evening = at(SHANGHAI, 2026, 9, 30, 17, 0)
    assert due(evening, 240, "working", week(year=2026)) == at(
        SHANGHAI, 2026, 10, 8, 12, 0
    )


def test_daylight_saving_moves_the_wall_and_not_the_clock_of_every_hour() -> None:
    # On 29 March 2026 Berlin's wall goes from two to three.
    before = at(BERLIN, 2026, 3, 28, 12, 0)
    over = due(before, 24 * 60, "calendar", week(BERLIN))
    assert over.astimezone(BERLIN) == at(BERLIN, 2026, 3, 29, 13, 0)
    # Office hours stand on the wall: Monday at nine, whatever Sunday lost.
    friday = at(BERLIN, 2026, 3, 27, 18, 0)
    monday = due(friday, 60, "working", week(BERLIN))
    assert monday.astimezone(BERLIN) == at(BERLIN, 2026, 3, 30, 10, 0)


def test_a_night_shift_is_an_hour_shorter_or_longer_when_the_wall_moves() -> None:
    nights = Week(NEW_YORK, read_week({"6": [["00:00", "06:00"]]}))
    for month, day, hours in ((3, 8, 5), (11, 1, 7), (11, 8, 6)):
        sunday = at(NEW_YORK, 2026, month, day, 0, 0)
        noon = at(NEW_YORK, 2026, month, day, 12, 0)
        assert minutes_between(sunday, noon, "working", nights) == hours * 60


def test_one_moment_is_another_hour_in_another_zone() -> None:
    # Monday at one in the morning in Shanghai is Sunday noon in New York.
    moment = at(SHANGHAI, 2026, 11, 23, 1, 0)
    assert due(moment, 60, "working", week()) == at(SHANGHAI, 2026, 11, 23, 10, 0)
    there = due(moment, 60, "working", week(NEW_YORK))
    assert there == at(NEW_YORK, 2026, 11, 23, 10, 0)
    assert there - due(moment, 60, "working", week()) == dt.timedelta(hours=13)


def test_hours_until_midnight_go_on_the_next_morning() -> None:
    late = Week(
        SHANGHAI, read_week({"0": [["20:00", "24:00"]], "1": [["00:00", "02:00"]]})
    )
    monday = at(SHANGHAI, 2026, 11, 23, 20, 0)
    assert due(monday, 5 * 60, "working", late) == at(SHANGHAI, 2026, 11, 24, 1, 0)


@given(
    after=st.timedeltas(dt.timedelta(0), dt.timedelta(700)),
    minutes=st.integers(1, 60 * 100),
    zone=st.sampled_from([SHANGHAI, BERLIN, NEW_YORK]),
    year=st.sampled_from([2025, 2026]),
)
@settings(max_examples=60, deadline=None)
def test_what_is_counted_until_a_deadline_is_what_it_was_set_to(
    after: dt.timedelta, minutes: int, zone: zoneinfo.ZoneInfo, year: int
) -> None:
    hours = week(zone, year=year)
    start = at(SHANGHAI, 2025, 1, 1) + after
    for counts in ("calendar", "working"):
        end = due(start, minutes, counts, hours)
        assert minutes_between(start, end, counts, hours) == pytest.approx(minutes)
        assert minutes_between(end, start, counts, hours) == pytest.approx(-minutes)
        assert due(start, minutes + 1, counts, hours) > end
        # A deadline of working hours never lies where nobody works.
        if counts == "working":
            day = end.astimezone(zone)
            minute = day.hour * 60 + day.minute + day.second / 60
            assert any(a <= minute <= b for a, b in hours.of(day.date()))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({}, "no working days"),
        ({"0": []}, "no working days"),
        ({"0": [["18:00", "09:00"]]}, "18:00-09:00"),
        ({"0": [["9", "18:00"]]}, "9-18:00"),
        ({"0": [["09:00", "12:00"], ["11:00", "18:00"]]}, "overlap"),
        ({"7": [["09:00", "12:00"]]}, "7"),
        ({"0": [["09:00", "24:30"]]}, "24:30"),
    ],
)
def test_hours_nobody_could_work_by_are_refused_in_words(
    hours: dict[str, object], said: str
) -> None:
    with pytest.raises(CalendarError, match=said):
        read_week(hours)


def test_a_week_without_working_days_says_so_instead_of_searching_forever() -> None:
    with pytest.raises(CalendarError, match="no working days"):
        due(at(SHANGHAI, 2026, 11, 23, 1, 0), 60, "working", Week(SHANGHAI, {}))


def test_lists_of_days_are_read_by_line_and_refused_by_line() -> None:
    days = read_days("2027-10-01..2027-10-03 holiday 国庆节\n\n2027-10-09 班 调休")
    assert [(day.date.day, day.kind) for day in days] == [
        (1, "holiday"),
        (2, "holiday"),
        (3, "holiday"),
        (9, "working"),
    ]
    with pytest.raises(CalendarError, match=r"Line 2.*2027-13-01"):
        read_days("2027-10-01 holiday\n2027-13-01 holiday")
