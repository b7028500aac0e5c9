"""`cxstats nps`, `csat`, `ces`: JSON keys, tables, options."""

from __future__ import annotations

import json
import subprocess
import sys

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

GROUP_KEYS = {
    "by",
    "value",
    "std_error",
    "lower",
    "upper",
    "level",
    "n",
    "n_effective",
    "method",
    "promoters",
    "passives",
    "detractors",
}


def test_nps_prints_the_agreed_json(cxstats, survey):
    answer = cxstats("nps", survey, "--score", "推荐意愿", "--missing", "98", "--json")
    assert answer.code == 0
    result = answer.json
    assert list(result) == ["metric", "unit", "groups", "excluded", "warnings"]
    assert (result["metric"], result["unit"]) == ("nps", "points")
    (group,) = result["groups"]
    assert set(group) == GROUP_KEYS
    assert group["by"] == {}
    assert group["value"] == pytest.approx(35.0)
    assert group["n"] == 200
    assert group["promoters"] == pytest.approx(0.55)
    assert group["passives"] == pytest.approx(0.25)
    assert group["detractors"] == pytest.approx(0.20)
    assert group["lower"] < group["value"] < group["upper"]
    assert result["excluded"] == {"blank": 1, "missing_code": 1, "not_a_number": 1}
    assert {"kind", "message"} == set(result["warnings"][0])


def test_groups_carry_their_column_and_value(cxstats, survey):
    answer = cxstats(
        "nps", survey, "--score", "推荐意愿", "--by", "区域", "wave", "--json"
    )
    groups = answer.json["groups"]
    assert [group["by"] for group in groups] == [
        {"区域": region, "wave": wave}
        for region in ("华东", "西北")
        for wave in (2025, 2026)
    ]


def test_filter_weight_strata_and_level_change_the_answer(cxstats, survey):
    plain = ("nps", survey, "--score", "推荐意愿", "--json")
    (east,) = cxstats(*plain, "--where", "区域 = '华东' and wave >= 2025").json[
        "groups"
    ]
    assert east["value"] == pytest.approx(60.0)
    (weighted,) = cxstats(*plain, "--weight", "weight", "--strata", "stratum").json[
        "groups"
    ]
    assert weighted["method"] == "linearized_t"
    assert weighted["n_effective"] < weighted["n"]
    (wide,) = cxstats(*plain, "--level", "0.99").json["groups"]
    assert wide["level"] == 0.99
    assert wide["upper"] > cxstats(*plain).json["groups"][0]["upper"]


def test_clusters_widen_the_interval(cxstats, tmp_path):
    rows = "".join(f"{10 if shop % 2 else 5},{shop}\n" for shop in range(20)) * 20
    path = tmp_path / "shops.csv"
    path.write_text("q,shop\n" + rows, encoding="utf-8")
    plain = ("nps", path, "--score", "q", "--json")
    (single,) = cxstats(*plain).json["groups"]
    (clustered,) = cxstats(*plain, "--cluster", "shop").json["groups"]
    assert clustered["std_error"] > 3 * single["std_error"]


