"""A manager writes a template and sees at once what it will cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from zhiyin.accounts.models import Person, Role
from zhiyin.channels.models import ChannelAccount, Message, MessageTemplate
from zhiyin.channels.services import save_account, send_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_template_is_written_with_a_live_preview_and_tested(
    page: Any,
    live_server: Any,
    person_with: Callable[..., Person],
    log_in: Callable[[Any, Person], None],
    home: Any,
) -> None:
    person = person_with(Role.CX_MANAGER)
    account = save_account(
        account=ChannelAccount(
            organisation=person.organisation,
            kind="log",
            name="试用",
            signature="华星",
            price=Decimal("0.05"),
        ),
    )
    page.set_default_timeout(40_000)
    log_in(page, person)

    page.goto(f"{live_server.url}/settings/channels/templates/new/")
    page.fill("input[name=name]", "装维后短信")
    page.fill("input[name=code]", "visit")
    page.select_option("select[name=medium]", "sms")
    page.select_option("select[name=account]", str(account.pk))
    page.fill("textarea[name='body_zh-hans']", "您好，请打分：{link} 退订回T")

    page.locator("#previews .zc-bubble", has_text="【华星】您好").wait_for()
    assert "0.0500 CNY" in page.inner_text("#previews")
    long = f"您好，请打分：{{link}} {'长' * 60} 退订回T"
    page.fill("textarea[name='body_zh-hans']", long)
    page.locator("#previews", has_text="2 条").wait_for()
    assert "0.1000 CNY" in page.inner_text("#previews")
    page.get_by_role("button", name="保存").click()
    page.locator(".zy-message", has_text="装维后短信").wait_for()
    assert MessageTemplate.objects.get().texts["zh-hans"]["body"] == long

    page.goto(f"{live_server.url}/settings/channels/{account.pk}/test/")
    page.fill("input[name=to]", "13800138000")
    page.get_by_role("button", name="发送", exact=True).click()
    page.locator("#message", has_text="排队中").wait_for()
    send_due()
    # The page looks again by itself.
    page.locator("#message", has_text="已发送").wait_for()
    assert Message.objects.get().state == "sent"
