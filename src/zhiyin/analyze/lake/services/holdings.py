"""What the lake holds of a customer: copies of answers, which follow the database."""

from __future__ import annotations

from django.db.models import Max

from zhiyin.analyze.lake.queries import status
from zhiyin.analyze.lake.queries.pending import own_manifest
from zhiyin.listen.responses.models import ErasedResponse, Response


def latest_change(organisation_id: int) -> int:
    """Return the revision of the newest change of an organisation's answers."""
    erased = ErasedResponse.objects.filter(organisation_id=organisation_id)
    newest = [
        Response.objects.of(organisation_id).aggregate(most=Max("revision"))["most"],
        erased.aggregate(most=Max("revision"))["most"],
    ]
    return max(revision or 0 for revision in newest)


def clean_until(organisation_id: int) -> int:
    """Return the change up to which every file, also those replaced, is clean.

    Without a lake nothing lies anywhere, and every change counts as reached.
    """
    if own_manifest(organisation_id) is None:
        return latest_change(organisation_id)
    return status(organisation_id).erasure.deleted_until
