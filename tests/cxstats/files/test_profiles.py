"""Column profiles: kinds, ranges, blanks, values, and types as a whole."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxstats
from cxstats.errors import ColumnNotFoundError
from cxstats.files import Limits, ValueKind, open_table, open_tables, scan


def column(write, values, **options):
    text = "\n".join(f'"{value}",x' for value in values)
    return scan(open_table(write(f"v,x\n{text}\n"), **options))[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "2", "3"] * 6, ValueKind.INTEGER),
        (["1.0", "2.0"] * 12, ValueKind.INTEGER),
        (["1.5", "2", "-3e2"] * 8, ValueKind.NUMBER),
        (["东", "西", "东"] * 8, ValueKind.CATEGORY),
        ([f"{i:06}" for i in range(30)], ValueKind.IDENTIFIER),
        ([str(1000 + i) for i in range(30)], ValueKind.IDENTIFIER),
        ([f"A-{i}x" for i in range(30)], ValueKind.IDENTIFIER),
        ([f"意见 {i}，网络不好" for i in range(30)], ValueKind.TEXT),
        (["", " "] * 3, ValueKind.BLANK),
        (["1,5", "2,5"] * 8, ValueKind.CATEGORY),
        (["TRUE", "FALSE"] * 8, ValueKind.CATEGORY),
    ],
)
def test_kind_of_a_column(write, values, kind):
    assert column(write, values).kind is kind


def test_counts_blanks_range_and_values(write):
    profile = column(write, ["3", "", "10", "3", " "])
    assert (profile.rows, profile.blanks, profile.filled) == (5, 2, 3)
    assert (profile.minimum, profile.maximum) == (3.0, 10.0)
    assert [(v.value, v.count) for v in profile.values] == [("3", 2), ("10", 1)]
    assert profile.examples == ("3", "10")


def test_words_among_numbers_are_exceptions_with_counts(write):
    profile = column(write, ["8", "9"] * 30 + ["BLANK"] * 3)
    assert profile.kind is ValueKind.INTEGER
    assert [(v.value, v.count) for v in profile.exceptions] == [("BLANK", 3)]


def test_distinct_values_are_capped_and_that_is_said(write):
    values = [str(i % 50) for i in range(200)]
    profile = column(write, values, limits=Limits(distinct_values=10))
    assert profile.distinct == 10
    assert profile.distinct_capped
    assert (profile.minimum, profile.maximum) == (0.0, 49.0)


def test_parquet_and_csv_of_the_same_values_have_the_same_profile(write, tmp_path):
    table = pa.table({"s": [9, 3, None], "x": [1.5, float("nan"), 2.0]})
    pq.write_table(table, tmp_path / "a.parquet")
    from_csv = scan(open_table(write("s,x\n9,1.5\n3,\n,2.0\n")))
    from_parquet = scan(open_table(tmp_path / "a.parquet"))
    for one, other in zip(from_csv, from_parquet, strict=True):
        assert (one.kind, one.blanks, one.minimum) == (
            other.kind,
            other.blanks,
            other.minimum,
        )


def test_columns_become_numbers_only_as_a_whole_and_without_loss(write):
    header = "whole,part,padded,mixed,huge,plus,blank\n"
    first = "1,0.5,00123,9,12345678901234567890,+5,\n"
    second = "-2, 2 ,7,BLANK,1,6,\n"
    table = open_table(write(header + first + second)).to_arrow()
    assert table.to_pydict() == {
        "whole": [1, -2],
        "part": [0.5, 2.0],
        "padded": ["00123", "7"],
        "mixed": ["9", "BLANK"],
        "huge": ["12345678901234567890", "1"],
        "plus": [5, 6],
        "blank": [None, None],
    }


def test_workbook_column_of_numbers_and_text_numbers_becomes_numbers(workbook):
    path = workbook({"s": [["v", "w"], [1, "00"], ["2", 1], [3.0, 2]]})
    table = open_table(path).to_arrow()
    assert table.column("v").to_pylist() == [1, 2, 3]
    assert table.column("w").to_pylist() == ["00", "1", "2"]


def test_only_the_columns_wanted_are_read_whatever_spaces_surround_them(write):
    table = open_table(write("a,b ,c\n1,2,3\n"))
    assert table.to_arrow([" b", "a"]).column_names == ["b", "a"]
    with pytest.raises(ColumnNotFoundError, match="no column named 'd'"):
        table.to_arrow(["d"])


def test_parquet_written_from_a_file_holds_the_same_as_memory(write, tmp_path):
    table = open_table(write("a,b\n" + "".join(f"{i},x{i}\n" for i in range(5_000))))
    path = table.to_parquet(tmp_path / "out.parquet")
    assert pq.read_table(path).equals(table.to_arrow())


def test_anything_that_speaks_arrow_takes_an_opened_file(write):
    table = open_table(write("a,b\n1,x\n2,y\n"))
    assert pa.RecordBatchReader.from_stream(table).read_all().num_rows == 2


def test_opened_file_can_be_analysed_directly(write):
    rows = "".join(f"{score},东\n" for score in [10] * 70 + [8] * 20 + [3] * 10)
    table = open_table(write("推荐意愿,区域\n" + rows))
    result = cxstats.nps(table.to_source(), score="推荐意愿", by="区域")
    assert result.estimate.value == pytest.approx(60.0)


def test_file_column_of_several_files_can_be_grouped_by(write, tmp_path):
    write("s\n" + "10\n" * 5, "a.csv")
    write("s\n" + "0\n" * 5, "b.csv")
    table = open_tables(str(tmp_path / "*.csv"))
    result = cxstats.nps(table.to_source(), score="s", by="__file__")
    assert [group.estimate.value for group in result] == [100.0, -100.0]


def test_large_file_reaches_the_engine_through_parquet(write, monkeypatch):
    monkeypatch.setattr("cxstats.files.sources._LARGE", 10)
    source = open_table(write("s,t\n10,a\n0,b\n")).to_source()
    assert cxstats.nps(source, score="s").estimate.n == 2
    assert source.paths[0].endswith(".parquet")


def test_parquet_files_are_handed_over_as_they_lie(tmp_path):
    pq.write_table(pa.table({"s": [10, 9]}), tmp_path / "a.parquet")
    source = open_tables(str(tmp_path / "*.parquet")).to_source()
    assert source.paths == (str(tmp_path / "a.parquet"),)
