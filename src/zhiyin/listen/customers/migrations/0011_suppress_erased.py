"""Who was erased before is refused under the key, as everybody erased from now on."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from zhiyin.common import clock


def suppress(apps: Any, _schema: Any) -> None:
    customers = apps.get_model("customers", "Customer")
    suppressed = apps.get_model("customers", "SuppressedAddress")
    now = clock.now()
    suppressed.objects.bulk_create(
        (
            suppressed(organisation_id=owner, address_hash=code, since=now)
            for owner, code in customers.objects.filter(key_encrypted=b"").values_list(
                "organisation_id", "key_hash"
            )
        ),
        batch_size=90,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_portability")]
    operations = [migrations.RunPython(suppress, migrations.RunPython.noop)]
