"""The addresses of data protection."""

from __future__ import annotations

from typing import Any

from django.core import signing

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.act.privacy.models import (
    Erasure,
    IdentityCode,
    PrivacySetting,
    SubjectRequest,
)
from zhiyin.act.privacy.services import NewRequest, receive_request, start_purge
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt
from zhiyin.listen.customers.services import get_or_create_customer, subject_of

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


_FILED = "customers file requests about their own data without an account"
register(
    Address("data-request", public=_FILED, kwargs=a_form),
    Address("data-request-code", public=_FILED, kwargs=a_code),
    Address("privacy", _MANAGE),
    Address("privacy-new", _MANAGE),
    Address("privacy-settings", _MANAGE),
    Address("privacy-request", _MANAGE, a_request),
    Address("privacy-identify", _MANAGE, a_request),
    Address("privacy-assign", _MANAGE, a_request),
    Address("privacy-note", _MANAGE, a_request),
    Address("privacy-close", _MANAGE, a_request),
    Address("privacy-copy", _MANAGE, a_request),
    Address("privacy-erase", _MANAGE, a_request),
    Address("privacy-proof", _MANAGE, an_erasure),
    Address("retention", _MANAGE),
    Address("retention-run", _MANAGE),
    Address("retention-report", _MANAGE, a_purge),
    Address("retention-set", _MANAGE, lambda _home: {"code": "events"}, is_own=True),
)
