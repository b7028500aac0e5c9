"""Showing a customer's key in clear: for a reason, and never unseen."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.services import record
from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.customers.queries import fields_known
from zhiyin.listen.customers.services.keys import decrypt_key

SHORTEST_REASON = 4


class RevealRefusedError(ValueError):
    """The key stays masked; the message says why."""


@transaction.atomic
def reveal_customer(*, customer: Customer, by: Person, reason: str) -> str:
    """Return the customer's key in clear and record who saw it and why.

    Raises RevealRefusedError without the permission, without a reason, and for a
    customer who was erased.
    """
    _check(by, reason)
    if not customer.key_encrypted:
        raise RevealRefusedError(_("This customer was erased; only a hash is left."))
    key = decrypt_key(customer.key_encrypted)
    record(
        action="customer.revealed",
        actor=by,
        target=customer,
        reason=reason.strip()[:300],
    )
    return key


@transaction.atomic
def reveal_contact_point(*, point: ContactPoint, by: Person, reason: str) -> str:
    """Return an address in clear and record who saw it and why.

    Raises RevealRefusedError without the permission or without a reason.
    """
    _check(by, reason)
    address = point.address
    record(
        action="contact_point.revealed",
        actor=by,
        target=point,
        reason=reason.strip()[:300],
    )
    return address


@transaction.atomic
def reveal_words(*, target: models.Model, words: str, by: Person, reason: str) -> str:
    """Return words with the numbers in them, and record who read them and why.

    `target` is the row they belong to. Raises RevealRefusedError without the
    permission or without a reason.
    """
    _check(by, reason)
    record(
        action="words.revealed", actor=by, target=target, reason=reason.strip()[:300]
    )
    return words


@transaction.atomic
def reveal_field(*, customer: Customer, code: str, by: Person, reason: str) -> str:
    """Return a sensitive value of a customer and record who saw it and why.

    Raises RevealRefusedError without the permission, without a reason, and for what
    is not known or not to be shown.
    """
    _check(by, reason)
    found = next((each for each in fields_known(customer) if each.code == code), None)
    if found is None:
        raise RevealRefusedError(_("Nothing of this kind is known of the customer."))
    record(
        action="field.revealed",
        actor=by,
        target=customer,
        reason=reason.strip()[:300],
        field=code,
    )
    return str(found.value)


def _check(by: Person, reason: str) -> None:
    if not by.may(Permission.REVEAL_PERSONAL_DATA):
        raise RevealRefusedError(_("Your role may not see personal data in clear."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise RevealRefusedError(
            _("Give a reason of at least %(count)s characters; it is recorded.")
            % {"count": SHORTEST_REASON},
        )
