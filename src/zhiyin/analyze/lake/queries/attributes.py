"""From the JSON of a response to columns, one for each registered field.

What somebody answers to a question for a number or a date is a column as well, named
after the question. Anonymous questionnaires give none: a date could name somebody.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from zhiyin.listen.customers.models import AttributeField, FieldKind
from zhiyin.listen.surveys.models import Item, ItemKind

ANSWERED = "answer_"
"""First letters of the codes of columns that hold answers."""

_KINDS = {ItemKind.NUMBER: FieldKind.NUMBER, ItemKind.DATE: FieldKind.CATEGORY}
_NO_LETTER = re.compile(r"\W", re.ASCII)

TYPES = {FieldKind.CATEGORY.value: pa.string(), FieldKind.NUMBER.value: pa.float64()}


def registered_fields(organisation_id: int) -> dict[str, str]:
    """Return code and kind of every field, in the order of registration."""
    rows = AttributeField.objects.filter(organisation_id=organisation_id)
    fields = dict(rows.order_by("id").values_list("code", "kind"))
    answered = answer_fields(organisation_id)
    return {code: kind for code, (kind, _item) in answered.items()} | fields


def answer_fields(organisation_id: int) -> dict[str, tuple[str, str]]:
    """Return kind and question of every column that holds answers, by its code."""
    rows = Item.objects.filter(
        version__instrument__organisation_id=organisation_id,
        version__instrument__is_anonymous=False,
        kind__in=_KINDS,
    )
    found: dict[str, tuple[str, str]] = {}
    for item, kind in rows.order_by("pk").values_list("code", "kind"):
        found.setdefault(answer_code(item), (_KINDS[ItemKind(kind)].value, item))
    return found


def answer_code(item: str) -> str:
    """Return the code of the column of a question; engines know no capitals in it."""
    return ANSWERED + _NO_LETTER.sub("_", item).lower()


def attribute_columns(
    texts: pa.ChunkedArray,
    answered: pa.ChunkedArray,
    fields: dict[str, str],
) -> tuple[dict[str, pa.Array], frozenset[str]]:
    """Return one column for each field, and the codes that nobody registered.

    `answered` holds numbers and dates that were answered, by question.
    """
    rows = _objects(texts)
    if answered.null_count < len(answered):
        rows = [
            row | {answer_code(item): value for item, value in given.items()}
            for row, given in zip(rows, _objects(answered), strict=True)
        ]
    found = frozenset().union(*rows)
    columns = {
        code: _column([row.get(code) for row in rows], TYPES[kind])
        for code, kind in fields.items()
    }
    return columns, found - frozenset(fields)


def _objects(texts: pa.ChunkedArray) -> list[dict[str, Any]]:
    # One document for all: thousands of small ones would cost three times as much.
    document = ",".join(text or "{}" for text in texts.to_pylist())
    rows = json.loads(f"[{document}]")
    return [row if isinstance(row, dict) else {} for row in rows]


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    kinds = set(map(type, values))
    if kind == pa.string():
        plain = kinds <= {str, type(None)}
        return pa.array(values if plain else map(as_category, values), kind)
    if not kinds <= {int, float, type(None)}:
        values = list(map(as_number, values))
    numbers = np.array(values, dtype=np.float64)
    return pa.array(numbers, mask=~np.isfinite(numbers))


def as_category(value: Any) -> str | None:
    """Return the text of a value; a whole number has no decimals."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def as_number(value: Any) -> float | None:
    """Return a finite number, also from its text; None where there is none."""
    if value is None or isinstance(value, list | dict):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def wanted_attributes(
    fields: dict[str, str],
    present: Iterable[str],
) -> dict[str, str]:
    """Return the registered fields among the codes that some rows carry."""
    codes = set(present)
    return {code: kind for code, kind in fields.items() if code in codes}
