"""Who is drawn: always the same, evenly, and in strata that add up."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.listen.programs.queries.calendar import turn_of, weekdays
from zhiyin.listen.programs.queries.sampling import (
    ALLOCATIONS,
    allocate,
    draw,
    stable_share,
)


def test_draw_of_a_customer_and_occasion_never_changes() -> None:
    assert stable_share("TP_HALL", "customer", "e-1") == pytest.approx(
        0.34301081672, abs=1e-9
    )
    assert stable_share("a", "bc") != stable_share("ab", "c")


def test_share_asked_is_the_share_wanted() -> None:
    numbers = [stable_share("TP_HALL", f"c{n}", f"e{n}") for n in range(20_000)]
    assert sum(number < 0.3 for number in numbers) / 20_000 == pytest.approx(
        0.3, abs=0.01
    )


@given(
    sizes=st.dictionaries(st.text(max_size=3), st.integers(0, 500), max_size=8),
    total=st.integers(0, 2000),
    how=st.sampled_from(ALLOCATIONS),
)
def test_strata_together_give_what_is_wanted_and_none_more_than_it_has(
    sizes: dict[str, int], total: int, how: str
) -> None:
    spreads = dict.fromkeys(list(sizes)[:2], 0.5)
    given_out = allocate(total, sizes, how=how, spreads=spreads)
    assert sum(given_out.values()) == min(total, sum(sizes.values()))
    assert all(0 <= given_out[name] <= sizes[name] for name in sizes)


def test_allocation_follows_size_equality_or_spread() -> None:
    sizes = {"a": 9000, "b": 1000}
    assert allocate(100, sizes) == {"a": 90, "b": 10}
    assert allocate(100, sizes, how="equal") == {"a": 50, "b": 50}
    # Neyman: 9000 x 0.2 against 1000 x 0.9 is two to one.
    assert allocate(90, sizes, how="optimal", spreads={"a": 0.2, "b": 0.9}) == {
        "a": 60,
        "b": 30,
    }
    assert allocate(100, {"a": 9000, "b": 10}, how="equal") == {"a": 90, "b": 10}


def test_replacements_continue_the_draw_they_replace() -> None:
    numbers = [stable_share(n) for n in range(200)]
    strata = ["x" if n % 3 else "y" for n in range(200)]
    short = draw(numbers, strata, {"x": 10, "y": 5})
    long = draw(numbers, strata, {"x": 20, "y": 10})
    assert [one for one in long if one in set(short)] == short
    assert max(numbers[one] for one in short if strata[one] == "x") < min(
        numbers[one] for one in long if strata[one] == "x" and one not in short
    )


def test_spread_wave_asks_as_many_every_weekday_morning() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    days = weekdays(dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    turns = [turn_of(stable_share(n), days, zone) for n in range(4400)]
    local = [turn.astimezone(zone) for turn in turns]
    per_day = {day: sum(one.date() == day for one in local) for day in days}
    assert len(days) == 22
    assert min(per_day.values()) > 150
    assert {one.weekday() for one in local} <= set(range(5))
    assert all(dt.time(9, 30) <= one.time() <= dt.time(11, 30) for one in local)
