"""Whom we may write to again about a question that the policy allowed already.

A reminder, or a second way after the first failed, is no new question: pauses and caps
do not apply to it. What does is the customer's wish, whatever stands against asking
them now, and the hour.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection

import numpy as np

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.contacts.queries import Rules, left_alone, policy_in_force
from zhiyin.listen.contacts.queries.rules import next_moment
from zhiyin.listen.customers.models import Customer


def next_hour(organisation: Organisation) -> dt.datetime:
    """Return the next moment outside quiet hours and holidays; now where it is one."""
    rules = Rules.of(policy_in_force(organisation).rules)
    now = clock.now()
    zone = zoneinfo.ZoneInfo(organisation.time_zone)
    name, later = next_moment(rules, now.timestamp(), zone)
    return dt.datetime.fromtimestamp(later, dt.UTC) if name else now


def may_be_asked_again(
    organisation: Organisation, customers: Collection[int]
) -> set[int]:
    """Return those who neither opted out nor are left alone for another reason."""
    asking = Customer.objects.filter(pk__in=customers, opted_out_at=None)
    ids = sorted(asking.values_list("pk", flat=True))
    if not ids:
        return set()
    rules = Rules.of(policy_in_force(organisation).rules)
    at = np.full(len(ids), clock.now().timestamp())
    reasons = left_alone(ids, ids, at, rules).tolist()
    return {one for one, reason in zip(ids, reasons, strict=True) if not reason}
