"""Writes of organisations."""

from __future__ import annotations

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services.audit import record


@transaction.atomic
def create_organisation(
    *,
    code: str,
    name: str,
    brand: str = "",
    language: str = "zh-hans",
    time_zone: str = "Asia/Shanghai",
) -> Organisation:
    """Create a tenant; `brand` is what its customers know it by."""
    organisation = Organisation(
        code=code,
        name=name,
        brand=brand or name,
        language=language,
        time_zone=time_zone,
    )
    organisation.full_clean()
    organisation.save()
    record(
        action="organisation.created",
        organisation=organisation,
        target=organisation,
    )
    return organisation
