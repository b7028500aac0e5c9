"""Reading times: year first in any dress, day or month first when somebody said so."""

from __future__ import annotations

import datetime as dt
import unicodedata
import zoneinfo

from cxstats.files.dates import DateForm, parse_date
from zhiyin.listen.imports.models import ColumnRule
from zhiyin.listen.imports.services.cells import Fault, Remembered

_EARLIEST = 1970
_LATEST = 2100
# Spreadsheets count days; smaller and larger numbers are something else.
_SERIAL_DAYS = range(20_000, 74_000)
_CERTAIN = (DateForm.YMD, DateForm.COMPACT, DateForm.MONTH_NAME)
_ORDERS = (DateForm.DMY, DateForm.MDY)


class TimeReader:
    """Reads one column of times as moments in UTC.

    Forms may change from row to row. `order` is "dmy" or "mdy" for dates such as
    3/4/2026 that can mean two days; without it such a date is a fault, never a guess.
    Times without a zone of their own are local times of `zone`.
    """

    def __init__(self, rule: ColumnRule, order: str, zone: str) -> None:
        self._column = rule.name
        self._order = DateForm(order) if order else None
        self._zone = zoneinfo.ZoneInfo(zone)
        self.cells: Remembered[dt.datetime | Fault] = Remembered(self._read)

    def _read(self, raw: str | None) -> dt.datetime | Fault:
        text = unicodedata.normalize("NFKC", raw or "").strip()
        if not text:
            return Fault(self._column, "", "time_blank")
        found = self._parse(text)
        if isinstance(found, str):
            return Fault(self._column, text, found)
        if found.tzinfo is None:
            found = found.replace(tzinfo=self._zone)
        if not _EARLIEST <= found.year <= _LATEST:
            return Fault(self._column, text, "time_out_of_range")
        return found.astimezone(dt.UTC)

    def _parse(self, text: str) -> dt.datetime | str:
        """Return the moment, or the reason why there is none."""
        if text[4:5] == "-":
            try:
                return dt.datetime.fromisoformat(text)
            except ValueError:
                # Less regular than ISO: the patient way below reads or refuses it.
                pass
        for form in _CERTAIN:
            if found := _tolerant(text, form):
                return found
        readings = {form: _tolerant(text, form) for form in _ORDERS}
        if self._order:
            return readings[self._order] or "not_a_time"
        moments = {moment for moment in readings.values() if moment}
        if len(moments) == 1:
            return moments.pop()
        if moments:
            return "date_ambiguous"
        return _serial(text) or "not_a_time"


def _tolerant(text: str, form: DateForm) -> dt.datetime | None:
    try:
        return parse_date(text, form)
    except ValueError:
        return None


def _serial(text: str) -> dt.datetime | None:
    whole = text.partition(".")[0]
    if not whole.isdecimal() or int(whole) not in _SERIAL_DAYS:
        return None
    return _tolerant(text, DateForm.SERIAL)


def order_of(forms: list[str]) -> str:
    """Return the order a column's date forms show: "", "dmy", "mdy" or "?"."""
    orders = [form for form in forms if form in _ORDERS]
    if not orders:
        return ""
    return orders[0] if len(orders) == 1 else "?"
