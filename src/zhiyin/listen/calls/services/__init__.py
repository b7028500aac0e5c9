"""Writes about calls: sources with their secrets, and the answers they tell."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q

from zhiyin.accounts.models import Department
from zhiyin.accounts.services import record
from zhiyin.channels.webhook import is_signed, new_secret
from zhiyin.common import clock
from zhiyin.common.confidential import keyed_hash, mask
from zhiyin.listen.calls.models import Fault, IvrCall, IvrSource, Note
from zhiyin.listen.calls.queries import Told, read_payload
from zhiyin.listen.customers.models import ContactKind, Customer
from zhiyin.listen.customers.queries import customers_at
from zhiyin.listen.customers.services import normalise_address
from zhiyin.listen.programs.models import Channel
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.queries import VersionSnapshot, published_version

SECRET_OVERLAP = dt.timedelta(hours=24)
# Calls with a wrong signature write at most so often.
REFUSALS_APART = dt.timedelta(seconds=10)
CODE_BYTES = 12


@transaction.atomic
def save_source(*, source: IvrSource) -> str:
    """Add or change a source; return the secret of a new one, else ""."""
    secret = ""
    if not source.code:
        secret = new_secret()
        source.code = secrets.token_hex(CODE_BYTES)
        source.keep_secret(secret)
    source.save()
    action = "ivr_source.created" if secret else "ivr_source.edited"
    record(action=action, target=source, link=source.link_id)
    return secret


@transaction.atomic
def renew_secret(*, source: IvrSource) -> str:
    """Return a new secret; for a day calls signed with the one before count too."""
    secret = new_secret()
    source.previous_secret_encrypted = source.secret_encrypted
    source.previous_secret_until = clock.now() + SECRET_OVERLAP
    source.keep_secret(secret)
    names = ("secret_encrypted", "previous_secret_encrypted", "previous_secret_until")
    source.save(update_fields=names)
    record(action="ivr_source.secret_renewed", target=source)
    return secret


@transaction.atomic
def delete_source(*, source: IvrSource) -> None:
    """Delete a source with its list of calls; their answers stay."""
    record(action="ivr_source.deleted", target=source, name=source.name)
    source.delete()


def take_call(*, source: IvrSource, headers: Mapping[str, str], body: bytes) -> IvrCall:
    """Save what a call centre tells, and return the call.

    Raises PermissionDenied where the call is not signed with the source's secret, and
    NotThisError where it tells of something else.
    """
    now = clock.now()
    if not is_signed(source.secrets_in_use(now), headers, body, now.timestamp()):
        lately = Q(refused_at__gt=now - REFUSALS_APART)
        rows = IvrSource.objects.filter(pk=source.pk).exclude(lately)
        rows.update(refused_at=now)
        raise PermissionDenied
    return receive_call(source=source, told=read_payload(source, body))


@transaction.atomic
def receive_call(*, source: IvrSource, told: Told) -> IvrCall:
    """Keep a call once, with the answer it gave or why it gave none.

    A call told again is one answer; one that gave none may give it later.
    """
    call = _kept(source, told)
    if call.response_id is not None:
        return call
    version = published_version(source.link.instrument)
    call.pressed, call.notes = told.pressed, []
    call.fault = told.fault or _fault(source, told, version)
    is_nameless = version is not None and version.is_anonymous
    call.caller_masked = "" if is_nameless or not told.caller else mask(told.caller)
    if version is not None and not call.fault:
        given = _given(call, told, version)
        key = f"{source.pk}:{told.call_id}"
        call.response, _is_new = receive_response(
            link=source.link, given=given, idempotency_key=key
        )
    call.save()
    return call


def _kept(source: IvrSource, told: Told) -> IvrCall:
    """Return the call's row, locked; made now unless it was told before."""
    call = IvrCall(
        organisation_id=source.organisation_id,
        source=source,
        call_id=told.call_id,
        received_at=clock.now(),
    )
    if not told.call_id:
        call.save()
        return call
    call.deliveries = 0
    IvrCall.objects.bulk_create([call], ignore_conflicts=True)
    rows = IvrCall.objects.filter(source=source, call_id=told.call_id)
    # The first writer makes the second wait, which then sees what became of it.
    rows.update(deliveries=F("deliveries") + 1)
    return rows.get()


def _fault(source: IvrSource, told: Told, version: VersionSnapshot | None) -> str:
    if version is None or not source.link.takes_answers():
        return Fault.CLOSED
    if version.is_anonymous:
        return Fault.ANONYMOUS
    question = version.primary
    if told.score is None or question.scale_min is None or question.scale_max is None:
        return Fault.OFF_SCALE
    is_on = question.scale_min <= told.score <= question.scale_max
    return "" if is_on else Fault.OFF_SCALE


def _given(call: IvrCall, told: Told, version: VersionSnapshot) -> GivenResponse:
    given = GivenResponse(
        score=told.score or 0,
        language=told.language if told.language in version.languages else "",
        responded_at=told.at,
        department=_department(call, told),
        employee=told.agent,
        channel=Channel.IVR,
        source=Channel.IVR,
    )
    return _with_customer(call, told, given)


def _with_customer(call: IvrCall, told: Told, given: GivenResponse) -> GivenResponse:
    """Find the customer of a number, or make one; of several it is nobody."""
    if not told.caller:
        return given
    try:
        number = normalise_address(ContactKind.PHONE, told.caller)
    except ValueError:
        call.notes.append(str(Note.NOT_A_NUMBER))
        return given
    hashed = keyed_hash(call.organisation_id, number)
    known = customers_at(call.organisation_id, [hashed]).get(hashed, [])
    if len(known) > 1:
        call.notes.append(str(Note.SEVERAL_CUSTOMERS))
        return given
    if known:
        return replace(given, customer=Customer.objects.get(pk=known[0]))
    return replace(given, customer_key=number)


def _department(call: IvrCall, told: Told) -> Department | None:
    if not told.department:
        return None
    code = call.source.departments.get(told.department, told.department)
    rows = Department.objects.filter(organisation_id=call.organisation_id, code=code)
    found = rows.first()
    if found is None:
        call.notes.append(str(Note.UNKNOWN_DEPARTMENT))
    return found


@dataclass(frozen=True)
class Verdict:
    """What the call centre is told of its call."""

    outcome: str
    reason: str = ""


def verdict_of(call: IvrCall) -> Verdict:
    """Return what became of a call, under names that stay as they are."""
    if call.response_id is None:
        return Verdict("rejected", str(call.fault))
    return Verdict("repeated" if call.deliveries > 1 else "answered")
