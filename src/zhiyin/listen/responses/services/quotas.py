"""Quotas: how many completed answers of a kind are wanted, and who comes too late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count

from zhiyin.listen.responses.models import QuotaPlace, Response
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.queries import VersionSnapshot
from zhiyin.listen.surveys.queries.logic import full_quota, quotas_met


def places_taken(instrument_id: int, but: int | None = None) -> dict[str, int]:
    """Return how many completed answers that count are in each quota."""
    rows = QuotaPlace.objects.filter(
        instrument_id=instrument_id,
        response__excluded="",
    )
    if but is not None:
        rows = rows.exclude(response_id=but)
    counted = rows.values_list("code").annotate(number=Count("pk"))
    return dict(counted.values_list("code", "number"))


def quota_that_is_full(
    version: VersionSnapshot,
    facts: Mapping[str, Any],
    *,
    response_id: int | None = None,
    is_complete: bool = False,
) -> str:
    """Return the code of a quota that takes nobody like this any more, or ""."""
    met = quotas_met(version, facts, is_complete=is_complete) if version.quotas else []
    if not met:
        return ""
    return full_quota(met, places_taken(version.instrument_id, response_id))


def take_places(
    version: VersionSnapshot,
    response: Response,
    facts: Mapping[str, Any],
) -> str:
    """Count a complete response in its quotas; return which one was full, or "".

    Runs inside the transaction that completes the response: of two people for one
    last place the second waits here, and then finds it taken.
    """
    if not version.quotas:
        return ""
    Instrument.objects.select_for_update().only("pk").get(pk=version.instrument_id)
    full = quota_that_is_full(
        version,
        facts,
        response_id=response.pk,
        is_complete=True,
    )
    QuotaPlace.objects.filter(response=response).delete()
    if not full:
        QuotaPlace.objects.bulk_create(
            QuotaPlace(
                instrument_id=version.instrument_id,
                code=str(quota["code"]),
                response=response,
            )
            for quota in quotas_met(version, facts, is_complete=True)
        )
    return full