def test_same_number_from_csv_tsv_xlsx_and_parquet(cxstats, tmp_path):
    rows = [
        ["q", "区域"],
        *([10, "东"] for _ in range(60)),
        *([4, "西"] for _ in range(40)),
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    for name, separator in (("a.csv", ","), ("a.tsv", "\t"), ("a.txt", "|")):
        text = "\n".join(separator.join(map(str, row)) for row in rows)
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    columns = {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    results = [
        cxstats("nps", path, "--score", "q", "--by", "区域", "--json").json
        for path in sorted(tmp_path.glob("a.*"))
    ]
    assert len(results) == 5
    assert all(result == results[0] for result in results)
    assert [group["value"] for group in results[0]["groups"]] == [100.0, -100.0]


def test_glob_of_files_is_one_sample(cxstats, tmp_path):
    for wave, score in (("may", 10), ("june", 3)):
        text = "q\n" + f"{score}\n" * 50
        (tmp_path / f"{wave}.csv").write_text(text, encoding="utf-8")
    whole = cxstats("nps", tmp_path / "*.csv", "--score", "q", "--json").json
    assert whole["groups"][0]["n"] == 100
    split = cxstats(
        "nps", tmp_path / "*.csv", "--score", "q", "--by", "__file__", "--json"
    ).json
    assert [group["by"]["__file__"] for group in split["groups"]] == [
        "june.csv",
        "may.csv",
    ]


def test_scale_of_1_to_10_is_named_nps_like_and_says_so(cxstats, tmp_path):
    path = tmp_path / "ten.csv"
    path.write_text(
        "q\n" + "".join(f"{i % 10 + 1}\n" for i in range(400)), encoding="utf-8"
    )
    asked_as_nps = cxstats("nps", path, "--score", "q", "--json").json
    assert asked_as_nps["metric"] == "nps"
    assert "scale" in [warning["kind"] for warning in asked_as_nps["warnings"]]
    told = cxstats("nps", path, "--score", "q", "--scale", "1-10", "--json").json
    assert told["metric"] == "nps_like"
    assert "not Net Promoter Score" in told["warnings"][0]["message"]


def test_csat_and_ces_give_their_parts(cxstats, tmp_path):
    path = tmp_path / "five.csv"
    path.write_text("q\n" + "5\n4\n4\n2\n1\n" * 20, encoding="utf-8")
    csat = cxstats("csat", path, "--score", "q", "--scale", "1-5", "--json").json
    assert (csat["metric"], csat["unit"]) == ("csat", "score")
    (group,) = csat["groups"]
    assert group["value"] == group["mean"] == pytest.approx(3.2)
    assert group["top_box"] == pytest.approx(0.2)
    ces = cxstats("ces", path, "--score", "q", "--json").json
    assert ces["metric"] == "ces"
    assert ces["groups"][0]["mean"] == pytest.approx(3.2)


def test_table_shows_value_half_width_interval_n_and_method(cxstats, survey):
    answer = cxstats("nps", survey, "--score", "推荐意愿", "--by", "区域")
    assert answer.code == 0
    east = next(line for line in answer.out.splitlines() if line.startswith("华东"))
    assert east.split()[1] == "+60.0"
    assert " to " in east
    assert "adjusted_wald" in east
    assert "left out: 1 blank" in answer.out
    assert "warning (not_a_number)" in answer.err


def test_chinese_columns_line_up_in_a_terminal(cxstats, survey):
    lines = cxstats(
        "nps", survey, "--score", "推荐意愿", "--by", "区域"
    ).out.splitlines()
    rule = next(line for line in lines if line.startswith("--"))
    east = next(line for line in lines if line.startswith("华东"))
    # Each of the two characters takes two cells of the terminal.
    assert east.index("+60.0") + 2 == rule.index("-----", 4)


def test_small_groups_are_hidden_unless_asked_for(cxstats, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("q,g\n" + "10,a\n" * 50 + "9,b\n" * 10, encoding="utf-8")
    plain = ("nps", path, "--score", "q", "--by", "g")
    hidden = cxstats(*plain)
    assert "too few" in hidden.out
    assert "needs 30" in hidden.out
    assert "small_n" in hidden.err
    assert "too few" not in cxstats(*plain, "--minimum-n", "5").out
    assert [group["n"] for group in cxstats(*plain, "--json").json["groups"]] == [
        50,
        10,
    ]


def test_rows_that_could_not_be_read_are_reported_not_hidden(cxstats, tmp_path):
    path = tmp_path / "ragged.csv"
    path.write_text("q,g\n" + "10,a\n" * 40 + "9\n" + "8,b,c\n", encoding="utf-8")
    result = cxstats("nps", path, "--score", "q", "--json").json
    (warning,) = [w for w in result["warnings"] if w["kind"] == "rejected_rows"]
    assert "2 rows could not be read" in warning["message"]
    assert "line 42" in warning["message"]


def test_encoding_delimiter_and_sheet_may_be_forced(cxstats, tmp_path):
    path = tmp_path / "forced.txt"
    path.write_bytes("评分^区域\n".encode("gbk") + "9^东\n".encode("gbk") * 40)
    result = cxstats(
        *("nps", path, "--score", "评分", "--json"),
        *("--encoding", "gbk", "--delimiter", "^"),
    ).json
    assert result["groups"][0]["n"] == 40
    book = openpyxl.Workbook()
    book.active.append(["x"])
    book.active.append([1])
    sheet = book.create_sheet("答卷")
    for value in ["q", *[10] * 35]:
        sheet.append([value])
    book.save(tmp_path / "two.xlsx")
    plain = ("nps", tmp_path / "two.xlsx", "--score", "q", "--json")
    assert cxstats(*plain).code == 2
    assert cxstats(*plain, "--sheet", "答卷").json["groups"][0]["n"] == 35


def test_program_runs_as_a_process_and_writes_chinese(survey):
    program = "import sys; from cxstats.cli import main; sys.exit(main())"
    words = ("nps", str(survey), "--score", "推荐意愿", "--by", "区域", "--json")
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, check=True
    )
    groups = json.loads(done.stdout.decode())["groups"]
    assert [group["by"]["区域"] for group in groups] == ["华东", "西北"]
