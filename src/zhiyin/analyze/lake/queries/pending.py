"""Cheap questions to the database about what changed since the last sync."""

from __future__ import annotations

from typing import Any

from django.db import connection

from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries.attributes import registered_fields
from zhiyin.analyze.lake.queries.dialects import DIALECTS
from zhiyin.analyze.lake.queries.manifest import FORMAT, Manifest, read_manifest
from zhiyin.listen.responses.models import Response

COUNTED_AT_MOST = 10_000


def own_manifest(organisation_id: int) -> Manifest | None:
    """Return the manifest, unless this database never published any.

    A folder that was left by another database may bear the number of an organisation
    here; its answers are nothing that these people may see.
    """
    if not LakeState.objects.filter(organisation_id=organisation_id).exists():
        return None
    return read_manifest(organisation_id)


def continues(manifest: Manifest | None, state: LakeState | None) -> bool:
    """Tell whether the lake can be carried on from this manifest.

    It cannot after a rebuild was asked for, and where the database or the folder
    came from a backup: then the two no longer speak of the same rows.
    """
    if manifest is None or state is None or state.rebuild_requested_at is not None:
        return False
    if manifest.format != FORMAT or manifest.vendor != connection.vendor:
        return False
    if manifest.version not in (state.version, state.intended):
        return False
    dialect = DIALECTS[manifest.vendor]
    (position,) = _first(dialect.position())
    return not dialect.went_back(manifest.horizon, str(position))


def is_behind(organisation_id: int, manifest: Manifest | None) -> bool:
    """Tell whether the database holds something that the lake does not show."""
    state = LakeState.objects.filter(organisation_id=organisation_id).first()
    if manifest is None or not continues(manifest, state):
        known = manifest is not None or (state is not None and state.version != "")
        return known or Response.objects.of(organisation_id).exists()
    owned = _changed(organisation_id, manifest)
    (found,) = _first(
        f"SELECT EXISTS (SELECT 1 FROM responses_response {owned}) "
        f"OR EXISTS (SELECT 1 FROM responses_erasedresponse {owned})",
    )
    return bool(found) or registered_fields(organisation_id) != manifest.attributes


def waiting_responses(organisation_id: int, manifest: Manifest | None) -> int:
    """Count the changed responses, up to a limit that keeps the question cheap."""
    if manifest is None or manifest.vendor != connection.vendor:
        rows = Response.objects.of(organisation_id).order_by()
        return rows[:COUNTED_AT_MOST].count()
    (count,) = _first(
        "SELECT count(*) FROM (SELECT 1 FROM responses_response "
        f"{_changed(organisation_id, manifest)} LIMIT {COUNTED_AT_MOST}) AS waiting",
    )
    return int(count)


def erased_since(organisation_id: int, manifest: Manifest | None) -> tuple[int, ...]:
    """Return the responses erased since the last sync, which no reader may see."""
    if manifest is None or manifest.vendor != connection.vendor:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT response_id FROM responses_erasedresponse "
            f"{_changed(organisation_id, manifest)} ORDER BY response_id",
        )
        return tuple(row[0] for row in cursor.fetchall())


def _changed(organisation_id: int, manifest: Manifest) -> str:
    changed = DIALECTS[manifest.vendor].changed("revision", manifest.horizon)
    return f"WHERE organisation_id = {organisation_id} AND {changed}"


def _first(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
