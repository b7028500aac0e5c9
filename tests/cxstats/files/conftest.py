"""Writers of the small files that these tests read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Sheets = dict[str, Sequence[Sequence[Any]]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write text or bytes to a file and give its path."""

    def write_file(
        content: str | bytes, name: str = "answers.csv", encoding: str = "utf-8"
    ) -> Path:
        path = tmp_path / name
        raw = content if isinstance(content, bytes) else content.encode(encoding)
        path.write_bytes(raw)
        return path

    return write_file


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets of rows to an XLSX file and give its path."""

    def write_workbook(sheets: Sheets, name: str = "answers.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return write_workbook


@pytest.fixture
def rows_of() -> Callable[..., list[dict[str, Any]]]:
    """Give all rows of an opened table as dictionaries."""

    def read_all(table: Any) -> list[dict[str, Any]]:
        return [row for batch in table.batches() for row in batch.to_pylist()]

    return read_all
