"""The first login, as somebody invited lives it in a browser."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core import mail
from django.core.cache import cache

from zhiyin.accounts.models import Person, Role

NEW_PASSWORD = "staple-battery-9"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def requests_elsewhere(page: Any, home: str) -> list[str]:
    """Return a list that fills with every request that leaves this server."""
    foreign: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((home, "data:")):
            foreign.append(request.url)

    page.on("request", note)
    return foreign


def invite(page: Any, home: str) -> str:
    """Invite a colleague on the pages; return the link in the mail."""
    page.goto(f"{home}/settings/people/")
    page.get_by_role("link", name="邀请同事").click()
    page.get_by_label("邮箱").fill("li@huaxing.example")
    page.get_by_label("姓名").fill("李明")
    page.get_by_label("角色").select_option("executive")
    page.get_by_role("button", name="发送邀请").click()
    assert page.get_by_role("heading", name="邀请已发送").is_visible()
    page.context.clear_cookies()
    link = re.search(r"http://\S+/account/join/\S+", mail.outbox[0].body)
    assert link
    return link.group()


def come_in(page: Any, link: str) -> None:
    """Choose a password on the page the link opens."""
    page.goto(link)
    assert page.get_by_role("heading", name="华星通信").is_visible()
    page.fill("input[name=password]", NEW_PASSWORD)
    page.fill("input[name=password_again]", NEW_PASSWORD)
    page.get_by_role("button", name="进入").click()


def set_up_second_step(page: Any) -> list[str]:
    """Scan the picture (read the key), enter the code; return the recovery codes."""
    page.get_by_role("link", name="启用两步验证").click()
    picture = page.get_by_alt_text("下方密钥的二维码")
    drawn = picture.get_attribute("src").removeprefix("data:image/svg+xml;base64,")
    assert b"<svg" in base64.b64decode(drawn)
    assert picture.evaluate("image => image.naturalWidth") > 0
    page.get_by_label("六位验证码").fill("123")
    page.get_by_role("button", name="确认").click()
    assert page.get_by_role("alert").is_visible()
    secret = page.get_by_label("设置密钥").input_value()
    page.get_by_label("六位验证码").fill(code_for(secret))
    page.get_by_role("button", name="确认").click()
    codes: list[str] = page.locator(".zy-codes li").all_text_contents()
    page.get_by_role("link", name="我已保存").click()
    return codes


def test_an_invited_colleague_comes_in_and_sets_up_the_second_step(
    page: Any,
    live_server: Any,
    log_in: Callable[[Any, Person], None],
    person_with: Callable[..., Person],
):
    cache.clear()
    home = live_server.url
    foreign = requests_elsewhere(page, home)
    log_in(page, person_with(Role.SYS_ADMIN))

    come_in(page, invite(page, home))
    codes = set_up_second_step(page)
    page.wait_for_url(f"{home}/")
    assert len(codes) == 10

    page.goto(f"{home}/account/logout/")
    page.locator("main").get_by_role("button", name="退出登录").click()
    page.fill("input[name=login]", "li@huaxing.example")
    page.fill("input[name=password]", NEW_PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    assert page.get_by_role("heading", name="两步验证").is_visible()
    page.get_by_label("验证码").fill(codes[0])
    page.locator("main button.btn-primary").click()
    page.wait_for_url(f"{home}/")
    assert foreign == []


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(390, "en-US", "dark"), (1440, "zh-TW", "light")],
)
def test_the_login_page_fits_and_needs_no_script(
    browser: Any,
    live_server: Any,
    width: int,
    language: str,
    scheme: str,
):
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        locale=language,
        color_scheme=scheme,
        java_script_enabled=False,
    )
    page = context.new_page()

    page.goto(f"{live_server.url}/account/login/")
    page.get_by_role("button", name="简体中文").click()

    assert page.get_by_role("heading", name="登录").is_visible()
    box = page.locator("main").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    context.close()
