"""What stands in the way of a mapping, said before anything is stored."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from zhiyin.listen.customers.queries.sensitivity import CALL_RECORD
from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportMapping,
    Metric,
    Role,
)
from zhiyin.listen.imports.models.mappings import SINGLE_ROLES, plain
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.times import order_of

_LONGEST_SCALE = 100


def problems_of(batch: Import, mapping: ImportMapping) -> list[ImportRefusedError]:
    """Return every reason why this mapping cannot be imported; none when it can."""
    columns = columns_by_name(batch)
    return [
        *_role_problems(mapping),
        *_score_problems(mapping, columns),
        *_time_problems(mapping, columns),
        *_file_problems(batch, mapping),
        *call_record_problems(batch),
    ]


def call_record_problems(batch: Import) -> Iterator[ImportRefusedError]:
    """Refuse files that tell who spoke with whom: such secrets are never taken."""
    for file in batch.files.all():
        names = [
            column["name"]
            for column in file.columns
            if column.get("withheld") == CALL_RECORD
        ]
        if names:
            yield ImportRefusedError("call_record", name=file.name, columns=names)


def columns_by_name(batch: Import) -> dict[str, dict[str, Any]]:
    """Return what was found out about each column of the first file."""
    file = batch.files.first()
    return {column["name"]: column for column in file.columns} if file else {}


def _role_problems(mapping: ImportMapping) -> Iterator[ImportRefusedError]:
    if not mapping.scores:
        yield ImportRefusedError("no_score")
    for role in SINGLE_ROLES:
        names = [rule.name for rule in mapping.with_role(role)]
        if len(names) > 1:
            yield ImportRefusedError("role_twice", role=role, columns=names)
    used = Counter(rule.name for rule in mapping.columns if rule.role != Role.IGNORE)
    for name, times in used.items():
        if times > 1:
            yield ImportRefusedError("column_twice", column=name)


def _score_problems(
    mapping: ImportMapping, columns: Mapping[str, Mapping[str, Any]]
) -> Iterator[ImportRefusedError]:
    for rule in mapping.scores:
        if rule.metric not in Metric.values:
            yield ImportRefusedError("no_metric", column=rule.name)
            continue
        low, high = rule.scale()
        if not -_LONGEST_SCALE <= low < high <= _LONGEST_SCALE:
            yield ImportRefusedError(
                "no_scale", column=rule.name, minimum=low, maximum=high
            )
        if rule.metric == Metric.NPS_0_10 and refuses_nps(rule, columns.get(rule.name)):
            filled = columns[rule.name]["filled"]
            yield ImportRefusedError("one_to_ten", column=rule.name, n=filled)


def refuses_nps(rule: ColumnRule, column: Mapping[str, Any] | None) -> bool:
    """Tell whether a column's answers are 1-10, which is satisfaction and not NPS.

    Somebody who knows that a 0 was on the scale, though nobody chose it, can say so.
    """
    scale = column["scale"] if column else None
    is_one_to_ten = bool(scale and scale["one_to_ten"])
    return is_one_to_ten and not rule.has_zero and not rule.labels


def _time_problems(
    mapping: ImportMapping, columns: Mapping[str, Mapping[str, Any]]
) -> Iterator[ImportRefusedError]:
    if mapping.time_zone not in zoneinfo.available_timezones():
        yield ImportRefusedError("no_time_zone", zone=mapping.time_zone)
    rule = mapping.one(Role.TIME)
    if rule is None:
        yield from _date_problems(mapping)
        return
    column = columns.get(rule.name)
    if column and not mapping.date_order and order_of(column["date_forms"]) == "?":
        yield ImportRefusedError("date_order", column=rule.name)


def _date_problems(mapping: ImportMapping) -> Iterator[ImportRefusedError]:
    if not mapping.date:
        yield ImportRefusedError("no_time")
        return
    try:
        dt.date.fromisoformat(mapping.date)
    except ValueError:
        yield ImportRefusedError("no_date", date=mapping.date)


def _file_problems(
    batch: Import, mapping: ImportMapping
) -> Iterator[ImportRefusedError]:
    """Refuse further files without a needed column; others are blank there."""
    needed = [
        rule for rule in (mapping.primary, mapping.one(Role.TIME)) if rule is not None
    ]
    for file in batch.files.all()[1:]:
        names = {plain(column["name"]) for column in file.columns}
        absent = [rule.name for rule in needed if plain(rule.name) not in names]
        if absent:
            yield ImportRefusedError("file_lacks", name=file.name, columns=absent)
