"""Filters: what people write is read, printed and read again the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import FilterError
from cxstats.filters import (
    And,
    Between,
    Compare,
    Contains,
    Filter,
    In,
    IsNull,
    Like,
    Not,
    Or,
    parse_filter,
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("region = '华东'", Compare("region", "=", "华东")),
        ("`总 分` == 9", Compare("总 分", "=", 9)),
        ('"a ""b""" <> -1.5e2', Compare('a "b"', "!=", -150.0)),
        ("Q1满意度 IS NOT NULL", Not(IsNull("Q1满意度"))),
        ("a not in ('x', 2, true)", Not(In("a", ("x", 2, True)))),
        ("a between 1 and 2", Between("a", 1, 2)),
        ("a contains 'it''s'", Contains("a", "it's")),
        ("a not like '%\\_'", Not(Like("a", "%\\_"))),
        ("5g用户 = 1", Compare("5g用户", "=", 1)),
    ],
)
def test_a_condition_is_read(text: str, tree: Filter) -> None:
    assert parse_filter(text) == tree


def test_and_binds_closer_than_or_and_not_closest() -> None:
    found = parse_filter("a = 1 or not b = 2 and (c = 3 or d is null)")
    a, b, c = (Compare(name, "=", at) for at, name in enumerate("abc", start=1))
    assert found == Or((a, And((Not(b), Or((c, IsNull("d")))))))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the name of a column"),
        ("region", "a comparison after column 'region'"),
        ("region = 华东", "single quotes"),
        ('region = "华东"', "single quotes"),
        ("region = ‘华东’", "character 10"),
        ("a = 1 b = 2", "and, or, or the end"),
        ("a = 1 and", "found the end"),
        ("(a = 1", "expected \\)"),
        ("a in ()", "number, true, false"),
        ("a is 3", "null after is"),
        ("a = 1_000", "found '1_000'"),
        ("a = 'open", "cannot read the filter at character 5"),
        ("a = 1; drop table x", "character 6"),
        ("a = 1 -- b", "character 7"),
        ("a contains 3", "text in single quotes"),
        ("a = 1e999", "finite"),
        ("(" * 200 + "a = 1", "nested"),
        ("not " * 200 + "a = 1", "nested"),
        ("a = '" + "x" * 30_000 + "'", "limit"),
        ("a = '\x00'", "NUL"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        parse_filter(text)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Compare("a", "~", 1),
        lambda: Compare(" ", "=", 1),
        lambda: Compare("a", "=", math.nan),
        lambda: In("a", ()),
        lambda: And((IsNull("a"),)),
        lambda: Contains("a", ""),
    ],
)
def test_a_tree_that_no_engine_could_answer_is_refused(build) -> None:
    with pytest.raises(FilterError):
        build()


def test_columns_are_named_once_in_order() -> None:
    found = parse_filter("b = 1 and (a is null or not b in (2)) and c like 'x'")
    assert found.columns() == ("b", "a", "c")


def test_filters_combine_by_operators() -> None:
    a, b = IsNull("a"), Compare("b", ">", 3)
    assert ((a & b) | ~a).to_text() == '("a" is null and "b" > 3) or not ("a" is null)'


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
_names = _texts.filter(str.strip)
_values = st.one_of(
    _texts,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)
_leaves = st.one_of(
    st.builds(Compare, _names, st.sampled_from(["=", "!=", "<", "<=", ">"]), _values),
    st.builds(In, _names, st.lists(_values, min_size=1, max_size=3).map(tuple)),
    st.builds(Between, _names, _values, _values),
    st.builds(IsNull, _names),
    st.builds(Contains, _names, _texts.filter(bool)),
    st.builds(Like, _names, _texts),
)
_filters = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(And),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=12,
)


@given(_filters)
def test_every_filter_is_read_back_from_its_text(tree: Filter) -> None:
    assert parse_filter(tree.to_text()) == tree


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        tree = parse_filter(text)
    except FilterError as error:
        assert str(error)  # noqa: PT017 - only this error may come
    else:
        assert parse_filter(tree.to_text()) == tree
