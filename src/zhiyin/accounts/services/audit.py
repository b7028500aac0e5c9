"""The audit log: every write, and every reveal of personal data.

A request opens a scope that knows who acts and from where; services call `record`
in the words of the domain, and the scope counts what they left.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise

from zhiyin.accounts.models import AuditEntry, Organisation, Person
from zhiyin.common import clock

# What people read instead of an action's code; every app adds its own.
_labels: dict[str, str | Promise] = {}


@dataclass
class _Scope:
    actor: Person | None
    address: str | None
    recorded: int = 0


_scope: ContextVar[_Scope | None] = ContextVar("audit_scope", default=None)


def name_actions(labels: dict[str, str | Promise]) -> None:
    """Tell how actions are called on the audit page; for `AppConfig.ready`."""
    _labels.update(labels)


def action_label(action: str) -> str:
    """Return an action in words, or its code where nobody named it."""
    return str(_labels.get(action, action))


def begin_audit(request: HttpRequest, address: str | None) -> Token[_Scope | None]:
    """Remember who acts for the rest of this request."""
    person = request.user if request.user.is_authenticated else None
    return _scope.set(_Scope(person, address))


def act_as(person: Person) -> None:
    """Name the actor of a request that logged in without a session."""
    scope = _scope.get()
    if scope:
        scope.actor = person


def recorded_so_far() -> int:
    """Return how many entries this request has left."""
    scope = _scope.get()
    return scope.recorded if scope else 0


def finish_audit(token: Token[_Scope | None]) -> None:
    """Forget the actor."""
    _scope.reset(token)


def record(
    *,
    action: str,
    organisation: Organisation | int | None = None,
    actor: Person | None = None,
    target: models.Model | None = None,
    reason: str = "",
    **detail: Any,
) -> AuditEntry | None:
    """Write one audit entry; the actor is the request's unless named.

    `action` is `noun.verb` in the past tense, such as `import.undone`. Without an
    organisation (nobody is logged in and none was named) nothing can be recorded.
    """
    who = actor or _actor()
    owner = _owner(organisation, target, who)
    if owner is None:
        return None
    entry = _entry(owner, who, action, target)
    entry.reason, entry.detail = reason[:300], detail
    entry.save()
    _count(1)
    return entry


def record_many(
    *,
    action: str,
    targets: Iterable[models.Model],
    actor: Person | None = None,
    reason: str = "",
    **detail: Any,
) -> int:
    """Write an audit entry of each of several things that one action was done to."""
    who = actor or _actor()
    entries = []
    for target in targets:
        owner = _owner(None, target, who)
        if owner is not None:
            entry = _entry(owner, who, action, target)
            entry.reason, entry.detail = reason[:300], detail
            entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
    _count(len(entries))
    return len(entries)


def _actor() -> Person | None:
    scope = _scope.get()
    return scope.actor if scope else None


def _count(number: int) -> None:
    scope = _scope.get()
    if scope:
        scope.recorded += number


def _entry(
    organisation_id: int,
    who: Person | None,
    action: str,
    target: models.Model | None,
) -> AuditEntry:
    scope = _scope.get()
    return AuditEntry(
        organisation_id=organisation_id,
        at=clock.now(),
        actor=who,
        actor_name=str(who or ""),
        action=action,
        object_type=target._meta.label if target is not None else "",  # noqa: SLF001
        object_id=str(target.pk) if target is not None else "",
        object_name=str(target)[:200] if target is not None else "",
        address=scope.address if scope else None,
    )


def _owner(
    organisation: Organisation | int | None,
    target: models.Model | None,
    who: Person | None,
) -> int | None:
    if isinstance(organisation, Organisation):
        return organisation.pk
    if organisation is not None:
        return organisation
    if isinstance(target, Organisation):
        return target.pk
    owner: int | None = getattr(target, "organisation_id", None)
    if owner is None and who is not None:
        owner = who.organisation_id
    return owner


def record_request(request: HttpRequest) -> None:
    """Record a write that no service named, by its address."""
    person = request.user if request.user.is_authenticated else None
    scope = _scope.get()
    who = person or (scope.actor if scope else None)
    if who is None:
        return
    match = request.resolver_match
    record(
        action="page.submitted",
        actor=who,
        address_name=match.view_name if match else request.path,
        method=request.method,
    )
