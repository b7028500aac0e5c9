"""A customer answers on a phone without JavaScript; staff see what she said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Person, Role
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.models import Response

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("patient"),
]

LIGHT_BYTES = 30_000
TARGET_PIXELS = 44
STYLE = Path("src/zhiyin/listen/responses/templates/responses/answer/style.css")


def answer_address(live_server: Any, link: SurveyLink) -> str:
    return f"{live_server.url}/s/{link.slug}/"


def test_detractor_answers_on_a_phone_and_changes_her_mind(
    phone: Any,
    live_server: Any,
    link: SurveyLink,
) -> None:
    phone.goto(answer_address(live_server, link))
    phone.get_by_role("button", name="6", exact=True).click()
    # The click alone has saved the score.
    assert Response.objects.get().answers.get().score == 6
    phone.get_by_label("网络", exact=True).check()
    phone.get_by_label("请告诉我们发生了什么。").fill("地下室没有信号")
    phone.get_by_label("愿意", exact=True).check()
    phone.get_by_role("button", name="提交").click()
    assert phone.get_by_role("heading", name="谢谢您的回答。").is_visible()
    assert "我们会安排专人跟进" in phone.content()
    phone.get_by_role("link", name="修改我的回答").click()
    phone.get_by_role("button", name=re.compile("^10")).click()
    assert phone.get_by_label("感谢！最打动您的是什么？").input_value() == (
        "地下室没有信号"
    )
    response = Response.objects.get()
    assert response.answers.get(is_primary=True).score == 10
    assert response.excluded == ""


def test_page_is_light_and_asks_for_nothing_else(
    phone: Any,
    live_server: Any,
    link: SurveyLink,
) -> None:
    asked_for: list[str] = []
    phone.on("request", lambda request: asked_for.append(request.url))
    first = phone.goto(answer_address(live_server, link))
    assert 0 < len(first.body()) < LIGHT_BYTES
    with phone.expect_navigation() as following:
        phone.get_by_role("button", name="3", exact=True).click()
    assert 0 < len(following.value.body()) < LIGHT_BYTES
    assert "请告诉我们发生了什么。" in following.value.text()
    assert all(
        "/s/" in address or address.endswith("/favicon.ico") for address in asked_for
    )


def test_scores_are_within_the_phone_and_large_enough_for_a_thumb(
    phone: Any,
    live_server: Any,
    link: SurveyLink,
) -> None:
    phone.goto(answer_address(live_server, link))
    boxes = [button.bounding_box() for button in phone.locator("button").all()]
    assert len(boxes) == 11
    for box in boxes:
        assert box["width"] >= TARGET_PIXELS
        assert box["height"] >= TARGET_PIXELS
        assert box["x"] + box["width"] <= 390
    assert len({round(box["y"]) for box in boxes}) == 2
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_whole_answer_is_given_by_keyboard(
    page: Any,
    live_server: Any,
    link: SurveyLink,
) -> None:
    page.goto(answer_address(live_server, link))
    assert page.get_by_role(
        "group", name="您有多大可能性将华星推荐给朋友或同事？"
    ).count()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "9":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/more/**")
    page.get_by_label("感谢！最打动您的是什么？").focus()
    page.keyboard.type("服务好")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/**")
    response = Response.objects.get()
    assert response.comment == "服务好"
    assert response.answers.get(is_primary=True).score == 9


def test_ends_of_the_scale_are_spoken_with_their_scores(
    page: Any,
    live_server: Any,
    link: SurveyLink,
) -> None:
    page.goto(answer_address(live_server, link))
    assert page.get_by_role("button", name="0, 完全不可能").count() == 1
    assert page.get_by_role("button", name="10, 非常可能").count() == 1


def test_reader_changes_the_language_and_keeps_it_to_the_end(
    phone: Any,
    live_server: Any,
    link: SurveyLink,
) -> None:
    phone.goto(answer_address(live_server, link))
    phone.get_by_role("link", name="繁體中文").click()
    assert "您有多大可能會向親友或同事推薦" in phone.content()
    phone.get_by_role("link", name="English").click()
    phone.get_by_role("button", name="7", exact=True).click()
    assert phone.get_by_label("What would it take for you to recommend us?").count()
    phone.get_by_role("button", name="Send").click()
    assert phone.get_by_role("heading", name="Thank you for your answer.").count()
    assert Response.objects.get().language == "en"


def test_staff_make_a_link_and_read_the_answer_given_through_it(
    page: Any,
    phone: Any,
    live_server: Any,
    link: SurveyLink,
    person_with: Callable[..., Person],
    log_in: Callable[[Any, Person], None],
) -> None:
    log_in(page, person_with(Role.CX_MANAGER))
    page.goto(f"{live_server.url}/listen/surveys/{link.instrument_id}/")
    page.get_by_role("link", name="新建链接").click()
    page.get_by_label("名称").fill("门店海报")
    page.get_by_label("渠道").select_option("qr")
    page.get_by_role("button", name="保存").click()
    address = page.get_by_role("textbox", name="公开地址").input_value()
    phone.goto(address)
    phone.get_by_role("button", name="2", exact=True).click()
    phone.get_by_label("请告诉我们发生了什么。").fill("排队太久")
    phone.get_by_role("button", name="提交").click()
    page.goto(f"{live_server.url}/listen/responses/?given_class=detractor")
    page.get_by_role("link", name="排队太久").click()
    assert page.get_by_text("门店海报").count()
    assert page.get_by_text("您有多大可能性将华星推荐给朋友或同事？").count()


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_of_the_page_have_enough_contrast_in_light_and_dark() -> None:
    text = STYLE.read_text(encoding="utf-8")
    themes = re.findall(r":root\{([^}]*)\}", text)
    assert len(themes) == 2
    for theme in themes:
        colour = dict(re.findall(r"--(\w+):(#\w+)", theme))
        for ink, ground in (
            ("ink", "paper"),
            ("ink", "soft"),
            ("quiet", "paper"),
            ("accent", "paper"),
            ("accent", "soft"),
            ("bad", "paper"),
            ("on", "accent"),
        ):
            assert _contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
        # Borders that show where a control is need three to one.
        assert _contrast(colour["edge"], colour["paper"]) >= 3
