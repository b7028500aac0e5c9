"""Uploaded files are deleted after a while: the answers stay, the raw data goes."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from zhiyin.common import clock
from zhiyin.listen.imports.models import AT_REST, Import, ImportStatus
from zhiyin.listen.imports.services.steps import delete_files


def delete_old_files() -> bool:
    """Delete the files of one import whose time is over; False when there is none."""
    kept = dt.timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
    over = Import.objects.filter(
        created_at__lt=clock.now() - kept,
        files_deleted_at__isnull=True,
        status__in=[*AT_REST, ImportStatus.MAPPING, ImportStatus.UPLOADED],
    )
    batch = over.order_by("created_at").first()
    if batch is None:
        return False
    delete_files(batch=batch)
    return True
