"""Dates as people write them, told from the values and parsed with errors per row.

Six forms are known. Separators may be - / . or a space; the time may follow, in 12 or
24 hours, with fractions and a zone.

========== ==========================================================================
form       examples
========== ==========================================================================
ymd        2024-05-01 · 2024/5/1 · 2024年5月1日 · 2024-05-01T13:45:00+08:00
dmy        31/05/2024 · 31.5.24
mdy        05/31/2024 · 12/31/1899 09:30:00 AM
compact    20240501 · 20240501134500 (years 1900 to 2099)
month_name 1 May 2024 · 22-Apr-15 · 19th November 2023 · May 1, 2024
serial     45413 · 45413.57 (days since 1899-12-30, as spreadsheets count)
========== ==========================================================================

Two-digit years up to 68 are of this century, as in POSIX. Years before 1900 are taken
only where they are written with four digits.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["DateError", "DateForm", "ParsedDates", "parse_date", "parse_dates"]


class DateForm(StrEnum):
    """The order in which a date is written."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    COMPACT = "compact"
    MONTH_NAME = "month_name"
    SERIAL = "serial"


_TIME = (
    r"(?:(?:T|\s+|(?<=日)|,\s*)(?P<half>上午|下午)?\s*"
    r"(?P<hour>\d{1,2})[:时時点點](?P<minute>\d{1,2})分?"
    r"(?::?(?P<second>\d{1,2})秒?(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<noon>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_SEPARATOR = r"[-/. ]"
_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            *("jan", "feb", "mar", "apr", "may", "jun"),
            *("jul", "aug", "sep", "oct", "nov", "dec"),
        ),
        start=1,
    )
}

_PATTERNS: Mapping[DateForm, re.Pattern[str]] = {
    DateForm.YMD: re.compile(
        r"(?P<year>\d{4})\s*[-/.年 ]\s*(?P<month>\d{1,2})\s*[-/.月 ]\s*(?P<day>\d{1,2})"
        rf"\s*日?{_TIME}",
        re.ASCII,
    ),
    DateForm.DMY: re.compile(
        rf"(?P<day>\d{{1,2}}){_SEPARATOR}(?P<month>\d{{1,2}}){_SEPARATOR}"
        rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
        re.ASCII,
    ),
    DateForm.MDY: re.compile(
        rf"(?P<month>\d{{1,2}}){_SEPARATOR}(?P<day>\d{{1,2}}){_SEPARATOR}"
        rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
        re.ASCII,
    ),
    DateForm.COMPACT: re.compile(
        r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?",
        re.ASCII,
    ),
    DateForm.MONTH_NAME: re.compile(
        r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[- ]+(?P<name>[A-Za-z]{3,9})\.?|"
        r"(?P<name2>[A-Za-z]{3,9})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?)"
        rf"[-, ]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
        re.ASCII,
    ),
}

_SERIAL_START = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zone
_SERIAL_END = 2_958_465.0
_CENTURY = 69


@dataclass(frozen=True, slots=True)
class DateError:
    """One value that is no date in the form asked for: its place from 0, and why."""

    index: int
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedDates:
    """Moments (None where blank or wrong; with a zone where written), and errors."""

    values: tuple[dt.datetime | None, ...]
    errors: tuple[DateError, ...]


def parse_dates(values: Iterable[Any], form: DateForm | str) -> ParsedDates:
    """Parse a column of dates written in one form.

    Parameters
    ----------
    values
        Text, dates, numbers (for `serial`) or None; an Arrow array will do. Blank
        values give None and are no errors.
    form
        One of the forms of this module.

    Raises
    ------
    ValueError
        If there is no such form.
    """
    chosen = DateForm(form)
    given = values.to_pylist() if hasattr(values, "to_pylist") else list(values)
    known: dict[Any, dt.datetime | str | None] = {}
    parsed: list[dt.datetime | None] = []
    errors: list[DateError] = []
    for index, value in enumerate(given):
        if value not in known:
            known[value] = _parse_or_reason(value, chosen)
        found = known[value]
        if isinstance(found, str):
            errors.append(DateError(index, str(value), found))
            found = None
        parsed.append(found)
    return ParsedDates(tuple(parsed), tuple(errors))


def _parse_or_reason(value: Any, form: DateForm) -> dt.datetime | str | None:
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    try:
        found = parse_date(text, form)
    except ValueError as error:
        return f"no such day or time: {error}"
    return found or f"not a date written as {_WRITTEN[form]}"


_WRITTEN = {
    DateForm.YMD: "year-month-day",
    DateForm.DMY: "day/month/year",
    DateForm.MDY: "month/day/year",
    DateForm.COMPACT: "YYYYMMDD",
    DateForm.MONTH_NAME: "day month-name year",
    DateForm.SERIAL: "a spreadsheet's day number",
}


def parse_date(text: str, form: DateForm) -> dt.datetime | None:
    """Parse one value; None if it is not written in the form.

    Raises
    ------
    ValueError
        If it is written in the form but is no day, such as 2024-02-30.
    """
    if form is DateForm.SERIAL:
        return _serial(text)
    match = _PATTERNS[form].fullmatch(text.strip())
    if match is None:
        return None
    parts = match.groupdict()
    month = _month(parts)
    if month is None:
        return None
    day = parts.get("day") or parts.get("day2") or "0"
    moment = dt.datetime(_year(parts["year"]), month, int(day))  # noqa: DTZ001 - below
    return _at_time(moment, parts) if parts.get("hour") else moment


def _serial(text: str) -> dt.datetime | None:
    try:
        days = float(text)
    except ValueError:
        return None
    if not 1.0 <= days <= _SERIAL_END:
        return None
    # A day has no more microseconds than a double can tell, so seconds are rounded.
    return _SERIAL_START + dt.timedelta(seconds=round(days * 86_400))


def _month(parts: Mapping[str, str | None]) -> int | None:
    name = parts.get("name") or parts.get("name2")
    if name is not None:
        return _MONTHS.get(name[:3].lower())
    return int(parts["month"] or 0)


def _year(text: str | None) -> int:
    number = int(text or 0)
    if len(text or "") > 2:  # noqa: PLR2004 - a year written in full
        return number
    return number + (2000 if number < _CENTURY else 1900)


def _at_time(moment: dt.datetime, parts: Mapping[str, str | None]) -> dt.datetime:
    hour = int(parts["hour"] or 0)
    noon = (parts.get("noon") or parts.get("half") or "").lower()
    if noon.startswith(("p", "下")) and hour < 12:  # noqa: PLR2004 - noon
        hour += 12
    elif noon.startswith(("a", "上")) and hour == 12:  # noqa: PLR2004 - midnight
        hour = 0
    fraction = (parts.get("part") or "")[:6].ljust(6, "0")
    return moment.replace(
        hour=hour,
        minute=int(parts["minute"] or 0),
        second=int(parts.get("second") or 0),
        microsecond=int(fraction),
        tzinfo=_zone(parts.get("zone")),
    )


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text in {"Z", "UTC"}:
        return dt.UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    shift = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(sign * shift)
