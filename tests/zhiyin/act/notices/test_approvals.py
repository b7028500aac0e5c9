"""Whoever may approve hears of a request to export, and the asker of the decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Approval, Organisation, Person, Role
from zhiyin.act.notices.models import Notice
from zhiyin.act.notices.services import tell_of_approvals
from zhiyin.listen.customers.services import get_or_create_customer

pytestmark = pytest.mark.django_db

CLEAR = "/listen/customers/export/?clear=1"


def test_approvers_are_told_once_of_a_request_and_the_asker_of_the_decision(
    organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    get_or_create_customer(organisation=organisation, key="13800138000")
    asker = person_with(Role.CX_MANAGER)
    officer = person_with(Role.PRIVACY_OFFICER)
    person_with(Role.ANALYST)
    mine, hers = client_of(asker), client_of(officer)
    wish = mine.get(CLEAR).context["form"].initial["wish"]
    given = {"wish": wish, "reason": "季度回访名单", "recipient": "回访中心"}
    mine.post("/settings/approvals/ask/", given)
    assert tell_of_approvals()
    assert not tell_of_approvals()
    approval = Approval.objects.get()
    (notice,) = Notice.objects.all()
    assert (notice.person, notice.url) == (
        officer,
        f"/settings/approvals/{approval.pk}/",
    )
    assert asker.name in hers.get("/notices/").content.decode()
    assert hers.get(notice.url).status_code == 200

    hers.post(f"{notice.url}decide/", {"approve": "1", "note": "同意"})
    assert tell_of_approvals()
    assert not tell_of_approvals()
    (decided,) = Notice.objects.filter(person=asker)
    assert decided.url == notice.url
    assert f"{officer.name} 批准了你的申请" in mine.get("/notices/").content.decode()
