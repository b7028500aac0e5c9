"""Files that people will open in a spreadsheet, and their cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

CSV = "text/csv; charset=utf-8"
PIECE_CHARACTERS = 1 << 16

# A spreadsheet takes a cell that begins so for a formula, and runs it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

_Cell = TypeVar("_Cell")


def harmless_cell(cell: _Cell) -> _Cell | str:
    """Put an apostrophe before text that a spreadsheet would calculate.

    A negative number is a number, and stays one.
    """
    if not isinstance(cell, str) or not _is_formula(cell):
        return cell
    return f"'{cell}"


def _is_formula(text: str) -> bool:
    if not (text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def csv_row(cells: Iterable[object]) -> str:
    """Return one line of a CSV file, no cell of which is calculated."""
    out = io.StringIO()
    csv.writer(out).writerow([harmless_cell(cell) for cell in cells])
    return out.getvalue()


def csv_pieces(
    header: Iterable[object], rows: Iterable[Iterable[object]]
) -> Iterator[bytes]:
    """Yield a CSV file of any length in pieces worth sending.

    It begins with the mark by which spreadsheets know UTF-8, else they would take
    Chinese for another encoding.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([harmless_cell(cell) for cell in header])
    for row in rows:
        writer.writerow([harmless_cell(cell) for cell in row])
        if buffer.tell() > PIECE_CHARACTERS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def file_answer(
    content: Iterable[bytes] | bytes, name: str, content_type: str = CSV
) -> HttpResponseBase:
    """Return a file, whole or piece by piece, to be kept by nobody on the way."""
    is_whole = isinstance(content, bytes)
    kind = HttpResponse if is_whole else StreamingHttpResponse
    answer: HttpResponseBase = kind(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
