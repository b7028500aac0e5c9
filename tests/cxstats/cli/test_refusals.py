"""Bad input at the command line: code 2, one clear message, no traceback."""

from __future__ import annotations

import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def refused(answer):
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    return answer.err


def test_unknown_column_offers_the_nearest_names(cxstats, survey):
    error = refused(cxstats("nps", survey, "--score", "推荐意原"))
    assert "did you mean '推荐意愿'?" in error
    error = refused(cxstats("nps", survey, "--score", "推荐意愿", "--by", "WAVES"))
    assert "did you mean 'wave'?" in error
    where = ("--where", "regio = 1")
    assert "'regio'" in refused(cxstats("nps", survey, "--score", "wave", *where))


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("empty.csv", b"", "is empty"),
        ("head.csv", b"a,b\n", "a header but no rows"),
        ("page.xlsx", b"<html><table>", "an HTML page"),
        ("cut.parquet", b"PAR1" + bytes(50), "cut off"),
        ("bytes.csv", b"a\n" + b"\xff\xfe\xfd\x80" * 300, "not text"),
        ("wide.csv", ",".join(f"c{i}" for i in range(3_000)).encode(), "3,000 columns"),
    ],
)
def test_bad_file_is_refused(cxstats, tmp_path, name, content, part):
    path = tmp_path / name
    path.write_bytes(content)
    assert part in refused(cxstats("nps", path, "--score", "a"))


def test_zip_bomb_is_refused(cxstats, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100 << 20))
    assert "times its size" in refused(cxstats("nps", path, "--score", "a"))


def test_missing_file_offers_names_that_are_alike(cxstats, survey):
    error = refused(cxstats("nps", survey.with_name("surveys.csv"), "--score", "q"))
    assert "did you mean survey.csv?" in error


def test_bad_options_are_refused(cxstats, survey):
    plain = ("nps", survey, "--score", "推荐意愿")
    assert "level" in refused(cxstats(*plain, "--level", "95"))
    assert "scale" in refused(cxstats(*plain, "--scale", "ten"))
    assert "engine" in refused(cxstats(*plain, "--engine", "oracle://x"))
    assert "minimum n" in refused(cxstats(*plain, "--minimum-n", "0"))
    assert refused(cxstats(*plain, "--where", "区域 = = 1"))
    assert refused(cxstats(*plain, "--delimiter", "ab"))


def test_wrong_usage_says_what_is_required(cxstats, survey):
    answer = cxstats("nps", survey)
    assert answer.code == 2
    assert "--score" in answer.err
    assert cxstats().code == 2
    assert cxstats("npz").code == 2


def test_scores_out_of_range_are_counted_not_hidden(cxstats, tmp_path):
    path = tmp_path / "range.csv"
    path.write_text("q\n" + "10\n" * 50 + "11\n-1\n7.5\n", encoding="utf-8")
    answer = cxstats("nps", path, "--score", "q", "--json")
    assert answer.json["excluded"] == {"out_of_range": 2, "not_whole": 1}


def test_formulas_in_a_csv_are_text(cxstats, tmp_path):
    path = tmp_path / "formula.csv"
    path.write_text("q,g\n" + "10,=1+1\n" * 40, encoding="utf-8")
    (group,) = cxstats("nps", path, "--score", "q", "--by", "g", "--json").json[
        "groups"
    ]
    assert group["by"] == {"g": "=1+1"}


def test_column_that_is_no_number_is_said_to_be_so(cxstats, tmp_path):
    path = tmp_path / "words.parquet"
    pq.write_table(pa.table({"q": ["好", "坏"] * 20}), path)
    answer = cxstats("nps", path, "--score", "q", "--json")
    assert answer.json["excluded"] == {"not_a_number": 40}
    assert answer.json["groups"][0]["value"] is None
