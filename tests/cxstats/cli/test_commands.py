"""`cxstats compare`, `plan`, `profile` and help."""

from __future__ import annotations

import json

import pytest


def test_compare_judges_the_difference(cxstats, survey):
    plain = ("compare", survey, "--score", "推荐意愿", "--between", "区域")
    result = cxstats(*plain, "--baseline", "西北", "--json").json
    (difference,) = result["comparisons"]
    assert difference["difference"] == pytest.approx(50.0)
    assert difference["verdict"] == "rose"
    assert (difference["baseline_n"], difference["compared_n"]) == (100, 100)
    table = cxstats(*plain)
    assert "华东" in table.out
    assert "fell" in table.out


def test_compare_within_groups_and_with_the_rest(cxstats, survey):
    plain = ("compare", survey, "--score", "推荐意愿", "--json")
    within = cxstats(*plain, "--between", "wave", "--by", "区域").json
    assert [item["by"] for item in within["comparisons"]] == [
        {"区域": "华东"},
        {"区域": "西北"},
    ]
    assert {item["verdict"] for item in within["comparisons"]} == {
        "no_detectable_change"
    }
    rest = cxstats(*plain, "--between", "区域", "--rest").json
    assert [item["baseline"] for item in rest["comparisons"]] == ["rest", "rest"]


def test_compare_by_mean_satisfaction(cxstats, survey):
    result = cxstats(
        *("compare", survey, "--score", "推荐意愿", "--between", "区域", "--json"),
        *("--metric", "csat", "--scale", "0-10"),
    ).json
    assert (result["metric"], result["unit"]) == ("csat", "score")


def test_compare_takes_a_number_as_baseline(cxstats, survey):
    result = cxstats(
        *("compare", survey, "--score", "推荐意愿", "--between", "wave", "--json"),
        *("--baseline", "2025"),
    ).json
    assert result["comparisons"][0]["compared"] == 2026


def test_compare_names_the_values_there_are(cxstats, survey):
    answer = cxstats(
        *("compare", survey, "--score", "推荐意愿", "--between", "区域"),
        *("--baseline", "火星"),
    )
    assert answer.code == 2
    assert "华东, 西北" in answer.err


def test_plan_for_a_margin_a_change_and_a_given_n(cxstats):
    margin = cxstats("plan", "--margin", "5", "--json").json["plans"]
    assert margin[0]["n"] == 1027
    change = cxstats("plan", "--change", "10", "--response-rate", "0.1", "--json").json
    assert change["plans"][0]["n"] == 1052
    assert change["plans"][0]["invitations"] == 10_520
    given = cxstats("plan", "--n", "1000", "--variance", "0.55")
    assert "±4.6 points" in given.out
    assert "9.3 points" in given.out


def test_plan_from_expected_shares(cxstats):
    shares = ("--promoters", "0.5", "--detractors", "0.2")
    answer = cxstats("plan", "--margin", "5", *shares)
    assert "variance 0.61" in answer.out
    assert cxstats("plan", "--margin", "5", "--promoters", "0.5").code == 2
    assert cxstats("plan", "--margin", "0").code == 2


def test_profile_offers_roles_scales_and_missing_codes(cxstats, tmp_path):
    path = tmp_path / "导出.csv"
    rows = "".join(f"A{i:04},{i % 10 + 1},2024-05-{i % 28 + 1:02}\n" for i in range(99))
    text = "客户编号,整体满意度,提交时间\n" + rows + "A9999,98,2024-05-01\nbad\n"
    path.write_bytes(text.encode("gb18030"))
    result = cxstats("profile", path, "--json").json
    assert result["files"][0]["encoding"] == "gb18030"
    assert result["rejected"][0]["line"] == 102
    key, score, time = result["columns"]
    assert key["role"]["name"] == "customer"
    assert score["role"]["name"] == "score"
    assert score["scale"]["metric"] == "csat"
    assert score["scale"]["missing"][0]["value"] == "98"
    assert (time["role"]["name"], time["date_forms"]) == ("time", ["ymd"])
    table = cxstats("profile", path).out
    assert "csat 1-10; missing? 98 x1" in table
    assert "1 rows could not be read" in table


def test_profile_of_a_workbook_names_its_sheets(cxstats, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "答卷"
    for value in ("q", 1, 2):
        book.active.append([value])
    book.create_sheet("说明")
    book.save(tmp_path / "b.xlsx")
    assert "sheet 答卷 of 答卷, 说明" in cxstats("profile", tmp_path / "b.xlsx").out


def test_help_lists_the_commands_and_those_their_options(cxstats):
    assert "compare" in cxstats("--help").out
    assert "--minimum-n" in cxstats("nps", "--help").out
    assert cxstats("nps", "--help").code == 0


def test_json_never_holds_what_json_cannot_say(cxstats, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("q\n10\n", encoding="utf-8")
    out = cxstats("nps", path, "--score", "q", "--json").out
    assert json.loads(out, parse_constant=pytest.fail)
