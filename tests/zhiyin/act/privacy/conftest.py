"""A home of its own for files, lake and channels, and a clock that tests move."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.services import save_account
from zhiyin.common import clock

BEGIN = dt.datetime(2026, 3, 10, 4, tzinfo=dt.UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = BEGIN

    def now(self) -> dt.datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += dt.timedelta(**time)


@pytest.fixture
def moving_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.LAKE_ROOT = tmp_path / "lake"
    return tmp_path


@pytest.fixture
def account(home: Path, organisation: Organisation) -> ChannelAccount:
    return save_account(
        account=ChannelAccount(
            organisation=organisation, kind="log", name="log", rate_per_second=10_000
        ),
    )
