"""The link at a public address, kept in memory and never out of date.

Building a link with all it refers to costs far more than reading its rows. So the
rows are read at every visit, in one statement, and the objects built from the same
rows before are used again. Whatever changes in any of the rows makes them others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

from django.db import models

from zhiyin.common.rows import ready_cursor
from zhiyin.listen.programs.models import SurveyLink, Touchpoint, Wave
from zhiyin.listen.programs.queries.links import link_of_slug
from zhiyin.listen.surveys.models import Instrument

MOST_KEPT = 2_000


def _columns(model: type[models.Model], short: str) -> str:
    fields = model._meta.concrete_fields  # noqa: SLF001 Django's documented API.
    return ", ".join(f'{short}."{field.column}"' for field in fields)


_SQL = f"""
    SELECT v.id, v.published_at, o.brand, o.name, {_columns(SurveyLink, "l")},
        {_columns(Instrument, "i")}, {_columns(Touchpoint, "t")}, {_columns(Wave, "w")}
    FROM programs_surveylink l
    JOIN surveys_instrument i ON i.id = l.instrument_id
    JOIN accounts_organisation o ON o.id = l.organisation_id
    LEFT JOIN programs_touchpoint t ON t.id = l.touchpoint_id
    LEFT JOIN programs_wave w ON w.id = l.wave_id
    LEFT JOIN surveys_instrumentversion v ON v.id = (
        SELECT x.id FROM surveys_instrumentversion x
        WHERE x.instrument_id = l.instrument_id AND x.published_at IS NOT NULL
        ORDER BY x.number DESC LIMIT 1
    )
    WHERE l.slug = %s
"""  # noqa: S608 columns of our own.


@dataclass(frozen=True)
class Address:
    """A link, and which version of its questionnaire is asked there now.

    The link is shared between requests: read it, and write to a fresh one. `pages` is
    room for whatever follows from the link alone; it goes with the address.
    """

    link: SurveyLink
    version_pk: int | None
    published_at: Any
    pages: dict[Any, str] = field(default_factory=dict)


class _Memory:
    """Links by their slug, each with the rows from which it was built."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, Address]] = {}
        self._lock = Lock()

    def get(self, slug: str, rows: str) -> Address | None:
        """Return what was built from exactly these rows, if it is still there."""
        found = self._kept.get(slug)
        return found[1] if found is not None and found[0] == rows else None

    def keep(self, slug: str, rows: str, address: Address) -> None:
        """Keep an address; what was kept first goes first."""
        with self._lock:
            self._kept.pop(slug, None)
            self._kept[slug] = (rows, address)
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))


@cache
def _memory() -> _Memory:
    return _Memory()


def _rows_of(slug: str) -> tuple[Any, ...] | None:
    with ready_cursor() as cursor:
        cursor.execute(_SQL, [slug])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def address_of(slug: str) -> Address | None:
    """Return what is at a public address, or None."""
    row = _rows_of(slug)
    if row is None:
        return None
    rows = repr(row)
    known = _memory().get(slug, rows)
    if known is not None:
        return known
    link = link_of_slug(slug)
    if link is None:
        return None
    address = Address(link, row[0], row[1])
    if _rows_of(slug) == row:
        # Nothing changed while the link was built: it is what the rows say.
        _memory().keep(slug, rows, address)
    return address
