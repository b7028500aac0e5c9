"""Let the database itself refuse to change or delete audit entries."""

from django.db import migrations

from zhiyin.accounts.models.guards import lift_audit_guards, raise_audit_guards


def up(apps, schema_editor):
    raise_audit_guards(schema_editor.connection)


def down(apps, schema_editor):
    lift_audit_guards(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions_and_erasure")]

    operations = [migrations.RunPython(up, down)]
