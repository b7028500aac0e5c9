"""Reading the files people have: text, workbooks and Parquet, streamed into Arrow."""

from __future__ import annotations

from cxstats.files.columns import FILE_COLUMN, LINE_COLUMN, Column
from cxstats.files.dates import DateError, DateForm, ParsedDates, parse_dates
from cxstats.files.details import FileDetails
from cxstats.files.limits import Limits
from cxstats.files.paths import expand_paths
from cxstats.files.profiles import ColumnProfile, ValueCount, ValueKind, scan
from cxstats.files.rejections import RejectedRow
from cxstats.files.roles import Role, RoleGuess, guess_roles
from cxstats.files.scale_guess import (
    MissingCode,
    ScaleGuess,
    ScaleMetric,
    guess_scale,
)
from cxstats.files.tables import TableFile, open_table, open_tables

__all__ = [
    "FILE_COLUMN",
    "LINE_COLUMN",
    "Column",
    "ColumnProfile",
    "DateError",
    "DateForm",
    "FileDetails",
    "Limits",
    "MissingCode",
    "ParsedDates",
    "RejectedRow",
    "Role",
    "RoleGuess",
    "ScaleGuess",
    "ScaleMetric",
    "TableFile",
    "ValueCount",
    "ValueKind",
    "expand_paths",
    "guess_roles",
    "guess_scale",
    "open_table",
    "open_tables",
    "parse_dates",
    "scan",
]
