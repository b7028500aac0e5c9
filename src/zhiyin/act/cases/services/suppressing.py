"""Whoever has an open case is asked nothing else meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from zhiyin.act.cases.models import Case
from zhiyin.listen.contacts.models import SuppressionReason
from zhiyin.listen.contacts.services import (
    lift_suppression,
    suppress_customer,
    suppress_customers,
)


def leave_customers_alone(cases: Sequence[Case]) -> None:
    """Ask the customers of new cases nothing; whoever praised may be asked."""
    wanted = [
        (case, case.customer)
        for case in cases
        if case.customer is not None and case.level.needs_facts
    ]
    made = suppress_customers(
        notes=[(customer, _("Case %s") % case.number) for case, customer in wanted],
        reason=SuppressionReason.OPEN_CASE,
    )
    for (case, _customer), suppression in zip(wanted, made, strict=True):
        case.suppression = suppression


def leave_customer_alone(case: Case) -> None:
    """Ask the customer of an open case nothing; whoever praised may be asked."""
    if not (case.is_open and case.level.needs_facts):
        ask_customer_again(case)
        return
    if case.customer is None or case.suppression_id is not None:
        return
    case.suppression = suppress_customer(
        customer=case.customer,
        reason=SuppressionReason.OPEN_CASE,
        note=_("Case %s") % case.number,
    )


def ask_customer_again(case: Case) -> None:
    """Let the customer of a case that is over be asked again."""
    if case.suppression is not None:
        lift_suppression(suppression=case.suppression)
        case.suppression = None
