"""Erasing from the customer's page and the API, and what comes after an erasure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhiyin.accounts.models import (
    AuditEntry,
    ExportRecord,
    Organisation,
    Person,
    Role,
)
from zhiyin.act.privacy.models import Erasure
from zhiyin.act.privacy.services import work_next
from zhiyin.common import clock, worker
from zhiyin.common.numbers import pack_numbers
from zhiyin.listen.contacts.services import suppress_customer
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.services import (
    ErasedCustomerError,
    NewEvent,
    get_or_create_customer,
    record_events,
    save_contact_point,
)
from zhiyin.listen.feedback.services import GivenFeedback, receive_feedback
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.services.tables import guess_table_mapping
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.services import create_standard_instrument

KEY, PHONE = "KUNDE-88231", "13987654321"


@pytest.fixture
def desk(person_with: Callable[..., Person], client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


@pytest.fixture
def customer(organisation: Organisation, home: Any) -> Customer:
    made = get_or_create_customer(organisation=organisation, key=KEY)
    save_contact_point(customer=made, kind="phone", address=PHONE)
    return made


def erased(desk: Client, customer: Customer) -> None:
    address = f"/listen/customers/{customer.pk}/erase/"
    answer = desk.post(address, {"reason": "wish of 3 March"})
    request = Erasure.objects.latest("pk").request
    assert answer["Location"] == f"/act/privacy/{request.pk}/proof/"
    while work_next():
        pass


def answer_of(organisation: Organisation, customer: Customer) -> Response:
    made = create_standard_instrument(organisation=organisation)
    link = create_link(organisation=organisation, name="L", instrument=made)
    given = GivenResponse(score=2, comment="等了两小时", customer=customer)
    return receive_response(link=link, given=given)[0]


@pytest.mark.django_db
def test_the_page_and_the_api_erase_as_strongly_as_the_desk(
    organisation: Organisation, desk: Client, customer: Customer
) -> None:
    response = answer_of(organisation, customer)
    suppress_customer(customer=customer, reason="legal_hold", note="诉讼 2026-17")
    page = desk.post(f"/listen/customers/{customer.pk}/erase/", {"reason": "wish"})
    assert "诉讼 2026-17" in page.content.decode()
    assert not Erasure.objects.exists()
    customer.suppressions.all().delete()
    held = ExportRecord.objects.create(
        organisation=organisation, at=clock.now(), by=Person.objects.get(), rows=1,
        kind="customer.listed", customers=1,
        customers_packed=pack_numbers([customer.pk])[1],
    )  # fmt: skip

    erased(desk, customer)
    response.refresh_from_db()
    customer.refresh_from_db()
    assert (response.comment, response.customer) == ("", None)
    assert bytes(customer.key_encrypted) == b""
    steps = Erasure.objects.get().steps
    assert not steps.filter(done_at=None).exists()
    assert steps.filter(place="work_orders").exists()
    while not Erasure.objects.get().finished_at:
        worker.drain()
        Erasure.objects.update(next_look_at=None, change=0)
    assert Erasure.objects.get().exports[0]["number"] == held.number
    assert "须销毁" in desk.get("/settings/exports/").content.decode()

    other = get_or_create_customer(organisation=organisation, key="K-2")
    told = desk.delete(f"/api/v1/customers/{other.pk}?reason=wish")
    assert told.status_code == 202
    assert desk.get(told.json()["proof"]).status_code == 200
    assert desk.delete("/api/v1/customers/999?reason=wish").status_code == 404


@pytest.mark.django_db
def test_answers_are_deleted_where_that_is_how_it_is_set(
    organisation: Organisation, desk: Client, customer: Customer
) -> None:
    answer_of(organisation, customer)
    settings = {"answer_days": "15", "is_form_open": "", "keeps_scores": ""}
    desk.post("/act/privacy/settings/", settings)

    erased(desk, customer)
    assert not Response.objects.exists()


FILE = f"""客户编号,手机号,套餐
{KEY},13700137000,畅享
OTHER-1,{PHONE},尊享
OTHER-2,13700137002,尊享
"""


def imported(client: Client) -> str:
    file = SimpleUploadedFile("客户.csv", FILE.encode())
    client.post("/listen/imports/new/", {"files": [file], "kind": "customers"})
    batch = Import.objects.latest("pk")
    roles = guess_table_mapping(batch).columns
    data = {f"role-{place}": rule.role for place, rule in enumerate(roles)}
    data |= {"date": "2026-03-01", "time_zone": "Asia/Shanghai"}
    client.post(f"/listen/imports/{batch.pk}/columns/", data)
    worker.drain()
    answer = client.get(f"/listen/imports/{batch.pk}/rejected.csv")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.django_db
def test_who_was_erased_is_refused_everywhere_until_they_come_back(
    organisation: Organisation,
    desk: Client,
    customer: Customer,
    person_with: Callable[..., Person],
    client_of: Any,
) -> None:
    erased(desk, customer)
    event = NewEvent(
        customer=KEY, kind="visit", key="v-1", occurred_at=clock.now()
    )  # fmt: skip
    said = GivenFeedback(text="还是没人", at=clock.now(), channel="chat", customer=KEY)

    refused = imported(client_of(person_with(Role.CX_MANAGER)))
    assert refused.count("已删除；客户主动回来前拒收") == 2
    assert KEY not in refused
    assert PHONE not in refused
    assert not Customer.objects.exclude(key_masked="****").filter(
        contact_points__address_masked="139****4321"
    )
    (rejected,) = record_events(organisation=organisation, events=[event]).rejected
    assert "已被删除" in rejected.reason
    (unheard,) = receive_feedback(organisation=organisation, given=[said]).rejected
    assert "已被删除" in unheard.reason
    with pytest.raises(ErasedCustomerError):
        get_or_create_customer(organisation=organisation, key=KEY)

    lift = "/act/privacy/lift/"
    wrong = desk.post(lift, {"texts": "NOBODY", "reason": "客户来电要求恢复"})
    assert "没有以此删除过的客户" in wrong.content.decode()
    desk.post(lift, {"texts": f"{KEY}\n139-8765-4321", "reason": "客户来电要求恢复"})
    assert AuditEntry.objects.get(action="suppression.lifted").detail["codes"] == 2
    assert not record_events(organisation=organisation, events=[event]).rejected
    assert CustomerEvent.objects.get().customer == customer
