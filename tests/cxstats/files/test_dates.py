"""Dates in the forms people write, told from the values and parsed with errors."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.files import DateForm, ValueKind, open_table, parse_dates, scan

DAY = dt.datetime(2024, 5, 1)  # noqa: DTZ001 - naive as written
AFTERNOON = dt.datetime(2024, 5, 1, 13, 45)  # noqa: DTZ001 - naive as written


def profile_of(write, values, header="提交时间"):
    lines = "\n".join(f'{n},"{value}"' for n, value in enumerate(values, start=1))
    return scan(open_table(write(f"n,{header}\n{lines}\n")))[1]


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("2024-05-01", "ymd", DAY),
        ("2024/5/1", "ymd", DAY),
        ("2024.05.01", "ymd", DAY),
        ("2024年5月1日", "ymd", DAY),
        ("2024年5月1日 下午1:45", "ymd", AFTERNOON),
        ("2024年5月1日13时45分", "ymd", AFTERNOON),
        ("2024-05-01 13:45:00", "ymd", AFTERNOON),
        ("2024-05-01T13:45", "ymd", AFTERNOON),
        ("01/05/2024", "dmy", DAY),
        ("05/01/2024", "mdy", DAY),
        ("1.5.24", "dmy", DAY),
        ("05/01/2024 1:45 PM", "mdy", AFTERNOON),
        ("20240501", "compact", DAY),
        ("20240501134500", "compact", AFTERNOON),
        ("1st May 2024", "month_name", DAY),
        ("01-May-24", "month_name", DAY),
        ("May 1, 2024 13:45", "month_name", AFTERNOON),
        ("45413", "serial", DAY),
        ("45413.572916666667", "serial", AFTERNOON),
        ("12/31/1899 09:30:00 AM", "mdy", dt.datetime(1899, 12, 31, 9, 30)),  # noqa: DTZ001
        ("12/31/1899 12:05:00 AM", "mdy", dt.datetime(1899, 12, 31, 0, 5)),  # noqa: DTZ001
    ],
)
def test_date_is_parsed_in_its_form(text, form, moment):
    parsed = parse_dates([text], form)
    assert parsed.errors == ()
    assert parsed.values == (moment,)


@pytest.mark.parametrize("zone", ["+08:00", "+0800"])
def test_zone_is_kept(zone):
    (moment,) = parse_dates([f"2024-05-01T13:45:00.250{zone}"], "ymd").values
    assert moment.utcoffset() == dt.timedelta(hours=8)
    assert moment.microsecond == 250_000
    (utc,) = parse_dates(["2024-05-01T05:45:00Z"], "ymd").values
    assert utc == moment.replace(microsecond=0)


def test_wrong_dates_are_reported_with_their_place_and_blanks_are_not():
    parsed = parse_dates(["2024-02-29", None, " ", "2024-02-30", "soon"], "ymd")
    assert [error.index for error in parsed.errors] == [3, 4]
    assert "no such day" in parsed.errors[0].reason
    assert "year-month-day" in parsed.errors[1].reason
    assert parsed.values[1:] == (None, None, None, None)


def test_dates_that_are_dates_already_are_taken_as_they_are():
    assert parse_dates([dt.date(2024, 5, 1), AFTERNOON], "ymd").values == (
        DAY,
        AFTERNOON,
    )


def test_unknown_form_is_refused():
    with pytest.raises(ValueError, match="julian"):
        parse_dates(["x"], "julian")


@pytest.mark.parametrize(
    ("values", "forms"),
    [
        (["2024-05-01", "2024/5/2"], (DateForm.YMD,)),
        (["20240501", "20241231"], (DateForm.COMPACT,)),
        (["2024年5月1日", "2024年12月31日"], (DateForm.YMD,)),
        (["13/05/2024", "01/05/2024"], (DateForm.DMY,)),
        (["05/13/2024", "05/01/2024"], (DateForm.MDY,)),
        (["01/05/2024", "02/06/2024"], (DateForm.DMY, DateForm.MDY)),
        (["8th December 2019", "11th May 2018"], (DateForm.MONTH_NAME,)),
        (["45413", "45420"], (DateForm.SERIAL,)),
    ],
)
def test_form_of_a_column_is_told_or_its_ambiguity_reported(write, values, forms):
    profile = profile_of(write, values)
    assert profile.date_forms == forms
    assert profile.kind is ValueKind.DATE


def test_times_make_the_column_a_datetime_with_its_range(write):
    profile = profile_of(write, ["2024-05-01 13:45:00", "2024-06-30 00:00:00"])
    assert profile.kind is ValueKind.DATETIME
    assert profile.minimum == "2024-05-01 13:45:00"
    assert profile.maximum == "2024-06-30 00:00:00"


def test_a_few_wrong_dates_do_not_hide_the_form(write):
    values = [f"2024-05-{day:02}" for day in range(1, 20)] + ["unknown"]
    profile = profile_of(write, values)
    assert profile.date_forms == (DateForm.YMD,)
    assert len(parse_dates(values, profile.date_forms[0]).errors) == 1


def test_numbers_of_eight_digits_that_are_no_days_are_no_dates(write):
    assert profile_of(write, ["20249901", "12345678"], "amount").date_forms == ()


def test_serial_numbers_need_a_header_that_says_date(write):
    assert profile_of(write, ["45413", "45420"], "收入").date_forms == ()


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2099, 12, 31)))  # noqa: DTZ001
def test_what_is_written_is_read_back(moment):
    whole = moment.replace(microsecond=0)
    for form, pattern in {
        "ymd": "%Y-%m-%d %H:%M:%S",
        "dmy": "%d/%m/%Y %H:%M:%S",
        "mdy": "%m/%d/%Y %I:%M:%S %p",
        "compact": "%Y%m%d%H%M%S",
        "month_name": "%d %B %Y %H:%M:%S",
    }.items():
        assert parse_dates([whole.strftime(pattern)], form).values == (whole,)
