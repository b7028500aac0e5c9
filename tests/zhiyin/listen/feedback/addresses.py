"""The addresses of unasked feedback."""

from __future__ import annotations

from tests.zhiyin.strangers import Address, register
from zhiyin.accounts.models import Permission

register(
    Address("api-v1:list_feedback", Permission.SEE_RESPONSES),
    Address(
        "api-v1:create_feedback",
        (Permission.SEE_RESPONSES, Permission.IMPORT_RESPONSES),
    ),
)
