"""What two editors of one draft need: a stamp of each part, and who saved it last."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhiyin.accounts.models import AuditEntry
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item

CONTENT = (
    "code",
    "kind",
    "is_primary",
    "is_required",
    "asked_of",
    "scale_min",
    "scale_max",
    "detractor_max",
    "promoter_min",
    "texts",
    "shown_if",
    "settings",
    "is_actionable",
)


@dataclass(frozen=True)
class Edit:
    """Who saved a part of a draft, and when."""

    by: str
    at: datetime


def content_of(item: Item) -> dict[str, Any]:
    """Return everything an editor decides about a question, but not its place."""
    return {name: getattr(item, name) for name in CONTENT}


def _stamp(value: Any) -> str:
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:20]


def item_stamp(item: Item) -> str:
    """Return what changes whenever the question changes."""
    return _stamp(content_of(item))


def pages_stamp(version: InstrumentVersion) -> str:
    """Return what changes whenever a page changes."""
    return _stamp(version.pages)


def quotas_stamp(version: InstrumentVersion) -> str:
    """Return what changes whenever a quota changes."""
    return _stamp(version.quotas)


def settings_stamp(version: InstrumentVersion) -> str:
    """Return what changes whenever the settings of the draft change."""
    instrument = version.instrument
    return _stamp(
        [
            instrument.name,
            instrument.audience,
            version.languages,
            version.brand,
            version.note,
        ],
    )


def texts_stamp(version: InstrumentVersion, language: str) -> str:
    """Return what changes whenever a text in this language changes."""
    return _stamp(
        [
            version.texts.get(language),
            [page.get("titles", {}).get(language) for page in version.pages],
            [[item.code, item.texts.get(language)] for item in version.items.all()],
        ],
    )


def last_edit(instrument: Instrument, part: str) -> Edit | None:
    """Return who saved a part of the draft last; any part where none is named."""
    rows = AuditEntry.objects.filter(
        organisation_id=instrument.organisation_id,
        object_type="surveys.Instrument",
        object_id=str(instrument.pk),
        action__in=("version.edited", "version.arranged"),
    ).order_by("-at", "-pk")
    found = rows.filter(detail__part=part).first() or rows.first()
    return Edit(found.actor_name, found.at) if found else None
