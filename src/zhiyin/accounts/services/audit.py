"""Writes of accounts; first of all, the audit log."""

from __future__ import annotations

from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest

from zhiyin.accounts.models import AuditEntry, Organisation, Person
from zhiyin.common import clock


@dataclass
class _Scope:
    actor: Person | None
    address: str | None
    recorded: int = 0


_scope: ContextVar[_Scope | None] = ContextVar("audit_scope", default=None)


def begin_audit(request: HttpRequest) -> Token[_Scope | None]:
    """Remember who acts for the rest of this request."""
    person = request.user if request.user.is_authenticated else None
    return _scope.set(_Scope(person, request.META.get("REMOTE_ADDR")))


def finish_audit(token: Token[_Scope | None]) -> int:
    """Forget the actor; return how many entries the request left."""
    scope = _scope.get()
    _scope.reset(token)
    return scope.recorded if scope else 0


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
    scope = _scope.get()
    who = actor or (scope.actor if scope else None)
    owner = organisation or getattr(target, "organisation_id", None)
    if owner is None and who is not None:
        owner = who.organisation_id
    if owner is None:
        return None
    if scope:
        scope.recorded += 1
    return AuditEntry.objects.create(
        organisation_id=owner.pk if isinstance(owner, Organisation) else owner,
        at=clock.now(),
        actor=who,
        actor_name=str(who or ""),
        action=action,
        object_type=target._meta.label if target is not None else "",  # noqa: SLF001
        object_id=str(target.pk) if target is not None else "",
        object_name=str(target)[:200] if target is not None else "",
        reason=reason,
        detail=detail,
        address=scope.address if scope else None,
    )


def record_request(request: HttpRequest) -> None:
    """Record a write that no service named, by its address."""
    if not request.user.is_authenticated:
        return
    match = request.resolver_match
    record(
        action="page.submitted",
        actor=request.user,
        address_name=match.view_name if match else request.path,
    )
