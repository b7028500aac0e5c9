"""The address where a customer is shown in clear."""

from __future__ import annotations

from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.customers.services import get_or_create_customer


def a_customer(home: Organisation) -> dict[str, Any]:
    return {"pk": get_or_create_customer(organisation=home, key=SECRET).pk}


register(
    Address("customer-reveal", Permission.REVEAL_PERSONAL_DATA, a_customer),
)
