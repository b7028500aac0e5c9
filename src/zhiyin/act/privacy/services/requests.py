"""The steps of a data subject's request: received, identified, worked on, closed."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.privacy.models import (
    CLOSED,
    PrivacySetting,
    RequestKind,
    RequestNote,
    RequestState,
    RequestWay,
    SubjectRequest,
)
from zhiyin.act.privacy.services.stopping import stop_everything
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt, keyed_hash, mask, one_spelling
from zhiyin.listen.customers.models import (
    AnswerUnit,
    ConsentState,
    Customer,
    Purpose,
)
from zhiyin.listen.customers.queries import customers_at, jurisdiction_of
from zhiyin.listen.customers.services import Proof, record_consent, subject_of

SHORTEST_REASON = 4


class RequestRefusedError(ValueError):
    """The step cannot be taken; the message says why."""


@dataclass(frozen=True)
class NewRequest:
    """A request as it came: by key or address of a customer, and in whose words."""

    kind: str
    way: str = RequestWay.PHONE
    key: str = ""
    contact: str = ""
    words: str = ""
    received_at: dt.datetime | None = None


def settings_of(organisation: Organisation | int) -> PrivacySetting:
    """Return the organisation's settings; unsaved ones before any."""
    pk = organisation if isinstance(organisation, int) else organisation.pk
    found = PrivacySetting.objects.of(pk).first()
    return found or PrivacySetting(organisation_id=pk)


@transaction.atomic
def save_settings(*, setting: PrivacySetting, by: Person) -> None:
    """Keep how the organisation answers."""
    setting.save()
    record(
        action="privacy_settings.changed",
        actor=by,
        target=setting,
        answer_days=setting.answer_days,
        keeps_scores=setting.keeps_scores,
        is_form_open=setting.is_form_open,
        purges_nightly=setting.purges_nightly,
    )


def customer_named(organisation_id: int, *texts: str) -> Customer | None:
    """Return the one customer a key or an address names; None for none or several."""
    hashes = [keyed_hash(organisation_id, one_spelling(each)) for each in texts if each]
    found = customers_at(organisation_id, hashes)
    people = {pk for each in found.values() for pk in each}
    if len(people) != 1:
        return None
    row = Customer.objects.exclude(key_encrypted=b"").filter(pk__in=people)
    return row.first()


@transaction.atomic
def receive_request(
    *, organisation: Organisation, given: NewRequest, by: Person | None = None
) -> SubjectRequest:
    """Write a request down; its clock runs from when it came.

    A wish for no more messages takes effect once the person is identified.
    """
    received = given.received_at or clock.now()
    contact = one_spelling(given.contact) if given.contact else ""
    made = SubjectRequest.objects.create(
        organisation=organisation,
        kind=RequestKind(given.kind),
        way=RequestWay(given.way),
        customer=customer_named(organisation.pk, given.key)
        or customer_named(organisation.pk, contact),
        contact_encrypted=encrypt(contact) if contact else b"",
        contact_masked=mask(contact) if contact else "",
        words_encrypted=encrypt(given.words) if given.words else b"",
        received_at=received,
        due_at=due_of(organisation, given.kind, received),
        owner=by,
    )
    _note(made, by, step=RequestState.RECEIVED)
    record(
        action="privacy_request.received",
        target=made,
        organisation=organisation,
        actor=by,
        kind=made.kind,
        way=made.way,
    )
    return made


def due_of(organisation: Organisation, kind: str, received: dt.datetime) -> dt.datetime:
    """Return until when a request is to be answered: by law, or as promised."""
    rules = jurisdiction_of(organisation.pk)
    is_look = kind in (RequestKind.ACCESS, RequestKind.COPY, RequestKind.EXPLAIN)
    length = rules.answer_length if is_look else rules.change_length
    legal = (
        add_months(received, length)
        if rules.unit == AnswerUnit.MONTHS
        else received + dt.timedelta(days=length)
    )
    promised = settings_of(organisation).answer_days
    return min(legal, received + dt.timedelta(days=promised)) if promised else legal


def add_months(at: dt.datetime, count: int) -> dt.datetime:
    """Return the same day some months later, or the last day of a shorter month."""
    month = at.month - 1 + count
    year, month = at.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return at.replace(year=year, month=month, day=min(at.day, last))


