"""The addresses of notices."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Person
from zhiyin.act.notices.models import Notice
from zhiyin.common import clock


def a_notice(home: Organisation) -> dict[str, Any]:
    person = Person.objects.filter(organisation=home).first()
    if person is None:
        person = Person.objects.create_user(
            f"{secrets.token_hex(4)}@{home.code}.example",
            None,
            name="x",
            organisation=home,
        )
    made = Notice.objects.create(
        organisation=home,
        person=person,
        kind="alert.raised",
        key=secrets.token_hex(8),
        title=SECRET,
        at=clock.now(),
    )
    return {"pk": made.pk}


register(
    Address("notices"),
    Address("notice-bell"),
    Address("notices-read"),
    Address("notice-open", kwargs=a_notice),
    Address("notice-wishes"),
)
