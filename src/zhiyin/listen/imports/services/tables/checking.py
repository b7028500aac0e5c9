"""What stands in the way of importing a file of customers or events."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator

from zhiyin.listen.imports.models import (
    Import,
    ImportKind,
    ImportMapping,
    TableRole,
)
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.models.tables import REPEATABLE_ROLES
from zhiyin.listen.imports.services.checking import (
    call_record_problems,
    columns_by_name,
)
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.times import order_of


def table_problems(batch: Import, mapping: ImportMapping) -> list[ImportRefusedError]:
    """Return every reason why this mapping cannot be imported; none when it can."""
    specific = {
        ImportKind.CUSTOMERS: _customers,
        ImportKind.FEEDBACK: _feedback,
    }.get(ImportKind(batch.kind), _events)
    return [
        *_roles(mapping, needs_customer=batch.kind != ImportKind.FEEDBACK),
        *specific(batch, mapping),
        *_files(batch, mapping),
        *call_record_problems(batch),
    ]


def _roles(
    mapping: ImportMapping, *, needs_customer: bool
) -> Iterator[ImportRefusedError]:
    if needs_customer and not mapping.with_role(TableRole.CUSTOMER):
        yield ImportRefusedError("no_customer")
    for role in TableRole:
        names = [rule.name for rule in mapping.with_role(role)]
        if role not in REPEATABLE_ROLES and len(names) > 1:
            yield ImportRefusedError("role_twice", role=role.label, columns=names)


def _customers(_batch: Import, mapping: ImportMapping) -> Iterator[ImportRefusedError]:
    try:
        dt.date.fromisoformat(mapping.date)
    except ValueError:
        yield ImportRefusedError("no_date", date=mapping.date)


def _events(batch: Import, mapping: ImportMapping) -> Iterator[ImportRefusedError]:
    if not mapping.event_kind and not mapping.with_role(TableRole.EVENT_KIND):
        yield ImportRefusedError("no_event_kind")
    yield from _times(batch, mapping, TableRole.TIME)


def _feedback(batch: Import, mapping: ImportMapping) -> Iterator[ImportRefusedError]:
    if mapping.one(TableRole.TEXT) is None:
        yield ImportRefusedError("no_text")
    yield from _times(batch, mapping, TableRole.SAID_AT)


def _times(
    batch: Import, mapping: ImportMapping, role: TableRole
) -> Iterator[ImportRefusedError]:
    if mapping.time_zone not in zoneinfo.available_timezones():
        yield ImportRefusedError("no_time_zone", zone=mapping.time_zone)
    rule = mapping.one(role)
    if rule is None:
        yield ImportRefusedError("no_event_time")
        return
    column = columns_by_name(batch).get(rule.name)
    if column and not mapping.date_order and order_of(column["date_forms"]) == "?":
        yield ImportRefusedError("date_order", column=rule.name)


def _files(batch: Import, mapping: ImportMapping) -> Iterator[ImportRefusedError]:
    needed = mapping.with_role(
        TableRole.CUSTOMER, TableRole.TIME, TableRole.TEXT, TableRole.SAID_AT
    )
    for file in batch.files.all()[1:]:
        names = {plain(column["name"]) for column in file.columns}
        absent = [rule.name for rule in needed if plain(rule.name) not in names]
        if absent:
            yield ImportRefusedError("file_lacks", name=file.name, columns=absent)
