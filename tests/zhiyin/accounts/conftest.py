"""What every test of accounts begins with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    """Forget the tries of the tests before; they all come from one address."""
    cache.clear()


@pytest.fixture
def administrator(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with(Role.SYS_ADMIN))


@pytest.fixture
def halls(organisation: Organisation) -> Department:
    """halls > east."""
    above = add_department(organisation=organisation, code="halls", name="营业厅")
    add_department(
        organisation=organisation,
        code="east",
        name="东门厅",
        parent=above,
    )
    return above
