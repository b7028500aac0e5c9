"""The levels, rules, causes and scripts an organisation begins with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import (
    CaseLevel,
    CaseSettings,
    Cause,
    PriorityRule,
    Script,
)
from zhiyin.act.clocks.models import Counts

FOLDER = Path(__file__).resolve().parent.parent / "standard"
LANGUAGES = ("zh-hans", "zh-hant", "en")
RATIONAL = "rational"


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def _names(texts: list[str]) -> dict[str, str]:
    return dict(zip(LANGUAGES, texts, strict=True))


@transaction.atomic
def load_defaults(*, organisation: Organisation, by: Person | None = None) -> int:
    """Give an organisation what it has none of yet; return how many rows were made.

    What is there already is never changed, so that it can be called at any time.
    """
    # Holding the organisation's row makes two who load wait for each other.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not CaseSettings.objects.of(organisation).exists():
        CaseSettings.objects.create(organisation=organisation)
    made = _add_levels(organisation) + _add_causes(organisation)
    if not PriorityRule.objects.of(organisation).exists():
        made += _add_rules(organisation)
    if not Script.objects.of(organisation).exists():
        made += _add_scripts(organisation)
    if made:
        record(
            action="case_rules.loaded", actor=by, organisation=organisation, rows=made
        )
    return made


def _add_levels(organisation: Organisation) -> int:
    known = set(CaseLevel.objects.of(organisation).values_list("code", flat=True))
    if known:
        return 0
    rows = [
        CaseLevel(
            organisation=organisation,
            code=row["code"],
            name=row["name"],
            order=place,
            acknowledge_minutes=row.get("acknowledge"),
            contact_minutes=row.get("contact"),
            contact_counts=row.get("contact_counts", Counts.CALENDAR),
            resolve_minutes=row.get("resolve"),
            escalate_to=row.get("to", ""),
            escalate_late_to=row.get("late_to", ""),
            needs_facts=row.get("needs_facts", True),
        )
        for place, row in enumerate(_read("rules.yaml")["levels"])
    ]
    return len(CaseLevel.objects.bulk_create(rows))


def _add_rules(organisation: Organisation) -> int:
    levels = {level.code: level for level in CaseLevel.objects.of(organisation)}
    rows = [
        PriorityRule(
            organisation=organisation,
            name=row["name"],
            order=place * 10,
            condition=row["condition"],
            level=levels.get(row.get("level", "")),
            raises=row.get("raises", False),
        )
        for place, row in enumerate(_read("rules.yaml")["rules"])
        if row.get("raises") or row.get("level") in levels
    ]
    return len(PriorityRule.objects.bulk_create(rows))


def _add_scripts(organisation: Organisation) -> int:
    rows = [
        Script(
            organisation=organisation,
            need_type=row["need"],
            title=_names(row["title"]),
            text=_names(row["text"]),
            order=place,
        )
        for place, row in enumerate(_read("rules.yaml")["scripts"])
    ]
    return len(Script.objects.bulk_create(rows))


def _add_causes(organisation: Organisation) -> int:
    """Add the trees, level by level, because a child names its parent's row."""
    if Cause.objects.of(organisation).exists():
        return 0
    fields = _read("causes.yaml")
    roots = [
        _cause(organisation, field["code"], field, field, None, (1, place))
        for place, field in enumerate(fields)
    ]
    parents = dict(
        zip((f["code"] for f in fields), Cause.objects.bulk_create(roots), strict=True)
    )
    groups, leaves = [], []
    for field in fields:
        for number, group in enumerate(field["groups"], start=1):
            code = f"{field['code']}-{number:02}"
            parent = parents[field["code"]]
            groups.append(_cause(organisation, code, group, field, parent, (2, number)))
            for last, given in enumerate(group["leaves"], start=1):
                leaf = given if isinstance(given, dict) else {"names": given}
                kept = {**group, "out": False, **leaf}
                leaves.append((code, f"{code}-{last:02}", kept, field, last))
    made = {each.code: each for each in Cause.objects.bulk_create(groups)}
    Cause.objects.bulk_create(
        _cause(organisation, own, kept, field, made[code], (3, last))
        for code, own, kept, field, last in leaves
    )
    return len(roots) + len(groups) + len(leaves)


def _cause(
    organisation: Organisation,
    code: str,
    row: dict[str, Any],
    field: dict[str, Any],
    parent: Cause | None,
    place: tuple[int, int],
) -> Cause:
    level, order = place
    return Cause(
        organisation=organisation,
        parent=parent,
        code=code,
        names=_names(row["names"]),
        level=level,
        order=order,
        owner_hint=field["owner"],
        days=row.get("days"),
        playbook=row.get("play", ""),
        is_controllable=not row.get("out", False),
        need_hint=row.get("need", RATIONAL) if level > 1 else "",
        miit_class=field["miit"],
    )
