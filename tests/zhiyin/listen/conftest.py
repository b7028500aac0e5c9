"""A live programme whose messages go into a file, and customers to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.services import save_account
from zhiyin.common import clock
from zhiyin.listen.customers.services import get_or_create_customer
from zhiyin.listen.programs.models import (
    FrameMember,
    Programme,
    Stream,
    Trigger,
)
from zhiyin.listen.surveys.services import create_standard_instrument

NOON = dt.datetime(2026, 3, 10, 4, tzinfo=dt.UTC)


class Clock:
    """A clock that tests move; it begins at noon in Shanghai."""

    def __init__(self) -> None:
        self.at = NOON

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
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    settings.PUBLIC_URL = "https://cx.example"
    return tmp_path


@pytest.fixture
def account(home: Path, organisation: Organisation) -> ChannelAccount:
    return save_account(
        account=ChannelAccount(
            organisation=organisation, kind="log", name="log", rate_per_second=10_000
        ),
    )


@pytest.fixture
def programme_with(organisation: Organisation) -> Callable[..., Programme]:
    made = 0

    def make(account: ChannelAccount, **given: Any) -> Programme:
        nonlocal made
        made += 1
        standard = given.pop("standard", "nps-relationship")
        instrument = create_standard_instrument(
            organisation=organisation, standard=standard, code=f"q{made}"
        )
        fields = {
            "code": f"P{made}", "name": f"项目{made}", "stream": Stream.RELATIONSHIP,
            "trigger": Trigger.WAVE, "channel": "sms", "is_live": True,
        }  # fmt: skip
        return Programme.objects.create(
            organisation=organisation,
            instrument=instrument,
            account=account,
            **{**fields, **given},
        )

    return make


@pytest.fixture
def member_of() -> Callable[..., FrameMember]:
    def make(
        programme: Programme, key: str = "13800138000", **given: Any
    ) -> FrameMember:
        customer = get_or_create_customer(organisation=programme.organisation, key=key)
        now = clock.now()
        fields = {
            "key": f"{key}:{given.pop('occasion', 1)}", "due_at": now,
            "expires_at": now + dt.timedelta(days=3), "created_at": now,
        }  # fmt: skip
        return FrameMember.objects.create(
            organisation=programme.organisation,
            programme=programme,
            customer=customer,
            **{**fields, **given},
        )

    return make
