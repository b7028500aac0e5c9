"""After an erasure no byte of the person is found, wherever it is looked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.zhiyin.act.privacy.conftest import Clock
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.act.cases.services import (
    Matter,
    attach_file,
    comment_case,
    load_defaults,
    open_case,
)
from zhiyin.act.privacy.models import Erasure, SubjectRequest
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.channels.base import Inbound
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message, receive, send_due
from zhiyin.common import worker
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import NewEvent, record_events
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.services.tables import guess_table_mapping
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.services import create_standard_instrument

PHONE, MAIL = "13987654321", "qian.xiaoyu@mail.example"
NAME, KEY = "钱小雨七百三", "KUNDE-88231"
COMMENT, REPLY = "排队两小时没人理睬钱小雨七百三", "我是钱小雨七百三请回电"
TRACES = (PHONE, "139-8765-4321", MAIL, NAME, KEY, COMMENT, REPLY)
HOUR = dt.timedelta(hours=1)
FILE = f"""客户编号,手机号,邮箱,姓名,套餐
{KEY},{PHONE},{MAIL},{NAME},畅享
OTHER-1,13700137000,li@mail.example,李四,尊享
,139-8765-4321,,{NAME},畅享
"""


def spelled(text: str) -> Iterator[bytes]:
    """Yield a text in the ways in which it may lie somewhere."""
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        yield text.encode(encoding)
    yield ascii(text)[1:-1].encode()


def bytes_of_database() -> bytes:
    """Return everything the database holds, free pages included where it can be."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        whole: bytes = connection.connection.serialize()
        return whole
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            with cursor.copy(f'copy "{table}" to stdout') as copy:
                parts += [bytes(part) for part in copy]
    return b"".join(parts)


def found_in(folder: Path) -> set[str]:
    """Return where any trace of the person is found."""
    places = {"database": bytes_of_database()}
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            places[name] = name.encode() + path.read_bytes()
    return {
        f"{place}: {trace}"
        for place, whole in places.items()
        for trace in TRACES
        if any(each in whole for each in spelled(trace))
    }


def columns_of(folder: Path) -> set[str]:
    """Return every text in the Parquet files, which are compressed."""
    parquet = pytest.importorskip("pyarrow.parquet")
    return {
        str(value)
        for path in folder.rglob("*.parquet")
        for row in parquet.read_table(path).to_pylist()
        for value in row.values()
    }


def imported(client: Client) -> Import:
    file = SimpleUploadedFile("客户.csv", FILE.encode("gb18030"))
    client.post("/listen/imports/new/", {"files": [file], "kind": "customers"})
    batch = Import.objects.get()
    roles = guess_table_mapping(batch).columns
    data = {f"role-{place}": rule.role for place, rule in enumerate(roles)}
    data |= {"role-3": "attribute", "date": "2026-03-01", "time_zone": "Asia/Shanghai"}
    client.post(f"/listen/imports/{batch.pk}/columns/", data)
    worker.drain()
    batch.refresh_from_db()
    assert batch.status == "done"
    return batch


def answered(organisation: Organisation, customer: Customer) -> None:
    link = create_link(
        organisation=organisation,
        name="关系调查",
        instrument=create_standard_instrument(
            organisation=organisation, standard="nps-relationship", code="rel"
        ),
    )
    given = GivenResponse(
        score=2, comment=COMMENT, customer=customer, attributes={"姓名": NAME}
    )
    receive_response(link=link, given=given)


@pytest.fixture
def desk(person_with: Callable[..., Person], client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


@pytest.fixture
def customer(
    organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Any,
    account: ChannelAccount,
    moving_clock: Clock,
) -> Customer:
    """Come in by every door: file, event, answer, message, reply, queue, lake."""
    imported(client_of(person_with(Role.CX_MANAGER)))
    found = Customer.objects.get(contact_points__address_masked__startswith="139")
    event = NewEvent(
        customer=KEY, kind="hall_visit", key=f"visit-{PHONE}",
        occurred_at=moving_clock.at, attributes={"姓名": NAME},
    )  # fmt: skip
    record_events(organisation=organisation, events=[event])
    answered(organisation, found)
    send(account, Draft(key="a", to=PHONE, body=f"{NAME}您好"))
    receive(account=account, inbound=[Inbound(kind="reply", sender=PHONE, text=REPLY)])
    complained(organisation, found)
    sync_organisation(organisation=organisation)
    moving_clock.pass_by(minutes=20)
    waits = Draft(key="b", to=MAIL, body=NAME, not_before=moving_clock.at + HOUR)
    queue_message(account=account, draft=waits)
    return found


def complained(organisation: Organisation, customer: Customer) -> None:
    """Open a case with the customer's words, a remark and a file."""
    load_defaults(organisation=organisation)
    owner = Person.objects.filter(organisation=organisation).first()
    assert owner is not None
    case = open_case(
        organisation=organisation,
        matter=Matter(summary=COMMENT, customer=customer, owner=owner),
        by=None,
        source_key=f"CRM-{PHONE}",
    )
    comment_case(case=case, by=owner, text=f"{NAME} 的电话 {PHONE}")
    text = f"{NAME} {PHONE}".encode()
    attach_file(case=case, by=owner, name="a.txt", size=len(text), chunks=[text])


def send(account: ChannelAccount, draft: Draft) -> Message:
    made = queue_message(account=account, draft=draft)
    while send_due():
        pass
    made.refresh_from_db()
    return made


def filed_and_identified(desk: Client, customer: Customer) -> SubjectRequest:
    desk.post(
        "/act/privacy/new/",
        {"kind": "delete", "way": "phone", "key": KEY, "contact": MAIL, "words": NAME},
    )
    request = SubjectRequest.objects.get()
    assert request.customer == customer
    desk.post(f"/act/privacy/{request.pk}/identify/", {"how": "called back"})
    return request


def work(organisation: Organisation, moving_clock: Clock) -> None:
    """Let the worker do all, and files be collected that queries might still read."""
    worker.drain()
    moving_clock.pass_by(minutes=11)
    sync_organisation(organisation=organisation)
    worker.drain()


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_an_erased_customer_is_found_anywhere(
    organisation: Organisation,
    desk: Client,
    customer: Customer,
    home: Path,
    moving_clock: Clock,
) -> None:
    assert f"database: {COMMENT}" in found_in(home)
    assert NAME in columns_of(home)
    request = filed_and_identified(desk, customer)
    address = f"/act/privacy/{request.pk}/erase/"
    assert desk.get(address).status_code == 200
    desk.post(address, {"keeps_scores": "on", "confirm": "on"})
    work(organisation, moving_clock)

    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.waits_for, erasure.leftovers) == ("done", "", {})
    assert found_in(home) == set()
    assert not columns_of(home) & {NAME, COMMENT, KEY, PHONE}
    kept = Response.objects.get()
    assert (kept.customer, kept.comment, kept.attributes) == (None, "", {})
    assert kept.answers.get(is_primary=True).score == 2
    assert set(Message.objects.values_list("state", flat=True)) == {"sent", "cancelled"}
    proof = desk.get(f"/act/privacy/{request.pk}/proof/").content.decode()
    assert str(erasure.clean_until) in proof
    request.refresh_from_db()
    assert (request.state, request.contact, request.words) == ("answered", "", "")
    # Another system brings the number back under another key: nothing leaves.
    account = ChannelAccount.objects.get()
    assert send(account, Draft(key="c", to=PHONE, body="您好")).state == "cancelled"
