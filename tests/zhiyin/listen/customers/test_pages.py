"""The pages of customers: found, shown masked, changed with a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.common import clock, worker
from zhiyin.listen.customers.models import ConsentEntry, ContactPoint, Customer
from zhiyin.listen.customers.queries import (
    Moment,
    MomentKind,
    contact_point_of,
    exclusions_of,
    register_source,
)
from zhiyin.listen.customers.queries.timeline import _sources
from zhiyin.listen.customers.services import (
    NewEvent,
    ensure_fields,
    get_or_create_customer,
    record_events,
    save_contact_point,
)
from zhiyin.listen.customers.services.known import KnownWriter
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.surveys.services import create_standard_instrument

PersonMaker = Callable[..., Person]
ClientMaker = Callable[[Person], Client]
LIST = "/listen/customers/"


@pytest.fixture
def customer(organisation: Organisation, settings, tmp_path: Path) -> Customer:
    settings.MEDIA_ROOT = tmp_path
    return get_or_create_customer(organisation=organisation, key="13800138000")


@pytest.fixture
def manager(
    person_with: PersonMaker, client_of: ClientMaker, customer: Customer
) -> Client:
    return client_of(person_with(Role.CX_MANAGER))


@pytest.fixture
def hall(organisation: Organisation) -> Department:
    return add_department(organisation=organisation, code="h1", name="西湖厅")


def test_customer_is_found_by_whole_number_other_address_and_tail(
    organisation: Organisation, manager: Client, customer: Customer
) -> None:
    other = get_or_create_customer(organisation=organisation, key="13900139999")
    save_contact_point(customer=other, kind="email", address="li@mail.example")
    for search, found in (
        ("+86 138 0013 8000", customer),
        ("LI@mail.example", other),
        ("9999", other),
    ):
        response = manager.get(LIST, {"q": search})
        assert response.context["page"].rows == [found]
        assert f"/listen/customers/{found.pk}/" in response.content.decode()
    assert "13800138000" not in manager.get(LIST).content.decode()
    assert manager.get(LIST, {"q": "1390013"}).context["page"].rows == []


def test_list_is_filtered_and_downloaded_masked(
    organisation: Organisation, manager: Client, customer: Customer, hall: Department
) -> None:
    get_or_create_customer(organisation=organisation, key="C-2")
    edit = f"{LIST}{customer.pk}/edit/"
    changed = {"audience": "dealer", "language": "en", "department": hall.pk}
    manager.post(edit, changed | {"is_test": "on"})
    for filters in (
        {"audience": "dealer"},
        {"kept": "test"},
        {"department": hall.pk},
    ):
        assert manager.get(LIST, filters).context["page"].rows == [customer]
    assert manager.get(LIST, {"kept": "staff"}).context["page"].rows == []
    response = manager.get(f"{LIST}export/", {"kept": "test"})
    text = b"".join(response.streaming_content).decode()
    assert "138****8000" in text
    assert "13800138000" not in text
    assert text.count("\r\n") == 2
    assert exclusions_of([customer.pk]) == {customer.pk: "test"}
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"customer.changed", "customer.listed"} <= actions


def test_agent_sees_the_customers_of_the_own_department_only(
    person_with: PersonMaker,
    client_of: ClientMaker,
    customer: Customer,
    hall: Department,
) -> None:
    agent = client_of(person_with(Role.AGENT, department=hall))
    assert agent.get(f"{LIST}{customer.pk}/").status_code == 404
    Customer.objects.filter(pk=customer.pk).update(department=hall)
    assert agent.get(f"{LIST}{customer.pk}/").status_code == 200
    assert agent.get(f"{LIST}{customer.pk}/edit/").status_code == 403
    for role in (Role.KPI_ADMIN, Role.EXECUTIVE, Role.SYS_ADMIN):
        assert client_of(person_with(role)).get(LIST).status_code == 403


@pytest.mark.requirement("R003-01")
def test_page_tells_who_they_are_what_they_use_what_happened_and_was_said(
    organisation: Organisation, manager: Client, customer: Customer
) -> None:
    (field,) = ensure_fields(
        organisation=organisation, fields=[("套餐", "category", True)]
    )
    writer = KnownWriter(
        organisation_id=organisation.pk,
        part="x",
        as_of="2026-01-31",
        columns={field.code: "category"},
    )
    rows = {"customer_id": [customer.pk], field.code: ["畅享套餐"]}
    writer.add(place=1, table=writer.table(rows))
    list(writer.finish())
    at = clock.now() - dt.timedelta(days=1)
    told = NewEvent(customer="13800138000", kind="hall_visit", key="e1", occurred_at=at)
    record_events(organisation=organisation, events=[told])
    register_source(
        "test",
        lambda _customer, _person, _limit: [
            Moment(
                at=clock.now(),
                kind=MomentKind.SAID,
                title="said",
                text="网速很慢",
                text_is_theirs=True,
            )
        ],
    )
    try:
        page = manager.get(f"{LIST}{customer.pk}/").content.decode()
        only = manager.get(f"{LIST}{customer.pk}/", {"kind": "happened"})
    finally:
        _sources.pop("test")
    assert "畅享套餐" in page
    assert "2026-01-31" in page
    assert page.index("网速很慢") < page.index("hall_visit")
    assert "网速很慢" not in only.content.decode()
    assert "13800138000" not in page


def test_addresses_are_added_preferred_revealed_and_marked(
    manager: Client, customer: Customer
) -> None:
    add = f"{LIST}{customer.pk}/contact/"
    refused = manager.post(add, {"kind": "phone", "address": "abc"})
    assert refused.status_code == 200
    for address in ("13900139001", "13900139002"):
        manager.post(add, {"kind": "phone", "address": address})
    first, second = ContactPoint.objects.order_by("pk")
    manager.post(f"{LIST}contact/{second.pk}/prefer/")
    assert contact_point_of([customer.pk], "phone")[customer.pk] == second
    reveal = f"{LIST}contact/{second.pk}/reveal/"
    assert "13900139002" not in manager.post(reveal, {"reason": ""}).content.decode()
    shown = manager.post(reveal, {"reason": "callback asked"})
    assert "13900139002" in shown.content.decode()
    assert AuditEntry.objects.get(action="contact_point.revealed").reason
    manager.post(f"{LIST}contact/{second.pk}/unusable/", {"reason": "wrong number"})
    assert contact_point_of([customer.pk], "phone")[customer.pk] == first
    manager.post(f"{LIST}contact/{second.pk}/usable/")
    assert contact_point_of([customer.pk], "phone")[customer.pk] == second


def test_consent_is_recorded_with_its_evidence(
    manager: Client, customer: Customer
) -> None:
    given = {"purpose": "survey", "state": "refused", "source": "hotline"}
    address = f"{LIST}{customer.pk}/consent/"
    manager.post(address, given)
    assert not ConsentEntry.objects.exists()
    manager.post(address, given | {"evidence": "recording 4711"})
    line = ConsentEntry.objects.get()
    assert (line.evidence, line.channel) == ("recording 4711", "")
    assert line.recorded_by is not None
    page = manager.get(f"{LIST}{customer.pk}/").content.decode()
    assert "recording 4711" in page


def test_privacy_officer_erases_a_customer(
    person_with: PersonMaker, client_of: ClientMaker, customer: Customer
) -> None:
    officer = client_of(person_with(Role.PRIVACY_OFFICER))
    address = f"{LIST}{customer.pk}/erase/"
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"reason": "wish of 3 March"}).status_code == 302
    worker.drain()
    assert not Customer.objects.exclude(key_encrypted=b"").exists()
    ordered = AuditEntry.objects.get(action="privacy_request.received")
    assert ordered.reason == "wish of 3 March"


@pytest.mark.requirement("R002-03")
def test_each_rating_says_how_old_it_is_and_where_this_person_is_heading(
    organisation: Organisation,
    manager: Client,
    customer: Customer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = dt.datetime(2026, 6, 30, 4, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    instrument = create_standard_instrument(organisation=organisation)
    link = create_link(organisation=organisation, instrument=instrument, name="官网")
    for score, days in ((4, 200), (6, 90), (9, 3)):
        given = {"link": link.slug, "customer": "13800138000", "score": score}
        given["responded_at"] = (now - dt.timedelta(days)).isoformat()
        made = manager.post("/api/v1/responses", given, content_type="application/json")
        assert made.status_code == 201
    page = manager.get(f"{LIST}{customer.pk}/").content.decode()
    assert "4 → 6 → 9" in page
    assert "比以前高" in page
    assert [f"{days} 天前" in page for days in (3, 90, 200)] == [True] * 3
    (shown,) = (
        panel.shown
        for panel in manager.get(f"{LIST}{customer.pk}/").context["panels"]
        if panel.template == "responses/_ratings.html"
    )
    assert [each.is_stale for each in shown[0].ratings] == [False, False, True]
