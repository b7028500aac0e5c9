"""Encodings: told from the bytes, forced by the caller, wrong at a stated place."""

from __future__ import annotations

import codecs

import pytest

from cxstats.errors import FileError
from cxstats.files import open_table

SIMPLIFIED = (
    "客户编号,推荐意愿,区域,意见\n"
    "A001,9,华东,网络信号很好，营业厅服务态度也不错。\n"
    "A002,3,华北,套餐太贵，流量不够用，宽带经常断线。\n"
    "A003,7,西南,一般般，希望能再便宜一点\n"
)
TRADITIONAL = (
    "客戶編號,推薦意願,地區,意見\n"
    "A001,9,新界,網絡訊號很好，門市服務態度也不錯。\n"
    "A002,3,九龍,月費太貴，數據用量不夠，寬頻經常斷線。\n"
    "A003,7,港島,一般，希望可以再便宜一點\n"
)


@pytest.mark.parametrize(
    ("text", "written", "told"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (TRADITIONAL, "big5", "cp950"),
        (TRADITIONAL, "gb18030", "gb18030"),
        ("name,score\nJosé,9\nZoë,3\nRenée,8\n", "cp1252", "cp1252"),
    ],
)
def test_encoding_is_told_and_the_text_read(write, rows_of, text, written, told):
    table = open_table(write(text, encoding=written))
    assert table.details[0].encoding == told
    header, *lines = text.splitlines()
    assert [column.name for column in table.columns] == header.split(",")
    read = [list(row.values())[1:] for row in rows_of(table)]
    assert read == [line.split(",") for line in lines]


def test_hong_kong_characters_of_big5_are_read(write, rows_of):
    text = "評語\n" + "佢哋嘅服務好好，網絡亦快。\n" * 3 + "喺門市等咗好耐\n"
    table = open_table(write(text, encoding="big5hkscs"))
    assert rows_of(table)[-1]["評語"] == "喺門市等咗好耐"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_is_told_by_its_zero_bytes(write, rows_of, name):
    table = open_table(write("score,region\n9,East\n3,华北\n", encoding=name))
    assert table.details[0].encoding == name
    assert rows_of(table)[1]["region"] == "华北"


def test_first_chinese_character_after_megabytes_of_ascii_still_tells(write, rows_of):
    filler = "id,region,score,note\n" + "12345678,East,9,all good here\n" * 120_000
    table = open_table(write(filler + SIMPLIFIED.split("\n", 1)[1], encoding="gbk"))
    assert table.details[0].encoding == "gb18030"
    assert list(table.batches())[-1].to_pylist()[-1]["region"] == "7"


def test_caller_may_force_the_encoding(write, rows_of):
    path = write(SIMPLIFIED, encoding="gb18030")
    table = open_table(path, encoding="GBK")
    assert table.details[0].encoding == "gbk"
    assert table.details[0].encoding_told_by == "given"
    assert rows_of(table)[0]["区域"] == "华东"


def test_big5_named_by_the_caller_is_the_windows_code_page(write):
    table = open_table(write(TRADITIONAL, encoding="big5"), encoding="big5")
    assert table.details[0].encoding == "cp950"


def test_unknown_encoding_is_refused(write):
    with pytest.raises(FileError, match="no encoding 'klingon'"):
        open_table(write(SIMPLIFIED), encoding="klingon")


def test_wrong_encoding_says_which_byte_and_line(write):
    raw = "评分,区域\n9,华东\n".encode() + b"3,\xff\n"
    with pytest.raises(FileError, match="0xff") as caught:
        open_table(write(raw), encoding="utf-8")
    assert caught.value.code == "wrong_encoding"
    assert caught.value.facts["position"] == raw.index(b"\xff")
    assert caught.value.facts["line"] == 3


def test_one_bad_byte_in_utf8_is_reported_rather_than_read_as_chinese(write):
    raw = SIMPLIFIED.encode() * 50
    raw = raw[:4_000] + b"\xfe" + raw[4_000:]
    with pytest.raises(FileError, match="not valid utf-8") as caught:
        open_table(write(raw))
    assert 3_997 <= caught.value.facts["position"] <= 4_000


def test_bad_byte_beyond_the_sample_is_reported_where_it_stands(write, rows_of):
    good = "评分,区域\n" + "9,华东\n" * 700_000
    raw = good.encode() + b"3,\xff\xff\n"
    table = open_table(write(raw))
    with pytest.raises(FileError, match="line 700,002") as caught:
        rows_of(table)
    assert caught.value.facts["position"] == len(good.encode()) + 2


def test_bytes_that_are_no_text_are_refused(write):
    raw = b"a,b\n" + bytes(range(0x80, 0x100)) * 20 + b"\xff\xff\n"
    with pytest.raises(FileError, match="not text") as caught:
        open_table(write(raw))
    assert caught.value.code == "wrong_encoding"


def test_file_of_a_mark_only_has_no_rows(write):
    with pytest.raises(FileError, match="no rows"):
        open_table(write(codecs.BOM_UTF8))
