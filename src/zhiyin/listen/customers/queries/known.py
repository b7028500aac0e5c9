"""What is known about customers as of a time, read from few row groups of few files."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries.answered import answered_by, values_of
from zhiyin.listen.customers.queries.consent import who_may_be_contacted
from zhiyin.listen.customers.queries.contact import in_pieces
from zhiyin.listen.customers.queries.known_files import (
    ID_COLUMN,
    KnownFile,
    known_folder,
    read_known_manifest,
)
from zhiyin.listen.customers.queries.sensitivity import (
    consent_of_fields,
    not_for_conditions,
)

Ids = npt.NDArray[np.int64]
Known = dict[str, Any]
# A file that an erasure rewrites vanishes between two looks; then look again.
_TRIES = 5


@dataclass(frozen=True)
class KnownValue:
    """One field of a customer with the date as of which it was told."""

    code: str
    value: Any
    as_of: dt.date


def known_of(
    customer_ids: Collection[int],
    at: dt.datetime | dt.date | None = None,
    codes: Collection[str] | None = None,
) -> dict[int, Known]:
    """Return the fields known of each customer as of a time (default: now).

    A field comes from the newest data not younger than the day of `at` that has it;
    what a customer has no value for is left out, and so is whoever was erased. With
    `codes` only these fields are read. What must not decide about a customer is left
    out, and so is what the customer did not agree to.
    """
    found: dict[int, Known] = {pk: {} for pk in customer_ids}
    for organisation_id, ids in _living(customer_ids).items():
        _fill(found, organisation_id, ids, at, codes)
        found |= _permitted(organisation_id, {pk: found[pk] for pk in ids.tolist()})
    return found


def _fill(
    found: dict[int, Known],
    organisation_id: int,
    ids: Ids,
    at: dt.datetime | dt.date | None,
    codes: Collection[str] | None,
) -> None:
    day = _day(organisation_id, at)
    for _try in range(_TRIES):
        try:
            for file, values in _rows(organisation_id, ids, day, codes):
                _merge(found, file, values)
            break
        except FileNotFoundError:
            continue
    if at is None:
        for pk, rows in answered_by(ids.tolist()).items():
            said = values_of(rows)
            wanted = said.keys() if codes is None else said.keys() & set(codes)
            found[pk] |= {code: said[code] for code in wanted}


def _permitted(organisation_id: int, known: dict[int, Known]) -> dict[int, Known]:
    """Leave out what must not decide, and what its customer did not agree to."""
    hidden = not_for_conditions(organisation_id)
    agreed = {
        code: who_may_be_contacted(known, purpose)
        for code, purpose in consent_of_fields(organisation_id).items()
        if code not in hidden
    }
    if not hidden and not agreed:
        return known
    return {
        pk: {
            code: value
            for code, value in fields.items()
            if code not in hidden and (code not in agreed or pk in agreed[code])
        }
        for pk, fields in known.items()
    }


def known_values(customer: Customer, at: dt.datetime | None = None) -> list[KnownValue]:
    """Return what is known of one customer, each field with its date."""
    newest: dict[str, KnownValue] = {}
    ids: Ids = np.array([customer.pk], dtype=np.int64)
    if not customer.key_encrypted:
        return []
    day = _day(customer.organisation_id, at)
    for _try in range(_TRIES):
        try:
            for file, table in _rows(customer.organisation_id, ids, day, None):
                for row in table.drop_columns([ID_COLUMN]).to_pylist():
                    for code, value in row.items():
                        if value is not None:
                            newest[code] = KnownValue(code, value, file.date)
            break
        except FileNotFoundError:
            continue
    return sorted(newest.values(), key=lambda each: each.code)


def snapshot_dates(organisation: Organisation | int) -> list[dt.date]:
    """Return the dates as of which anything is known, the newest first."""
    pk = organisation if isinstance(organisation, int) else organisation.pk
    files = read_known_manifest(pk).files
    return sorted({file.date for file in files}, reverse=True)


def customers_of_part(organisation_id: int, part: str) -> set[int]:
    """Return the customers of whom one part, such as an import, tells something."""
    folder = known_folder(organisation_id)
    found: set[int] = set()
    for file in read_known_manifest(organisation_id).files:
        if file.part == part:
            table = pq.read_table(folder / file.path, columns=[ID_COLUMN])
            found.update(table[ID_COLUMN].to_pylist())
    return found


def customers_in_files(organisation_id: int, ids: Ids, *, besides: str) -> Ids:
    """Return which of these (sorted) customers some other part knows."""
    folder = known_folder(organisation_id)
    found: list[Ids] = [np.array([], dtype=np.int64)]
    for file in read_known_manifest(organisation_id).files:
        if file.part != besides and _meets(ids, file.low, file.high):
            table = pq.read_table(folder / file.path, columns=[ID_COLUMN])
            found.append(np.intersect1d(ids, table[ID_COLUMN].to_numpy()))
    everywhere: Ids = np.unique(np.concatenate(found))
    return everywhere


def _living(customer_ids: Collection[int]) -> dict[int, Ids]:
    """Return the customers who were not erased, sorted, by organisation."""
    living: dict[int, list[int]] = {}
    for piece in in_pieces(customer_ids):
        rows = Customer.objects.filter(pk__in=piece).exclude(key_encrypted=b"")
        for pk, organisation_id in rows.values_list("pk", "organisation_id"):
            living.setdefault(organisation_id, []).append(pk)
    return {
        organisation_id: np.array(sorted(ids), dtype=np.int64)
        for organisation_id, ids in living.items()
    }


def _day(organisation_id: int, at: dt.datetime | dt.date | None) -> str:
    if isinstance(at, dt.date) and not isinstance(at, dt.datetime):
        return at.isoformat()
    zone = Organisation.objects.values_list("time_zone", flat=True).get(
        pk=organisation_id,
    )
    moment = at or clock.now()
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).date().isoformat()


def _rows(
    organisation_id: int,
    ids: Ids,
    day: str,
    codes: Collection[str] | None,
) -> Iterator[tuple[KnownFile, pa.Table]]:
    """Yield the rows wanted, those told earlier first, with the columns to believe."""
    files = [
        file for file in read_known_manifest(organisation_id).files if file.as_of <= day
    ]
    newest: dict[str, str] = {}
    for file in files:
        for code in file.columns:
            if codes is None or code in codes:
                newest[code] = max(newest.get(code, ""), file.as_of)
    folder = known_folder(organisation_id)
    for file in sorted(files, key=lambda each: (each.as_of, each.sequence)):
        wanted = [code for code in file.columns if newest.get(code) == file.as_of]
        if wanted and _meets(ids, file.low, file.high):
            yield file, _read(str(folder / file.path), ids, wanted)


def _read(path: str, ids: Ids, wanted: Sequence[str]) -> pa.Table:
    """Return the rows of these customers out of the row groups that may hold one."""
    with pq.ParquetFile(path) as parquet:
        place = parquet.schema_arrow.get_field_index(ID_COLUMN)
        groups = [
            group
            for group in range(parquet.num_row_groups)
            if _may_hold(parquet, group, place, ids)
        ]
        columns = [ID_COLUMN, *wanted]
        table = parquet.read_row_groups(groups, columns=columns, use_threads=False)
    return table.filter(pc.is_in(table[ID_COLUMN], value_set=pa.array(ids)))


def _may_hold(parquet: pq.ParquetFile, group: int, place: int, ids: Ids) -> bool:
    statistics = parquet.metadata.row_group(group).column(place).statistics
    return statistics is None or _meets(ids, statistics.min, statistics.max)


def _meets(ids: Ids, low: int, high: int) -> bool:
    first = int(np.searchsorted(ids, low))
    return first < len(ids) and int(ids[first]) <= high


def _merge(found: Mapping[int, Known], _file: KnownFile, table: pa.Table) -> None:
    ids = table[ID_COLUMN].to_pylist()
    for name in table.column_names:
        if name == ID_COLUMN:
            continue
        for pk, value in zip(ids, table[name].to_pylist(), strict=True):
            if value is not None:
                found[pk][name] = value
