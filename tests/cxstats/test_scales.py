from __future__ import annotations

import pytest

from cxstats.errors import ScaleError
from cxstats.scales import (
    NPS_0_10,
    SCALE_1_5,
    SCALE_1_7,
    SCALE_1_10,
    Scale,
    infer_scale,
    parse_scale,
)


def test_only_eleven_points_with_the_standard_cuts_are_nps() -> None:
    assert NPS_0_10.is_nps
    assert NPS_0_10.points == 11
    for other in (SCALE_1_10, SCALE_1_5, SCALE_1_7, Scale(0, 10), Scale(0, 10, 5, 8)):
        assert not other.is_nps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0-10", NPS_0_10),
        (" 1 – 10 ", SCALE_1_10),
        ("1~5", SCALE_1_5),
        ("1至7", SCALE_1_7),
        ("1-7:3/7", Scale(1, 7, 3, 7)),
        ("-3-3", Scale(-3, 3)),
        ("0-100", Scale(0, 100)),
    ],
)
def test_scales_are_read_as_people_write_them(text: str, expected: Scale) -> None:
    assert parse_scale(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10", "0 to ten", "5-1", "1-10:9/6", "1-10:6", "1-5:3/9"]
)
def test_what_is_no_scale_is_refused(text: str) -> None:
    with pytest.raises(ScaleError):
        parse_scale(text)


def test_a_scale_without_cuts_says_how_to_give_them() -> None:
    with pytest.raises(ScaleError, match="DETRACTOR_MAX/PROMOTER_MIN"):
        Scale(0, 100).cuts()
    with pytest.raises(ScaleError, match="neither"):
        Scale(0, 10, detractor_max=6)


def test_satisfied_and_agreeing_points_are_the_usual_ones() -> None:
    scales = (SCALE_1_5, SCALE_1_7, SCALE_1_10, NPS_0_10)
    assert [scale.satisfied_min for scale in scales] == [4, 5, 7, 7]
    assert [scale.agree_min for scale in scales] == [4, 5, 6, 6]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({1.0: 5, 5.0: 9}, SCALE_1_5),
        ({1.0: 5, 6.0: 9}, SCALE_1_7),
        ({3.0: 50, 10.0: 9}, SCALE_1_10),
        ({0.0: 5, 10.0: 9}, NPS_0_10),
        ({1.0: 500, 5.0: 490, 98.0: 10}, SCALE_1_5),
    ],
)
def test_a_scale_is_inferred_from_the_answers(
    counts: dict[float, int], expected: Scale
) -> None:
    assert infer_scale(counts) == expected


def test_no_scale_is_inferred_from_amounts() -> None:
    with pytest.raises(ScaleError, match="3 to 250"):
        infer_scale({3.0: 10, 250.0: 10})
