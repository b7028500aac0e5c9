"""Change a column of both tables: SQLite copies the rows to a new table for it."""

from __future__ import annotations

from django.db import migrations, models

from tests.zhiyin.analyze.lake.rebuilding import LAST


class Migration(migrations.Migration):
    dependencies = [("responses", LAST)]
    operations = [
        migrations.AlterField("response", "excluded", models.TextField(blank=True)),
        migrations.AlterField("answer", "item", models.TextField()),
    ]
