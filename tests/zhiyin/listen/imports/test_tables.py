"""Files of customers and of events, through the pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.common import worker
from zhiyin.listen.customers.models import (
    AttributeField,
    ContactPoint,
    Customer,
    CustomerEvent,
)
from zhiyin.listen.customers.queries import known_of, snapshot_dates
from zhiyin.listen.customers.services import (
    erase_customer,
    get_or_create_customer,
    withdraw_customer,
)
from zhiyin.listen.imports.models import Import
from zhiyin.listen.imports.services.tables import customers as customers_at_work
from zhiyin.listen.imports.services.tables import guess_table_mapping, run_of

DAY = dt.date(2026, 6, 30)
CUSTOMERS = """客户编号,手机号,邮箱,部门,对象类型,是否员工,套餐,月费,星级
C-1,13800138000,,H1,消费者,否,畅享,"1,299.50",5
C-2,12,li@mail.example,H1,经销商,是,尊享,abc,4
,13900139000,,H1,消费者,否,畅享,10,3
C-3,13700137000,,NOWHERE,火星人,,,88,2
C-9,13600136000,,H1,消费者,否,畅享,20,1
"""
EVENTS = """客户号码,业务类型,流水号,办理时间,厅编码,工号,时长
13800138000,hall_visit,A1,2026-06-01 10:00,H1,E7,12
13800138000,hall_visit,A1,2026-06-01 10:00,H1,E7,12
13900139000,complaint,A2,昨天,H1,,3
13900139000,complaint,A3,2026-06-02 09:30,H9,,4
,complaint,A4,2026-06-02 09:30,H1,,4
13700137000,complaint,A5,2026-06-02 09:30,,,很久
"""


@pytest.fixture
def client(
    organisation: Organisation, person_with: Any, client_of: Any, settings, tmp_path
) -> Client:
    settings.MEDIA_ROOT = tmp_path
    add_department(organisation=organisation, code="H1", name="西湖厅")
    person: Person = person_with(Role.CX_MANAGER)
    return client_of(person)


def upload(client: Client, kind: str, text: str) -> Import:
    file = SimpleUploadedFile("六月.csv", text.encode("gb18030"))
    client.post("/listen/imports/new/", {"files": [file], "kind": kind})
    return Import.objects.order_by("pk").last()


def start(client: Client, batch: Import, **changes: str) -> Import:
    """Send the columns page as it stands, with some changes, and let it run."""
    address = f"/listen/imports/{batch.pk}/columns/"
    page = client.get(address)
    assert page.status_code == 200
    data = {"date": DAY.isoformat(), "time_zone": "Asia/Shanghai"}
    mapping = guess_table_mapping(batch)
    for place, rule in enumerate(mapping.columns):
        data[f"role-{place}"] = rule.role
        if rule.is_number:
            data[f"number-{place}"] = "on"
    client.post(address, data | changes)
    worker.drain()
    batch.refresh_from_db()
    return batch


def rejects_of(client: Client, batch: Import) -> str:
    response = client.get(f"/listen/imports/{batch.pk}/rejected.csv")
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_customers_are_imported_with_what_is_known_and_taken_back(
    organisation: Organisation, client: Client, tmp_path: Path
) -> None:
    gone = get_or_create_customer(organisation=organisation, key="C-9")
    withdraw_customer(customer=gone)
    erase_customer(customer=gone)
    old = get_or_create_customer(organisation=organisation, key="C-1")
    # One word among the numbers hides that they are numbers; a person says so.
    batch = start(client, upload(client, "customers", CUSTOMERS), **{"number-7": "on"})
    assert (batch.status, batch.fault) == ("done", {})
    assert (
        batch.rows_read,
        batch.rows_accepted,
        batch.rows_duplicate,
        batch.rows_rejected,
    ) == (5, 2, 1, 2)
    codes = dict(AttributeField.objects.values_list("label", "code"))
    known = known_of([old.pk], DAY)[old.pk]
    assert known == {codes["套餐"]: "畅享", codes["月费"]: 1299.5, codes["星级"]: 5.0}
    second = Customer.objects.get(source=batch.source, is_staff=True)
    assert (second.audience, second.department.code) == ("dealer", "H1")
    assert known_of([second.pk], DAY)[second.pk] == {
        codes["套餐"]: "尊享",
        codes["星级"]: 4.0,
    }
    assert {point.address for point in ContactPoint.objects.all()} == {
        "13800138000",
        "li@mail.example",
        "13700137000",
    }
    lines = rejects_of(client, batch).splitlines()
    told = [line.split(",")[1:3] for line in lines[1:]]
    assert sorted(told) == [
        ["3", "手机号"],
        ["3", "月费"],
        ["4", "客户编号"],
        ["5", "对象类型"],
        ["5", "部门"],
        ["6", ""],
    ]
    page = client.get(f"/listen/imports/{batch.pk}/").content.decode()
    assert "对象类型" in page
    client.post(f"/listen/imports/{batch.pk}/undo/")
    worker.drain()
    batch.refresh_from_db()
    assert batch.status == "undone"
    assert set(Customer.objects.values_list("pk", flat=True)) == {old.pk, gone.pk}
    assert not ContactPoint.objects.exists()
    assert snapshot_dates(organisation) == []
    assert not list(tmp_path.rglob("*.parquet"))


def test_undoing_puts_back_what_files_changed_in_whatever_order(
    organisation: Organisation, client: Client
) -> None:
    old = get_or_create_customer(organisation=organisation, key="C-1")
    other = get_or_create_customer(organisation=organisation, key="C-2")

    def file(*rows: str) -> Import:
        text = "\n".join(["客户编号,对象类型,语言,员工", *rows])
        return start(client, upload(client, "customers", text))

    def said() -> list[tuple[str, str, bool]]:
        rows = Customer.objects.order_by("pk")
        return list(rows.values_list("audience", "language", "is_staff"))

    before = said()
    first = file("C-1,经销商,en,否", "C-2,消费者,,是")
    second = file("C-1,消费者,zh-hans,否", "C-3,经销商,en,否")
    assert said()[0] == ("consumer", "zh-hans", False)
    Customer.objects.filter(pk=other.pk).update(is_staff=False, language="zh-hant")
    page = client.get(f"/listen/imports/{first.pk}/undo/").content.decode()
    assert "导入之前" in page
    client.post(f"/listen/imports/{first.pk}/undo/")
    # The later file's word stands, and so does what a person changed since.
    assert said()[:2] == [
        ("consumer", "zh-hans", False),
        ("consumer", "zh-hant", False),
    ]
    client.post(f"/listen/imports/{second.pk}/undo/")
    assert said() == [before[0], ("consumer", "zh-hant", False)]
    assert old.before_files.count() == other.before_files.count() == 0


def test_killed_import_goes_on_where_its_last_commit_ended(
    organisation: Organisation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers_at_work, "_FEWEST_ROWS", 10)
    monkeypatch.setattr(customers_at_work, "_MOST_ROWS", 10)
    rows = "".join(f"K-{n},{n},甲\n" for n in range(45))
    batch = upload(client, "customers", f"客户编号,月费,套餐\n{rows}")
    address = f"/listen/imports/{batch.pk}/columns/"
    roles = ("customer", "operational", "operational")
    data = {f"role-{place}": role for place, role in enumerate(roles)}
    client.post(address, data | {"date": DAY.isoformat(), "number-1": "on"})
    batch.refresh_from_db()
    Import.objects.filter(pk=batch.pk).update(status="running", claimed_by="one")
    batch.refresh_from_db()
    first = run_of(batch)
    first.step()
    # The process dies; everything but the database and the folder is lost.
    batch.refresh_from_db()
    done = batch.rows_read
    assert 0 < done < 45
    assert batch.row_position == done + 1
    second = run_of(batch)
    while batch.rows_read < 45:
        second.step()
    # The next one dies while it sorts the rows.
    second.step()
    third = run_of(Import.objects.get(pk=batch.pk))
    while third.step():
        pass
    batch.refresh_from_db()
    assert (batch.status, batch.rows_accepted) == ("done", 45)
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    code = AttributeField.objects.get(label="月费").code
    known = known_of(ids, DAY)
    assert [known[pk][code] for pk in ids] == [float(n) for n in range(45)]


def test_events_are_imported_once_and_the_rest_is_explained(
    organisation: Organisation, client: Client
) -> None:
    batch = start(client, upload(client, "events", EVENTS))
    assert (batch.status, batch.fault) == ("done", {})
    assert (
        batch.rows_read,
        batch.rows_accepted,
        batch.rows_duplicate,
        batch.rows_rejected,
    ) == (6, 2, 1, 3)
    first = CustomerEvent.objects.get(key="A1")
    assert (first.kind, first.employee, first.department.code) == (
        "hall_visit",
        "E7",
        "H1",
    )
    assert first.occurred_at == dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)
    assert first.attributes == {"时长": "12"}
    assert [
        line.split(",")[1] for line in rejects_of(client, batch).splitlines()[1:]
    ] == [
        "4",
        "5",
        "6",
    ]
    again = start(client, upload(client, "events", EVENTS))
    assert (again.rows_accepted, again.rows_duplicate) == (0, 3)
    client.post(f"/listen/imports/{batch.pk}/undo/")
    worker.drain()
    assert not CustomerEvent.objects.exists()


def test_what_stands_in_the_way_is_said_and_nothing_starts(client: Client) -> None:
    batch = upload(client, "events", "a,b\n1,2\n3,4\n")
    address = f"/listen/imports/{batch.pk}/columns/"
    page = client.post(address, {"time_zone": "Mars/North"}, follow=True)
    assert len(list(page.context["messages"])) == 4
    batch.refresh_from_db()
    assert batch.status == "mapping"
    batch = upload(client, "customers", "客户编号,x\nC-1,2\n")
    page = client.post(
        f"/listen/imports/{batch.pk}/columns/", {"role-0": "customer", "date": "x"}
    )
    assert page.status_code == 200
    batch.refresh_from_db()
    assert batch.status == "mapping"
