"""What an address says, read and refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.filters import parse_filter
from cxstats.scales import Scale
from zhiyin.analyze.metrics.queries.addresses import (
    Query,
    choose_series,
    faults_of,
    metrics_of,
    read_conditions,
    read_score,
)
from zhiyin.analyze.metrics.queries.labels import Dimension
from zhiyin.analyze.metrics.queries.selection import (
    NOT_GIVEN,
    Condition,
    is_path,
    parse_range,
)
from zhiyin.analyze.metrics.queries.series import Series

NPS = Series("relationship", "nps", "NPS_REL", Scale(0, 10, 6, 9), 900)
TOUCHED = Series("transactional", "nps", "NPS_TXN", Scale(0, 10, 6, 9), 500)
CSAT = Series("relationship", "csat", "CSAT10", Scale(1, 10, 6, 9), 1_000)
EVERY = [CSAT, NPS, TOUCHED]
DIMENSIONS = (
    Dimension("touchpoint", "touchpoint", "触点"),
    Dimension("department", "department", "部门"),
    Dimension("a_arpu", "a_arpu", "ARPU", is_number=True),
    Dimension("a_region", "a_region", "省份"),
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("5", "5"), ("5..9", "5..9"), ("5..<9", "5..<9"), ("..9", "..9"),
        ("-3.5..", "-3.5.."), (" 1e3.. ", "1000.."),
    ],
)  # fmt: skip
def test_range_of_numbers_is_read_and_written_back(text: str, written: str) -> None:
    assert str(parse_range(text)) == written


@pytest.mark.parametrize(
    "text",
    ["", "..", "abc", "5..x", "nan", "inf..", "1..2..3", "五..九", "' or 1=1", "..<"],
)
def test_what_is_no_range_is_none(text: str) -> None:
    assert parse_range(text) is None


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_a_range(text: str) -> None:
    found = parse_range(text)
    if found is not None:
        assert parse_range(str(found)) == found


def test_bin_excludes_its_upper_end_so_that_bins_do_not_overlap() -> None:
    text = Condition("a_arpu", "a_arpu", ("5..<9",), is_number=True).filter().to_text()
    assert text == '"a_arpu" >= 5.0 and "a_arpu" < 9.0'


def test_not_given_means_null_also_for_numbers() -> None:
    for is_number in (True, False):
        condition = Condition("a_x", "a_x", (NOT_GIVEN,), is_number)
        assert condition.filter().to_text() == '"a_x" is null'


@pytest.mark.parametrize(
    "value",
    [
        "'; DROP TABLE x; --",
        "100%",
        "华东",
        '"',
        "\\",
        "a' or 'a'='a",
        "{}",
        "%s",
        "💥",
    ],
)
def test_any_text_is_a_value_and_never_a_part_of_the_question(value: str) -> None:
    query = Query({"a_region": [value]})
    (condition,) = read_conditions(query, DIMENSIONS)
    assert parse_filter(condition.filter().to_text()) == condition.filter()
    assert condition.values == (value,)


def test_value_with_a_nul_is_dropped() -> None:
    assert read_conditions(Query({"a_region": ["a\x00b"]}), DIMENSIONS) == ()


@pytest.mark.parametrize("value", ["%", "/%/", "/1/%", "/1", "1/", "", "/a/", "/-1/"])
def test_department_is_a_path_and_never_a_pattern(value: str) -> None:
    assert not is_path(value)
    assert read_conditions(Query({"department": [value]}), DIMENSIONS) == ()


def test_department_keeps_its_whole_subtree() -> None:
    (condition,) = read_conditions(Query({"department": ["/1/4/"]}), DIMENSIONS)
    assert condition.filter().to_text() == "\"department\" like '/1/4/%'"


def test_unknown_series_means_the_most_answered_nps() -> None:
    assert choose_series(EVERY, "nonsense", "nps") is NPS
    assert choose_series(EVERY, TOUCHED.key, "nps") is TOUCHED
    assert choose_series([CSAT], "nonsense", "nps") is CSAT
    assert choose_series([], "nonsense", "nps") is None


def test_only_a_question_with_classes_that_is_not_nps_has_an_nps_like_number() -> None:
    assert metrics_of(CSAT) == ("nps_like",)
    assert metrics_of(NPS) == ()
    plain = Series("relationship", "csat", "CSAT5", Scale(1, 5))
    assert metrics_of(plain) == ()


@pytest.mark.parametrize("text", ["11", "-1", "", "7.5", "x", "999999999999", "²"])
def test_what_is_no_point_of_the_scale_selects_nothing(text: str) -> None:
    assert read_score(text, NPS) is None


def test_refusal_names_what_is_known() -> None:
    query = Query(
        {
            "q": ["x"], "region": ["华东"], "period": ["7d"], "class": ["fan"],
            "weighted": ["yes"], "a_arpu": ["much"], "from": ["2026-13-01"],
            "department": ["%"], "score": ["12"], "metric": ["nps_like"],
        }
    )  # fmt: skip
    text = "\n".join(faults_of(query, NPS, EVERY, DIMENSIONS))
    for known in ("a_region", NPS.key, "90d", "promoter", "0, 1", "5..9", "YYYY-MM-DD"):
        assert known in text
    assert len(faults_of(query, NPS, EVERY, DIMENSIONS)) == 11


def test_address_of_a_page_is_not_refused() -> None:
    query = Query(
        {"q": [NPS.key], "period": ["90d"], "a_arpu": ["5..9"], "by": ["touchpoint"]}
    )
    assert faults_of(query, NPS, EVERY, DIMENSIONS, ("by",)) == []
