"""Who is too young to be asked: found by the age that files tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from zhiyin.common import clock
from zhiyin.listen.contacts.models import Suppression, SuppressionReason
from zhiyin.listen.contacts.queries import in_force
from zhiyin.listen.contacts.services.policy import lift_suppression, suppress_customer
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import jurisdiction_of
from zhiyin.listen.customers.queries.contact import in_pieces

BY_AGE = "age"
_DAYS_A_YEAR = 365.25
_LONGEST_LIFE = 130


def age_told(value: object) -> float | None:
    """Return an age in years from an age, a year or a day of birth; None otherwise."""
    text = str(value or "").strip()
    today = clock.now().date()
    try:
        number = float(text)
    except ValueError:
        number = _years_since(text.replace("/", "-")[:10], today)
    else:
        if number > _LONGEST_LIFE:
            whole = str(int(number))
            day = f"{whole[:4]}-{whole[4:6]}-{whole[6:8]}"
            number = (
                _years_since(day, today)
                if len(whole) == len("20260101")
                else today.year - number
            )
    return number if 0 <= number <= _LONGEST_LIFE else None


def _years_since(day: str, today: dt.date) -> float:
    try:
        return (today - dt.date.fromisoformat(day)).days / _DAYS_A_YEAR
    except ValueError:
        return -1.0


def leave_minors_alone(
    *, organisation_id: int, ages: Iterable[tuple[int, object]]
) -> int:
    """Leave customers below the age of the law alone, and no longer those above it.

    What a person entered by hand, such as a guardian's consent by lifting the entry,
    is not undone: a minor once lifted is not suppressed again.
    """
    limit = jurisdiction_of(organisation_id).minor_age
    known = {pk: age for pk, told in ages if (age := age_told(told)) is not None}
    young = {pk for pk, age in known.items() if age < limit}
    count = 0
    for piece in in_pieces(known):
        told = Suppression.objects.filter(
            customer_id__in=piece, reason=SuppressionReason.MINOR, note=BY_AGE
        )
        ever = set(told.values_list("customer_id", flat=True))
        fresh = [pk for pk in piece if pk in young and pk not in ever]
        for customer in Customer.objects.filter(pk__in=fresh):
            suppress_customer(
                customer=customer, reason=SuppressionReason.MINOR, note=BY_AGE
            )
            count += 1
        grown = [pk for pk in piece if pk not in young]
        for entry in told.filter(in_force(clock.now()), customer_id__in=grown):
            lift_suppression(suppression=entry)
    return count


def minor_refusal(customer_ids: Iterable[int]) -> bool:
    """Tell whether one of the receivers is too young for surveys and marketing."""
    return Suppression.objects.filter(
        in_force(clock.now()),
        customer_id__in=list(customer_ids),
        reason=SuppressionReason.MINOR,
    ).exists()
