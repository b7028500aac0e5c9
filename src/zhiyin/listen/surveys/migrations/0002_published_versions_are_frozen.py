"""Let no update reach a published version or its items, whoever writes.

SQLite rebuilds a table when a later migration alters it, and the rebuilt table has
no triggers: such a migration must call `freeze` again.
"""

from __future__ import annotations

from django.db import migrations

SQLITE = (
    """
    CREATE TRIGGER surveys_version_frozen
    BEFORE UPDATE ON surveys_instrumentversion
    WHEN OLD.published_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END
    """,
    """
    CREATE TRIGGER surveys_item_frozen
    BEFORE UPDATE ON surveys_item
    WHEN EXISTS (
        SELECT 1 FROM surveys_instrumentversion
        WHERE id = OLD.version_id AND published_at IS NOT NULL
    )
    BEGIN SELECT RAISE(ABORT, 'an item of a published version never changes'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION surveys_refuse_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'a published version never changes'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER surveys_version_frozen
    BEFORE UPDATE ON surveys_instrumentversion
    FOR EACH ROW EXECUTE FUNCTION surveys_refuse_version()
    """,
    """
    CREATE FUNCTION surveys_refuse_item() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM surveys_instrumentversion
            WHERE id = OLD.version_id AND published_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'an item of a published version never changes'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER surveys_item_frozen
    BEFORE UPDATE ON surveys_item
    FOR EACH ROW EXECUTE FUNCTION surveys_refuse_item()
    """,
)
SQLITE_BACK = (
    "DROP TRIGGER surveys_version_frozen",
    "DROP TRIGGER surveys_item_frozen",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER surveys_version_frozen ON surveys_instrumentversion",
    "DROP TRIGGER surveys_item_frozen ON surveys_item",
    "DROP FUNCTION surveys_refuse_version()",
    "DROP FUNCTION surveys_refuse_item()",
)


def _run(editor, sqlite, postgresql):
    statements = sqlite if editor.connection.vendor == "sqlite" else postgresql
    for statement in statements:
        editor.execute(statement)


def freeze(apps, editor):
    _run(editor, SQLITE, POSTGRESQL)


def thaw(apps, editor):
    _run(editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
