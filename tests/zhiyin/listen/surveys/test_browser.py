"""The designer with JavaScript: drag a question, build a condition, publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zhiyin.accounts.models import Organisation, Person
from zhiyin.listen.surveys.queries import published_version
from zhiyin.listen.surveys.services import create_standard_instrument, start_draft


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_question_is_dragged_given_a_condition_and_published(
    live_server: Any,
    page: Any,
    organisation: Organisation,
    person_with: Callable[..., Person],
    log_in: Callable[[Any, Person], None],
) -> None:
    nps = create_standard_instrument(organisation=organisation)
    draft = start_draft(instrument=nps)
    log_in(page, person_with("researcher", language="en"))
    page.goto(f"{live_server.url}/listen/surveys/{nps.pk}/edit/?item=nps")

    handle = page.locator("[data-code=contact] [data-handle]").bounding_box()
    target = page.locator("[data-code=why_promoter]").bounding_box()
    page.mouse.move(handle["x"] + 5, handle["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 3, steps=6)
    with page.expect_navigation():
        page.mouse.up()
    codes = [item.code for item in draft.items.all()]
    assert codes[:3] == ["nps", "contact", "why_promoter"]

    # Typing is saved by itself and the preview beside it follows.
    page.locator("form[data-autosave][action$='/items/contact/']").wait_for()
    page.select_option("select[name=shown-0-fact]", "answer.nps")
    page.select_option("select[name=shown-0-op]", "at_most")
    with page.expect_response(lambda answer: "/items/contact/" in answer.url):
        page.fill("input[name=shown-0-value]", "6")
    page.locator("[data-saved]", has_text="Saved").wait_for()
    page.click(".zd-save button[type=submit]:not([name])")
    page.locator(".zd-logic", has_text="is at most 6").wait_for()

    page.click("text=Publish…")
    box = page.locator("input[name=read]")
    if box.count():
        box.check()
    page.click(".zd-save button[type=submit]")
    page.wait_for_url(f"**/listen/surveys/{nps.pk}/")
    item = published_version(nps).item("contact")
    assert item.shown_if == {"fact": "answer.nps", "op": "at_most", "value": 6}
