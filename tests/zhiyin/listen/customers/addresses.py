"""The addresses of customers' pages."""

from __future__ import annotations

from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.customers.services import (
    ensure_fields,
    get_or_create_customer,
    save_contact_point,
)

_EDIT = Permission.EDIT_CUSTOMERS


def a_customer(home: Organisation) -> dict[str, Any]:
    return {"pk": get_or_create_customer(organisation=home, key=SECRET).pk}


def a_point(home: Organisation) -> dict[str, Any]:
    customer = get_or_create_customer(organisation=home, key=SECRET)
    point = save_contact_point(customer=customer, kind="wechat", address=SECRET)
    return {"pk": point.pk}


def a_sensitive_field(home: Organisation) -> dict[str, Any]:
    label = (f"{SECRET}", "category", False)
    (made,) = ensure_fields(organisation=home, fields=[label])
    return {**a_customer(home), "code": made.code}


register(
    Address("customers", Permission.SEE_CUSTOMERS),
    Address(
        "customers-export",
        Permission.EXPORT_DATA,
        besides=Permission.SEE_CUSTOMERS,
    ),
    Address("customer", Permission.SEE_CUSTOMERS, a_customer),
    Address("customer-edit", _EDIT, a_customer),
    Address("customer-erase", Permission.ERASE_RESPONSES, a_customer),
    Address("contact-point-add", _EDIT, a_customer),
    Address("consent-add", _EDIT, a_customer),
    Address("contact-point-prefer", _EDIT, a_point),
    Address("contact-point-usable", _EDIT, a_point),
    Address("contact-point-unusable", _EDIT, a_point),
    Address("contact-point-reveal", Permission.REVEAL_PERSONAL_DATA, a_point),
    Address(
        "customer-field-reveal", Permission.REVEAL_PERSONAL_DATA, a_sensitive_field
    ),
    Address("customer-reveal", Permission.REVEAL_PERSONAL_DATA, a_customer),
)
