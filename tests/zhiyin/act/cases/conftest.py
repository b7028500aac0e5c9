"""An organisation with two departments, their people, and a clock that can be set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import translation

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.act.cases.models import Case, CaseLevel
from zhiyin.act.cases.services import Matter, load_defaults, open_case
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import get_or_create_customer

MONDAY = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # ten in Shanghai


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self) -> None:
        self.now = MONDAY

    def on(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@dataclass
class Place:
    """Who works where: the network department and the stores, below headquarters."""

    organisation: Organisation
    headquarters: Department
    network: Department
    stores: Department
    agent: Person
    clerk: Person
    network_lead: Person
    stores_lead: Person
    manager: Person
    customer: Customer

    def open(self, *, level: str = "P2", **matter: Any) -> Case:
        """Open a case of the network department, the agent's."""
        given: dict[str, Any] = {
            "summary": "网速太慢,等了三天没人管",
            "customer": self.customer,
            "department": self.network,
            "owner": self.agent,
            "level": CaseLevel.objects.get(organisation=self.organisation, code=level),
        }
        return open_case(
            organisation=self.organisation,
            matter=Matter(**{**given, **matter}),
            by=None,
        )


@pytest.fixture
def place(organisation: Organisation, person_with: Callable[..., Person]) -> Place:
    top = add_department(organisation=organisation, parent=None, code="HQ", name="总部")
    network, stores = (
        add_department(organisation=organisation, parent=top, code=code, name=name)
        for code, name in (("NET", "网络部"), ("CHN", "渠道部"))
    )
    load_defaults(organisation=organisation)
    return Place(
        organisation=organisation,
        headquarters=top,
        network=network,
        stores=stores,
        agent=person_with(Role.AGENT, department=network),
        clerk=person_with(Role.AGENT, department=stores),
        network_lead=person_with(Role.TEAM_LEAD, department=network),
        stores_lead=person_with(Role.TEAM_LEAD, department=stores),
        manager=person_with(Role.CX_MANAGER),
        customer=get_or_create_customer(organisation=organisation, key="13800138000"),
    )


@pytest.fixture
def in_english() -> Iterator[None]:
    """Let refusals be read in the language in which the tests name them."""
    with translation.override("en"):
        yield
