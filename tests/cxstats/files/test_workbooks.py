"""Workbooks: sheets, cell types, bombs."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest

from cxstats.errors import FileError
from cxstats.files import Limits, open_table
from cxstats.files.archives import check_archive
from cxstats.files.origins import Origin


def test_numbers_dates_and_truths_are_written_without_loss(workbook, rows_of):
    moment = dt.datetime(2024, 5, 1, 13, 45)  # noqa: DTZ001 - sheets know no zone
    rows = [
        ["n", "x", "day", "moment", "flag", "code", "clock"],
        [10, 0.1, dt.date(2024, 5, 1), moment, True, "00123", dt.time(9, 30)],
        [None, 1e20, None, moment, False, "A-1", None],
    ]
    read = rows_of(open_table(workbook({"数据": rows})))
    assert read[0] == {
        "__line__": 2,
        "n": "10",
        "x": "0.1",
        "day": "2024-05-01",
        "moment": "2024-05-01 13:45:00",
        "flag": "TRUE",
        "code": "00123",
        "clock": "09:30:00",
    }
    assert read[1]["n"] is None
    assert float(read[1]["x"]) == 1e20


def test_mixed_cells_of_a_column_all_stay(workbook, rows_of):
    table = open_table(workbook({"s": [["v"], [1], ["two"], ["3"], [4.5]]}))
    assert [row["v"] for row in rows_of(table)] == ["1", "two", "3", "4.5"]


def test_first_visible_sheet_with_rows_is_taken_and_all_are_listed(workbook):
    path = workbook({"说明": [], "数据": [["a"], [1]], "更多": [["b"], [2]]})
    (details,) = open_table(path).details
    assert details.sheet == "数据"
    assert details.sheets == ("说明", "数据", "更多")


def test_sheet_may_be_chosen_by_name_or_number(workbook, rows_of):
    path = workbook({"一": [["a"], [1]], "二": [["b"], [2]]})
    assert rows_of(open_table(path, sheet=" 二 ")) == [{"__line__": 2, "b": "2"}]
    assert open_table(path, sheet=2).details[0].sheet == "二"
    with pytest.raises(FileError, match="no sheet '三'; its sheets are 一, 二"):
        open_table(path, sheet="三")


def test_hidden_sheet_comes_after_visible_ones(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "hidden"
    book.active.append(["x"])
    shown = book.create_sheet("shown")
    shown.append(["a"])
    shown.append([1])
    book["hidden"].sheet_state = "hidden"
    path = tmp_path / "h.xlsx"
    book.save(path)
    assert open_table(path).details[0].sheet == "shown"


def test_row_numbers_are_those_of_the_sheet(tmp_path, rows_of):
    book = openpyxl.Workbook()
    for cell, value in {"B3": "a", "C3": "b", "B4": 1, "C4": 2, "B7": 3}.items():
        book.active[cell] = value
    path = tmp_path / "offset.xlsx"
    book.save(path)
    table = open_table(path)
    assert table.details[0].header_line == 3
    assert rows_of(table) == [
        {"__line__": 4, "a": "1", "b": "2"},
        {"__line__": 7, "a": "3", "b": None},
    ]


def test_columns_that_hold_nothing_but_formatting_are_left_out(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.active["H9"].number_format = "0.00"
    path = tmp_path / "wide.xlsx"
    book.save(path)
    assert [column.name for column in open_table(path).columns] == ["a", "b"]


def test_title_above_the_table_is_passed_over(workbook):
    rows = [["2024年5月调查"], [None], ["评分", "区域", "意见"], [9, "东", "好"]]
    table = open_table(workbook({"s": rows}))
    assert [column.name for column in table.columns] == ["评分", "区域", "意见"]
    assert table.details[0].header_line == 3


def test_open_upload_is_read_and_left_open(workbook, rows_of):
    path = workbook({"s": [["a"], [1]]})
    with path.open("rb") as handle:
        table = open_table(handle, name="上传.xlsx")
        assert rows_of(table) == rows_of(table)
        assert table.name == "上传.xlsx"
        assert not handle.closed


def test_workbook_without_rows_is_refused(workbook):
    with pytest.raises(FileError, match="no sheet with rows"):
        open_table(workbook({"s": []}))


def test_header_without_rows_is_refused(workbook):
    with pytest.raises(FileError, match="a header but no rows"):
        open_table(workbook({"s": [["a", "b"]]}))


def bomb(path, size, *, declared=None):
    """Write an XLSX whose sheet unpacks to `size` zeros."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as part:
            for start in range(0, size, 1 << 20):
                part.write(bytes(min(1 << 20, size - start)))
    raw = stream.getvalue()
    if declared is not None:
        raw = raw.replace(struct.pack("<I", size), struct.pack("<I", declared))
    path.write_bytes(raw)
    return path


def test_zip_bomb_is_refused_by_its_ratio_before_it_is_opened(tmp_path):
    path = bomb(tmp_path / "bomb.xlsx", 128 << 20)
    with pytest.raises(FileError, match="times its size") as caught:
        open_table(path)
    assert caught.value.code == "archive_bomb"


def test_zip_bomb_is_refused_by_its_total(tmp_path):
    path = bomb(tmp_path / "bomb.xlsx", 32 << 20)
    with pytest.raises(FileError, match="would unpack to") as caught:
        open_table(path, limits=Limits(archive_bytes=16 << 20))
    assert caught.value.code == "archive_too_large"


def test_zip_bomb_that_declares_less_than_it_holds_is_refused(tmp_path):
    path = bomb(tmp_path / "bomb.xlsx", 0x07654321, declared=0x00123456)
    with pytest.raises(FileError, match="more than it declares") as caught:
        open_table(path)
    assert caught.value.code == "archive_bomb"


def shared(path, texts, numbers):
    """Write an XLSX whose cells refer to shared texts by number."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    cells = "".join(f'<c t="s"><v>{number}</v></c>' for number in numbers)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", f"<sst>{items}</sst>")
        sheet = f"<sheetData><row>{cells}</row></sheetData>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def test_small_file_that_repeats_a_long_text_in_many_cells_is_refused(tmp_path):
    path = shared(tmp_path / "repeat.xlsx", ["short", "x" * 40_000], [1] * 80_000)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(FileError, match="would unpack to") as caught:
        open_table(path)
    assert caught.value.facts["size"] == pytest.approx(80_000 * 40_000, rel=0.01)


def test_long_text_in_one_cell_among_many_short_ones_is_not_refused(tmp_path):
    numbers = [0] * 80_000 + [1]
    path = shared(tmp_path / "genuine.xlsx", ["short", "x" * 40_000], numbers)
    with path.open("rb") as handle:
        check_archive(Origin("genuine.xlsx", handle=handle), Limits())


def test_workbook_that_was_cut_off_is_refused(workbook, tmp_path):
    raw = workbook({"s": [["a"], [1]]}).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(FileError, match="cut off") as caught:
        open_table(cut)
    assert caught.value.code == "truncated"
