"""The audit log, narrowed by person, action, object and period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q, QuerySet

from zhiyin.accounts.models import AuditEntry, Person


@dataclass(frozen=True)
class AuditFilter:
    """What the log is narrowed to; an empty field narrows nothing."""

    actor: Person | None = None
    action: str = ""
    object_type: str = ""
    search: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def audit_entries(person: Person, narrowed: AuditFilter) -> QuerySet[AuditEntry]:
    """Return the organisation's entries, newest first."""
    entries = AuditEntry.objects.visible_to(person).select_related("actor")
    exact = {
        "actor": narrowed.actor,
        "action": narrowed.action,
        "object_type": narrowed.object_type,
        "at__gte": narrowed.since,
        "at__lt": narrowed.until,
    }
    entries = entries.filter(**{name: each for name, each in exact.items() if each})
    if narrowed.search:
        entries = entries.filter(
            Q(object_name__icontains=narrowed.search)
            | Q(reason__icontains=narrowed.search),
        )
    return entries


def audit_actions(person: Person) -> list[str]:
    """Return the actions that stand in the organisation's log."""
    return _values(person, "action")


def audit_object_types(person: Person) -> list[str]:
    """Return the kinds of objects that stand in the organisation's log."""
    return [kind for kind in _values(person, "object_type") if kind]


def _values(person: Person, column: str) -> list[str]:
    entries = AuditEntry.objects.visible_to(person).order_by(column)
    return list(entries.values_list(column, flat=True).distinct())


def object_label(kind: str) -> str:
    """Return a kind of object in words, such as "department"."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name)  # noqa: SLF001
    except (LookupError, ValueError):
        return kind
