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

_RAISE = {
    "sqlite": [
        f"""CREATE TRIGGER audit_no_update BEFORE UPDATE ON accounts_auditentry
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
        f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON accounts_auditentry
        WHEN NOT {_ERASURE_IS_OPEN}
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF {_ERASURE_IS_OPEN} THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{_REFUSAL}';
        END $$""",
        """CREATE TRIGGER audit_no_update BEFORE UPDATE ON accounts_auditentry
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE TRIGGER audit_no_delete BEFORE DELETE ON accounts_auditentry
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON accounts_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ],
}
_NAMES = ("audit_no_update", "audit_no_delete", "audit_no_truncate")


def lift_audit_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the fence down; only for emptying the whole database."""
    where = " ON accounts_auditentry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _NAMES:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def raise_audit_guards(connection: BaseDatabaseWrapper) -> None:
    """Put the fence up; putting it up twice changes nothing."""
    lift_audit_guards(connection)
    with connection.cursor() as cursor:
        for statement in _RAISE[connection.vendor]:
            cursor.execute(statement)


def guard_after_migrating(**kwargs: Any) -> None:
    """Raise the fence again when a migration may have dropped it."""
    connection = connections[kwargs["using"]]
    if "accounts_organisationerasure" in connection.introspection.table_names():
        raise_audit_guards(connection)
