"""What one occasion, or one customer of a wave, means for a programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.common.conditions import holds
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.programs.models import FrameState, Programme
from zhiyin.listen.programs.queries.facts import event_facts
from zhiyin.listen.programs.queries.sampling import Sampling, is_sampled

TEST, STAFF, AUDIENCE = "test_number", "own_staff", "other_audience"
PILOT, CONDITION, EXCLUDED = "outside_pilot", "condition", "excluded"
SAMPLE, RESTS, TOO_LATE = "sample", "rests", "too_late"
RESERVE, QUOTA, CANCELLED = "reserve", "quota_full", "cancel_event"

REASONS: dict[str, str | Promise] = {
    TEST: _("test number"),
    STAFF: _("own staff"),
    AUDIENCE: _("another audience"),
    PILOT: _("outside the pilot"),
    CONDITION: _("the conditions do not hold"),
    EXCLUDED: _("excluded by a condition"),
    SAMPLE: _("not drawn"),
    RESTS: _("was asked in an earlier wave"),
    TOO_LATE: _("the time to answer was over"),
    RESERVE: _("in reserve"),
    QUOTA: _("the quota is full"),
    CANCELLED: _("a cancelling event came before"),
}
"""Why a programme itself does not ask somebody; the contact policy has its rules."""


@dataclass(frozen=True)
class Verdict:
    """Where a member of the frame stands at first, and why if it is not asked."""

    state: FrameState
    reason: str = ""


def is_within(path: str | None, paths: Sequence[str]) -> bool:
    """Tell whether a department lies in a subtree; where there are none all do."""
    if not paths:
        return True
    return path is not None and any(path.startswith(one) for one in paths)


def left_out(
    programme: Programme,
    customer: Customer,
    facts: Mapping[str, Any],
    *,
    path: str | None,
    pilot: Sequence[str],
) -> str:
    """Return why the programme does not ask a customer, or "".

    Numbers of tests and of the organisation's own people never count as customers,
    except where the organisation's people are the audience.
    """
    audience = Sampling.of(programme).audience
    asks_staff = audience == "employee"
    tried = (
        (TEST, customer.is_test),
        (STAFF, customer.is_staff and not asks_staff),
        (AUDIENCE, bool(audience) and customer.audience != audience),
        (PILOT, not is_within(path, pilot)),
        (CONDITION, not holds(programme.conditions, facts)),
        (
            EXCLUDED,
            bool(programme.exclusions) and holds(programme.exclusions, facts),
        ),
    )
    return next((reason for reason, is_so in tried if is_so), "")


def judge_event(
    programme: Programme,
    event: CustomerEvent,
    fields: Mapping[str, Any],
    pilot: Sequence[str],
) -> Verdict:
    """Say whether this occasion is asked about."""
    facts = event_facts(event, fields)
    department = event.department or event.customer.department
    reason = left_out(
        programme,
        event.customer,
        facts,
        path=department.path if department else None,
        pilot=pilot,
    )
    if reason:
        return Verdict(FrameState.BLOCKED, reason)
    if not is_sampled(programme, event.key, event.customer.key_hash, facts):
        return Verdict(FrameState.NOT_SAMPLED, SAMPLE)
    return Verdict(FrameState.WAITING)


def due_of(programme: Programme, occurred_at: dt.datetime) -> dt.datetime:
    """Return when somebody is asked about what happened then."""
    return occurred_at + dt.timedelta(minutes=programme.delay_minutes)


def expiry_of(programme: Programme, due_at: dt.datetime) -> dt.datetime:
    """Return until when the question still makes sense."""
    return due_at + dt.timedelta(hours=programme.expires_hours)
