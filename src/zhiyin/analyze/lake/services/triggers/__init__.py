"""Database triggers that number every change of a response, by whatever way it came.

They live in the database and not in the models, because an edit by plain SQL, a bulk
update or a cascade must reach the lake as surely as a saved form.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.services.triggers import postgresql, sqlite
from zhiyin.common import clock

_WATCHED_APPS = frozenset({"accounts", "customers", "surveys", "responses"})
_TABLES = frozenset(
    {
        "accounts_department",
        "customers_customer",
        "surveys_instrument",
        "responses_response",
        "responses_answer",
        "responses_erasedresponse",
        LakeState._meta.db_table,  # noqa: SLF001
    }
)
_KINDS = {"sqlite": sqlite, "postgresql": postgresql}


def _kind() -> Any:
    try:
        return _KINDS[connection.vendor]
    except KeyError:
        message = (
            f"the lake cannot follow a {connection.vendor} database; "
            "use SQLite or PostgreSQL"
        )
        raise ImproperlyConfigured(message) from None


def missing_triggers() -> frozenset[str]:
    """Return the names of triggers that this database lacks."""
    kind = _kind()
    with connection.cursor() as cursor:
        cursor.execute(kind.PRESENT)
        present = {row[0] for row in cursor.fetchall()}
    return frozenset(kind.TRIGGERS) - present


def require_triggers() -> None:
    """Refuse to go on without the triggers: edits would be missed in silence."""
    missing = missing_triggers()
    if missing:
        message = (
            f"the database lacks the triggers {', '.join(sorted(missing))}; "
            "run the migrations, which install them"
        )
        raise ImproperlyConfigured(message)


def remove_triggers(plan: list[tuple[Any, bool]] | None = None, **_signal: Any) -> None:
    """Make way for migrations of the tables that the triggers name."""
    if any(migration.app_label in _WATCHED_APPS for migration, _back in plan or ()):
        with connection.cursor() as cursor:
            for statement in _kind().REMOVALS:
                cursor.execute(statement)


def install_triggers(**_signal: Any) -> None:
    """Install what is missing, and have lakes rebuilt that were not watched.

    Whatever changed while a trigger was missing carries no new number.
    """
    if not _TABLES.issubset(connection.introspection.table_names()):
        return
    kind = _kind()
    with transaction.atomic(), connection.cursor() as cursor:
        missing = missing_triggers()
        for statement in kind.PREPARATIONS:
            cursor.execute(statement)
        for name in sorted(missing):
            cursor.execute(kind.TRIGGERS[name])
        if missing and Organisation.objects.exists():
            LakeState.objects.update(rebuild_requested_at=clock.now())


__all__ = [
    "install_triggers",
    "missing_triggers",
    "remove_triggers",
    "require_triggers",
]
