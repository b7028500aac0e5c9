"""From the JSON of a response to columns, one for each registered field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from zhiyin.listen.customers.models import AttributeField, FieldKind

TYPES = {FieldKind.CATEGORY.value: pa.string(), FieldKind.NUMBER.value: pa.float64()}


def registered_fields(organisation_id: int) -> dict[str, str]:
    """Return code and kind of every field, in the order of registration."""
    rows = AttributeField.objects.filter(organisation_id=organisation_id)
    return dict(rows.order_by("id").values_list("code", "kind"))


def attribute_columns(
    texts: pa.ChunkedArray,
    fields: dict[str, str],
) -> tuple[dict[str, pa.Array], frozenset[str]]:
    """Return one column for each field, and the codes that nobody registered."""
    # One document for all: thousands of small ones would cost three times as much.
    document = ",".join(text or "{}" for text in texts.to_pylist())
    rows = [row if isinstance(row, dict) else {} for row in json.loads(f"[{document}]")]
    found = frozenset().union(*rows)
    columns = {
        code: _column([row.get(code) for row in rows], TYPES[kind])
        for code, kind in fields.items()
    }
    return columns, found - frozenset(fields)


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
