"""Reasons in words: what was wrong, what was received, what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_FILE: dict[str, str | Promise] = {
    "archive_bomb": gettext_lazy(
        "%(name)s unpacks to many times its size, as no real workbook does. It was not "
        "opened. If the file is genuine, save the sheet as CSV.",
    ),
    "archive_too_large": gettext_lazy(
        "%(name)s is too large once unpacked. Save the sheet as CSV.",
    ),
    "empty": gettext_lazy("%(name)s is empty. Export it again."),
    "file_gone": gettext_lazy(
        "The uploaded file %(name)s has been deleted. Upload it again.",
    ),
    "line_too_long": gettext_lazy(
        "Line %(line)s of %(name)s is too long for a table. Check the delimiter and "
        "the quotation marks.",
    ),
    "no_header": gettext_lazy(
        "%(name)s has no header in the row you named. Choose another row.",
    ),
    "no_rows": gettext_lazy(
        "%(name)s has a header but no rows. Export it again.",
    ),
    "no_sheet": gettext_lazy(
        "%(name)s has no such sheet; it has: %(sheets)s. Choose one of them.",
    ),
    "not_a_table": gettext_lazy(
        "%(name)s is not a table (%(what)s). Save it as XLSX or CSV and upload that.",
    ),
    "password": gettext_lazy(
        "%(name)s is protected by a password. Remove the protection and upload it "
        "again.",
    ),
    "too_large": gettext_lazy(
        "%(name)s is larger than %(limit_mb)s MB. Split it, save it as Parquet, or "
        "import it on the server with “zhiyin import”.",
    ),
    "too_many_columns": gettext_lazy(
        "%(name)s has %(columns)s columns; at most %(limit)s can be imported. Remove "
        "those you do not need, or check the delimiter.",
    ),
    "too_many_rejected": gettext_lazy(
        "Too many rows of %(name)s do not fit its header. Check the delimiter, the "
        "encoding and the header row.",
    ),
    "truncated": gettext_lazy(
        "%(name)s was cut off or is damaged. Copy or export it again.",
    ),
    "unknown_delimiter": gettext_lazy("The delimiter must be a single character."),
    "unknown_encoding": gettext_lazy(
        "There is no such encoding. Use UTF-8, GB18030 or Big5.",
    ),
    "unreadable": gettext_lazy(
        "%(name)s cannot be opened. Open it in a spreadsheet and save it as XLSX.",
    ),
    "wrong_encoding": gettext_lazy(
        "%(name)s does not fit the encoding from line %(line)s on. Choose another "
        "encoding, or save the file as “CSV UTF-8”.",
    ),
    "drop_control": gettext_lazy(
        "The control file of %(name)s cannot be read: it needs a line rows=… and a "
        "line sha256=…. Write both and drop the two files again.",
    ),
    "drop_checksum": gettext_lazy(
        "%(name)s is not the file its control file speaks of: the sha256 differs. Copy "
        "both again.",
    ),
    "drop_rows": gettext_lazy(
        "%(name)s has %(rows)s rows; its control file says %(expected)s. Nothing was "
        "imported. Export it again.",
    ),
    "drop_profile": gettext_lazy(
        "There is no mapping profile “%(profile)s”, which the control file of %(name)s "
        "asks for. Save one under this name.",
    ),
    "no_files": gettext_lazy("Choose at least one file."),
    "too_many_files": gettext_lazy("Upload at most %(limit)s files at once."),
    "no_score": gettext_lazy(
        "No column is a score. Say which column holds the main question.",
    ),
    "role_twice": gettext_lazy(
        "Only one column can be the %(role)s; these are several: %(columns)s.",
    ),
    "column_twice": gettext_lazy("The column %(column)s is used twice."),
    "call_record": gettext_lazy(
        "%(name)s holds call records or numbers of other parties (%(columns)s). These "
        "are never taken. Count per customer first, such as the size of the circle "
        "and the share on our network, and upload the counts.",
    ),
    "no_customer": gettext_lazy("Say which column holds the customer's key."),
    "no_event_kind": gettext_lazy(
        "Say which column holds the kind of event, or give one kind for all rows.",
    ),
    "no_event_time": gettext_lazy("Say which column holds the time of the event."),
    "no_text": gettext_lazy("Say which column holds what was said."),
    "no_metric": gettext_lazy("Say what the score %(column)s measures."),
    "no_scale": gettext_lazy(
        "The scale of %(column)s must run from a lower to a higher whole number.",
    ),
    "one_to_ten": gettext_lazy(
        "%(column)s holds %(n)s answers and not one 0: that is a 1-10 scale, which is "
        "satisfaction and not NPS. If a 0 was on the scale, say so beside the column.",
    ),
    "no_time_zone": gettext_lazy("There is no time zone “%(zone)s”."),
    "no_time": gettext_lazy(
        "When were these answers given? Choose the column with the time, or give one "
        "date for the whole file.",
    ),
    "no_date": gettext_lazy("“%(date)s” is not a date such as 2026-05-31."),
    "date_order": gettext_lazy(
        "The dates of %(column)s can be read in two ways. Say whether the day or the "
        "month comes first.",
    ),
    "file_lacks": gettext_lazy(
        "%(name)s lacks needed columns: %(columns)s. Import it on its own.",
    ),
    "no_column": gettext_lazy("There is no column %(columns)s; there are: %(known)s."),
    "scale_unclear": gettext_lazy(
        "“%(scale)s” is not a scale; write it as lowest-highest, for example 0-10.",
    ),
    "already_started": gettext_lazy("This import has already been started."),
    "not_running": gettext_lazy("This import is not running any more."),
    "cannot_go_on": gettext_lazy("This import cannot be taken up again."),
    "nothing_to_undo": gettext_lazy("There is nothing to undo."),
    "unexpected": gettext_lazy(
        "Something failed that should not have. What was imported so far is kept; try "
        "again, and tell your administrator if it fails again.",
    ),
}

_ROW: dict[str, str | Promise] = {
    "no_key": gettext_lazy("no key of a customer"),
    "no_separate_consent": gettext_lazy(
        "the customer did not agree to this separately; the cell was left out"
    ),
    "erased": gettext_lazy("erased; refused until they come back of their own will"),
    "no_audience": gettext_lazy("no known audience; the cell was left out"),
    "no_language": gettext_lazy("no known language; the cell was left out"),
    "not_phone": gettext_lazy("no telephone number; the cell was left out"),
    "not_email": gettext_lazy("no e-mail address; the cell was left out"),
    "not_yes_or_no": gettext_lazy("neither yes nor no; the cell was left out"),
    "not_a_score": gettext_lazy("not a number"),
    "out_of_range": gettext_lazy("outside the scale"),
    "time_blank": gettext_lazy("no time"),
    "not_a_time": gettext_lazy("not a time that can be read"),
    "date_ambiguous": gettext_lazy("day or month first? The date can be two days"),
    "time_out_of_range": gettext_lazy("a time before 1970 or after 2100"),
    "not_a_weight": gettext_lazy("not a weight"),
    "too_long": gettext_lazy("too long"),
    "no_department": gettext_lazy("no department has this code"),
    "too_few_cells": gettext_lazy("fewer cells than the header"),
    "too_many_cells": gettext_lazy("more cells than the header"),
    "unclosed_quote": gettext_lazy("a quotation mark is not closed"),
    "cell_too_long": gettext_lazy("a cell is too long"),
    "nul_byte": gettext_lazy("a cell holds a NUL byte"),
}

_GUESS: tuple[tuple[re.Pattern[str], str | Promise], ...] = (
    (
        re.compile(r"the header says ['\"](?P<word>.+)['\"]"),
        gettext_lazy("the header says “%(word)s”"),
    ),
    (re.compile("the values are dates"), gettext_lazy("the values are dates")),
    (
        re.compile("the values are long texts"),
        gettext_lazy("the values are long texts"),
    ),
    (re.compile("the column is blank"), gettext_lazy("the column is blank")),
    (
        re.compile("the values look like ratings"),
        gettext_lazy("the values look like ratings"),
    ),
    (re.compile("-1 and one other.*"), gettext_lazy("a multi-select answer")),
    (
        re.compile("almost every value is different"),
        gettext_lazy("almost every value is different"),
    ),
    (re.compile("nothing says otherwise"), ""),
    (
        re.compile("0-10, because .*"),
        gettext_lazy("0-10: a 0 occurs, or the header says so"),
    ),
    (
        re.compile(r"answers run from 1 to (?P<top>\d+).*"),
        gettext_lazy("answers run from 1 to %(top)s, and no 0 is an answer"),
    ),
    (
        re.compile("values run from 1 to 11.*"),
        gettext_lazy("a 0-10 question stored as 1-11: 1 is taken off"),
    ),
    (
        re.compile(r".* has no header row.*"),
        gettext_lazy("No header row was found; the columns are numbered."),
    ),
    (
        re.compile(r"lines above line (?P<line>\d+) .*"),
        gettext_lazy("The lines above line %(line)s were taken for a title."),
    ),
    (
        re.compile(r".* is not what its ending says: its content is (?P<kind>\w+).*"),
        gettext_lazy("The file is not what its name says; it was read as %(kind)s."),
    ),
)


class _Facts(dict[str, Any]):
    """Facts of a message; one that is not known is shown as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def say_file_fault(code: str, facts: Mapping[str, Any]) -> str:
    """Return why a file or a mapping is not taken; the reader's words if unknown."""
    message = _FILE.get(code)
    if message is None:
        return str(facts.get("message") or _("The file cannot be read as a table."))
    return str(message) % _Facts(facts)


def say_row_fault(reason: str) -> str:
    """Return why a row was rejected."""
    return str(_ROW.get(reason, reason))


def say_guess(reason: str) -> str:
    """Return why a column was taken for what it was, or a note on how it was read."""
    for pattern, message in _GUESS:
        if match := pattern.fullmatch(reason):
            return str(message) % match.groupdict() if message else ""
    return reason
