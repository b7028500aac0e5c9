"""An import from the command line: the same steps, without a person at the page."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportMapping,
    MappingProfile,
    Metric,
    Role,
)
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.services.checking import columns_by_name
from zhiyin.listen.imports.services.driving import begin, drive
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.guesses import (
    apply_profile,
    guess_mapping,
    score_rule,
)
from zhiyin.listen.imports.services.profiling import look_at_import
from zhiyin.listen.imports.services.steps import save_mapping, start_import
from zhiyin.listen.imports.services.uploads import create_import, store_path

Report = Callable[[Import], None]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the caller says instead of the page; empty means as guessed.

    `columns` maps a role to the names of its columns.
    """

    profile: MappingProfile | None = None
    columns: dict[str, list[str]]
    scale: str = ""
    missing: tuple[str, ...] = ()
    date: str = ""
    settings: dict[str, Any]
    reading: dict[str, str]


def import_paths(
    *,
    organisation: Organisation,
    paths: Iterable[Path],
    wishes: Wishes,
    report: Report,
) -> Import:
    """Import files of this machine and return the import at its end.

    `report` is called after every batch of rows. Raises ImportRefusedError where a
    file or what was wished stands in the way: no answer is stored then, and the
    upload waits on the page for somebody to map it.
    """
    files = [store_path(path) for path in paths]
    batch = create_import(organisation=organisation, person=None, files=files)
    _prepare(batch, wishes)
    return run_to_end(start_import(batch=batch, by=None), report)


def run_to_end(batch: Import, report: Report) -> Import:
    """Run a queued import in this process."""
    run = begin(batch)
    if run is None:
        raise ImportRefusedError("already_started")

    def go_on() -> bool:
        report(run.batch)
        return True

    drive(run, go_on)
    batch.refresh_from_db()
    return batch


def _prepare(batch: Import, wishes: Wishes) -> None:
    for file in batch.files.all():
        file.reading = wishes.reading
        file.save(update_fields=["reading"])
    look_at_import(batch=batch)
    if batch.fault:
        raise ImportRefusedError(batch.fault["code"], **batch.fault["facts"])
    mapping = mapping_as_wished(batch, wishes)
    save_mapping(batch=batch, mapping=mapping, profile=wishes.profile)


def mapping_as_wished(batch: Import, wishes: Wishes) -> ImportMapping:
    """Return the guess, or the profile, with what was said on top of it."""
    if wishes.profile is None:
        mapping = guess_mapping(batch)
    else:
        mapping, _missing = apply_profile(batch, wishes.profile)
    mapping = replace(mapping, **wishes.settings)
    for role, names in wishes.columns.items():
        mapping = _with_role(batch, mapping, role, names)
    if wishes.scale or wishes.missing:
        mapping = _with_scale(mapping, wishes)
    if mapping.one(Role.TIME) is None:
        mapping = replace(mapping, date=wishes.date or _today(mapping))
    return mapping.settled()


def _with_role(
    batch: Import, mapping: ImportMapping, role: str, names: list[str]
) -> ImportMapping:
    """Give columns a role, and take it from those that were guessed to have it."""
    columns = columns_by_name(batch)
    known = {plain(name): name for name in columns}
    absent = [name for name in names if plain(name) not in known]
    if absent:
        raise ImportRefusedError("no_column", columns=absent, known=list(columns))
    wanted = {known[plain(name)] for name in names}
    rules = []
    for rule in mapping.columns:
        if rule.name in wanted and rule.role != role:
            is_score = role == Role.SCORE
            column = columns[rule.name]
            made = (
                score_rule(column)
                if is_score
                else ColumnRule(name=rule.name, role=role)
            )
            rules.append(replace(made, is_primary=rule.name == known[plain(names[0])]))
        elif rule.role == role and rule.name not in wanted:
            rules.append(ColumnRule(name=rule.name))
        else:
            rules.append(rule)
    return replace(mapping, columns=tuple(rules))


def _with_scale(mapping: ImportMapping, wishes: Wishes) -> ImportMapping:
    """Set the main score's scale as said: whoever writes 0-10 knows there was a 0."""
    main = mapping.primary
    if main is None:
        return mapping
    changed = replace(main, missing=wishes.missing or main.missing)
    if wishes.scale:
        changed = replace(changed, **_scale(wishes.scale))
    columns = tuple(changed if rule is main else rule for rule in mapping.columns)
    return replace(mapping, columns=columns)


def _scale(text: str) -> dict[str, Any]:
    metric = {
        metric.value.partition(":")[2]: metric
        for metric in Metric
        if metric != Metric.OTHER
    }.get(text)
    if metric is not None:
        return {"metric": metric, "has_zero": metric == Metric.NPS_0_10}
    low, dash, high = text.partition("-")
    if not (dash and low.isdecimal() and high.isdecimal()):
        raise ImportRefusedError("scale_unclear", scale=text)
    return {"metric": Metric.OTHER, "scale_min": int(low), "scale_max": int(high)}


def _today(mapping: ImportMapping) -> str:
    zone = zoneinfo.ZoneInfo(mapping.time_zone or settings.TIME_ZONE)
    return clock.now().astimezone(zone).date().isoformat()
