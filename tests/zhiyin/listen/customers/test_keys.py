"""Keys of customers: one spelling, a mask, a hash, and what is kept of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    decrypt_key,
    encrypt_key,
    get_or_create_customer,
    get_or_create_customers,
    hash_key,
    mask_key,
    normalise_key,
)
from zhiyin.listen.customers.services.keys import KeyLostError

PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda text: 0 < len(text.strip()) <= 100,
)


@pytest.mark.parametrize(
    ("given_key", "one_spelling"),
    [
        (" 138 0013 8000 ", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+852 9123 4567", "+85291234567"),
        ("Li.Na@Mail.Example", "li.na@mail.example"),
        ("C-0042", "C-0042"),
    ],
)
def test_spellings_of_one_key_are_one(given_key: str, one_spelling: str) -> None:
    assert normalise_key(given_key) == one_spelling


@pytest.mark.parametrize("key", ["", "   ", "x" * 201])
def test_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="1"):
        normalise_key(key)


@pytest.mark.parametrize(
    ("key", "mask"),
    [
        ("13800138000", "138****8000"),
        ("95551234", "95****34"),
        ("A1042", "A****2"),
        ("A1", "****"),
        ("li.na@mail.example", "l***@mail.example"),
    ],
)
def test_mask_shows_less_of_a_shorter_key(key: str, mask: str) -> None:
    assert mask_key(key) == mask


@given(PRINTABLE)
def test_mask_never_shows_a_whole_key(key: str) -> None:
    plain = normalise_key(key)
    assert plain not in mask_key(plain) or set(plain) == {"*"}


@given(PRINTABLE)
def test_encrypted_key_is_read_back(key: str) -> None:
    assert decrypt_key(encrypt_key(key)) == key


def test_hash_differs_between_organisations_and_reveals_nothing() -> None:
    assert hash_key(1, "13800138000") != hash_key(2, "13800138000")
    assert "13800138000" not in hash_key(1, "13800138000")


def test_key_encrypted_under_another_field_key_says_what_to_do(settings) -> None:
    kept = encrypt_key("13800138000")
    settings.FIELD_KEY = "A" * 43 + "="
    with pytest.raises(KeyLostError, match="ZHIYIN_FIELD_KEY"):
        decrypt_key(kept)


def test_customers_are_met_again_under_any_spelling(
    organisation: Organisation,
    other_organisation: Organisation,
) -> None:
    first = get_or_create_customers(
        organisation=organisation,
        keys=["13800138000", "+86 138 0013 8000", "13900139000"],
    )
    again = get_or_create_customers(organisation=organisation, keys=["13900139000"])
    elsewhere = get_or_create_customer(
        organisation=other_organisation,
        key="13800138000",
    )
    assert first["13800138000"] == first["+86 138 0013 8000"]
    assert again["13900139000"] == first["13900139000"]
    assert elsewhere.pk not in first.values()
    assert Customer.objects.count() == 3


def test_no_clear_key_is_kept(organisation: Organisation) -> None:
    customer = get_or_create_customer(organisation=organisation, key="13800138000")
    row = Customer.objects.filter(pk=customer.pk).values().get()
    assert "13800138000" not in str(row)


def test_many_customers_take_few_queries(
    organisation: Organisation,
    django_assert_max_num_queries,
) -> None:
    keys = [f"138{number:08d}" for number in range(2_000)]
    with django_assert_max_num_queries(40):
        ids = get_or_create_customers(organisation=organisation, keys=keys)
    assert len(set(ids.values())) == 2_000
