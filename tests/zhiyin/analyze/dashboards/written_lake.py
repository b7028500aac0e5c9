"""Answers written straight as a lake, by the lake's own writers.

For as many answers as nobody would want to insert one by one first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries.attributes import registered_fields
from zhiyin.analyze.lake.queries.manifest import Manifest
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.queries.readings import open_reading
from zhiyin.analyze.lake.queries.rows import Chunk, dataset_schema
from zhiyin.analyze.lake.services.files import MonthWriter
from zhiyin.analyze.lake.services.horizons import finish_epoch, horizon_of
from zhiyin.analyze.lake.services.publishing import publish
from zhiyin.common import clock


def write_lake(
    organisation: Organisation,
    months: Iterable[tuple[str, Iterable[pa.Table]]],
    version: str = "1-written",
) -> Manifest:
    """Write tables by month (UTC) and publish them as the organisation's lake.

    A table has the columns of the answers dataset; columns it lacks are empty.
    """
    fields = registered_fields(organisation.pk)
    folder = dataset_folder(organisation.pk)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for month, tables in months:
        writer = MonthWriter(folder, month, fields)
        for table in tables:
            writer.add(Chunk(shaped(table, fields), 0, 0))
        files += writer.close()
    epoch = finish_epoch()
    with open_reading() as reading:
        horizon, dialect = horizon_of(reading, epoch), reading.dialect
    manifest = Manifest(
        organisation_id=organisation.pk,
        generation=1,
        version=version,
        vendor=dialect.vendor,
        horizon=horizon,
        revision=dialect.revision_of(horizon),
        synced_at=clock.now().isoformat(),
        attributes=fields,
        files=tuple(files),
    )
    state, _made = LakeState.objects.get_or_create(organisation=organisation)
    publish(manifest, state)
    return manifest


def shaped(table: pa.Table, fields: dict[str, str]) -> pa.Table:
    """Return a table with exactly the columns of the dataset."""
    schema = dataset_schema(fields)
    columns: list[Any] = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
