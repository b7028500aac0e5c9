"""The command line on the real data sets, against numbers known before."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxstats.cli import main
from cxstats.errors import FileError
from cxstats.files import guess_roles, guess_scale, open_table, scan

pytestmark = pytest.mark.real_data

OVERALL = "语音通话整体满意度"
Run = Callable[..., Any]


@pytest.fixture
def cxstats(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json and give what it printed."""

    def run(*words: object) -> Any:
        assert main([*map(str, words), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture(params=["voice_rated.xlsx", "voice_rated.parquet"])
def voice(request: pytest.FixtureRequest, real_data_dir: Path) -> Path:
    """The Beijing voice survey: as the operator exported it, and as Parquet."""
    return real_data_dir / "beijing_mobile_voice" / request.param


@pytest.fixture
def sfo(real_data_dir: Path) -> Path:
    """The San Francisco airport survey of 2017."""
    return real_data_dir / "sfo_2017" / "sfo_2017.csv"


def only(result: Any) -> Any:
    (group,) = result["groups"]
    return group


def by_value(result: Any, column: str) -> dict[Any, Any]:
    return {group["by"][column]: group for group in result["groups"]}


@pytest.mark.requirement("R000-20")
def test_airport_survey_gives_its_known_score_as_a_process(sfo):
    program = "import sys; from cxstats.cli import main; sys.exit(main())"
    words = ("nps", str(sfo), "--score", "NETPRO", "--missing", "11", "--json")
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, check=True
    )
    result = json.loads(done.stdout)
    group = only(result)
    assert group["n"] == 2746
    assert group["value"] == pytest.approx(39.8, abs=0.05)
    assert result["excluded"] == {"blank": 1, "missing_code": 84}
    assert result["warnings"] == []


@pytest.mark.requirement("R000-20")
def test_airport_survey_weighted(cxstats, sfo):
    words = ("nps", sfo, "--score", "NETPRO", "--missing", "11", "--weight", "WEIGHT")
    group = only(cxstats(*words))
    assert group["n"] == 2746
    assert group["value"] == pytest.approx(40.4, abs=0.05)
    assert group["method"] == "linearized_t"


def test_voice_survey_mean_and_boxes(cxstats, voice):
    group = only(cxstats("csat", voice, "--score", OVERALL, "--scale", "1-10"))
    assert group["n"] == 5433
    assert group["mean"] == pytest.approx(8.68, abs=0.005)
    assert group["top_box"] == pytest.approx(0.581, abs=0.0005)
    assert group["bottom_box"] == pytest.approx(0.038, abs=0.0005)


def test_voice_survey_is_nps_like_and_says_so(cxstats, voice):
    result = cxstats("nps", voice, "--score", OVERALL, "--scale", "1-10")
    group = only(result)
    assert (result["metric"], result["unit"]) == ("nps_like", "points")
    assert group["value"] == pytest.approx(58.72, abs=0.005)
    assert group["std_error"] == pytest.approx(0.97, abs=0.005)
    shares = [group[name] for name in ("promoters", "passives", "detractors")]
    assert [round(share * group["n"]) for share in shares] == [3921, 781, 731]
    assert "not Net Promoter Score" in result["warnings"][0]["message"]


def test_voice_survey_asked_for_nps_warns_about_its_scale(cxstats, voice):
    result = cxstats("nps", voice, "--score", OVERALL)
    assert [warning["kind"] for warning in result["warnings"]] == ["scale"]


def nps_like(cxstats: Run, voice: Path, *words: str) -> Any:
    return cxstats("nps", voice, "--score", OVERALL, "--scale", "1-10", *words)


def test_voice_survey_by_network_problem(cxstats, voice):
    column = "是否遇到过网络问题"
    groups = by_value(nps_like(cxstats, voice, "--by", column), column)
    assert (groups[1]["n"], groups[2]["n"]) == (2860, 2573)
    assert groups[1]["value"] == pytest.approx(30.1, abs=0.05)
    assert groups[2]["value"] == pytest.approx(90.6, abs=0.05)


@pytest.mark.parametrize(
    ("column", "ticked", "share", "means"),
    [("高校", 3, 0.022, (6.12, 8.74)), ("有信号无法拨通", 2, 0.175, (6.92, 9.05))],
)
def test_voice_survey_by_ticked_answer(cxstats, voice, column, ticked, share, means):
    words = ("csat", voice, "--score", OVERALL, "--scale", "1-10", "--by", column)
    groups = by_value(cxstats(*words), column)
    assert set(groups) == {-1, ticked}
    assert groups[ticked]["n"] / 5433 == pytest.approx(share, abs=0.0005)
    found = (groups[ticked]["mean"], groups[-1]["mean"])
    assert found == pytest.approx(means, abs=0.005)


def test_voice_survey_by_star_with_a_warning_of_small_groups(cxstats, voice):
    column = "客户星级标识"
    result = nps_like(cxstats, voice, "--by", column)
    groups = by_value(result, column)
    known = {"三星": 66.7, "银卡": 50.7, "一星": 41.9, "钻石卡": -40.0}
    for star, value in known.items():
        assert groups[star]["value"] == pytest.approx(value, abs=0.05)
    assert groups["钻石卡"]["n"] == 10
    assert "small_n" in [warning["kind"] for warning in result["warnings"]]


def test_voice_survey_by_care_flag_where_blank_means_no(cxstats, voice):
    column = "是否关怀用户"
    groups = by_value(nps_like(cxstats, voice, "--by", column), column)
    assert groups["是"]["n"] == 200
    assert groups["是"]["value"] == pytest.approx(72.0, abs=0.05)
    assert groups[None]["value"] == pytest.approx(58.2, abs=0.05)


@pytest.mark.parametrize(
    ("where", "n", "value"),
    [
        ("家宽投诉 > 0", 148, 55.4),
        ("家宽投诉 = 0", 5285, 58.8),
        ("mos质差次数 <= 5", 3854, 63.2),
        ("mos质差次数 > 5", 1579, 47.9),
        ("未接通掉话次数 <= 2", None, 61.0),
        ("未接通掉话次数 > 2", None, 35.0),
    ],
)
def test_voice_survey_filtered_by_operational_data(cxstats, voice, where, n, value):
    group = only(nps_like(cxstats, voice, "--where", where))
    assert group["value"] == pytest.approx(value, abs=0.05)
    assert n in {None, group["n"]}


def test_voice_workbook_keeps_its_duplicated_headers(real_data_dir):
    table = open_table(real_data_dir / "beijing_mobile_voice" / "voice_rated.xlsx")
    names = [column.name for column in table.columns]
    assert [name for name in names if "请注明" in name] == [
        "其他，请注明",
        "其他，请注明 (2)",
    ]
    assert [name for name in names if name.startswith("用户描述")] == [
        "用户描述",
        "用户描述 (2)",
    ]


def test_voice_workbook_is_offered_as_satisfaction(real_data_dir):
    table = open_table(real_data_dir / "beijing_mobile_voice" / "voice_rated.xlsx")
    profiles = scan(table)
    roles = {guess.column: guess.role.value for guess in guess_roles(profiles)}
    assert roles["用户id"] == "customer"
    assert roles[OVERALL] == "score"
    assert roles["语音通话清晰度"] == "attribute"
    assert roles["当月ARPU"] == "operational"
    (overall,) = (profile for profile in profiles if profile.name == OVERALL)
    guess = guess_scale(overall)
    assert guess is not None
    assert (guess.text, guess.metric.value) == ("1-10", "csat")


def test_airport_survey_is_offered_as_nps_with_its_blank_code(sfo):
    profiles = scan(open_table(sfo))
    roles = {guess.role.value: guess.column for guess in guess_roles(profiles)}
    assert (roles["score"], roles["weight"]) == ("NETPRO", "WEIGHT")
    (score,) = (profile for profile in profiles if profile.name == "NETPRO")
    guess = guess_scale(score)
    assert guess is not None
    assert (guess.text, guess.metric.value) == ("0-10", "nps")
    assert [(code.value, code.count) for code in guess.missing] == [("11", 84)]


def test_airline_ratings_of_1_to_10_asked_for_nps_warn(cxstats, real_data_dir):
    path = real_data_dir / "british_airways_reviews" / "BA_AirlineReviews.csv"
    result = cxstats("nps", path, "--score", "OverallRating")
    assert "scale" in [warning["kind"] for warning in result["warnings"]]
    assert only(result)["n"] == 3696


def test_fictional_telco_satisfaction(cxstats, real_data_dir):
    path = real_data_dir / "ibm_telco" / "telco_extended_merged.csv"
    words = ("csat", path, "--score", "Satisfaction Score", "--by", "Churn Label")
    result = cxstats(*words, "--scale", "1-5")
    assert sum(group["n"] for group in result["groups"]) == 7043


ROWS = {
    "airlinesat.csv": 1065,
    "field_dictionary.xlsx": 50,
    "voice_rated.xlsx": 5433,
    "voice_rated.parquet": 5433,
    "voice_unrated.parquet": 2599,
    "BA_AirlineReviews.csv": 3701,
    "CDNOW_master.txt": 69659,
    "CDNOW_sample.txt": 6919,
    "Comcast_telecom_complaints_data.csv": 2224,
    "hillstrom.csv": 64000,
    "Telco-Customer-Churn.csv": 7043,
    "telco_extended_merged.csv": 7043,
    "nps_benchmarks.csv": 38,
    "sfo_2017.csv": 2831,
    "ChnSentiCorp_htl_all.csv": 7766,
    "online_shopping_10_cats.parquet": 62774,
}


@pytest.mark.parametrize("name", ROWS)
def test_every_table_opens_whole(real_data_dir, name):
    (path,) = real_data_dir.glob(f"*/{name}")
    table = open_table(path)
    assert sum(batch.num_rows for batch in table.batches()) == ROWS[name]
    assert table.rejections.count == 0


def test_pdf_beside_the_tables_is_named_for_what_it_is(real_data_dir):
    with pytest.raises(FileError, match="a PDF document"):
        open_table(real_data_dir / "sfo_2017" / "code_list_2017.pdf")
