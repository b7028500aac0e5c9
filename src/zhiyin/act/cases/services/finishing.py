"""Opening by hand and closing at once, as the forms of pages give it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, Cause
from zhiyin.act.cases.services.answering import Facts, close_case, record_causes
from zhiyin.act.cases.services.opening import Matter, open_case
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import get_or_create_customer


@transaction.atomic
def close_with_cause(
    *, case: Case, by: Person, cause: Cause, version: int | None = None, **facts: Any
) -> Case:
    """Record the primary cause and the facts and close; all of it or nothing."""
    kept = list(case.causes.select_related("cause"))
    primary = next((one.cause for one in kept if one.is_primary), None)
    if primary != cause:
        others = [one.cause for one in kept if not one.is_primary]
        record_causes(case=case, by=by, causes=others, primary=cause, version=version)
        version = case.version
    return close_case(case=case, by=by, facts=Facts(**facts), version=version)


@transaction.atomic
def open_by_hand(
    *, by: Person, customer: Customer | None, customer_key: str = "", **matter: Any
) -> Case:
    """Open a case for a customer, known or named by a number."""
    if customer is None:
        try:
            customer = get_or_create_customer(
                organisation=by.organisation, key=customer_key.replace("\x00", "")
            )
        except ValueError as error:
            raise ValidationError(str(error)) from error
    return open_case(
        organisation=by.organisation,
        by=by,
        matter=Matter(customer=customer, **matter),
    )
