"""Our own file: a definition in JSON with the version of its shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.queries.exchange.reading import ExchangeError, Reading

FORMAT = "zhiyin-questionnaire"
SCHEMA_VERSION = 1
KEYS = frozenset(
    {
        "code",
        "name",
        "audience",
        "is_anonymous",
        "brand",
        "languages",
        "texts",
        "pages",
        "quotas",
        "items",
    },
)


def dump_definition(definition: Mapping[str, Any]) -> bytes:
    """Return a definition as our file, in UTF-8."""
    data = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "questionnaire": {key: definition[key] for key in definition if key in KEYS},
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def read_own(data: Mapping[str, Any]) -> Reading:
    """Read our file; raises ExchangeError for a version this program does not know."""
    version = data.get("schema_version")
    if version != SCHEMA_VERSION:
        raise ExchangeError(
            _(
                "The file has version %(received)s of our format; this program reads "
                "version %(known)s. Export it again, or update this program.",
            )
            % {"received": str(version)[:20], "known": SCHEMA_VERSION},
        )
    definition = data.get("questionnaire")
    if not isinstance(definition, Mapping):
        raise ExchangeError(_("The file has no questionnaire in it."))
    return Reading(
        source="zhiyin",
        definition={key: definition[key] for key in definition if key in KEYS},
    )
