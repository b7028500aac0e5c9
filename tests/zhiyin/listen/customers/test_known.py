"""What is known of customers as of a time: right, read sparingly, and erasable."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.models import Customer, ForgottenCustomer
from zhiyin.listen.customers.queries import known_of, known_values, snapshot_dates
from zhiyin.listen.customers.queries.known_files import read_known_manifest
from zhiyin.listen.customers.services import (
    erase_customer,
    get_or_create_customers,
    withdraw_customer,
)
from zhiyin.listen.customers.services.known import (
    KnownWriter,
    forget_erased,
    withdraw_part,
    writing,
)

MARCH = dt.datetime(2026, 3, 31, 20, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def files(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def ids(organisation: Organisation) -> list[int]:
    keys = [f"C-{number}" for number in range(200)]
    found = get_or_create_customers(organisation=organisation, keys=keys)
    return [found[key] for key in keys]


def publish(
    organisation: Organisation,
    part: str,
    as_of: str,
    rows: Sequence[tuple[int, str | None, float | None]],
    codes: tuple[str, str] = ("plan", "arpu"),
) -> None:
    columns = {codes[0]: "category", codes[1]: "number"}
    writer = KnownWriter(
        organisation_id=organisation.pk, part=part, as_of=as_of, columns=columns
    )
    # Two pieces in the wrong order, as a file has them.
    half = len(rows) // 2
    for place, piece in ((1, rows[half:]), (2, rows[:half])):
        if piece:
            names = ["customer_id", *codes]
            values = dict(zip(names, map(list, zip(*piece, strict=True)), strict=True))
            writer.add(place=place, table=pa.table(values, schema=writer.schema))
    for _done in writer.finish():
        pass


def test_field_comes_from_the_newest_data_not_younger_than_asked(
    organisation: Organisation, ids: list[int]
) -> None:
    a, b = ids[:2]
    publish(organisation, "one", "2026-02-28", [(a, "gold", 10.0), (b, "tin", None)])
    publish(organisation, "two", "2026-04-01", [(a, "iron", 30.0)])
    publish(
        organisation, "net", "2026-03-15", [(b, "slow", 9.5)], codes=("line", "speed")
    )
    assert snapshot_dates(organisation) == [
        dt.date(2026, 4, 1),
        dt.date(2026, 3, 15),
        dt.date(2026, 2, 28),
    ]
    # At 20:00 UTC on 31 March it is the first of April where the organisation lives.
    assert known_of([a, b], dt.date(2026, 3, 31)) == {
        a: {"plan": "gold", "arpu": 10.0},
        b: {"plan": "tin", "line": "slow", "speed": 9.5},
    }
    assert known_of([a], MARCH) == {a: {"plan": "iron", "arpu": 30.0}}
    assert known_of([a], MARCH, codes={"arpu"}) == {a: {"arpu": 30.0}}
    assert known_of([b], dt.date(2026, 1, 1)) == {b: {}}
    values = known_values(Customer.objects.get(pk=b), MARCH)
    # The newest data about plans does not know b any more, and does not guess.
    assert [(each.code, each.value) for each in values] == [
        ("line", "slow"),
        ("speed", 9.5),
    ]


def test_later_part_of_one_date_adds_and_overrides(
    organisation: Organisation, ids: list[int]
) -> None:
    a, b = ids[:2]
    day = dt.date(2026, 3, 1)
    publish(organisation, "one", "2026-03-01", [(a, "gold", 10.0), (b, "tin", 5.0)])
    publish(organisation, "two", "2026-03-01", [(a, "iron", None)])
    expected = {a: {"plan": "iron", "arpu": 10.0}, b: {"plan": "tin", "arpu": 5.0}}
    assert known_of([a, b], day) == expected
    withdraw_part(organisation.pk, "two")
    assert known_of([a], day) == {a: {"plan": "gold", "arpu": 10.0}}


def test_rows_of_any_order_come_out_sorted_once_each_in_small_ranges(
    organisation: Organisation, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CELLS_A_RANGE", 90)
    rows = [(pk, f"p{pk}", float(pk)) for pk in reversed(ids)]
    publish(organisation, "one", "2026-03-01", [*rows, (ids[7], "late", 1.0)])
    files = read_known_manifest(organisation.pk).files
    assert len(files) > 5
    assert sum(file.rows for file in files) == len(ids)
    edges = [(file.low, file.high) for file in files]
    assert all(high < low for (_, high), (low, _) in itertools.pairwise(edges))
    found = known_of(ids, dt.date(2026, 3, 2))
    expected = {pk: f"p{pk}" for pk in ids} | {ids[7]: "late"}
    assert {pk: each["plan"] for pk, each in found.items()} == expected


def test_erased_customer_leaves_every_file(
    organisation: Organisation, ids: list[int], files: Path
) -> None:
    a, b = ids[:2]
    secret = "zq-secret-plan-7f3a"
    for as_of in ("2026-01-01", "2026-02-01"):
        publish(organisation, as_of, as_of, [(a, secret, 1.0), (b, "tin", 2.0)])
    pending = KnownWriter(
        organisation_id=organisation.pk,
        part="import:9",
        as_of="2026-03-01",
        columns={"plan": "category"},
    )
    rows = {"customer_id": [a, b], "plan": [secret, "tin"]}
    pending.add(place=1, table=pa.table(rows, schema=pending.schema))
    customer = Customer.objects.get(pk=a)
    withdraw_customer(customer=customer)
    erase_customer(customer=customer)
    assert known_of([a, b], dt.date(2026, 2, 1))[a] == {}
    assert forget_erased() is True
    assert forget_erased() is False
    assert not ForgottenCustomer.objects.exists()
    for _done in pending.finish():
        pass
    lying = [path.read_bytes() for path in files.rglob("*") if path.is_file()]
    assert len(lying) >= 4
    assert not any(secret.encode() in content for content in lying)
    assert known_of([b], dt.date(2026, 3, 1)) == {b: {"plan": "tin", "arpu": 2.0}}
