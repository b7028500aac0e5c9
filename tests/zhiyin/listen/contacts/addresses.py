"""The addresses of the contact policy."""

from __future__ import annotations

from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.contacts.services import suppress_customer
from zhiyin.listen.customers.services import get_or_create_customer


def a_suppression(home: Organisation) -> dict[str, Any]:
    customer = get_or_create_customer(organisation=home, key="13800138009")
    made = suppress_customer(customer=customer, reason="dispute", note=SECRET)
    return {"pk": made.pk}


PROGRAMS = Permission.EDIT_PROGRAMS

register(
    Address("contacts", PROGRAMS),
    Address("contacts-export", PROGRAMS),
    Address("contact-policy", PROGRAMS),
    Address("portability", Permission.EDIT_PROGRAMS),
    Address(
        "portability-strategy",
        Permission.EDIT_PROGRAMS,
        lambda _home: {"state": "queried"},
        is_own=True,
    ),
    Address("suppressions", PROGRAMS),
    Address("suppression-lift", PROGRAMS, a_suppression),
)
