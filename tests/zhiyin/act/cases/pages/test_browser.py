"""The queue by keyboard at a desk, and a case closed with a thumb on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, Cause
from zhiyin.act.cases.services import Contact, Facts, log_contact, resolve_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TARGET_PIXELS = 36


def test_keys_open_a_case_and_a_phone_closes_it(
    page: Any, phone: Any, live_server: Any, log_in: Callable[[Any, Person], None],
    agent: Person, case_with: Callable[..., Case],
) -> None:  # fmt: skip
    case_with(0, key="13800138001", owner=agent)
    second = case_with(5, key="13800138002", owner=agent)
    log_contact(case=second, by=agent, contact=Contact("phone", "reached"))
    resolve_case(case=second, by=agent, facts=Facts(action_taken="换了光猫"))
    log_in(page, agent)
    page.goto(f"{live_server.url}/act/cases/")
    for key in ("j", "j", "k", "j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/act/cases/{second.pk}/")

    log_in(phone, agent)
    phone.goto(f"{live_server.url}/act/cases/{second.pk}/")
    step = phone.locator(".zy-actions a.btn-primary")
    assert step.bounding_box()["height"] >= TARGET_PIXELS
    step.click()
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing to scroll sideways for"
    cause = Cause.objects.filter(level=3)[0]
    phone.select_option("[name=cause]", str(cause.pk))
    phone.select_option("[name=need_type]", "rational")
    phone.select_option("[name=contact_result]", "satisfied")
    phone.check("[name=customer_told]")
    phone.click("form.card button.btn-primary")
    phone.wait_for_url(re.compile(r"/act/cases/\d+/$"))
    second.refresh_from_db()
    assert (second.state, second.outcome) == ("closed", "resolved")
