"""Cases as the loop finds them, and a clock that stands still at noon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import Case, CaseCause, CaseLevel, Cause, State
from zhiyin.act.recovery.models import LoopSettings
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.services import save_account
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import get_or_create_customer

NOON = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)


class Time:
    """The program's clock, moved by the test."""

    def __init__(self) -> None:
        self.moment = NOON

    def forward(self, **length: float) -> None:
        self.moment += dt.timedelta(**length)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(clock, "now", lambda: made.moment)
    return made


@pytest.fixture
def sender(organisation: Organisation, settings: Any, tmp_path: Path) -> ChannelAccount:
    """A sender that writes to a file, set for cases that nobody was asked about."""
    settings.HOME = tmp_path
    account = save_account(
        account=ChannelAccount(organisation=organisation, kind="log", name="SMS")
    )
    LoopSettings.objects.create(organisation=organisation, account=account)
    return account


@pytest.fixture
def cause(organisation: Organisation) -> Cause:
    parent = Cause.objects.create(
        organisation=organisation, code="R1", names={"zh-hans": "移动网络"}
    )
    return Cause.objects.create(
        organisation=organisation, code="R1-02", level=2, parent=parent,
        names={"zh-hans": "网速慢", "zh-hant": "網速慢", "en": "slow internet"},
    )  # fmt: skip


@pytest.fixture
def level(organisation: Organisation) -> CaseLevel:
    return CaseLevel.objects.create(organisation=organisation, code="P2", name="P2")


@pytest.fixture
def case_of(
    organisation: Organisation, level: CaseLevel, cause: Cause
) -> Callable[..., Case]:
    """Make a case in any state, as if it had got there."""
    made = 0

    def make(customer: Customer | None = None, **given: Any) -> Case:
        nonlocal made
        made += 1
        if customer is None:
            number = f"1380013{made:04}"
            customer = get_or_create_customer(organisation=organisation, key=number)
        now = clock.now()
        values = {
            "state": State.CLOSED, "closed_at": now, "opened_at": now,
            "outcome": "resolved", "score": 2, "given_class": "detractor",
            "state_since": now, "source": "person", "level": level,
        } | given  # fmt: skip
        case = Case.objects.create(
            organisation=organisation, number=made, customer=customer, **values
        )
        CaseCause.objects.create(
            case=case, cause=cause, is_primary=True, recorded_at=now
        )
        return case

    return make
