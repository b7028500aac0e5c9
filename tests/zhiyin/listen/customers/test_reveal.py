"""Seeing a customer in clear: with permission, for a reason, on the record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Person, Role
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    ErasedCustomerError,
    erase_customer,
    get_or_create_customer,
    withdraw_customer,
)

NUMBER = "13800138000"


@pytest.fixture
def customer(organisation: Organisation) -> Customer:
    return get_or_create_customer(organisation=organisation, key=NUMBER)


def address(customer: Customer) -> str:
    return f"/customers/{customer.pk}/reveal/"


def test_key_is_shown_after_a_reason_and_the_look_is_recorded(
    customer: Customer,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    person = person_with(Role.CX_MANAGER)
    client = client_of(person)
    asked = client.get(address(customer))
    assert NUMBER not in asked.content.decode()
    assert "138****8000" in asked.content.decode()
    shown = client.post(address(customer), {"reason": "回访贬损者"})
    assert NUMBER in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="customer.revealed")
    assert (entry.actor, entry.reason) == (person, "回访贬损者")
    assert NUMBER not in entry.object_name


def test_without_a_reason_nothing_is_shown(
    customer: Customer,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    client = client_of(person_with(Role.CX_MANAGER))
    shown = client.post(address(customer), {"reason": ""})
    assert NUMBER not in shown.content.decode()
    assert not AuditEntry.objects.filter(action="customer.revealed").exists()


def test_part_of_a_page_is_answered_for_a_partial_request(
    customer: Customer,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    client = client_of(person_with(Role.CX_MANAGER))
    part = client.get(address(customer), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EXECUTIVE, Role.SYS_ADMIN])
def test_role_without_the_permission_is_refused(
    customer: Customer,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
    role: Role,
) -> None:
    assert client_of(person_with(role)).get(address(customer)).status_code == 403


def test_agent_reaches_only_customers_who_answered_in_her_department(
    customer: Customer,
    organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    hall = Department.objects.create(
        organisation=organisation,
        code="h1",
        name="一号厅",
        path="/1/",
    )
    agent = person_with(Role.AGENT, department=hall)
    assert client_of(agent).get(address(customer)).status_code == 404


def test_stranger_from_another_organisation_finds_nothing(
    customer: Customer,
    other_organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    stranger = person_with(Role.CX_MANAGER, organisation=other_organisation)
    assert client_of(stranger).get(address(customer)).status_code == 404


def test_erased_customer_is_gone(customer: Customer) -> None:
    erase_customer(customer=customer)
    assert not Customer.objects.exists()


def test_erased_customer_who_opted_out_is_still_not_asked(
    customer: Customer,
    organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    withdraw_customer(customer=customer)
    erase_customer(customer=customer)
    with pytest.raises(ErasedCustomerError):
        get_or_create_customer(organisation=organisation, key=NUMBER)
    left = Customer.objects.get()
    assert left.opted_out_at is not None
    assert bytes(left.key_encrypted) == b""
    assert "138" not in left.key_masked
    client = client_of(person_with(Role.CX_MANAGER))
    shown = client.post(address(left), {"reason": "回访客户"})
    assert 'role="alert"' in shown.content.decode()
