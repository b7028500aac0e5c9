"""Erasing an answer for good, with what is known of the customer behind it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import erase_customer
from zhiyin.listen.programs.models import Invitation
from zhiyin.listen.responses.models import Response

SHORTEST_REASON = 4


class ErasureRefusedError(ValueError):
    """The answer stays; the message says why."""


def _close(invitations: QuerySet[Invitation]) -> None:
    """Empty the invitations, and let nobody answer through them again."""
    invitations.update(attributes={}, expires_at=clock.now())


@transaction.atomic
def erase_response(*, response: Response, by: Person, reason: str) -> None:
    """Delete an answer with all its parts; the database notes the bare id.

    The note (see `ErasedResponse`) carries the erasure to the lake. The customer is
    erased too unless she has other answers. What remains is that somebody erased
    something, and why. Raises ErasureRefusedError without permission or reason.
    """
    if not by.may(Permission.ERASE_RESPONSES):
        raise ErasureRefusedError(_("Your role may not erase answers."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise ErasureRefusedError(
            _("Give a reason of at least %(count)s characters; it is recorded.")
            % {"count": SHORTEST_REASON},
        )
    record(
        action="response.erased",
        actor=by,
        target=response,
        reason=reason.strip()[:300],
    )
    customer = response.customer
    if response.invitation_id is not None:
        _close(Invitation.objects.filter(pk=response.invitation_id))
    response.delete()
    if customer is not None and not _answers_left(customer):
        _close(Invitation.objects.filter(customer=customer))
        erase_customer(customer=customer)


def _answers_left(customer: Customer) -> bool:
    return Response.objects.filter(customer=customer).exists()
