"""Files that are empty, missing, too large, or not what their ending says."""

from __future__ import annotations

import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.errors import FileError
from cxstats.files import Limits, open_table


def refusal(path, **options):
    with pytest.raises(FileError) as caught:
        open_table(path, **options)
    return caught.value


def test_empty_file_is_refused(write):
    error = refusal(write(b""))
    assert error.code == "empty"
    assert "0 bytes" in str(error)


def test_file_of_blank_lines_is_refused(write):
    assert refusal(write("\n\n  \n,,\n")).code == "empty"


def test_header_without_rows_is_refused(write):
    assert refusal(write("a,b\n")).code == "no_rows"


def test_missing_file_and_folder_are_refused(tmp_path):
    assert refusal(tmp_path / "nothing.csv").code == "not_found"
    assert refusal(tmp_path).code == "folder"


def test_too_large_file_is_refused_with_both_sizes(write):
    error = refusal(write("a\n" + "1\n" * 100), limits=Limits(file_bytes=100))
    assert error.code == "too_large"
    assert error.facts == {"size": 202, "limit": 100}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08" + bytes(20), "gzip"),
        ("\ufeff<!DOCTYPE html><table><tr><td>1".encode(), "HTML"),
        (b"<html><body>sign in</body></html>", "HTML"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "picture"),
        (b"SQLite format 3\0" + bytes(20), "SQLite"),
    ],
)
@pytest.mark.parametrize("name", ["data.xlsx", "data.csv", "data.xls"])
def test_foreign_content_is_named_whatever_the_ending(write, content, what, name):
    error = refusal(write(content, name))
    assert error.code == "not_a_table"
    assert what in str(error)


def test_plain_archive_named_csv_is_refused_with_its_content(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner.csv", "a\n1\n")
    path = tmp_path / "data.csv"
    path.write_bytes(stream.getvalue())
    error = refusal(path)
    assert error.code == "not_a_table"
    assert "inner.csv" in str(error)


def test_workbook_named_csv_is_read_as_a_workbook_with_a_note(workbook, rows_of):
    table = open_table(workbook({"s": [["a"], [1]]}, "data.csv"))
    assert table.details[0].kind == "xlsx"
    assert "not what its ending says" in table.notes[0]
    assert rows_of(table) == [{"__line__": 2, "a": "1"}]


def test_text_named_xls_is_read_as_text_with_a_note(write):
    table = open_table(write("评分\t区域\n9\t东\n", "导出.xls", encoding="gb18030"))
    assert table.details[0].kind == "tsv"
    assert "content is text" in table.notes[0]


def test_compound_file_that_is_no_workbook_is_refused(write):
    error = refusal(write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "d.xlsx"))
    assert error.code == "unreadable"
    assert "protected" in str(error)


def test_truncated_parquet_is_refused(tmp_path):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"a": list(range(1_000))}), path)
    path.write_bytes(path.read_bytes()[:-20])
    error = refusal(path)
    assert error.code == "truncated"
    assert "copy or export it again" in str(error)


def test_damaged_parquet_data_is_refused_while_reading(tmp_path):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"a": [f"text {i}" for i in range(50_000)]}), path)
    raw = bytearray(path.read_bytes())
    raw[200:4_000] = b"\xff" * 3_800
    path.write_bytes(bytes(raw))
    assert refusal(path).code == "truncated"
