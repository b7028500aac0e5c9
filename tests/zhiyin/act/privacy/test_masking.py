"""No page, no answer of the API and no file shows a customer in clear.

All objects behind all addresses are given one customer's number, mail and name; then
every address is asked. Only a reveal shows them, and it is written down.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from tests.zhiyin.exports import NO_EXPORTS
from tests.zhiyin.strangers import SECRET, registered
from zhiyin.accounts.models import (
    PERMISSIONS,
    AuditEntry,
    ExportRecord,
    Organisation,
    Role,
)
from zhiyin.accounts.services import add_person
from zhiyin.act.alerts.models import Alert
from zhiyin.act.cases.models import (
    Attachment,
    Case,
    CaseComment,
    ContactAttempt,
    Promise,
)
from zhiyin.act.privacy.models import IdentityCode, SubjectRequest
from zhiyin.act.workorders.models import WorkOrder
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.channels.models import Message
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt, mask
from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.customers.services import (
    NewEvent,
    ensure_fields,
    get_or_create_customer,
    record_events,
    save_contact_point,
)
from zhiyin.listen.feedback.models import Feedback
from zhiyin.listen.responses.models import Answer, Response

PHONE, MAIL, NAME = "13987654321", "qian.xiaoyu@mail.example", "钱小雨七"
WORDS = f"排队太久，请回电 139-8765-4321 或 {PHONE}，邮箱{MAIL}谢谢"
MASKED = (b"139****4321", b"q***@mail")
# Names of addresses that handed out a file and entered none in the register.
UNWRITTEN: set[str] = set()
CLEAR = (PHONE, "139-8765-4321", MAIL, NAME)
# The same address, asked for another file or by another of its names.
ALSO = {
    "cases-export": "/act/cases/export.xlsx",
    "api-v1:export_responses": "/api/v1/responses/export?form=jsonl",
    "customers": "/listen/customers/?q=139",
}


def spelled(text: str) -> Iterator[bytes]:
    yield text.encode()
    yield ascii(text)[1:-1].encode()


def body_of(response: Any) -> bytes:
    if response.streaming:
        content = b"".join(response.streaming_content)
    else:
        content = response.content
    if content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(content))
        return b"".join(archive.read(name) for name in archive.namelist())
    return content


def look(client: Client, path: str) -> tuple[list[str], bool]:
    """Return what an address shows in clear, and whether it tells of the customer."""
    before = ExportRecord.objects.count()
    answer = client.get(path)
    body = body_of(answer)
    if "Content-Disposition" in answer and ExportRecord.objects.count() == before:
        UNWRITTEN.add(resolve(path.partition("?")[0]).view_name)
    shown = [text for text in CLEAR if any(each in body for each in spelled(text))]
    return shown, any(each in body for each in MASKED)


@pytest.fixture
def paths(organisation: Organisation, settings: Any, tmp_path: Any) -> dict[str, str]:
    """Make the objects behind all addresses, and let all be the one customer's."""
    settings.MEDIA_ROOT, settings.LAKE_ROOT = tmp_path / "files", tmp_path / "lake"
    made = {name: each.path(organisation) for name, each in registered().items()}
    known = get_or_create_customer(organisation=organisation, key=SECRET)
    save_contact_point(customer=known, kind="phone", address=PHONE)
    save_contact_point(customer=known, kind="email", address=MAIL)
    event = NewEvent(
        customer=SECRET, kind="hall_visit", key="v", occurred_at=clock.now(),
        attributes={"姓名": NAME, "备注": WORDS},
    )  # fmt: skip
    record_events(organisation=organisation, events=[event])
    fields = ensure_fields(
        organisation=organisation, fields=[("姓名", "category", False)]
    )
    Customer.objects.update(key_encrypted=encrypt(PHONE), key_masked=mask(PHONE))
    ContactPoint.objects.update(
        address_encrypted=encrypt(MAIL), address_masked=mask(MAIL)
    )
    everywhere(known, {fields[0].code: NAME})
    sync_organisation(organisation=organisation)
    return made


