"""Guesses of scales and roles: offered from content and header, never applied."""

from __future__ import annotations

import random

import pytest

from cxstats.files import Role, guess_roles, guess_scale, open_table, scan


def scale_of(write, header, values):
    lines = "".join(f"{n},{value}\n" for n, value in enumerate(values))
    profile = scan(open_table(write(f"n,{header}\n{lines}")))[1]
    return guess_scale(profile)


def spread(points, times=20):
    return [point for point in points for _ in range(times)]


@pytest.mark.parametrize(
    ("header", "values", "text", "metric"),
    [
        ("q1", range(11), "0-10", "nps"),
        ("q1", range(1, 11), "1-10", "csat"),
        ("整体满意度", range(1, 11), "1-10", "csat"),
        ("推荐意愿", range(1, 11), "0-10", "nps"),
        ("NPS", range(2, 11), "0-10", "nps"),
        ("推荐度(1-10分)", range(1, 11), "1-10", "csat"),
        ("评分(0-10)", range(3, 11), "0-10", "nps"),
        ("滿意度", range(1, 6), "1-5", "csat"),
        ("q7", range(1, 8), "1-7", "csat"),
        ("客户费力度", range(1, 8), "1-7", "ces"),
        ("it was easy", range(1, 6), "1-5", "ces"),
    ],
)
def test_scale_is_guessed_from_content_and_header(write, header, values, text, metric):
    guess = scale_of(write, header, spread(values))
    assert (guess.text, guess.metric.value) == (text, metric)
    assert guess.missing == ()


def test_column_of_1_to_10_is_never_offered_as_nps(write):
    guess = scale_of(write, "rating", spread(range(1, 11), 100))
    assert guess.metric.value == "csat"


@pytest.mark.parametrize(
    ("header", "answers", "codes"),
    [
        ("recommend", range(11), {"11": 4, "98": 2, "99": 1}),
        ("q", range(1, 6), {"0": 3, "6": 9}),
        ("满意度", range(1, 11), {"0": 3, "-1": 2}),
        ("q", range(1, 6), {"BLANK": 5, "99": 2}),
    ],
)
def test_suspicious_codes_are_suggested_with_their_counts(
    write, header, answers, codes
):
    extra = [code for code, count in codes.items() for _ in range(count)]
    guess = scale_of(write, header, [*map(str, spread(answers)), *extra])
    assert {code.value: code.count for code in guess.missing} == codes
    assert all(code.reason for code in guess.missing)


def test_zero_to_ten_stored_from_one_is_recognised(write):
    guess = scale_of(write, "nps", spread(range(1, 12)))
    assert guess.coded_from_one
    assert guess.text == "0-10"


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("amount", [0.5, 2.25, 9.75]),
        ("year", range(2001, 2020)),
        ("计数", range(40)),
        ("flag", [0, 1]),
        ("region", ["东", "西"]),
        ("tick", [-1, 3]),
    ],
)
def test_what_is_no_rating_gets_no_scale(write, header, values):
    assert scale_of(write, header, spread(values)) is None


def survey(header, rows=200):
    """Write a plausible survey under a header row of eleven names."""
    chance = random.Random(7)  # noqa: S311 - a fixed survey, nothing secret
    lines = [header]
    for n in range(rows):
        cells = [
            f"C{n:05}",
            str(chance.randint(0, 10)),
            f"{chance.uniform(0.5, 2):.3f}",
            f"2024-05-{n % 28 + 1:02} {n % 24:02}:15:00",
            chance.choice(["营业厅", "热线", "宽带装机"]),
            chance.choice(["短信", "微信"]),
            f"第{n}条意见：网络信号还可以，就是资费贵了点",
            str(chance.randint(1, 5)),
            chance.choice(["-1", "4"]),
            f"{chance.uniform(20, 200):.2f}",
            "",
        ]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


ENGLISH = (
    "customer_id,recommend us,Weight,submitted_at,touchpoint,channel,comment,"
    "network,drops,arpu,spare"
)
HEADERS = [
    "客户编号,推荐意愿,权重,提交时间,触点,渠道,意见,网络质量,掉话,ARPU,备用",
    "客戶編號,推薦意願,權重,提交時間,接觸點,渠道,意見,網絡質素,斷線,ARPU,備用",
    ENGLISH,
]
ROLES = [
    Role.CUSTOMER,
    Role.SCORE,
    Role.WEIGHT,
    Role.TIME,
    Role.TOUCHPOINT,
    Role.CHANNEL,
    Role.COMMENT,
    Role.ATTRIBUTE,
    Role.ATTRIBUTE,
    Role.OPERATIONAL,
    Role.IGNORED,
]


@pytest.mark.parametrize("header", HEADERS)
def test_roles_are_guessed_in_three_languages(write, header):
    guesses = guess_roles(scan(open_table(write(survey(header)))))
    assert [guess.role for guess in guesses] == ROLES
    assert all(guess.reason for guess in guesses)


def test_header_alone_makes_no_score(write):
    text = "recommended,overall rating\n" + "yes,4\nno,2\nyes,5\nno,1\nyes,3\n" * 20
    first, second = guess_roles(scan(open_table(write(text))))
    assert first.role is not Role.SCORE
    assert second.role is Role.SCORE


def test_one_score_at_most_is_offered(write):
    text = "整体满意度,推荐意愿\n" + "".join(
        f"{i % 10 + 1},{i % 11}\n" for i in range(99)
    )
    first, second = guess_roles(scan(open_table(write(text))))
    assert (first.role, second.role) == (Role.ATTRIBUTE, Role.SCORE)


def test_clock_times_without_a_day_are_no_time_of_answer(write):
    text = "deptime,x\n" + "12/31/1899 09:30:00 AM,1\n" * 30
    assert guess_roles(scan(open_table(write(text))))[0].role is Role.OPERATIONAL
