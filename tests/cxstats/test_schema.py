from __future__ import annotations

import pyarrow as pa
import pytest

from cxstats.errors import InputError
from cxstats.schema import (
    ANSWERS,
    answers_schema,
    attribute_code,
    attribute_column,
    check_answers,
)


def test_attributes_follow_the_standard_columns() -> None:
    schema = answers_schema({"region": pa.string(), "arpu": pa.float64()})
    assert schema.names == [*ANSWERS.names, "a_region", "a_arpu"]


@pytest.mark.parametrize("code", ["region", "月租", "plan_2"])
def test_an_attribute_code_survives_its_column_name(code: str) -> None:
    assert attribute_code(attribute_column(code)) == code


@pytest.mark.parametrize("code", ["", "2g", "_x", "a b", 'x"; drop'])
def test_unusable_attribute_codes_are_refused(code: str) -> None:
    with pytest.raises(InputError, match="attribute code"):
        attribute_column(code)


def test_every_problem_of_a_table_is_named_at_once() -> None:
    wrong = ANSWERS.remove(ANSWERS.get_field_index("score"))
    wrong = wrong.set(0, pa.field("response_id", pa.string()))
    wrong = wrong.append(pa.field("colour", pa.string()))
    wrong = wrong.append(pa.field("a_when", pa.date32()))
    with pytest.raises(InputError) as caught:
        check_answers(wrong)
    for part in ("score is missing", "response_id is string", "colour", "a_when"):
        assert part in str(caught.value)


def test_dictionaries_large_strings_and_order_do_not_matter() -> None:
    fields = list(reversed(list(answers_schema({"region": pa.string()}))))
    fields = [
        field.with_type(pa.dictionary(pa.int32(), pa.string()))
        if field.name == "item"
        else field.with_type(pa.large_string())
        if field.name == "comment"
        else field
        for field in fields
    ]
    check_answers(pa.schema(fields))
