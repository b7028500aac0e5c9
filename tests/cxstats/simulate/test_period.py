from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxstats.simulate.period import MONTHS, period_ending

ends = st.dates(min_value=date(2005, 1, 1), max_value=date(2095, 12, 31))


@given(ends)
def test_any_last_day_closes_fifteen_calendar_months(end: date) -> None:
    period = period_ending(end)
    assert period.date_of(period.days - 1) == end
    assert period.start.day == 1
    assert len(period.months) == MONTHS
    dates = [period.start + timedelta(days=at) for at in range(period.days)]
    named = [f"{day:%Y-%m}" for day in dates]
    assert [period.months[at] for at in period.month_of_day] == named


@given(ends)
def test_waves_differ_lie_inside_and_straddle_the_change(end: date) -> None:
    period = period_ending(end)
    before, after = period.waves
    assert before.code != after.code
    assert before.first_day + before.field_days < period.change_day
    assert period.change_day < after.first_day
    assert after.first_day + after.field_days <= period.days


@given(ends)
def test_the_load_of_days_is_a_distribution(end: date) -> None:
    cdf = period_ending(end).day_cdf
    assert cdf[0] == 0
    assert np.isclose(cdf[-1], 1)
    assert (np.diff(cdf) > 0).all()
