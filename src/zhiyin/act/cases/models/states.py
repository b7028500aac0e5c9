"""The states of a case and every move there is between them; nothing else decides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    NEW = "new", _("new")
    ASSIGNED = "assigned", _("assigned")
    CONTACTING = "contacting", _("contacting")
    CONTACTED = "contacted", _("contacted")
    IN_PROGRESS = "in_progress", _("in progress")
    WAITING_CUSTOMER = "waiting_customer", _("waiting for the customer")
    WAITING_DEPARTMENT = "waiting_department", _("waiting for a department")
    RESOLVED = "resolved", _("resolved")
    EXPLAINED_PENDING = "explained_pending", _("explained, not yet solved")
    VERIFIED = "verified", _("verified")
    CLOSED = "closed", _("closed")
    UNREACHABLE = "unreachable", _("could not be reached")
    MERGED = "merged", _("merged into another")
    NO_CONTACT_REQUESTED = "no_contact_requested", _("asked not to be contacted")
    REOPENED = "reopened", _("reopened")


class Outcome(models.TextChoices):
    RESOLVED = "resolved", _("solved")
    EXPLAINED = "explained", _("explained, could not be solved now")
    UNREACHABLE = "unreachable", _("could not be reached")
    NO_CONTACT = "no_contact", _("asked not to be contacted")
    DUPLICATE = "duplicate", _("duplicate")


_S = State
_WORK = {_S.IN_PROGRESS, _S.WAITING_CUSTOMER, _S.WAITING_DEPARTMENT}
_ENDS = {_S.RESOLVED, _S.EXPLAINED_PENDING}
_ASIDE = {_S.NO_CONTACT_REQUESTED, _S.MERGED}
_TALKING = {_S.CONTACTING, _S.CONTACTED}

MOVES: dict[str, frozenset[str]] = {
    _S.NEW: frozenset({_S.ASSIGNED} | _ASIDE),
    _S.ASSIGNED: frozenset(_TALKING | _WORK | _ASIDE),
    _S.CONTACTING: frozenset({_S.CONTACTED, _S.UNREACHABLE} | _WORK | _ASIDE),
    _S.CONTACTED: frozenset(_WORK | _ENDS | _ASIDE),
    _S.IN_PROGRESS: frozenset(
        {_S.CONTACTING, _S.CONTACTED, _S.UNREACHABLE, *_WORK, *_ENDS, *_ASIDE}
        - {_S.IN_PROGRESS},
    ),
    _S.WAITING_CUSTOMER: frozenset(
        {_S.CONTACTED, _S.IN_PROGRESS, _S.WAITING_DEPARTMENT, _S.UNREACHABLE}
        | _ENDS
        | _ASIDE,
    ),
    _S.WAITING_DEPARTMENT: frozenset(
        {_S.CONTACTED, _S.IN_PROGRESS, _S.WAITING_CUSTOMER} | _ENDS | _ASIDE,
    ),
    _S.RESOLVED: frozenset({_S.VERIFIED, _S.CLOSED, _S.IN_PROGRESS}),
    _S.EXPLAINED_PENDING: frozenset(
        {_S.RESOLVED, _S.VERIFIED, _S.CLOSED, _S.IN_PROGRESS},
    ),
    _S.VERIFIED: frozenset({_S.CLOSED, _S.IN_PROGRESS}),
    _S.UNREACHABLE: frozenset({_S.CLOSED} | _TALKING | _ASIDE),
    _S.NO_CONTACT_REQUESTED: frozenset({_S.CLOSED, _S.MERGED} | _WORK | _ENDS),
    _S.REOPENED: frozenset({_S.ASSIGNED} | _TALKING | _WORK | _ASIDE),
    _S.CLOSED: frozenset({_S.REOPENED}),
    _S.MERGED: frozenset(),
}
"""From each state, the states that may follow it."""

OVER = frozenset({_S.CLOSED, _S.MERGED})
"""States in which nobody has anything left to do."""

ENDED = frozenset({_S.RESOLVED, _S.EXPLAINED_PENDING, _S.VERIFIED})
"""States in which the customer has an answer, and the case waits to be closed."""

OUTCOME_OF: dict[str, str] = {
    _S.RESOLVED: Outcome.RESOLVED,
    _S.EXPLAINED_PENDING: Outcome.EXPLAINED,
    _S.UNREACHABLE: Outcome.UNREACHABLE,
    _S.NO_CONTACT_REQUESTED: Outcome.NO_CONTACT,
    _S.MERGED: Outcome.DUPLICATE,
}
"""What came of a case, by the state in which it got there."""


def may_move(given: str, to: str) -> bool:
    """Tell whether a case in one state may go to another."""
    return to in MOVES[given]


def moves_from(given: str) -> list[str]:
    """Return where a case may go from a state, in the order of the states."""
    return [state for state in State.values if state in MOVES[given]]
