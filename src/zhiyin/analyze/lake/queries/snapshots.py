"""What readers get: one version of the answers, without what was erased."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import pyarrow as pa

from cxstats.engine import ArrowData, Joined, ParquetFiles, Source
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries.manifest import Manifest
from zhiyin.analyze.lake.queries.pending import (
    erased_since,
    is_behind,
    own_manifest,
)
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.queries.rows import dataset_schema

EMPTY_VERSION = "0"


@dataclass(frozen=True)
class LakeSnapshot:
    """The answers of one organisation as of one version.

    `source` already leaves out what was erased since; `erased` names it. `version`
    changes whenever any row may have changed, so results may be cached under it.
    `columns` are the columns of `source`; `behind` tells that the database holds
    something newer, which the next sync will bring. `rows` and `months` (as YYYY-MM)
    are those of the version's files.
    """

    source: Source
    version: str
    erased: tuple[int, ...]
    columns: tuple[str, ...]
    synced_at: dt.datetime | None
    behind: bool
    rows: int = 0
    months: tuple[str, ...] = ()


def answers(organisation: Organisation | int) -> LakeSnapshot:
    """Return what there is to analyse; an empty table before the first answer.

    Its files stay readable for ten minutes after a newer version replaced them.
    """
    organisation_id = organisation if isinstance(organisation, int) else organisation.pk
    manifest = own_manifest(organisation_id)
    erased = erased_since(organisation_id, manifest)
    return LakeSnapshot(
        source=_source(manifest, erased),
        version=_version(manifest, erased),
        erased=erased,
        columns=_columns(manifest),
        synced_at=synced_at(manifest),
        behind=is_behind(organisation_id, manifest),
        rows=sum(file.rows for file in manifest.files) if manifest else 0,
        months=tuple(file.month for file in manifest.files) if manifest else (),
    )


def synced_at(manifest: Manifest | None) -> dt.datetime | None:
    """Return when a version was published."""
    if manifest is None or not manifest.synced_at:
        return None
    return dt.datetime.fromisoformat(manifest.synced_at)


def _source(manifest: Manifest | None, erased: tuple[int, ...]) -> Source:
    if manifest is None or not manifest.files:
        fields = manifest.attributes if manifest else {}
        return ArrowData(dataset_schema(fields).empty_table())
    folder = dataset_folder(manifest.organisation_id)
    files = ParquetFiles(tuple(str(folder / file.path) for file in manifest.files))
    if not erased:
        return files
    gone = pa.table({"response_id": pa.array(erased, pa.int64())})
    return Joined(files, ArrowData(gone), "response_id", "response_id", kind="anti")


def _version(manifest: Manifest | None, erased: tuple[int, ...]) -> str:
    version = manifest.version if manifest else EMPTY_VERSION
    if not erased:
        return version
    digest = hashlib.sha256(repr(erased).encode()).hexdigest()[:12]
    return f"{version}-{digest}"


def _columns(manifest: Manifest | None) -> tuple[str, ...]:
    if manifest is None or not manifest.files:
        return tuple(dataset_schema(manifest.attributes if manifest else {}).names)
    return (*dataset_schema({}).names, *manifest.columns)
