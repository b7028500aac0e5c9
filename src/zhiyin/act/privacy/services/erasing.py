"""Erasing a customer from every place, with a proof of it.

The customer's no takes effect in the transaction of the order; the rest is done by the
worker, one place at a time, and every step can be done twice. The work is over when
no file holds the customer any more: neither the lake, nor what files told, nor the
journal of the database.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhiyin.accounts.models import ExportRecord, Permission, Person
from zhiyin.accounts.services import record
from zhiyin.act.privacy.models import (
    Erasure,
    ErasureState,
    ErasureStep,
    RequestKind,
    RequestState,
    SubjectRequest,
)
from zhiyin.act.privacy.queries.leftovers import leftovers
from zhiyin.act.privacy.services.holdings import empty_request
from zhiyin.act.privacy.services.requests import request_by_colleague, settings_of
from zhiyin.act.privacy.services.stopping import stop_everything
from zhiyin.analyze.lake.services import clean_until, latest_change
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt
from zhiyin.listen.contacts.models import Suppression, SuppressionReason
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    DataSubject,
    Ordered,
    TryAgainError,
    Wish,
    places,
    subject_of,
)
from zhiyin.listen.responses.services.holdings import words_of

CLAIM_HOLDS = dt.timedelta(minutes=10)
_EXPORTS_AT_ONCE = 500
LOOK_AGAIN = dt.timedelta(seconds=20)
OPEN = (ErasureState.WAITING, ErasureState.ERASING, ErasureState.SETTLING)


class ErasureBlockedError(ValueError):
    """The data stays; the message says why."""


def hold_on(customer: Customer) -> Suppression | None:
    """Return the legal hold that forbids erasing this customer, if there is one."""
    now = clock.now()
    rows = Suppression.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        customer=customer,
        reason=SuppressionReason.LEGAL_HOLD,
        starts_at__lte=now,
    )
    return rows.first()


def why_not(request: SubjectRequest) -> str:
    """Return why a request cannot be erased now, in words, or ""."""
    if request.kind != RequestKind.DELETE:
        return _("This request does not ask for deletion.")
    if request.is_closed:
        return _("This request is closed.")
    if request.identified_at is None:
        return _("Check and record first who is asking.")
    customer = request.customer
    if customer is None or not customer.key_encrypted:
        return _("Say first which customer this is about.")
    hold = hold_on(customer)
    if hold is not None:
        return _("A legal hold forbids it: %(note)s") % {"note": hold.note or "-"}
    return ""


@transaction.atomic
def start_erasure(
    *, request: SubjectRequest, by: Person, keeps_scores: bool
) -> Erasure:
    """Order the erasure of a customer; from here on nothing is sent to them.

    Raises ErasureBlockedError without permission, for an unidentified person, an
    unknown customer, and under a legal hold.
    """
    if not by.may(Permission.MANAGE_PRIVACY):
        raise ErasureBlockedError(_("Your role does not include this."))
    return _begin(request, by, keeps_scores=keeps_scores)


@transaction.atomic
def order_erasure(customer: Customer, by: Person, reason: str) -> Ordered:
    """Erase a customer from every place at a colleague's order, as the desk does.

    The order is a request of its own, so that its proof stands where the others do.
    Raises ErasureBlockedError without permission, without a reason, under a legal hold.
    """
    may = by.may(Permission.ERASE_RESPONSES) or by.may(Permission.MANAGE_PRIVACY)
    if not may:
        raise ErasureBlockedError(_("Your role does not include this."))
    rows = Erasure.objects.filter(customer_number=customer.pk, state__in=OPEN)
    made = rows.exclude(request=None).first()
    if made is None:
        request = request_by_colleague(customer=customer, by=by, reason=reason)
        setting = settings_of(customer.organisation_id)
        made = _begin(request, by, keeps_scores=setting.keeps_scores)
    return Ordered(made.pk, reverse("privacy-proof", args=[made.request_id]))


def _begin(request: SubjectRequest, by: Person, *, keeps_scores: bool) -> Erasure:
    request = SubjectRequest.objects.select_for_update().get(pk=request.pk)
    refusal = why_not(request)
    if refusal:
        raise ErasureBlockedError(refusal)
    customer = request.customer
    if customer is None:
        raise ErasureBlockedError(refusal)
    found = subject_of(customer)
    words = tuple(each[:500] for each in words_of(found))
    subject = DataSubject(**{**vars(found), "words": words})
    stop_everything(customer=customer, subject=subject, by=by, for_good=True)
    made, is_new = Erasure.objects.get_or_create(
        request=request,
        defaults={
            "organisation_id": request.organisation_id,
            "customer_number": customer.pk,
            "subject_encrypted": encrypt(subject.to_json()),
            "keeps_scores": keeps_scores,
            "ordered_by": by,
            "ordered_at": clock.now(),
        },
    )
    if is_new:
        ErasureStep.objects.bulk_create(
            ErasureStep(erasure=made, position=position, place=place.name)
            for position, place in enumerate(places())
        )
        request.state = RequestState.WORKING
        request.save(update_fields=["state"])
        record(
            action="erasure.ordered",
            actor=by,
            target=made,
            request=request.pk,
            keeps_scores=keeps_scores,
        )
    return made


def work_next() -> bool:
    """Do one step of one erasure; False when none can be done now."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_HOLDS)
    ready = Q(next_look_at=None) | Q(next_look_at__lte=now)
    rows = Erasure.objects.filter(free, ready, state__in=OPEN)
    erasure = rows.order_by("pk").first()
    if erasure is None:
        return False
    mine = Erasure.objects.filter(free, pk=erasure.pk)
    if not mine.update(claimed_at=now):
        return True
    try:
        return _settle(erasure) if _is_erased(erasure) else _erase_next(erasure)
    finally:
        Erasure.objects.filter(pk=erasure.pk).update(claimed_at=None)