def request_by_colleague(
    *, customer: Customer, by: Person, reason: str
) -> SubjectRequest:
    """Write down that a colleague orders a customer's erasure, and why."""
    now = clock.now()
    made = SubjectRequest.objects.create(
        organisation_id=customer.organisation_id,
        kind=RequestKind.DELETE,
        way=RequestWay.STAFF,
        customer=customer,
        received_at=now,
        due_at=due_of(customer.organisation, RequestKind.DELETE, now),
        owner=by,
        identified_at=now,
        identified_by=by,
        identified_how=reason.strip()[:200],
        state=RequestState.IDENTIFIED,
    )
    _note(made, by, step=RequestState.RECEIVED)
    record(
        action="privacy_request.received",
        target=made,
        actor=by,
        reason=reason.strip()[:300],
        kind=made.kind,
        way=made.way,
    )
    return made


def _note(
    request: SubjectRequest, by: Person | None, *, step: str = "", text: str = ""
) -> None:
    RequestNote.objects.create(
        request=request,
        at=clock.now(),
        by=by,
        step=step,
        text_encrypted=encrypt(text) if text else b"",
    )


def _open(request: SubjectRequest) -> SubjectRequest:
    found = SubjectRequest.objects.select_for_update().get(pk=request.pk)
    if found.state in CLOSED:
        raise RequestRefusedError(_("This request is closed."))
    return found


@transaction.atomic
def identify(
    *,
    request: SubjectRequest,
    how: str,
    by: Person | None,
    customer: Customer | None = None,
) -> None:
    """Record how it was checked who is asking; wishes that need no work act at once."""
    found = _open(request)
    if len(how.strip()) < SHORTEST_REASON:
        raise RequestRefusedError(_("Say how the identity was checked."))
    found.customer = customer or found.customer
    found.identified_at, found.identified_by = clock.now(), by
    found.identified_how = how.strip()[:200]
    if found.state == RequestState.RECEIVED:
        found.state = RequestState.IDENTIFIED
    found.save()
    _note(found, by, step=RequestState.IDENTIFIED)
    record(
        action="privacy_request.identified",
        target=found,
        organisation=found.organisation_id,
        actor=by,
        reason=found.identified_how,
    )
    _act_at_once(found, by)


def _act_at_once(request: SubjectRequest, by: Person | None) -> None:
    """Follow a withdrawal or an objection in the same moment, and close it."""
    customer = request.customer
    if customer is None:
        return
    if request.kind == RequestKind.WITHDRAW:
        stop_everything(
            customer=customer, subject=subject_of(customer), by=by, for_good=False
        )
        close_request(request=request, outcome=_("Nothing more is sent."), by=by)
    elif request.kind == RequestKind.OBJECT:
        record_consent(
            customer=customer,
            purpose=Purpose.PROFILING,
            state=ConsentState.WITHDRAWN,
            proof=Proof(source="privacy"),
            by=by,
        )
        close_request(request=request, outcome=_("The objection is noted."), by=by)


@transaction.atomic
def assign(*, request: SubjectRequest, owner: Person, by: Person) -> None:
    """Give a request to somebody."""
    found = _open(request)
    found.owner = owner
    if found.state == RequestState.IDENTIFIED:
        found.state = RequestState.WORKING
    found.save(update_fields=["owner", "state"])
    record(action="privacy_request.assigned", target=found, actor=by, owner=str(owner))


@transaction.atomic
def add_note(*, request: SubjectRequest, text: str, by: Person) -> None:
    """Add a remark; it is kept encrypted and goes with the customer's data."""
    if text.strip():
        _note(request, by, text=text.strip()[:2000])
        record(action="privacy_request.noted", target=request, actor=by)


@transaction.atomic
def close_request(
    *,
    request: SubjectRequest,
    outcome: str,
    by: Person | None,
    is_refused: bool = False,
) -> None:
    """Close a request, answered or refused; a refusal needs its reason."""
    found = _open(request)
    if len(outcome.strip()) < SHORTEST_REASON:
        raise RequestRefusedError(_("Say what was answered, or why it was refused."))
    if not is_refused and found.identified_at is None:
        raise RequestRefusedError(_("Check and record first who is asking."))
    if hasattr(found, "erasure") and found.erasure.is_at_work:
        raise RequestRefusedError(_("The erasure is at work; it closes the request."))
    state = RequestState.REFUSED if is_refused else RequestState.ANSWERED
    found.state, found.outcome = state, outcome.strip()[:500]
    found.closed_at, found.closed_by = clock.now(), by
    found.save(update_fields=["state", "outcome", "closed_at", "closed_by"])
    _note(found, by, step=state)
    record(
        action=f"privacy_request.{state}",
        target=found,
        organisation=found.organisation_id,
        actor=by,
    )
