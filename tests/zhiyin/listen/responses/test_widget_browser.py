"""The widget in Chromium, on a page of another origin with a strict policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.zhiyin.listen.responses.other_site import other_site
from zhiyin.accounts.models import Organisation
from zhiyin.listen.programs.models import SurveyLink, Widget
from zhiyin.listen.programs.services.widgets import save_widget
from zhiyin.listen.responses.models import Response

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("patient"),
]

# The shadow root is closed to pages; only a test looks inside.
OPENED = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (given) {
  window.wasClosed = given.mode === "closed";
  return attach.call(this, { ...given, mode: "open" });
};
"""
MOVE = "path => history.pushState({}, '', path)"


@pytest.fixture
def widget_with(organisation: Organisation, link: SurveyLink) -> Callable[..., Widget]:
    def make(**given: Any) -> Widget:
        made = Widget(
            organisation=organisation, name="商城", link=link, is_live=True, **given
        )
        return save_widget(widget=made)

    return make


@pytest.fixture
def visitor(page: Any) -> Any:
    page.problems = []
    page.on("console", lambda said: page.problems.append(said.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.add_init_script(OPENED)
    return page


def test_visitor_of_another_site_is_asked_at_the_right_moment_and_answers(
    visitor: Any,
    live_server: Any,
    widget_with: Callable[..., Widget],
) -> None:
    widget = widget_with(triggers={"events": ["paid"], "urls": ["/done*"]})
    with other_site(live_server.url, codes=widget.public_id) as site:
        Widget.objects.update(origins=[site])
        visitor.goto(f"{site}/shop")
        visitor.wait_for_load_state("networkidle")
        visitor.focus("#pay")
        visitor.evaluate("zhiyin.track('paid')")
        visitor.evaluate(MOVE, "/done/7")
        visitor.wait_for_timeout(50)
        # Neither the event on another page nor the page without the event is enough.
        assert not visitor.locator("[data-zhiyin-host]").count()
        visitor.evaluate("zhiyin.track('paid')")
        box = visitor.get_by_role("dialog", name="华星")
        box.wait_for()
        assert visitor.evaluate("window.wasClosed")
        assert visitor.evaluate("document.activeElement.id") == "pay"
        box.get_by_role("button", name="3", exact=True).click()
        box.get_by_role("textbox").fill("地下室没有信号")
        assert Response.objects.get().answers.get().score == 3
        box.get_by_role("button", name="提交").click()
        box.get_by_role("heading", name="谢谢您的回答。").wait_for()
        assert Response.objects.get().comment == "地下室没有信号"
        visitor.keyboard.press("Escape")
        assert not visitor.locator("[data-zhiyin-host]").count()
        assert visitor.problems == []
        assert visitor.context.cookies() == []


def test_visitor_who_answered_is_not_asked_again_but_by_another_widget(
    visitor: Any,
    live_server: Any,
    widget_with: Callable[..., Widget],
) -> None:
    corner = widget_with()
    inside = widget_with(shape="inline", triggers={"urls": ["/help"]})
    codes = f"{corner.public_id} {inside.public_id}"
    with other_site(live_server.url, codes=codes, inline=inside.public_id) as site:
        Widget.objects.update(origins=[site])
        visitor.goto(f"{site}/shop")
        box = visitor.get_by_role("dialog", name="华星")
        box.get_by_role("button", name="9", exact=True).click()
        box.get_by_role("textbox").wait_for()
        visitor.evaluate(MOVE, "/help")
        again = visitor.get_by_role("region", name="华星")
        again.get_by_role("button", name="9", exact=True).wait_for()
        visitor.goto(f"{site}/shop")
        visitor.wait_for_load_state("networkidle")
        assert not visitor.locator("[data-zhiyin-host]").count()
        day = corner.days.get()
        assert (day.shown, day.answered) == (1, 1)


def test_page_wide_widget_holds_the_keyboard_and_gives_it_back(
    visitor: Any,
    live_server: Any,
    widget_with: Callable[..., Widget],
) -> None:
    widget = widget_with(shape="page", triggers={"events": ["asked"]})
    with other_site(live_server.url, codes=widget.public_id) as site:
        Widget.objects.update(origins=[site])
        visitor.goto(site)
        visitor.wait_for_load_state("networkidle")
        visitor.focus("#pay")
        visitor.evaluate("zhiyin.track('asked')")
        visitor.get_by_role("dialog").wait_for()
        assert visitor.evaluate("document.activeElement.id") != "pay"
        visitor.keyboard.press("Escape")
        visitor.get_by_role("dialog").wait_for(state="detached")
        assert visitor.evaluate("document.activeElement.id") == "pay"
        # Whoever closed it is left alone, until she asks for it herself.
        visitor.evaluate("zhiyin.track('asked')")
        visitor.wait_for_timeout(100)
        assert not visitor.locator("[data-zhiyin-host]").count()
        visitor.evaluate("code => zhiyin.show(code)", widget.public_id)
        visitor.get_by_role("dialog").wait_for()
        assert visitor.problems == []


def test_site_that_is_not_named_gets_nothing(
    visitor: Any,
    live_server: Any,
    widget_with: Callable[..., Widget],
) -> None:
    widget = widget_with(origins=["https://shop.example"])
    with other_site(live_server.url, codes=widget.public_id) as site:
        visitor.goto(site)
        visitor.wait_for_load_state("networkidle")
        assert not visitor.locator("[data-zhiyin-host]").count()
        assert any("blocked by CORS policy" in text for text in visitor.problems)
        assert not widget.days.exists()
