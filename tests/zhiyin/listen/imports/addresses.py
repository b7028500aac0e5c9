"""The addresses of imports."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.common import clock
from zhiyin.listen.imports.models import Import, ImportFile, MappingProfile


def an_import(home: Organisation) -> dict[str, Any]:
    batch = Import.objects.create(organisation=home, created_at=clock.now())
    ImportFile.objects.create(
        batch=batch,
        position=0,
        name=f"{SECRET}.csv",
        stored=f"{secrets.token_hex(8)}.csv",
        size=10,
        sha256=secrets.token_hex(32),
    )
    return {"pk": batch.pk}


def a_profile(home: Organisation) -> dict[str, Any]:
    profile = MappingProfile.objects.create(
        organisation=home,
        name=f"{SECRET} {secrets.token_hex(4)}",
        saved_at=clock.now(),
    )
    return {"pk": profile.pk}


IMPORT = Permission.IMPORT_RESPONSES

register(
    Address("imports", IMPORT),
    Address("import_new", IMPORT),
    Address("import_profiles", IMPORT),
    Address("import_profile_delete", IMPORT, a_profile),
    Address("import_detail", IMPORT, an_import),
    Address("import_preview", IMPORT, an_import),
    Address("import_mapping", IMPORT, an_import),
    Address("import_review", IMPORT, an_import),
    Address("import_status", IMPORT, an_import),
    Address("import_cancel", IMPORT, an_import),
    Address("import_retry", IMPORT, an_import),
    Address("import_again", IMPORT, an_import),
    Address("import_undo", IMPORT, an_import),
    Address("import_discard", IMPORT, an_import),
    Address("import_rejected", IMPORT, an_import),
)
