"""Looking through every text of an organisation for somebody who was erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from django.db import connection, models
from django.db.models.functions import Cast

from zhiyin.accounts.services import owned_models

# Shorter texts stand in too many places that mean something else.
SHORTEST = 6
_Rows: TypeAlias = "models.QuerySet[Any]"
_Field: TypeAlias = "models.Field[Any, Any]"
_TEXTS = (models.CharField, models.TextField, models.JSONField)


def leftovers(organisation_id: int, texts: list[str]) -> dict[str, int]:
    """Return in how many rows of which column any of the texts still stands.

    Every text column of every table of the organisation is read: slow on purpose,
    because what nobody thought of is found only this way.
    """
    wanted = [text for text in texts if len(text) >= SHORTEST]
    if not wanted:
        return {}
    found = {}
    for model, path in owned_models():
        rows = model._base_manager.filter(**{path: organisation_id})  # noqa: SLF001
        for field in _text_columns(model):
            count = _count(rows, field, wanted)
            if count:
                found[f"{model._meta.label}.{field.name}"] = count  # noqa: SLF001
    return found


def _text_columns(model: type[models.Model]) -> Iterator[_Field]:
    for field in model._meta.concrete_fields:  # noqa: SLF001
        is_text = isinstance(field, _TEXTS) and not field.choices
        if is_text and field.related_model is None:
            yield field


def _count(rows: _Rows, field: _Field, wanted: list[str]) -> int:
    name, texts = field.name, wanted
    if isinstance(field, models.JSONField):
        rows = rows.annotate(text_of_json=Cast(field.name, models.TextField()))
        name = "text_of_json"
        if connection.vendor == "sqlite":
            texts = [*wanted, *(json.dumps(text)[1:-1] for text in wanted)]
    condition = models.Q(pk__in=[])
    for text in dict.fromkeys(texts):
        condition |= models.Q(**{f"{name}__contains": text})
    return rows.filter(condition).order_by().count()
