"""Several files as one table, and Parquet with its own types."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.errors import FileError
from cxstats.files import FILE_COLUMN, open_table, open_tables


def test_files_of_a_glob_are_united_by_column_name(write, rows_of, tmp_path):
    write("score,region\n9,东\n", "wave1.csv")
    write("Region,score,channel\n西,3,短信\n", "wave2.csv", encoding="gb18030")
    table = open_tables(str(tmp_path / "wave*.csv"))
    assert [column.name for column in table.columns] == ["score", "region", "channel"]
    first, second = rows_of(table)
    assert first[FILE_COLUMN] == "wave1.csv"
    assert first["channel"] is None
    assert second == {
        "__line__": 2,
        FILE_COLUMN: "wave2.csv",
        "score": "3",
        "region": "西",
        "channel": "短信",
    }


def test_kinds_may_be_mixed_and_types_that_differ_become_text(
    write, workbook, rows_of, tmp_path
):
    pq.write_table(pa.table({"score": [9], "n": [1]}), tmp_path / "a.parquet")
    write("score,m\n8,x\n", "b.csv")
    workbook({"s": [["score"], [7]]}, "c.xlsx")
    table = open_tables([tmp_path / name for name in ("a.parquet", "b.csv", "c.xlsx")])
    assert [row["score"] for row in rows_of(table)] == ["9", "8", "7"]
    assert table.schema.field("n").type == pa.int64()


def test_files_of_one_name_in_two_folders_keep_their_paths(write, rows_of, tmp_path):
    for month in ("may", "june"):
        (tmp_path / month).mkdir()
        write(f"score\n{len(month)}\n", f"{month}/data.csv")
    table = open_tables(str(tmp_path / "*" / "data.csv"))
    files = [row[FILE_COLUMN] for row in rows_of(table)]
    assert files == [str(tmp_path / m / "data.csv") for m in ("june", "may")]


def test_each_file_is_read_once_however_often_it_matches(write, rows_of, tmp_path):
    path = write("score\n9\n")
    assert len(rows_of(open_tables([path, str(tmp_path / "*.csv")]))) == 1


def test_no_match_offers_names_that_are_alike(write, tmp_path):
    write("a\n1\n", "answers_2024.csv")
    with pytest.raises(FileError, match=r"did you mean answers_2024\.csv\?"):
        open_tables(tmp_path / "answer_2024.csv")


def test_name_with_brackets_is_a_name_before_it_is_a_pattern(write, rows_of):
    assert len(rows_of(open_tables(write("a\n1\n", "data[1].csv")))) == 1


def test_rejections_name_their_file(write, tmp_path):
    write("a,b\n1,2\n", "one.csv")
    write("a,b\n1,2\n3\n", "two.csv")
    table = open_tables(str(tmp_path / "*.csv"))
    list(table.batches())
    assert [(row.file, row.line) for row in table.rejections.rows] == [("two.csv", 3)]


def test_parquet_keeps_its_types_and_shows_what_has_none(tmp_path, rows_of):
    path = tmp_path / "types.parquet"
    pq.write_table(
        pa.table(
            {
                "n": pa.array([1, None], pa.int16()),
                "day": [dt.date(2024, 5, 1), None],
                "price": pa.array([Decimal("1.50"), None]),
                "kind": pa.array(["a", "b"]).dictionary_encode(),
                "many": [[1, 2], None],
                "raw": [b"abc", None],
            }
        ),
        path,
    )
    table = open_table(path)
    assert rows_of(table)[0] == {
        "__line__": 1,
        "n": 1,
        "day": dt.date(2024, 5, 1),
        "price": 1.5,
        "kind": "a",
        "many": "[1, 2]",
        "raw": "abc",
    }
    assert table.schema.field("n").type == pa.int16()


def test_preview_gives_the_first_rows_only(write):
    table = open_table(write("a\n" + "1\n" * 50))
    assert table.head(5).num_rows == 5
