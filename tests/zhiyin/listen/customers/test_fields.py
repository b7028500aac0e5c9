"""Fields keep their codes for ever, because a code names a column of the lake."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.services import ensure_fields
from zhiyin.listen.customers.services.fields import _free_code


def codes(organisation: Organisation, *fields: tuple[str, str, bool]) -> list[str]:
    return [
        field.code for field in ensure_fields(organisation=organisation, fields=fields)
    ]


def test_latin_labels_become_readable_codes(organisation: Organisation) -> None:
    assert codes(
        organisation,
        ("Tenure (months)", "number", True),
        ("4G share", "number", True),
        ("City", "category", False),
    ) == ["tenure_months", "f_4g_share", "city"]


def test_chinese_labels_are_numbered_and_keep_their_numbers(
    organisation: Organisation,
) -> None:
    first = codes(
        organisation, ("城市", "category", False), ("套餐ARPU", "number", True)
    )
    again = codes(
        organisation,
        ("星级", "category", False),
        ("套餐ARPU", "number", True),
        ("城市", "category", False),
    )
    assert first == ["f1", "f2"]
    assert again == ["f3", "f2", "f1"]


def test_labels_that_meet_in_one_code_are_told_apart(
    organisation: Organisation,
) -> None:
    assert codes(
        organisation,
        ("City", "category", False),
        ("CITY!", "category", False),
        ("city", "number", False),
    ) == ["city", "city_2", "city_3"]


def test_label_twice_in_one_call_is_one_field(organisation: Organisation) -> None:
    assert codes(
        organisation,
        ("城市", "category", False),
        ("城市 ", "category", False),
    ) == ["f1", "f1"]


def test_same_label_elsewhere_has_its_own_field(
    organisation: Organisation,
    other_organisation: Organisation,
) -> None:
    for owner in (organisation, other_organisation):
        assert codes(owner, ("城市", "category", False)) == ["f1"]


@given(st.lists(st.text(max_size=60), max_size=20))
def test_every_code_is_a_free_safe_column_name(labels: list[str]) -> None:
    taken: set[str] = set()
    for label in labels:
        code = _free_code(label, taken)
        assert code not in taken
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,39}", code)
        taken.add(code)
