"""A score over time: what is found, what is said, and what bad data give."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.errors import InputError


def months(levels: list[float], n: int = 400, start: int = 2023) -> pa.Table:
    """Months whose share of promoters is exact; the others are detractors."""
    days, scores = [], []
    for at, level in enumerate(levels):
        day = date(start + at // 12, at % 12 + 1, 15)
        promoters = round(level * n)
        days += [day] * n
        scores += [10] * promoters + [3] * (n - promoters)
    return pa.table({"q": scores, "day": days})


def wobble(levels: list[float], seed: int = 1) -> list[float]:
    rng = np.random.default_rng(seed)
    return [level + rng.normal(0, 0.02) for level in levels]


STEADY = wobble([0.6] * 18)


@pytest.mark.requirement("R004-40")
def test_a_lasting_drop_is_seen_dated_and_its_baseline_is_before_it() -> None:
    data = months(wobble([0.6] * 18 + [0.45] * 6))
    found = cxstats.monitor(data, score="q", time="day")
    kinds = {signal.kind for signal in found.signals}
    assert {"limits", "cusum", "ewma"} <= kinds
    assert {signal.direction for signal in found.signals} == {"down"}
    assert found.signals[0].period == date(2024, 7, 1)
    (cusum,) = [signal for signal in found.signals if signal.kind == "cusum"]
    assert cusum.since == date(2024, 7, 1)
    (change,) = found.to_dict()["changes"]
    assert change["period"] == "2024-07-01"
    assert change["before"] - change["after"] == pytest.approx(30, abs=4)
    assert found.centre == pytest.approx(change["before"], abs=0.1)
    assert "baseline" in {notice.kind for notice in found.warnings}


def test_a_steady_score_gives_no_signal() -> None:
    found = cxstats.monitor(months(STEADY), score="q", time="day")
    assert found.signals == ()
    assert found.changes.changes == ()
    assert "no signal" in str(found)


def test_limits_follow_the_n_of_every_period() -> None:
    data = pa.concat_tables([months([0.6] * 3, 100), months([0.6], 400, 2024)])
    found = cxstats.monitor(data, score="q", time="day", spread="sampling")
    widths = (found.limits.upper - found.limits.lower)[[0, -1]]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert found.series.n.tolist() == [100] * 3 + [0] * 9 + [400]
    assert "gaps" in {notice.kind for notice in found.warnings}


def test_movement_between_periods_widens_the_limits() -> None:
    levels = [0.6 + 0.12 * (-1) ** at for at in range(24)]
    data = months(levels)
    wide = cxstats.monitor(data, score="q", time="day")
    tight = cxstats.monitor(data, score="q", time="day", spread="sampling")
    assert wide.limits.method == "laney"
    assert wide.limits.spread > 3
    assert sum(s.kind == "limits" for s in wide.signals) == 0
    assert sum(s.kind == "limits" for s in tight.signals) == 24
    assert "overdispersion" in {notice.kind for notice in wide.warnings}


def test_share_of_complaints_has_season_and_growth_year_over_year() -> None:
    level = [0.1 + 0.05 * np.sin(at * np.pi / 6) + at / 1000 for at in range(36)]
    rows = [
        (
            date(2022 + at // 12, at % 12 + 1, 1),
            "complaint" if k < 400 * share else "no",
        )
        for at, share in enumerate(level)
        for k in range(400)
    ]
    data = pa.table({"day": [r[0] for r in rows], "kind": [r[1] for r in rows]})
    found = cxstats.monitor(
        data, score="kind", time="day", metric="share", values=["complaint"]
    )
    assert found.unit == "share"
    assert found.season is not None
    assert found.season.strength > 0.9
    assert "season" in {notice.kind for notice in found.warnings}
    assert len(found.year_over_year) == 24
    last = found.year_over_year[-1]
    assert last.change == pytest.approx(0.012, abs=0.003)
    assert last.rate == pytest.approx(last.change / found.series.value[23])
    assert last.rate_lower < last.rate < last.rate_upper
    assert len(found.growth) == 35


def test_limits_follow_a_strong_season_and_still_see_what_is_unusual() -> None:
    rng = np.random.default_rng(5)
    level = [
        0.55 + 0.15 * np.sin(at * np.pi / 6) + rng.normal(0, 0.02) for at in range(48)
    ]
    level[40] += 0.15
    data = months(level, 400, 2022)
    found = cxstats.monitor(data, score="q", time="day")
    kept = cxstats.monitor(data, score="q", time="day", season="keep")
    assert found.limits.is_seasonal
    assert not kept.limits.is_seasonal
    assert found.changes.changes == ()
    assert {s.position for s in found.signals if s.kind == "limits"} == {40}
    assert len(kept.signals) > 5 * len(found.signals)
    (notice,) = [n for n in found.warnings if n.kind == "season"]
    assert "limits and changes of level follow it" in notice.message
    with pytest.raises(InputError, match="season must be"):
        cxstats.monitor(data, score="q", time="day", season="no")


def complaints(per_month: list[int]) -> pa.Table:
    days = [
        date(2024 + at // 12, at % 12 + 1, 3 + k % 20)
        for at, count in enumerate(per_month)
        for k in range(count)
    ]
    return pa.table({"day": days})


@pytest.mark.requirement("R004-41")
def test_complaints_per_10_000_have_limits_growth_and_season() -> None:
    rng = np.random.default_rng(2)
    level = [60 + 25 * np.sin(at * np.pi / 6) for at in range(24)]
    counts = [int(x) for x in rng.poisson(level)]
    found = cxstats.monitor_rate(complaints(counts), time="day", exposure=20_000)
    assert found.unit == "rate"
    assert found.series.value == pytest.approx([count / 2 for count in counts])
    assert found.season is not None
    assert found.season.strength > 0.6
    assert len(found.year_over_year) == 12
    last = found.year_over_year[-1]
    assert last.rate == pytest.approx(counts[23] / counts[11] - 1)
    assert last.rate_lower < last.rate < last.rate_upper
    centre = 5_000 * np.mean(counts) / 10_000
    assert found.centre == pytest.approx(centre)
    plain = cxstats.monitor_rate(
        complaints(counts), time="day", exposure=20_000, spread="sampling"
    )
    half = 3 * np.sqrt(np.mean(counts)) / 2
    assert plain.limits.upper[0] * 10_000 == pytest.approx(centre + half)
    assert found.chart().to_dict()["layer"]


def test_rates_follow_the_exposure_of_each_period_and_exact_intervals() -> None:
    data = complaints([30, 0, 10])
    exposure = {"2024-01-15": 30_000, date(2024, 2, 1): 20_000, "2024-03-31": 10_000}
    found = cxstats.monitor_rate(data, time="day", exposure=exposure)
    assert found.series.value.tolist() == [10.0, 0.0, 10.0]
    assert found.series.lower[1] == 0
    assert found.series.upper[1] == pytest.approx(-np.log(0.025) / 2, abs=1e-9)
    stamped = data.set_column(0, "day", data["day"].cast(pa.timestamp("us")))
    written = pa.table({"day": [str(day) for day in data["day"].to_pylist()] + [None]})
    for other in (stamped, written):
        again = cxstats.monitor_rate(other, time="day", exposure=exposure)
        assert again.series.value.tolist() == found.series.value.tolist()
    assert "no_time" in {notice.kind for notice in again.warnings}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"exposure": {"2024-01-01": 5}}, "missing for 2024-02-01"),
        ({"exposure": 0}, "exposure above 0"),
        ({"period": "value"}, "calendar"),
        ({"per": 0}, "unit above 0"),
        ({"where": "day < '1990-01-01'"}, "no row has a time"),
    ],
)
def test_rates_without_a_base_are_refused(change: dict[str, Any], message: str) -> None:
    asked = {"time": "day", "exposure": 100, **change}
    with pytest.raises(InputError, match=message):
        cxstats.monitor_rate(complaints([3, 3]), **asked)


def test_monitoring_says_how_soon_a_drop_would_be_seen() -> None:
    found = cxstats.monitor(months(STEADY), score="q", time="day", drop=10)
    assert found.detectability is not None
    assert found.detectability.n == 400
    expected = 100 * np.sqrt(found.limits.variance / 400)
    assert found.detectability.std_error == pytest.approx(expected)
    assert "A change of 10 points at n 400 per period is seen after" in str(found)
    assert found.to_dict()["detectability"]["charts"][1]["chart"] == "cusum"


def test_a_series_of_many_days_is_charted_without_changes_of_level() -> None:
    days = [date(2015, 1, 1) + timedelta(days=at // 2) for at in range(5_000)]
    data = pa.table({"q": [9, 3] * 2_500, "day": days})
    found = cxstats.monitor(data, score="q", time="day", period="day")
    assert len(found.series.periods) == 2_500
    assert "no_changes" in {notice.kind for notice in found.warnings}


def test_a_net_score_has_no_relative_growth() -> None:
    found = cxstats.monitor(months(STEADY), score="q", time="day")
    assert all(np.isnan(item.rate) for item in found.growth)


def test_every_result_has_its_four_faces() -> None:
    found = cxstats.monitor(months(STEADY), score="q", time="day")
    shown = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert len(shown["periods"]) == len(found.to_pandas()) == 18
    assert shown["false_alarm_every"]["shewhart"] == pytest.approx(370.4, abs=0.1)
    assert found.chart().to_dict()["layer"]
    assert repr(found) == str(found)
    assert "lower limit" in str(found)


def test_the_zone_decides_the_day() -> None:
    late = datetime(2026, 3, 31, 18, 0)  # noqa: DTZ001 - stored times are UTC
    data = pa.table({"q": [9, 3] * 30, "at": [late] * 60})
    found = [
        cxstats.monitor(data, score="q", time="at", time_zone=zone).series.periods
        for zone in ("UTC", "Asia/Shanghai")
    ]
    assert found == [(date(2026, 3, 1),), (date(2026, 4, 1),)]


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-03-05", 3), ("20260305", 3), ("2026年3月5日", 3), ("25/12/2026", 12)],
)
def test_written_dates_are_read(text: str, month: int) -> None:
    data = pa.table({"q": [9, 3, 9], "day": [text, text, None]})
    found = cxstats.monitor(data, score="q", time="day")
    assert found.series.periods == (date(2026, month, 1),)
    assert found.series.n.tolist() == [2]
    assert "no_time" in {notice.kind for notice in found.warnings}


def test_rows_without_a_stored_time_are_counted() -> None:
    data = pa.table({"q": [9, 3, 9], "day": [date(2026, 1, 5), None, None]})
    found = cxstats.monitor(data, score="q", time="day", where="q > 0")
    (notice,) = [n for n in found.warnings if n.kind == "no_time"]
    assert notice.message.startswith("2 rows")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": "q"}, "not a date"),
        ({"time": "mixed"}, "not all dates"),
        ({"time": "ambiguous"}, "month/day"),
        ({"time": "nothing"}, "no row has a time"),
        ({"period": "fortnight"}, "period must be"),
        ({"metric": "median"}, "metric must be"),
        ({"metric": "share"}, "values="),
        ({"baseline": ("2020-01-01", "2026-01-31")}, "no period of the series"),
        ({"baseline": ("soon", "2026-01-31")}, "not a date"),
        ({"leave_out": ["2026-01-01"]}, "baseline"),
        ({"score": "dsy"}, "did you mean"),
        ({"design": None, "level": 2}, "level"),
        ({"time_zone": "Mars"}, "no time zone"),
    ],
)
def test_what_cannot_be_charted_is_refused(
    change: dict[str, Any], message: str
) -> None:
    data = pa.table(
        {
            "q": [9, 3],
            "day": [date(2026, 1, 5)] * 2,
            "mixed": ["2026-01-01", "x"],
            "ambiguous": ["01/02/2026"] * 2,
            "nothing": pa.array([None, None], pa.date32()),
        }
    )
    asked = {"score": "q", "time": "day", **change}
    with pytest.raises(InputError, match=message):
        cxstats.monitor(data, **asked)


def test_answers_without_spread_give_a_notice_and_no_limits() -> None:
    data = pa.table({"q": [9] * 40, "day": [date(2026, m, 1) for m in (1, 2)] * 20})
    found = cxstats.monitor(data, score="q", time="day")
    assert found.signals == ()
    assert np.isnan(found.limits.z).all()
    assert "no_variance" in {notice.kind for notice in found.warnings}


def test_two_periods_have_plain_limits_and_endless_weights_are_refused() -> None:
    two = months([0.7, 0.2])
    assert cxstats.monitor(two, score="q", time="day").limits.method == "shewhart"
    heavy = two.append_column("w", pa.array([1e308] * two.num_rows))
    with pytest.raises(InputError, match="no period of the baseline"):
        cxstats.monitor(heavy, score="q", time="day", weight="w")


def test_no_valid_answer_is_refused_in_words() -> None:
    data = pa.table({"q": [None, 99.0, float("inf")], "day": [date(2026, 1, 1)] * 3})
    with pytest.raises(InputError, match="no period of the baseline"):
        cxstats.monitor(data, score="q", time="day")


def test_waves_are_periods_by_their_values() -> None:
    data = pa.table({"q": [9, 3, 9, 9] * 40, "wave": ["2025H1", "2025H2"] * 80})
    found = cxstats.monitor(data, score="q", time="wave", period="value")
    assert found.series.periods == ("2025H1", "2025H2")
    assert found.series.value.tolist() == [100.0, 0.0]
    assert found.year_over_year == ()


def test_files_frames_and_tables_give_the_same_answer(tmp_path: Path) -> None:
    table = months(STEADY, 60)
    path = tmp_path / "answers.csv"
    table.to_pandas().to_csv(path, index=False)
    answers = [
        cxstats.monitor(data, score="q", time="day").to_dict()
        for data in (table, table.to_pandas(), path)
    ]
    assert answers[0] == answers[2]
    assert answers[0]["periods"] == answers[1]["periods"]


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 10)), min_size=2, max_size=60
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=4)
def test_order_of_rows_and_weights_of_one_change_nothing(
    rows: list[tuple[int, int]], random: Any
) -> None:
    first = date(2026, 1, 1)

    def table(some: list[tuple[int, int]]) -> pd.DataFrame:
        days = [first + timedelta(days=day) for day, _ in some]
        return pd.DataFrame({"q": [q for _, q in some], "day": days, "w": 1.0})

    def numbers(data: pd.DataFrame, weight: str | None = None) -> Any:
        found = cxstats.monitor(data, score="q", time="day", weight=weight)
        columns = found.to_pandas().drop(columns="period").to_numpy(float)
        assert np.nanmin(found.series.value) >= -100
        assert np.nanmax(found.series.value) <= 100
        return columns

    mixed = list(rows)
    random.shuffle(mixed)
    plain = numbers(table(rows))
    assert np.allclose(plain, numbers(table(mixed)), equal_nan=True)
    assert np.allclose(plain, numbers(table(rows), "w"), equal_nan=True)
