"""Drawing answers to be checked with the customers, and keeping what they said."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.quality.models import AuditCase, AuditResult, AuditSample
from zhiyin.listen.quality.queries import bounds
from zhiyin.listen.responses.models import Response

BATCH = 2_000


class NothingToCheckError(ValueError):
    """No answer of the days can be checked, or none was drawn."""


@transaction.atomic
def draw_sample(
    *,
    organisation: Organisation,
    name: str,
    share: float,
    since: dt.date,
    until: dt.date,
    by: Person,
) -> AuditSample:
    """Draw a share of the counted answers of known customers by chance.

    Each answer is drawn or not by a hash of the sample's own random seed, so nobody
    can tell beforehand which, and everybody can recompute it afterwards. Raises
    NothingToCheckError where none was drawn.
    """
    first, last = bounds(organisation, since, until)
    rows = Response.objects.of(organisation).filter(
        responded_at__gte=first,
        responded_at__lt=last,
        excluded="",
        customer__isnull=False,
    )
    pks = list(rows.values_list("pk", flat=True))
    seed = secrets.token_hex(16)
    drawn = [pk for pk in pks if chance_of(seed, pk) < share]
    if not drawn:
        raise NothingToCheckError(
            _("No answer was drawn: %(count)s answers of these days have a customer.")
            % {"count": len(pks)},
        )
    sample = AuditSample.objects.create(
        organisation=organisation,
        name=name,
        share=share,
        seed=seed,
        since=since,
        until=until,
        base=len(pks),
        created_at=clock.now(),
        created_by=by,
    )
    AuditCase.objects.bulk_create(
        (AuditCase(sample=sample, response_id=pk) for pk in drawn), batch_size=BATCH
    )
    record(action="audit_sample.drawn", target=sample, drawn=len(drawn), base=len(pks))
    return sample


def chance_of(seed: str, pk: int) -> float:
    """Return the number between 0 and 1 that decides about one answer."""
    digest = hashlib.sha256(f"{seed}:{pk}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@transaction.atomic
def record_check(
    *,
    case: AuditCase,
    result: str,
    was_asked_for_score: bool | None,
    note: str,
    by: Person,
) -> None:
    """Keep what a customer said about an answer; it can be corrected later."""
    case.result = result
    talked = result in {AuditResult.CONFIRMED, AuditResult.DIFFERS}
    case.was_asked_for_score = was_asked_for_score if talked else None
    case.note = note
    case.checked_at, case.checked_by = clock.now(), by
    case.save()
    record(action="audit_case.checked", target=case.response, result=result)
