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
from zhiyin.act.privacy.models import Erasure, SubjectRequest
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.channels.base import Inbound
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message, receive, send_due
from zhiyin.common import worker
from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.customers.services import NewEvent, record_events
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.services.tables import guess_table_mapping
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.responses.services import save_response
from zhiyin.listen.surveys.services import create_standard_instrument

PHONE, MAIL = "13987654321", "qian.xiaoyu@mail.example"
NAME, KEY = "钱小雨七百三", "KUNDE-88231"
COMMENT, REPLY = "排队两小时没人理睬钱小雨七百三", "我是钱小雨七百三请回电"
TRACES = (PHONE, "139-8765-4321", MAIL, NAME, KEY, COMMENT, REPLY)
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


def answered(organisation: Organisation, customer: Customer, at: dt.datetime) -> None:
    version = create_standard_instrument(
        organisation=organisation, standard="nps-relationship", code="rel"
    ).versions.get()
    made = save_response(
        response=Response(
            organisation=organisation,
            instrument_version=version,
            customer=customer,
            responded_at=at,
            stream="relationship",
            comment=COMMENT,
            attributes={"name": NAME},
        ),
        answers=[
            Answer(
                item="nps", kind="nps", is_primary=True, score=2, scale_min=0,
                scale_max=10, detractor_max=6, promoter_min=9,
            ),
            Answer(item="why", kind="text", text=COMMENT),
        ],
    )  # fmt: skip
    assert made.pk


@pytest.fixture
def officer(person_with: Callable[..., Person]) -> Person:
    return person_with(Role.PRIVACY_OFFICER)


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_an_erased_customer_is_found_anywhere(
    organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
    officer: Person,
    account: ChannelAccount,
    home: Path,
    moving_clock: Clock,
) -> None:
    imported(client_of(person_with(Role.CX_MANAGER)))
    customer = Customer.objects.get(contact_points__address_masked__startswith="139")
    event = NewEvent(
        customer=KEY, kind="hall_visit", key=f"visit-{PHONE}",
        occurred_at=moving_clock.at, attributes={"姓名": NAME},
    )  # fmt: skip
    record_events(organisation=organisation, events=[event])
    answered(organisation, customer, moving_clock.at)
    queue_message(account=account, draft=Draft(key="a", to=PHONE, body=f"{NAME}您好"))
    while send_due():
        pass
    receive(account=account, inbound=[Inbound(kind="reply", sender=PHONE, text=REPLY)])
    sync_organisation(organisation=organisation)
    moving_clock.pass_by(minutes=20)
    waits = Draft(key="b", to=MAIL, body=NAME, not_before=moving_clock.at + HOUR)
    queue_message(account=account, draft=waits)
    before = found_in(home)
    assert {each.partition(":")[0] for each in before} >= {"database"}
    assert NAME in columns_of(home)

    request = filed_and_identified(client_of(officer), customer)
    page = client_of(officer).get(f"/act/privacy/{request.pk}/erase/")
    assert "答复与评论" in page.content.decode()
    client_of(officer).post(
        f"/act/privacy/{request.pk}/erase/", {"keeps_scores": "on", "confirm": "on"}
    )
    worker.drain()
    moving_clock.pass_by(minutes=11)
    worker.drain()
    # What replaced files leave is collected once no query can be reading them.
    sync_organisation(organisation=organisation)
    moving_clock.pass_by(minutes=1)
    worker.drain()

    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.waits_for, erasure.leftovers) == ("done", "", {})
    assert found_in(home) == set()
    assert not columns_of(home) & {NAME, COMMENT, KEY, PHONE}
    kept = Response.objects.get()
    assert (kept.customer, kept.comment, kept.attributes) == (None, "", {})
    assert kept.answers.get(is_primary=True).score == 2
    assert ContactPoint.objects.count() == 2
    proof = client_of(officer).get(f"/act/privacy/{request.pk}/proof/")
    assert "已删除" in proof.content.decode()

    imported_again_stays_away(organisation, account)


HOUR = dt.timedelta(hours=1)


def filed_and_identified(client: Client, customer: Customer) -> SubjectRequest:
    client.post(
        "/act/privacy/new/",
        {"kind": "delete", "way": "phone", "key": KEY, "contact": MAIL, "words": NAME},
    )
    request = SubjectRequest.objects.get()
    assert request.customer == customer
    client.post(
        f"/act/privacy/{request.pk}/identify/", {"how": "called back at the number"}
    )
    return request


def imported_again_stays_away(
    organisation: Organisation, account: ChannelAccount
) -> None:
    """A number that another system brings back is kept out at the last door."""
    made = queue_message(account=account, draft=Draft(key="c", to=PHONE, body="您好"))
    while send_due():
        pass
    assert Message.objects.get(pk=made.pk).state == "cancelled"
