"""Reading the files people have: text, workbooks and Parquet, streamed into Arrow."""

from __future__ import annotations

from cxstats.files.columns import FILE_COLUMN, LINE_COLUMN, Column
from cxstats.files.details import FileDetails
from cxstats.files.limits import Limits
from cxstats.files.paths import expand_paths
from cxstats.files.rejections import RejectedRow
from cxstats.files.tables import TableFile, open_table, open_tables

__all__ = [
    "FILE_COLUMN",
    "LINE_COLUMN",
    "Column",
    "FileDetails",
    "Limits",
    "RejectedRow",
    "TableFile",
    "expand_paths",
    "open_table",
    "open_tables",
]