def everywhere(customer: Customer, attributes: dict[str, str]) -> None:
    """Let every row that can hold a customer's words hold this one's."""
    Response.objects.update(comment=WORDS, customer=customer, attributes=attributes)
    Answer.objects.filter(is_primary=False).update(text=WORDS)
    Case.objects.update(summary=WORDS, customer=customer, action_taken=WORDS)
    response = Response.objects.first()
    Alert.objects.update(customer=customer, response=response)
    Attachment.objects.update(name=f"{PHONE}.txt")
    now, case = clock.now(), Case.objects.first()
    for each in Case.objects.all():
        CaseComment.objects.create(case=each, at=now, text=WORDS)
        ContactAttempt.objects.create(case=each, at=now, note=WORDS)
        Promise.objects.create(case=each, made_at=now, due_at=now, text=WORDS)
    WorkOrder.objects.update(case=case)
    Message.objects.update(address_encrypted=encrypt(PHONE), address_masked=mask(PHONE))
    Feedback.objects.create(
        organisation=customer.organisation, customer=customer, text=WORDS,
        channel="hotline", at=now, key="f-1",
    )  # fmt: skip
    sent = encrypt(WORDS)
    SubjectRequest.objects.update(
        customer=customer, words_encrypted=sent, contact_encrypted=encrypt(PHONE)
    )
    IdentityCode.objects.update(contact_encrypted=encrypt(PHONE), words_encrypted=sent)


def client_with(organisation: Organisation, *roles: Role) -> Client:
    person = add_person(
        organisation=organisation,
        email=f"{roles[0]}{len(roles)}@walk.example", name="walker", roles=roles,
    )  # fmt: skip
    client = Client()
    client.force_login(person)
    return client


def least_role(name: str) -> Role | None:
    """Return the role with the fewest permissions that is let in at an address."""
    needs, besides = registered()[name].permissions, registered()[name].besides
    let_in = [
        role
        for role in Role
        if any(each in PERMISSIONS[role] for each in needs)
        and (besides is None or besides in PERMISSIONS[role])
    ]
    return min(let_in, key=lambda role: len(PERMISSIONS[role]), default=None)


@pytest.mark.django_db
def test_no_address_shows_a_customer_in_clear_to_anybody(
    organisation: Organisation, paths: dict[str, str]
) -> None:
    everybody = client_with(organisation, *Role)
    each = {role: client_with(organisation, role) for role in Role}
    leaks, telling = [], 0
    for name, path in paths.items():
        shown, is_telling = look(everybody, path)
        role = least_role(name) if is_telling else None
        telling += is_telling
        for also in [ALSO[name]] if ALSO.get(name) else []:
            shown += look(everybody, also)[0]
        shown += look(each[role], path)[0] if role else []
        leaks += [f"{name}: {sorted(set(shown))}"] if shown else []

    assert NO_EXPORTS.keys() >= UNWRITTEN
    assert not leaks, "\n".join(leaks)
    # Without this, a walk over empty pages would prove nothing.
    assert telling > 40


@pytest.mark.django_db
def test_words_are_shown_with_their_numbers_for_a_reason_that_is_written_down(
    organisation: Organisation, client_of: Any
) -> None:
    made = registered()["response"].path(organisation)
    Response.objects.update(comment=WORDS)
    person = add_person(
        organisation=organisation, email="see@walk.example", name="see", roles=[*Role]
    )
    client = client_of(person)

    assert "139****4321" in client.get(made).content.decode()
    door = f"{made}reveal/"
    assert "139****4321" in client.get(door).content.decode()
    assert PHONE not in client.post(door, {"reason": ""}).content.decode()
    assert WORDS in client.post(door, {"reason": "客户要求回电"}).content.decode()
    line = AuditEntry.objects.get(action="words.revealed")
    assert (line.actor, line.reason) == (person, "客户要求回电")
