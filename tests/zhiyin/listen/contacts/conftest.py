"""A clock that tests move, and customers to ask."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.customers.services import get_or_create_customers

START = dt.datetime(2026, 1, 5, 4, tzinfo=dt.UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += dt.timedelta(days)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def customers(organisation: Organisation) -> list[int]:
    keys = [f"1380013{number:04d}" for number in range(30)]
    return list(get_or_create_customers(organisation=organisation, keys=keys).values())
