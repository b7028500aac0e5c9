"""Contact points: one spelling, never in clear, never used again once dead."""

from __future__ import annotations

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.common.confidential import keyed_hash
from zhiyin.listen.customers.models import ContactPoint
from zhiyin.listen.customers.queries import contact_point_of, customers_at
from zhiyin.listen.customers.services import (
    get_or_create_customer,
    mark_unusable,
    mark_usable,
    save_contact_point,
    save_contact_points,
)


def test_address_is_kept_once_encrypted_masked_and_found_by_its_hash(
    organisation: Organisation,
    other_organisation: Organisation,
) -> None:
    customer = get_or_create_customer(organisation=organisation, key="C-1")
    point = save_contact_point(
        customer=customer, kind="phone", address="+86 138-0013 8000"
    )
    again = save_contact_point(customer=customer, kind="phone", address="13800138000")
    assert point == again
    assert (point.address, point.address_masked) == ("13800138000", "138****8000")
    assert b"13800138000" not in bytes(point.address_encrypted)
    code = keyed_hash(organisation.pk, "13800138000")
    assert customers_at(organisation, [code, "0" * 64]) == {code: [customer.pk]}
    assert customers_at(other_organisation, [code]) == {}


@pytest.mark.parametrize(
    ("kind", "address"),
    [("phone", "12-3"), ("phone", "a@b.example"), ("email", "138"), ("wechat", "a b")],
)
def test_address_that_is_none_is_refused_without_being_repeated(
    organisation: Organisation, kind: str, address: str
) -> None:
    customer = get_or_create_customer(organisation=organisation, key="C-1")
    with pytest.raises(ValueError, match=r"“.*”"):
        save_contact_point(customer=customer, kind=kind, address=address)
    assert not ContactPoint.objects.exists()


def test_preferred_address_comes_before_older_ones_and_before_the_key(
    organisation: Organisation,
) -> None:
    first = get_or_create_customer(organisation=organisation, key="13900139000")
    second = get_or_create_customer(organisation=organisation, key="li@mail.example")
    third = get_or_create_customer(organisation=organisation, key="C-3")
    ids = [first.pk, second.pk, third.pk]
    assert {k: p.address for k, p in contact_point_of(ids, "phone").items()} == {
        first.pk: "13900139000",
    }
    assert set(contact_point_of(ids, "email")) == {second.pk}
    save_contact_points(
        organisation=organisation,
        addresses=[(third.pk, "phone", "13700137000"), (first.pk, "phone", "10086")],
    )
    save_contact_point(
        customer=third, kind="phone", address="+852 9123 4567", is_preferred=True
    )
    found = contact_point_of(ids, "phone")
    assert found[third.pk].address == "+85291234567"
    assert found[first.pk].address == "10086"


def test_dead_address_is_used_no_more_even_where_it_is_the_key(
    organisation: Organisation,
) -> None:
    customer = get_or_create_customer(organisation=organisation, key="13900139000")
    marked = mark_unusable(
        organisation=organisation,
        address_hash=customer.key_hash,
        because="no such number",
    )
    assert marked == 1
    assert contact_point_of([customer.pk], "phone") == {}
    # The nightly file names the number again, and is not believed.
    point = save_contact_point(customer=customer, kind="phone", address="13900139000")
    assert point.unusable_because == "no such number"
    assert contact_point_of([customer.pk], "phone") == {}
    mark_usable(point=point)
    assert contact_point_of([customer.pk], "phone") == {customer.pk: point}
