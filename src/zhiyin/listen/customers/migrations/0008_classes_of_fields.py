from __future__ import annotations

from typing import Any

from django.db import migrations

from zhiyin.listen.customers.services.sensitivity import class_of


def classify(apps: Any, _schema_editor: Any) -> None:
    """Give the fields known so far the class their names speak of."""
    model = apps.get_model("customers", "AttributeField")
    for field in model.objects.all():
        found = class_of(field.label)
        if found:
            model.objects.filter(pk=field.pk).update(**found)


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_sensitivity")]

    operations = [migrations.RunPython(classify, migrations.RunPython.noop)]
