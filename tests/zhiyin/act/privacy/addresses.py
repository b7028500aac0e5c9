"""The addresses of data protection."""

from __future__ import annotations

from typing import Any

from django.core import signing

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.act.privacy.models import (
    Assessment,
    Erasure,
    IdentityCode,
    Incident,
    PrivacySetting,
    Processor,
    SubjectRequest,
)
from zhiyin.act.privacy.services import NewRequest, receive_request, start_purge
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt
from zhiyin.listen.customers.services import (
    ensure_fields,
    get_or_create_customer,
    subject_of,
)

_MANAGE = Permission.MANAGE_PRIVACY


def _made(home: Organisation) -> SubjectRequest:
    get_or_create_customer(organisation=home, key=SECRET)
    given = NewRequest(kind="delete", key=SECRET, words=SECRET)
    return receive_request(organisation=home, given=given)


def a_request(home: Organisation) -> dict[str, Any]:
    return {"pk": _made(home).pk}


def an_erasure(home: Organisation) -> dict[str, Any]:
    request = _made(home)
    customer = get_or_create_customer(organisation=home, key=SECRET)
    Erasure.objects.create(
        organisation=home,
        request=request,
        customer_number=customer.pk,
        subject_encrypted=encrypt(subject_of(customer).to_json()),
        ordered_at=clock.now(),
    )
    return {"pk": request.pk}


def a_purge(home: Organisation) -> dict[str, Any]:
    return {"pk": start_purge(organisation=home, is_dry=True).pk}


def a_form(home: Organisation) -> dict[str, Any]:
    PrivacySetting.objects.get_or_create(organisation=home, is_form_open=True)
    return {"code": home.code}


def a_code(home: Organisation) -> dict[str, Any]:
    a_form(home)
    row = IdentityCode.objects.create(
        organisation=home,
        kind="copy",
        contact_hash="",
        contact_encrypted=encrypt(SECRET),
        sender="",
        created_at=clock.now(),
    )
    return {"code": home.code, "token": signing.dumps(row.pk, salt="privacy filing")}


def an_assessment(home: Organisation) -> dict[str, Any]:
    made = Assessment.objects.create(
        organisation=home,
        title=SECRET,
        kind="other",
        written_at=clock.now(),
        review_on=clock.now().date(),
    )
    return {"pk": made.pk}


def a_processor(home: Organisation) -> dict[str, Any]:
    made = Processor.objects.create(
        organisation=home, name=SECRET, changed_at=clock.now()
    )
    return {"pk": made.pk}


def an_incident(home: Organisation) -> dict[str, Any]:
    now = clock.now()
    made = Incident.objects.create(
        organisation=home,
        title=SECRET,
        found_at=now,
        authority_due_at=now,
        persons_due_at=now,
    )
    return {"pk": made.pk}


def a_field(home: Organisation) -> dict[str, Any]:
    (made,) = ensure_fields(organisation=home, fields=[(SECRET, "category", False)])
    return {"pk": made.pk}


_FILED = "customers file requests about their own data without an account"
register(
    Address("data-request", public=_FILED, kwargs=a_form),
    Address("data-request-code", public=_FILED, kwargs=a_code),
    Address("privacy", _MANAGE),
    Address("privacy-new", _MANAGE),
    Address("privacy-lift", _MANAGE),
    Address("privacy-settings", _MANAGE),
    Address("privacy-request", _MANAGE, a_request),
    Address("privacy-identify", _MANAGE, a_request),
    Address("privacy-assign", _MANAGE, a_request),
    Address("privacy-note", _MANAGE, a_request),
    Address("privacy-close", _MANAGE, a_request),
    Address("privacy-copy", _MANAGE, a_request),
    Address("privacy-erase", _MANAGE, a_request),
    Address("privacy-proof", _MANAGE, an_erasure),
    Address("customer-fields", _MANAGE),
    Address("customer-field", _MANAGE, a_field),
    Address("jurisdictions", _MANAGE),
    Address("jurisdiction", _MANAGE, lambda _home: {"code": "CN"}, is_own=True),
    Address("assessments", _MANAGE),
    Address("assessment-new", _MANAGE),
    Address("assessment", _MANAGE, an_assessment),
    Address("assessment-edit", _MANAGE, an_assessment),
    Address("assessment-decide", _MANAGE, an_assessment),
    Address("processors", _MANAGE),
    Address("processor-new", _MANAGE),
    Address("processor-edit", _MANAGE, a_processor),
    Address("incidents", _MANAGE),
    Address("incident-new", _MANAGE),
    Address("incident", _MANAGE, an_incident),
    Address("incident-count", _MANAGE, an_incident),
    Address("incident-step", _MANAGE, an_incident),
    Address("incident-persons", _MANAGE, an_incident),
    Address("retention", _MANAGE),
    Address("retention-run", _MANAGE),
    Address("retention-report", _MANAGE, a_purge),
    Address("retention-set", _MANAGE, lambda _home: {"code": "events"}, is_own=True),
)
