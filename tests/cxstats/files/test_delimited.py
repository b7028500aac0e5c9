"""Separated text: delimiters, quotes, ragged rows, line numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxstats.errors import FileError
from cxstats.files import Limits, open_table

RAGGED = 'score,region,comment\n9,东,ok\n8,西\n7,南,"a\nb"\n6,北,x,y\n5,中,z\n'


@pytest.mark.parametrize(
    ("delimiter", "kind"), [(",", "csv"), ("\t", "tsv"), ("|", "text"), (";", "text")]
)
def test_delimiter_is_told_from_the_content(write, rows_of, delimiter, kind):
    lines = [["评分", "区域", "金额"], ["9", "华东", "1,5"], ["3", "华北", "2"]]
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(lines)
    table = open_table(write(stream.getvalue(), "data.txt"))
    assert table.details[0].delimiter == delimiter
    assert table.details[0].kind == kind
    assert [row["金额"] for row in rows_of(table)] == ["1,5", "2"]


def test_delimiter_named_by_the_caller_wins(write):
    path = write("a;b,c\n1;2,3\n")
    assert [c.name for c in open_table(path, delimiter="semicolon").columns] == [
        "a",
        "b,c",
    ]
    with pytest.raises(FileError, match="one character"):
        open_table(path, delimiter="ab")


def test_excel_separator_line_is_obeyed_and_not_a_header(write, rows_of):
    table = open_table(write("sep=;\na;b\n1;2\n"))
    assert [column.name for column in table.columns] == ["a", "b"]
    assert rows_of(table) == [{"__line__": 3, "a": "1", "b": "2"}]


def test_printed_table_with_runs_of_spaces_is_split(write, rows_of):
    table = open_table(write(" id  date  n\n 001 19970101  1\n 002 19970112 12\n"))
    assert rows_of(table)[1] == {
        "__line__": 3,
        "id": "002",
        "date": "19970112",
        "n": "12",
    }


def test_single_column_of_sentences_is_not_split_at_spaces(write):
    text = "comment\nvery good service\ntoo slow\nfine\n"
    assert [c.name for c in open_table(write(text)).columns] == ["comment"]


def test_ragged_rows_are_rejected_with_their_line_and_the_others_kept(write, rows_of):
    table = open_table(write(RAGGED))
    rows = rows_of(table)
    assert [(row["__line__"], row["score"]) for row in rows] == [
        (2, "9"),
        (4, "7"),
        (7, "5"),
    ]
    assert rows[1]["comment"] == "a\nb"
    few, many = table.rejections.rows
    assert (few.line, few.column, few.reason) == (3, "comment", "too_few_cells")
    assert (many.line, many.column, many.reason) == (6, "comment", "too_many_cells")
    assert many.cells == ("6", "北", "x", "y")
    assert "4 cells and the header 3" in many.message
    assert few.file == "answers.csv"


def test_blank_cells_beyond_the_header_do_not_reject_a_row(write, rows_of):
    table = open_table(write("a,b\n1,2,,\n3,4\n"))
    assert [row["b"] for row in rows_of(table)] == ["2", "4"]
    assert table.rejections.count == 0


def test_blank_lines_are_passed_over_and_counted_in_the_line_number(write, rows_of):
    table = open_table(write("\n\na,b\n\n1,2\n,,\n3,4\n"))
    assert [(row["__line__"], row["a"]) for row in rows_of(table)] == [
        (5, "1"),
        (7, "3"),
    ]


def test_unclosed_quote_at_the_end_rejects_every_line_it_swallowed(write, rows_of):
    table = open_table(write('a,b\n1,2\n3,"never closed\n5,6\n7,8\n'))
    assert [row["a"] for row in rows_of(table)] == ["1"]
    assert [(row.line, row.reason) for row in table.rejections.rows] == [
        (3, "unclosed_quote"),
        (4, "unclosed_quote"),
        (5, "unclosed_quote"),
    ]


def test_unclosed_quote_in_the_last_line_of_one_column_is_rejected(write, rows_of):
    table = open_table(write('a\nx\n"y'))
    assert [row["a"] for row in rows_of(table)] == ["x"]
    assert [row.line for row in table.rejections.rows] == [3]


def test_reading_goes_on_after_a_quote_that_swallows_more_than_a_cell(write, rows_of):
    filler = "".join(f"{i},{'x' * 60}\n" for i in range(3_000))
    table = open_table(write('a,b\n1,"open\n' + filler))
    kept = rows_of(table)
    assert table.rejections.count + len(kept) == 3_001
    assert kept[-1]["a"] == "2999"
    assert kept[-1]["__line__"] == 3_002


def test_cell_beyond_the_limit_rejects_its_row_only(write, rows_of):
    table = open_table(
        write(f"a,b\n1,{'x' * 50}\n2,ok\n"), limits=Limits(cell_characters=40)
    )
    assert [row["a"] for row in rows_of(table)] == ["2"]
    (row,) = table.rejections.rows
    assert (row.line, row.column, row.reason) == (2, "b", "cell_too_long")


def test_nul_byte_rejects_its_row_only(write, rows_of):
    table = open_table(write("a,b\n1,x\0y\n2,ok\n3,ok\n"))
    assert [row["a"] for row in rows_of(table)] == ["2", "3"]
    (row,) = table.rejections.rows
    assert (row.line, row.column, row.reason) == (2, "b", "nul_byte")


def test_quotes_inside_an_unquoted_cell_are_kept(write, rows_of):
    table = open_table(write('a,b\n1,5" screen\n2,say "hi"\n'))
    assert [row["b"] for row in rows_of(table)] == ['5" screen', 'say "hi"']


def test_decimal_commas_stay_text(write, rows_of):
    table = open_table(write("a;b\n1,5;2\n2,25;3\n"))
    assert [row["a"] for row in rows_of(table)] == ["1,5", "2,25"]


def test_formulas_of_a_csv_are_plain_text(write, rows_of):
    table = open_table(write('a,b\n"=HYPERLINK(""http://x"")",1\n@SUM(A1),2\n'))
    assert [row["a"] for row in rows_of(table)] == [
        '=HYPERLINK("http://x")',
        "@SUM(A1)",
    ]


def test_old_macintosh_line_ends_are_understood(write, rows_of):
    table = open_table(write("a,b\r1,2\r3,4\r"))
    assert [(row["__line__"], row["a"]) for row in rows_of(table)] == [
        (2, "1"),
        (3, "3"),
    ]


def test_blank_and_white_cells_become_null(write, rows_of):
    assert rows_of(open_table(write('a,b,c\n1, ,\n2,"",x\n'))) == [
        {"__line__": 2, "a": "1", "b": None, "c": None},
        {"__line__": 3, "a": "2", "b": None, "c": "x"},
    ]


def test_line_without_end_is_refused_before_it_fills_memory(write):
    with pytest.raises(FileError, match="line 1 is longer") as caught:
        open_table(write("x" * 5_000), limits=Limits(line_characters=1_000))
    assert caught.value.code == "line_too_long"


def test_too_many_rejected_rows_stop_the_reading(write):
    body = "a,b\n1,2\n" + "1\n" * 30
    with pytest.raises(FileError, match="check the delimiter") as caught:
        open_table(write(body), limits=Limits(rejected_rows=20))
    assert caught.value.code == "too_many_rejected"


def test_drained_rejections_do_not_count_towards_the_limit(write):
    body = "a,b\n" + "1,2\n1\n" * 5_000
    table = open_table(write(body), limits=Limits(rejected_rows=2_500))
    taken = 0
    for _ in table.batches(1_000):
        taken += len(table.rejections.drain())
    taken += len(table.rejections.drain())
    assert taken == table.rejections.count == 5_000


def test_batches_have_about_the_size_asked_for(write):
    table = open_table(write("a,b\n" + "1,2\n" * 9_000))
    sizes = [batch.num_rows for batch in table.batches(4_000)]
    assert sizes == [4_000, 4_000, 1_000]


def test_the_same_table_can_be_read_twice(write, rows_of):
    table = open_table(write(RAGGED))
    assert rows_of(table) == rows_of(table)
    assert table.rejections.count == 2


cells = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0\x1a"), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(write, rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(["key", "one", "two"])
    writer.writerows((f"k{i}", *row) for i, row in enumerate(rows))
    table = open_table(write(stream.getvalue()), encoding="utf-8", delimiter=",")
    read = [row for batch in table.batches() for row in batch.to_pylist()]
    assert table.rejections.count == 0
    expected = [[value if value.strip() else None for value in row] for row in rows]
    assert [[row["one"], row["two"]] for row in read] == expected
