"""The clock of the lake: what changed is there a few seconds later."""

from __future__ import annotations

import logging
import time

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.services.garbage import remove_lakes_of_the_gone
from zhiyin.analyze.lake.services.upkeep import keep_up, record_failure
from zhiyin.common import worker

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
PAUSE_AFTER_FAILURE_SECONDS = 30.0
_resting_until: dict[int, float] = {}


def sync_all() -> bool:
    """Bring every organisation's lake up to date; never asks to be called again.

    One organisation's failure is recorded, and the others go on.
    """
    remove_lakes_of_the_gone()
    now = time.monotonic()
    for organisation in Organisation.objects.order_by("pk"):
        if _resting_until.get(organisation.pk, now) > now:
            continue
        try:
            keep_up(organisation)
        except Exception as error:
            logger.exception("the lake of %s could not be synced", organisation.code)
            record_failure(organisation, error)
            _resting_until[organisation.pk] = now + PAUSE_AFTER_FAILURE_SECONDS
    return False


def register() -> None:
    """Have the worker call `sync_all`."""
    worker.register("lake", EVERY_SECONDS, sync_all)
