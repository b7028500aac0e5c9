"""Reads for the pages of imports."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass

from django.db.models import QuerySet

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.imports.models import Import, ImportStatus, MappingProfile, Role
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.programs.models import Touchpoint, Wave

_SOONEST_SECONDS = 2.0


def imports_list(
    person: Person, *, text: str = "", status: str = ""
) -> QuerySet[Import]:
    """Return the imports a person may know of, the newest first."""
    rows = Import.objects.visible_to(person)
    if text:
        rows = rows.matching(text)
    if status in ImportStatus.values:
        rows = rows.filter(status=status)
    return rows.select_related("person").prefetch_related("files")


def earlier_import(batch: Import) -> Import | None:
    """Return the import that brought the same bytes before and was not undone."""
    digests = [file.sha256 for file in batch.files.all()]
    return (
        Import.objects.of(batch.organisation_id)
        .filter(files__sha256__in=digests, status=ImportStatus.DONE)
        .exclude(pk=batch.pk)
        .order_by("-finished_at")
        .first()
    )


def profiles_that_fit(batch: Import) -> list[MappingProfile]:
    """Return the saved profiles all of whose columns are in the file."""
    file = batch.files.first()
    names = {plain(column["name"]) for column in file.columns} if file else set()
    return [
        profile
        for profile in MappingProfile.objects.of(batch.organisation_id)
        if names
        >= {
            plain(rule.name)
            for rule in profile.read_mapping().columns
            if rule.role != Role.IGNORE
        }
    ]


@dataclass(frozen=True)
class KnownNames:
    """What the person may choose from when mapping."""

    touchpoints: list[Touchpoint]
    waves: list[Wave]
    time_zones: list[str]


def known_names(person: Person) -> KnownNames:
    """Return the organisation's touchpoints and waves, and all time zones."""
    return KnownNames(
        touchpoints=list(
            Touchpoint.objects.visible_to(person).filter(is_active=True),
        ),
        waves=list(Wave.objects.visible_to(person)),
        time_zones=sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone
        ),
    )


@dataclass(frozen=True)
class Progress:
    """How far a running import is."""

    percent: int
    rows_per_second: float
    seconds_left: float | None


def progress_of(batch: Import) -> Progress:
    """Return percent, rate and time left, the last two once they mean something."""
    if batch.started_at is None:
        return Progress(batch.percent, 0.0, None)
    seconds = (clock.now() - batch.started_at).total_seconds()
    if seconds < _SOONEST_SECONDS or not batch.rows_read:
        return Progress(batch.percent, 0.0, None)
    rate = batch.rows_read / seconds
    left = max(0, batch.rows_expected - batch.rows_read) / rate
    return Progress(batch.percent, rate, left)
