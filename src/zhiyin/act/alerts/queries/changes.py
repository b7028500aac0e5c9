"""Which answers were written since they were last screened, in any order of commits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from zhiyin.analyze.lake.queries.dialects import DIALECTS, Dialect
from zhiyin.analyze.lake.services.horizons import finish_epoch
from zhiyin.listen.responses.models import Response

TABLE = Response._meta.db_table  # noqa: SLF001 Django's own word for it.


@dataclass(frozen=True)
class Changed:
    """Answers to look at, and the horizon to go on from."""

    horizon: str
    ids: list[int]


def _dialect() -> Dialect:
    return DIALECTS[connection.vendor]


def horizon_now() -> str:
    """Return a horizon that counts (nearly) everything written until now as read.

    It changes nothing in the database, so it can be asked inside a transaction; what
    was written in the same breath is read once more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_dialect().position())
        return str(cursor.fetchone()[0])


def changed_since(
    organisation_id: int,
    horizon: str,
    oldest: dt.datetime,
) -> Changed:
    """Return the answers given since `oldest` that were written after a horizon.

    The new horizon is taken before the rows are read: what is written in between is
    read again next time, and never missed. Answers that nobody may be found by
    (anonymous questionnaires) are left out.
    """
    said = _dialect().changed(f"{TABLE}.revision", horizon)
    rows = Response.objects.of(organisation_id).extra(where=[said])  # noqa: S610
    if not rows.order_by().exists():
        return Changed(horizon, [])
    reached = finish_epoch() or horizon_now()
    fresh = rows.filter(
        responded_at__gte=oldest,
        instrument_version__instrument__is_anonymous=False,
    )
    return Changed(reached, list(fresh.order_by("pk").values_list("pk", flat=True)))