def _is_erased(erasure: Erasure) -> bool:
    return erasure.state == ErasureState.SETTLING


def _erase_next(erasure: Erasure) -> bool:
    """Erase one place; the last one lets the files be waited for."""
    known = {place.name: place for place in places()}
    step = erasure.steps.filter(done_at=None, place__in=known).first()
    if step is None:
        erasure.state = ErasureState.SETTLING
        erasure.change = latest_change(erasure.organisation_id)
        erasure.save(update_fields=["state", "change"])
        return True
    try:
        with transaction.atomic():
            wish = Wish(keeps_scores=erasure.keeps_scores)
            step.erased += known[step.place].erase(erasure.subject, wish)
            step.done_at = clock.now()
            step.save(update_fields=["erased", "done_at"])
    except TryAgainError as error:
        return _wait(erasure, str(error))
    erasure.state, erasure.waits_for = ErasureState.ERASING, ""
    erasure.save(update_fields=["state", "waits_for"])
    return True


def _wait(erasure: Erasure, for_what: str) -> bool:
    erasure.waits_for = for_what[:200]
    erasure.next_look_at = clock.now() + LOOK_AGAIN
    erasure.save(update_fields=["waits_for", "next_look_at"])
    return False


def _settle(erasure: Erasure) -> bool:
    """Finish when no file holds the customer; look again a little later if not."""
    owner, number = erasure.organisation_id, erasure.customer_number
    for place in places():
        if place.is_gone is not None and not place.is_gone(owner, number):
            return _wait(erasure, place.name)
    reached = clean_until(owner)
    if reached < erasure.change:
        return _wait(erasure, "lake")
    if not _journal_is_empty():
        return _wait(erasure, "journal")
    _finish(erasure, reached)
    return True


def _journal_is_empty() -> bool:
    """Write SQLite's journal into the file and empty it; False while it is read.

    Deleted rows are overwritten in the file at once (secure_delete); what is left is
    the journal, in which their last version may stand. Another database's vacuum does
    the same in its own time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (is_busy, *_rest) = cursor.fetchone()
    return not is_busy


@transaction.atomic
def _finish(erasure: Erasure, reached: int) -> None:
    subject = erasure.subject
    now = clock.now()
    erasure.leftovers = leftovers(
        erasure.organisation_id, [*subject.traces, *subject.words]
    )
    erasure.exports = _exports_with(erasure)
    erasure.clean_until = reached
    erasure.subject_encrypted = b""
    erasure.state, erasure.waits_for = ErasureState.DONE, ""
    erasure.finished_at = now
    erasure.save()
    request = erasure.request
    if request is not None:
        empty_request(request)
        request.state, request.closed_at = RequestState.ANSWERED, now
        request.closed_by = erasure.ordered_by
        request.outcome = _("The data was erased.")
        request.save(update_fields=["state", "closed_at", "closed_by", "outcome"])
    record(
        action="erasure.finished",
        target=erasure,
        organisation=erasure.organisation_id,
        erased=sum(step.erased for step in erasure.steps.all()),
        leftovers=sum(erasure.leftovers.values()),
    )


def _exports_with(erasure: Erasure) -> list[dict[str, str]]:
    """Mark and return the files that left the house with this customer inside."""
    rows = ExportRecord.objects.of(erasure.organisation_id).select_related("by")
    held = [
        row
        for row in rows.iterator(chunk_size=200)
        if row.holds(erasure.customer_number)
    ]
    numbers = [row.pk for row in held]
    for start in range(0, len(numbers), _EXPORTS_AT_ONCE):
        piece = rows.filter(pk__in=numbers[start : start + _EXPORTS_AT_ONCE])
        piece.filter(recalled_at=None).update(recalled_at=clock.now())
    return [
        {
            "number": row.number,
            "at": row.at.isoformat(timespec="seconds"),
            "by": str(row.by),
            "recipient": row.recipient,
            "purpose": row.purpose,
        }
        for row in held
    ]


WAITS_FOR = {
    "lake": gettext_noop("files for analysis that queries may still be reading"),
    "journal": gettext_noop("the database's journal"),
}
