"""What each number of the loop report is: the one place where it is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.customers.models import PortabilityStep
from zhiyin.listen.customers.queries.portability import kinds_of

LEVEL = 0.95
REOPENED_WITHIN = dt.timedelta(days=30)
REPEATED_WITHIN = dt.timedelta(days=90)
# An answer later than this says little about the case.
ANSWERED_WITHIN = dt.timedelta(days=120)
SAVED_AFTER_DAYS = (90, 180)
# Events that say that a customer left.
LEFT_KINDS = ("order.terminated", *kinds_of(PortabilityStep.PORTED_OUT))
# About a person nothing is said from fewer cases than these.
LEAST_OF_PERSON = 30


@dataclass(frozen=True)
class Definition:
    """One number: its name and what is counted over what."""

    code: str
    name: str | Promise
    text: str | Promise
    unit: str = "share"


SHARES = (
    Definition(
        "closed_loop",
        _("Closed-loop rate"),
        _(
            "Cases closed or explained to the customer before the clock of solving ran "
            "out, over cases whose clock is over."
        ),
    ),
    Definition(
        "contact",
        _("Contact rate"),
        _("Customers reached, over cases with at least one attempt."),
    ),
    Definition(
        "contact_clock",
        _("First contact in time"),
        _("Customers reached before that clock ran out, over cases whose is over."),
    ),
    Definition(
        "resolve_clock",
        _("Solved in time"),
        _("Cases solved before that clock ran out, over cases whose is over."),
    ),
    Definition(
        "reopened",
        _("Reopened within 30 days"),
        _("Cases opened again within 30 days, over cases closed 30 days ago or more."),
    ),
    Definition(
        "repeat",
        _("Repeat detractors within 90 days"),
        _(
            "Customers who gave a detractor's score again within 90 days after the "
            "answer to their case, over those answered 90 days ago or more."
        ),
    ),
    Definition(
        "told",
        _("Customers told"),
        _("Closed cases whose customer was told what became of it, over closed cases."),
    ),
)
TIMES = (
    Definition(
        "to_contact",
        _("Time to first contact"),
        _(
            "From opening to the first contact. Cases still waiting count for as long "
            "as they have waited (Kaplan-Meier), so that slow ones are not left out."
        ),
        "hours",
    ),
    Definition(
        "to_close",
        _("Time to close"),
        _("From opening to closing; cases still open count for as long as they are."),
        "hours",
    ),
)
QUANTILES = (0.5, 0.9)
