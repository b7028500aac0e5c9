"""A response with its answers, read in one statement for the page that shows them.

Only what the answer flow looks at is read; Django reads anything else when it is
asked for, because the objects know which of their columns are missing.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection, models

from zhiyin.common.rows import ready_cursor
from zhiyin.listen.responses.models import Answer, Response


def _in_order(model: type[models.Model], *names: str) -> tuple[str, ...]:
    """Return columns in the model's order, in which Django builds objects of them."""
    fields = model._meta.concrete_fields  # noqa: SLF001 Django's documented API.
    return tuple(field.attname for field in fields if field.attname in names)


_RESPONSE = _in_order(
    Response,
    "id",
    "organisation_id",
    "instrument_version_id",
    "language",
    "excluded",
    "attributes",
    "channel",
)
_ANSWER = _in_order(
    Answer,
    "id",
    "response_id",
    "item",
    "kind",
    "is_primary",
    "score",
    "text",
    "choices",
    "number",
    "date",
    "scale_min",
    "scale_max",
    "detractor_max",
    "promoter_min",
)
_SQL = (
    f"SELECT {', '.join(f'r.{name}' for name in _RESPONSE)}, "  # noqa: S608 our own names.
    f"{', '.join(f'a.{name}' for name in _ANSWER)} "
    "FROM responses_response r "
    "LEFT JOIN responses_answer a ON a.response_id = r.id WHERE "
)
_BY_KEY = f"{_SQL} r.organisation_id = %s AND r.source_key = %s ORDER BY a.id"
_BY_INVITATION = f"{_SQL} r.invitation_id = %s ORDER BY a.id"
_JSON = {"attributes", "choices"}


def _value(name: str, value: Any) -> Any:
    if name in _JSON and isinstance(value, str | bytes):
        return json.loads(value)
    if name == "date" and isinstance(value, str):
        return dt.date.fromisoformat(value)
    return bool(value) if name == "is_primary" else value


def _built(model: Any, names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    ready = [_value(name, value) for name, value in zip(names, values, strict=True)]
    return model.from_db(connection.alias, names, ready)


def _read(sql: str, parameters: list[Any]) -> tuple[Response, list[Answer]] | None:
    with ready_cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    if not rows:
        return None
    width = len(_RESPONSE)
    key = width + _ANSWER.index("id")
    response: Response = _built(Response, _RESPONSE, rows[0][:width])
    answers = [
        _built(Answer, _ANSWER, row[width:]) for row in rows if row[key] is not None
    ]
    return response, answers


def response_of_key(
    organisation_id: int,
    source_key: str,
) -> tuple[Response, list[Answer]] | None:
    """Return the response of a public visit with its answers."""
    return _read(_BY_KEY, [organisation_id, source_key])


def response_of_invitation(
    invitation_id: int,
) -> tuple[Response, list[Answer]] | None:
    """Return the response given through a personal link with its answers."""
    return _read(_BY_INVITATION, [invitation_id])
