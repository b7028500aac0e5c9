"""What people say about files and columns."""

from __future__ import annotations

from zhiyin.listen.imports.forms.columns import (
    ReadingForm,
    WholeFileForm,
    read_mapping,
)
from zhiyin.listen.imports.forms.tables import TableForm, read_table_mapping

__all__ = [
    "ReadingForm",
    "TableForm",
    "WholeFileForm",
    "read_mapping",
    "read_table_mapping",
]
