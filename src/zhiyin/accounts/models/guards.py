"""The database's own fence around the audit log, for whoever comes past Python.

Entries cannot be updated at all, and can be deleted only while the erasure of their
whole organisation stands open. The triggers are raised again after every migration,
because SQLite drops them silently whenever a migration rebuilds the table.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_REFUSAL = "audit entries are never changed or deleted"
_ERASURE_IS_OPEN = """EXISTS (
    SELECT 1 FROM accounts_organisationerasure AS erasure
    WHERE erasure.organisation_number = OLD.organisation_id
      AND erasure.finished_at IS NULL
)"""

# Entries, and the seals that chain them. The function of PostgreSQL serves both.
_TABLES = {"accounts_auditentry": "audit", "accounts_auditseal": "audit_seal"}
_FUNCTION = f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF {_ERASURE_IS_OPEN} THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION '{_REFUSAL}';
    END $$"""


def _triggers(vendor: str, table: str, prefix: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"""CREATE TRIGGER {prefix}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
            f"""CREATE TRIGGER {prefix}_no_delete BEFORE DELETE ON {table}
            WHEN NOT {_ERASURE_IS_OPEN}
            BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
        ]
    return [
        f"""CREATE TRIGGER {prefix}_no_update BEFORE UPDATE ON {table}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        f"""CREATE TRIGGER {prefix}_no_delete BEFORE DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        f"""CREATE TRIGGER {prefix}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ]


def _tables(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the guarded tables that are there: migrations make them one by one."""
    there = connection.introspection.table_names()
    return {table: prefix for table, prefix in _TABLES.items() if table in there}


def lift_audit_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the fence down; only for emptying the whole database."""
    with connection.cursor() as cursor:
        for table, prefix in _tables(connection).items():
            where = f" ON {table}" if connection.vendor == "postgresql" else ""
            for what in ("update", "delete", "truncate"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {prefix}_no_{what}{where}")


def raise_audit_guards(connection: BaseDatabaseWrapper) -> None:
    """Put the fence up; putting it up twice changes nothing."""
    lift_audit_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table, prefix in _tables(connection).items():
            for statement in _triggers(connection.vendor, table, prefix):
                cursor.execute(statement)


def guard_after_migrating(**kwargs: Any) -> None:
    """Raise the fence again when a migration may have dropped it."""
    connection = connections[kwargs["using"]]
    if "accounts_organisationerasure" in connection.introspection.table_names():
        raise_audit_guards(connection)
