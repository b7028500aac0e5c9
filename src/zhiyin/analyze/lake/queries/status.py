"""How the lake is, for the people who look after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries.manifest import Manifest
from zhiyin.analyze.lake.queries.pending import (
    COUNTED_AT_MOST,
    erased_since,
    is_behind,
    own_manifest,
    waiting_responses,
)
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.queries.snapshots import synced_at
from zhiyin.listen.responses.models import ErasedResponse


@dataclass(frozen=True)
class MonthStatus:
    """The files of one month."""

    month: str
    rows: int
    files: int
    size: int


@dataclass(frozen=True)
class ErasureStatus:
    """How far erasure has come in one place that holds answers.

    Readers see nothing erased, ever. `rewritten_until` is the revision up to which
    no listed file holds an erased row, `deleted_until` the one up to which no file
    at all does; `waiting` responses are erased but not yet rewritten out.
    """

    target: str
    erased: int
    waiting: int
    rewritten_until: int
    deleted_until: int

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing erased lies in any file."""
        return not self.waiting and self.deleted_until >= self.rewritten_until


@dataclass(frozen=True)
class LakeStatus:
    """One organisation's lake at a glance."""

    version: str
    rows: int
    size: int
    months: tuple[MonthStatus, ...]
    synced_at: dt.datetime | None
    is_behind: bool
    waiting: int
    waiting_is_capped: bool
    erasure: ErasureStatus
    rebuild_requested_at: dt.datetime | None
    failed_at: dt.datetime | None
    failure: str

    @property
    def files(self) -> int:
        """Return the number of files."""
        return sum(month.files for month in self.months)


def status(organisation: Organisation | int) -> LakeStatus:
    """Return how the lake of an organisation is."""
    organisation_id = organisation if isinstance(organisation, int) else organisation.pk
    manifest = own_manifest(organisation_id)
    state = LakeState.objects.of(organisation_id).first() or LakeState()
    waiting = waiting_responses(organisation_id, manifest)
    months = _months(manifest)
    return LakeStatus(
        version=manifest.version if manifest else "",
        rows=manifest.rows if manifest else 0,
        size=sum(month.size for month in months),
        months=months,
        synced_at=synced_at(manifest),
        is_behind=is_behind(organisation_id, manifest),
        waiting=waiting,
        waiting_is_capped=waiting >= COUNTED_AT_MOST,
        erasure=_erasure(organisation_id, manifest),
        rebuild_requested_at=state.rebuild_requested_at,
        failed_at=state.failed_at,
        failure=state.failure,
    )


def _months(manifest: Manifest | None) -> tuple[MonthStatus, ...]:
    months = manifest.in_months() if manifest else {}
    return tuple(
        MonthStatus(
            month=month,
            rows=sum(file.rows for file in months[month]),
            files=len(months[month]),
            size=sum(file.size for file in months[month]),
        )
        for month in sorted(months, reverse=True)
    )


def _erasure(organisation_id: int, manifest: Manifest | None) -> ErasureStatus:
    rewritten = manifest.revision if manifest else 0
    return ErasureStatus(
        target=f"lake/{manifest.dataset}" if manifest else "lake/answers",
        erased=ErasedResponse.objects.filter(organisation_id=organisation_id).count(),
        waiting=len(erased_since(organisation_id, manifest)),
        rewritten_until=rewritten,
        deleted_until=min([rewritten, *_revisions_of_leftovers(manifest)]),
    )


def _revisions_of_leftovers(manifest: Manifest | None) -> list[int]:
    """Return up to which erasure each file is clean that still lies unlisted."""
    if manifest is None:
        return []
    folder = dataset_folder(manifest.organisation_id)
    listed = {file.path for file in manifest.files}
    retired = {file.path: file.clean_until for file in manifest.retired}
    names = (path.relative_to(folder).as_posix() for path in folder.glob("month=*/*"))
    # A file that a killed writer left is clean of nothing we could vouch for.
    return [retired.get(name, 0) for name in names if name not in listed]
