"""The response table: one row per answer, the shape every analysis reads.

The lake writes this table, the simulator writes it, and the metrics read it.
A column of this table is never renamed; what a company knows about its
customers besides follows as further columns named ``a_<code>``.
"""

from __future__ import annotations

import re

import pyarrow as pa

from cxstats.errors import InputError

__all__ = [
    "ANSWERS",
    "ATTRIBUTE_PREFIX",
    "DEPARTMENT",
    "METRICS",
    "STREAMS",
    "answers_schema",
    "attribute_code",
    "attribute_column",
    "check_answers",
]

METRICS = ("nps", "csat", "ces", "share")
"""Kinds of metric an answered item can feed."""

STREAMS = ("relationship", "transactional")
"""Relationship and transactional answers are never pooled into one number."""

ATTRIBUTE_PREFIX = "a_"
"""First letters of every attribute column."""

ANSWERS = pa.schema(
    [
        pa.field("response_id", pa.int64(), nullable=False),
        pa.field("item", pa.string(), nullable=False),
        pa.field("metric", pa.string(), nullable=False),
        pa.field("score", pa.float64()),
        pa.field("scale_min", pa.int16(), nullable=False),
        pa.field("scale_max", pa.int16(), nullable=False),
        pa.field("detractor_max", pa.int16()),
        pa.field("promoter_min", pa.int16()),
        pa.field("instrument", pa.string(), nullable=False),
        pa.field("instrument_version", pa.int32(), nullable=False),
        pa.field("responded_at", pa.timestamp("us"), nullable=False),
        pa.field("stream", pa.string(), nullable=False),
        pa.field("touchpoint", pa.string()),
        pa.field("wave", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("language", pa.string()),
        pa.field("customer", pa.string()),
        pa.field("weight", pa.float64()),
        pa.field("stratum", pa.string()),
        pa.field("cluster", pa.string()),
        pa.field("comment", pa.string()),
        pa.field("excluded", pa.string()),
    ],
    metadata={"cxstats.table": "answers"},
)
"""The response table without attributes; ``responded_at`` is UTC without a zone.

``score`` is null for an item answered without a number. ``scale_min`` and
``scale_max`` are the ends of the scale shown to the customer, ``detractor_max``
and ``promoter_min`` the cuts of the instrument (null where the metric has
none). ``customer`` is a keyed hash. ``excluded`` holds the reason an answer is
left out of analysis, or null.
"""

DEPARTMENT = pa.field("department", pa.string())
"""A column that a response table may have: the path of the responsible department."""

_CODE = re.compile(r"[^\W\d_]\w*", re.UNICODE)
_ATTRIBUTE_TYPES = (pa.string(), pa.large_string(), pa.float64())


def attribute_column(code: str) -> str:
    """Name the column that carries one attribute of the customer or event.

    Parameters
    ----------
    code
        The attribute's code: a letter of any script, then letters, digits or
        underscores.

    Returns
    -------
    str
        ``"a_" + code``.

    Raises
    ------
    InputError
        If the code is empty or holds other characters.

    Examples
    --------
    >>> attribute_column("region")
    'a_region'
    """
    if not _CODE.fullmatch(code):
        message = (
            f"attribute code {code!r} is not usable as a column name: start with a "
            "letter and use letters, digits and underscores only"
        )
        raise InputError(message)
    return ATTRIBUTE_PREFIX + code


def attribute_code(column: str) -> str | None:
    """Return the attribute code of a column, or None for any other column.

    Examples
    --------
    >>> attribute_code("a_region"), attribute_code("score")
    ('region', None)
    """
    code = column.removeprefix(ATTRIBUTE_PREFIX)
    return code if code != column and _CODE.fullmatch(code) else None


def answers_schema(attributes: dict[str, pa.DataType] | None = None) -> pa.Schema:
    """Build the schema of a response table with the given attributes.

    Parameters
    ----------
    attributes
        Attribute code to Arrow type, ``pa.string()`` or ``pa.float64()``.

    Returns
    -------
    pyarrow.Schema
        ``ANSWERS`` followed by one ``a_<code>`` column per attribute.

    Raises
    ------
    InputError
        If a code or a type is not allowed.
    """
    schema = ANSWERS
    for code, kind in (attributes or {}).items():
        schema = schema.append(pa.field(attribute_column(code), kind))
    check_answers(schema)
    return schema


def check_answers(schema: pa.Schema) -> None:
    """Refuse a table that is not a response table.

    Columns may come in any order; Arrow's dictionary encoding and large strings
    count as text, because readers of Parquet choose them freely.

    Parameters
    ----------
    schema
        The schema of the table.

    Raises
    ------
    InputError
        If a column is missing, has another type, or is unknown; the message
        names every such column.
    """
    found = {field.name: field.type for field in schema}
    problems = [f"{name} is missing" for name in ANSWERS.names if name not in found]
    for name, kind in found.items():
        problems.extend(_problems(name, _plain(kind)))
    if len(found) != len(schema.names):
        problems.append("a column name is used twice")
    if problems:
        message = "this is not a response table: " + "; ".join(problems)
        raise InputError(message)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.string() if pa.types.is_large_string(kind) else kind


def _problems(name: str, kind: pa.DataType) -> list[str]:
    if name in ANSWERS.names:
        wanted = ANSWERS.field(name).type
        return [] if kind == wanted else [f"{name} is {kind}, not {wanted}"]
    if name == DEPARTMENT.name:
        wanted = DEPARTMENT.type
        return [] if kind == wanted else [f"{name} is {kind}, not {wanted}"]
    if attribute_code(name) is None:
        return [f"{name} is neither a standard column nor an attribute a_<code>"]
    if kind not in _ATTRIBUTE_TYPES:
        return [f"attribute {name} is {kind}, not string or double"]
    return []
