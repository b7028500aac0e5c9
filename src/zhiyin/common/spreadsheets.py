"""Cells of files that people will open in a spreadsheet."""

from __future__ import annotations

from typing import TypeVar

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
