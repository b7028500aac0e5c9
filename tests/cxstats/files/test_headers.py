"""Header rows: duplicates, blanks, spaces, titles, none at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import FileError
from cxstats.files import Limits, open_table
from cxstats.files.columns import name_columns


def names(table):
    return [column.name for column in table.columns]


def test_second_of_two_equal_headers_is_numbered_and_the_original_kept(write):
    table = open_table(write("其他，请注明|描述|其他，请注明\n1|a|2\n"))
    assert names(table) == ["其他，请注明", "描述", "其他，请注明 (2)"]
    assert [column.original for column in table.columns][2] == "其他，请注明"


def test_numbered_name_never_takes_a_name_that_another_header_has(write):
    assert names(open_table(write("a,a,a (2)\n1,2,3\n"))) == ["a", "a (3)", "a (2)"]


def test_headers_that_differ_in_case_only_are_made_different(write):
    assert names(open_table(write("Score,SCORE\n1,2\n"))) == ["Score", "SCORE (2)"]


def test_blank_headers_are_named_by_their_place(write):
    table = open_table(write("a,,column 2,\n1,2,3,4\n"))
    assert names(table) == ["a", "column 2 (2)", "column 2", "column 4"]


def test_spaces_and_line_breaks_around_headers_go(write):
    table = open_table(write('\ufeff" 满意度\n",a  b,"x\ny"\n1,2,3\n'))
    assert names(table) == ["满意度", "a b", "x y"]
    assert table.columns[0].original == " 满意度\n"


def test_title_rows_above_the_table_are_passed_over_and_reported(write, rows_of):
    text = "五月满意度调查,,\n(共 2 人),,\n评分,区域,意见\n9,东,好\n3,西,差\n"
    table = open_table(write(text))
    assert names(table) == ["评分", "区域", "意见"]
    assert table.details[0].header_line == 3
    assert "title" in table.notes[0]
    assert [row["__line__"] for row in rows_of(table)] == [4, 5]


def test_row_of_numbers_is_data_and_its_columns_are_numbered(write, rows_of):
    table = open_table(write("1,9,2.5\n2,8,1.5\n"))
    assert names(table) == ["column 1", "column 2", "column 3"]
    assert table.details[0].header_line is None
    assert "no header row" in table.notes[0]
    assert len(rows_of(table)) == 2


def test_caller_may_name_the_header_row_or_say_there_is_none(write, rows_of):
    path = write("x,y\nscore,region\n9,东\n")
    assert names(open_table(path, header=2)) == ["score", "region"]
    without = open_table(path, header=0)
    assert names(without) == ["column 1", "column 2"]
    assert len(rows_of(without)) == 3
    with pytest.raises(FileError, match="no row at line 9"):
        open_table(path, header=9)


def test_three_thousand_columns_are_refused_with_both_numbers(write):
    header = ",".join(f"c{i}" for i in range(3_000))
    with pytest.raises(FileError, match="3,000 columns; the limit is 2,000") as caught:
        open_table(write(f"{header}\n{header}\n"))
    assert caught.value.code == "too_many_columns"


def test_three_thousand_columns_of_a_workbook_are_refused(workbook):
    path = workbook({"s": [[f"c{i}" for i in range(3_000)], list(range(3_000))]})
    with pytest.raises(FileError, match="3,000 columns"):
        open_table(path)


@given(st.lists(st.text(max_size=6), min_size=1, max_size=12))
def test_names_are_always_unique_and_never_blank(headers):
    columns = name_columns(headers, Limits(), "f")
    folded = {column.name.casefold() for column in columns}
    assert len(folded) == len(headers)
    assert all(column.name.strip() for column in columns)
    assert [column.original for column in columns] == headers
