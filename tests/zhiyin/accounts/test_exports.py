"""Nobody alone takes many customers out of the house, nor one in clear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from zhiyin.accounts.models import (
    Approval,
    AuditEntry,
    Department,
    ExportRecord,
    Organisation,
    Person,
    Role,
)
from zhiyin.accounts.queries import exports_holding
from zhiyin.accounts.services import create_api_token, expire_approvals
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import get_or_create_customer
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db

PersonMaker = Callable[..., Person]
ClientMaker = Callable[[Person], Client]
EXPORT = "/listen/customers/export/"
CLEAR = f"{EXPORT}?clear=1&q=13800138000"


@pytest.fixture
def customer(organisation: Organisation) -> Customer:
    for key in ("C-2", "C-3", "C-4"):
        get_or_create_customer(organisation=organisation, key=key)
    return get_or_create_customer(organisation=organisation, key="13800138000")


@pytest.fixture
def asker(person_with: PersonMaker) -> Person:
    return person_with(Role.CX_MANAGER)


@pytest.fixture
def officer(person_with: PersonMaker) -> Person:
    return person_with(Role.PRIVACY_OFFICER)


@pytest.fixture
def answered(organisation: Organisation, customer: Customer) -> Response:
    made = create_standard_instrument(organisation=organisation)
    return Response.objects.create(
        organisation=organisation,
        instrument_version=InstrumentVersion.objects.get(instrument=made),
        responded_at=clock.now(),
        stream="relationship",
        customer=customer,
    )


def asked_for(client: Client, address: str) -> Approval:
    """Start an export, read what the page says, and ask."""
    needed = client.get(address)
    assert needed.status_code == 403
    wish = needed.context["form"].initial["wish"]
    given = {"wish": wish, "reason": "季度回访名单", "recipient": "回访中心"}
    answer = client.post("/settings/approvals/ask/", given, follow=True)
    assert answer.status_code == 200
    return Approval.objects.latest("pk")


def decide(client: Client, approval: Approval, **given: str) -> Any:
    return client.post(f"/settings/approvals/{approval.pk}/decide/", given)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_customers_in_clear_leave_once_when_another_person_agrees(
    customer: Customer, asker: Person, officer: Person, client_of: ClientMaker
):
    mine, hers = client_of(asker), client_of(officer)
    approval = asked_for(mine, CLEAR)
    assert "13800138000" not in str(approval.filters)
    assert b"13800138000" not in bytes(approval.request_encrypted)
    assert 'class="zy-badge">1<' in hers.get("/").content.decode()

    shown = hers.get(f"/settings/approvals/{approval.pk}/").content.decode()
    assert "季度回访名单" in shown
    assert "13800138000" not in shown
    decide(hers, approval, approve="1", note="同意")

    page = mine.get(f"/settings/approvals/{approval.pk}/").content.decode()
    assert f'name="approval" value="{approval.pk}"' in page
    file = mine.get(f"{CLEAR}&approval={approval.pk}")
    assert "13800138000" in text_of(file)
    entered = ExportRecord.objects.get()
    assert entered.number in file["Content-Disposition"]
    assert (entered.approval, entered.purpose, entered.recipient, entered.rows) == (
        approval, "季度回访名单", "回访中心", 1,
    )  # fmt: skip
    again = mine.get(f"{CLEAR}&approval={approval.pk}")
    assert again.status_code == 403
    assert "已经用过" in again.content.decode()
    actions = AuditEntry.objects.filter(action__startswith="approval.")
    assert [each.action for each in actions.order_by("pk")] == [
        "approval.asked",
        "approval.approved",
    ]
    approval.refresh_from_db()
    assert (approval.uses, bytes(approval.request_encrypted)) == (1, b"")


def test_nobody_decides_on_the_own_request(
    customer: Customer, asker: Person, client_of: ClientMaker
):
    client = client_of(asker)
    approval = asked_for(client, CLEAR)

    assert decide(client, approval, approve="1").status_code == 403
    approval.decided_by = asker
    with pytest.raises(IntegrityError), transaction.atomic():
        approval.save()


def test_an_approval_is_good_for_its_own_request_alone(
    customer: Customer, asker: Person, officer: Person, client_of: ClientMaker
):
    client = client_of(asker)
    approval = asked_for(client, CLEAR)
    decide(client_of(officer), approval, approve="1")

    for other in ("?clear=1", "?clear=1&q=C-2"):
        answer = client.get(f"{EXPORT}{other}&approval={approval.pk}")
        assert answer.status_code == 403
        assert "另一次导出" in answer.content.decode()
    stranger = client_of(officer).get(f"{CLEAR}&approval={approval.pk}")
    assert stranger.status_code == 403


def test_time_runs_out_for_requests_and_for_approvals(
    customer: Customer,
    asker: Person,
    officer: Person,
    client_of: ClientMaker,
    monkeypatch: pytest.MonkeyPatch,
):
    mine, hers, start = client_of(asker), client_of(officer), clock.now()
    late = asked_for(mine, CLEAR)
    monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(hours=25))
    assert decide(hers, late, approve="1").status_code == 200
    late.refresh_from_db()
    assert late.decided_by is None

    approval = asked_for(mine, CLEAR)
    decide(hers, approval, approve="1")
    later = clock.now() + dt.timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    refused = mine.get(f"{CLEAR}&approval={approval.pk}")
    assert "已过期" in refused.content.decode()

    while expire_approvals():
        pass
    kept = Approval.objects.values_list("state", "request_encrypted")
    assert [(state, bytes(text)) for state, text in kept] == [("expired", b"")] * 2


def test_many_rows_need_a_second_person_and_few_do_not(
    customer: Customer,
    officer: Person,
    client_of: ClientMaker,
    monkeypatch: pytest.MonkeyPatch,
    person_with: PersonMaker,
):
    asker = person_with(Role.CX_MANAGER)
    client = client_of(asker)
    assert "138****8000" in text_of(client.get(EXPORT))
    limits = {
        "export_limit_rows": "5", "export_window_hours": "24",
        "approval_use_minutes": "10", "approval_wait_hours": "2", "reason": "季度检查",
    }  # fmt: skip
    assert client.post("/settings/exports/limits/", limits).status_code == 403
    client_of(officer).post("/settings/exports/limits/", limits)

    # Four rows were taken before: in pieces or at once, it is the same list.
    again = client_of(Person.objects.get(pk=asker.pk))
    assert text_of(again.get(f"{EXPORT}?q=C-2"))
    refused = again.get(f"{EXPORT}?q=C-3")
    assert refused.status_code == 403
    assert "超过 5 行" in refused.content.decode()
    assert "过去 24 小时内您已单独导出 5 行" in refused.content.decode()
    # What somebody else took is not counted, nor is what was taken yesterday.
    assert text_of(client_of(person_with(Role.CX_MANAGER)).get(EXPORT))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(hours=25))
    assert text_of(again.get(f"{EXPORT}?q=C-3"))


def test_a_refusal_needs_its_reason_and_is_final(
    customer: Customer, asker: Person, officer: Person, client_of: ClientMaker
):
    mine, hers = client_of(asker), client_of(officer)
    approval = asked_for(mine, CLEAR)

    assert "请说明" in decide(hers, approval, refuse="1").content.decode()
    decide(hers, approval, refuse="1", note="范围过大")
    decide(hers, approval, approve="1")

    approval.refresh_from_db()
    assert (approval.state, approval.note) == ("refused", "范围过大")
    assert mine.get(f"{CLEAR}&approval={approval.pk}").status_code == 403


def test_who_reaches_one_department_does_not_decide_for_the_house(
    customer: Customer,
    asker: Person,
    person_with: PersonMaker,
    client_of: ClientMaker,
    halls: Department,
):
    local = person_with(Role.CX_MANAGER, department=halls)
    approval = asked_for(client_of(asker), CLEAR)

    assert decide(client_of(local), approval, approve="1").status_code == 403
    assert "zy-badge" not in client_of(local).get("/").content.decode()


def test_a_program_asks_through_the_api(
    organisation: Organisation,
    customer: Customer,
    asker: Person,
    officer: Person,
    client_of: ClientMaker,
    answered: Response,
):
    organisation.export_limit_rows = 0
    organisation.save()
    token = create_api_token(person=asker, name="夜间导出").secret
    headers = {"Authorization": f"Bearer {token}"}
    address = "/api/v1/responses/export?form=jsonl"

    refused = Client().get(address, headers=headers)
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    told = refused.json()
    given = {"wish": told["ask"]["wish"], "reason": "数据仓库"}
    asked = Client().post(
        told["ask"]["href"], given, "application/json", headers=headers
    )
    assert asked.status_code == 201
    approval = Approval.objects.get(pk=asked.json()["id"])
    decide(client_of(officer), approval, approve="1")
    state = Client().get(f"/api/v1/approvals/{approval.pk}", headers=headers)
    assert state.json()["state"] == "approved"
    file = Client().get(f"{address}&approval={approval.pk}", headers=headers)
    assert text_of(file).count("\n") == 1
    assert exports_holding(organisation.pk, customer.pk) == [ExportRecord.objects.get()]
    assert exports_holding(organisation.pk, customer.pk + 1) == []


def test_the_register_is_read_by_who_answers_for_privacy(
    customer: Customer,
    asker: Person,
    officer: Person,
    client_of: ClientMaker,
):
    text_of(client_of(asker).get(f"{EXPORT}?q=13800138000&purpose=核对"))

    html = client_of(officer).get("/settings/exports/").content.decode()
    assert "E000" in html
    assert "核对" in html
    assert "138****8000" in html
    assert "13800138000" not in html
    assert client_of(officer).get("/settings/exports/?q=无人").context["rows"] == []
    assert client_of(asker).get("/settings/exports/").status_code == 403
