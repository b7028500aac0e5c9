"""Weighting answers to the base, and taking the weights back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.quality.models import FormerWeight, WeightingRun
from zhiyin.listen.quality.queries import (
    Base,
    Sample,
    Selection,
    weigh,
    weighting_effect,
)
from zhiyin.listen.responses.models import Response

BATCH = 2_000
PER_QUERY = 900


@transaction.atomic
def apply_weights(
    *,
    organisation: Organisation,
    name: str,
    selection: Selection,
    sample: Sample,
    base: Base,
    by: Person,
) -> WeightingRun:
    """Give the answers of a selection weights that meet the base, and keep the old.

    Raises BaseError where the margins cannot be met.
    """
    made, weights = weigh(sample, base)
    run = WeightingRun.objects.create(
        organisation=organisation,
        name=name,
        selection=selection.to_dict(),
        fields=list(base),
        targets=base,
        diagnostics=weighting_effect(sample, made),
        answers=len(weights),
        created_at=clock.now(),
        created_by=by,
    )
    given = dict(zip(sample.pks, weights, strict=True))
    _keep_former(run, given)
    pks_of: dict[float, list[int]] = {}
    for pk, weight in given.items():
        pks_of.setdefault(weight, []).append(pk)
    for weight, pks in pks_of.items():
        for first in range(0, len(pks), PER_QUERY):
            part = pks[first : first + PER_QUERY]
            Response.objects.filter(pk__in=part).update(weight=weight)
    record(action="weighting.applied", target=run, answers=len(weights))
    return run


def _keep_former(run: WeightingRun, given: Mapping[int, float]) -> None:
    pks = list(given)
    for first in range(0, len(pks), PER_QUERY):
        part = pks[first : first + PER_QUERY]
        old = dict(Response.objects.filter(pk__in=part).values_list("pk", "weight"))
        FormerWeight.objects.bulk_create(
            (
                FormerWeight(run=run, response_id=pk, weight=old[pk], given=given[pk])
                for pk in part
            ),
            batch_size=BATCH,
        )


@transaction.atomic
def undo_weights(*, run: WeightingRun) -> int:
    """Give back the weights from before; what was weighted anew since stays."""
    rows = WeightingRun.objects.filter(pk=run.pk, undone_at=None)
    if not rows.update(undone_at=clock.now()):
        return 0
    former = FormerWeight.objects.filter(run=run, response=OuterRef("pk"))
    mine: Any = Response.objects.filter(
        pk__in=FormerWeight.objects.filter(run=run, response__weight=F("given")).values(
            "response_id"
        )
    )
    count = int(mine.update(weight=Subquery(former.values("weight")[:1])))
    record(action="weighting.undone", target=run, answers=count)
    return count
