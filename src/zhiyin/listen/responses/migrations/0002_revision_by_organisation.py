from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Find what changed in one organisation; the triggers follow every migration.

    The triggers that set `revision` are installed by `analyze.lake` after each run
    of migrations, because SQLite cannot rebuild a table that a trigger names.
    """

    dependencies = [
        ("responses", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="response",
            name="revision",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                fields=["organisation", "revision"],
                name="response_revision",
            ),
        ),
    ]
