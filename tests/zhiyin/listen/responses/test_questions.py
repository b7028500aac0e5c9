"""Every kind of question as a customer answers it, and what each of them refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.responses.questionnaires import (
    EVERY_KIND,
    NPS,
    SECOND,
    THIRD,
    item,
)
from zhiyin.accounts.models import Person, Role
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.models import Response

GiveScore = Callable[..., str]
Only = Callable[[], Response]
MakeLink = Callable[..., SurveyLink]
LIGHT_BYTES = 30_000


def answer_every_kind(client: Client, link: SurveyLink, give_score: GiveScore) -> str:
    """Answer all pages as a browser would; return the address of the last one."""
    following = give_score(client, f"/s/{link.slug}/?lang=zh-hans", 7, lang="zh-hans")
    second = client.get(following)
    assert "第 2 步，共 3 步" in second.content.decode()
    sent = client.post(following, SECOND)
    assert sent.status_code == 303, sent.content.decode()
    third = client.get(sent["Location"])
    for page in (second, third):
        assert len(page.content) < LIGHT_BYTES
        assert b"<script" not in page.content
    thanks = client.post(sent["Location"], THIRD)
    assert thanks["Location"].split("?")[0].endswith("/thanks/")
    assert "我们会安排专人跟进" in client.get(thanks["Location"]).content.decode()
    return str(sent["Location"])


@pytest.mark.requirement("R004-52")
def test_every_kind_of_question_is_answered_without_javascript(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    link = link_to(*EVERY_KIND)
    third = answer_every_kind(client, link, give_score)
    response = only_response()
    given = {answer.item: answer for answer in response.answers.all()}
    assert {code: a.score for code, a in given.items() if a.score is not None} == {
        "nps": 7,
        "sat": 8,
        "ease": 6,
        "met": 4,
        "parts.voice": 5,
        "parts.data": 2,
    }
    gap = given["met"]
    assert (gap.kind, gap.scale_min, gap.scale_max) == ("gap", 1, 5)
    assert (given["parts.data"].scale_min, given["parts.data"].scale_max) == (1, 5)
    assert given["fixed"].choices == ["yes"]
    assert (given["place"].choices, given["place"].text) == (["other"], "电梯里")
    assert given["trouble"].choices == ["slow", "cut"]
    assert given["first"].choices == ["speed", "price"]
    assert given["bill"].number == 128.5
    assert given["since"].date == dt.date(2024, 3, 1)
    assert given["words"].text == response.comment == "信号不好"
    assert given["contact"].choices == ["yes", "evening"]
    assert "hello" not in given
    assert response.started_at <= response.responded_at <= response.completed_at
    # Whoever comes back finds what was given in its place.
    again = client.get(third).content.decode()
    for kept in ('value="128.5"', "信号不好", 'value="2024-03-01"', "selected>1"):
        assert kept in again


def test_staff_read_every_kind_of_answer_in_words(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    answer_every_kind(client, link_to(*EVERY_KIND), give_score)
    manager = client_of(person_with(Role.CX_MANAGER, language="zh-hans"))
    address = f"/listen/responses/{Response.objects.get().pk}/"
    page = manager.get(address).content.decode()
    for words in (
        "问题parts: 上网",
        "选项other, 电梯里",
        "128.5",
        "2024-03-01",
        "晚上",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("code", "sent", "words"),
    [
        ("sat", {"item-sat": "11"}, "A score from 1 to 10"),
        ("place", {"item-place": "mars"}, "not among the choices"),
        ("trouble", {"item-trouble": ["none", "slow"]}, "excludes all others"),
        ("bill", {"item-bill": "much"}, "“much” is none"),
        ("bill", {"item-bill": "1000"}, "at most 999"),
        ("bill", {"item-bill": "1.234"}, "at most 2 digits"),
        ("bill", {"item-bill": "nan"}, "“nan” is none"),
        ("since", {"item-since": "2024-02-30"}, "“2024-02-30” is none"),
        ("since", {"item-since": "2027-01-01"}, "not be after"),
        ("words", {"item-words": "很" * 21}, "At most 20 characters"),
        (
            "first",
            {"item-first.rank.price": "1", "item-first.rank.care": "1"},
            "every place only once",
        ),
    ],
)
def test_what_an_item_does_not_take_is_said_at_it_and_stays_in_the_form(  # noqa: PLR0917
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
    code: str,
    sent: dict[str, Any],
    words: str,
) -> None:
    wanted = next(each for each in EVERY_KIND if each["code"] == code)
    link = link_to(NPS, wanted | {"page": 2}, item("note", "text", page=2))
    following = give_score(client, f"/s/{link.slug}/?lang=en", 7, lang="en")
    answered = client.post(following, {**sent, "item-note": "still <here>"})
    text = answered.content.decode()
    assert answered.status_code == 400
    place = text.index(f'id="fault-{code}"')
    assert words in text[place : place + 300]
    assert "still &lt;here&gt;" in text
    kept = {answer.item for answer in only_response().answers.all()}
    # The score and what was valid are saved all the same.
    assert kept == {"nps", "note"}
    assert only_response().completed_at is None


def test_required_question_is_asked_for_but_never_costs_the_saved_score(
    client: Client,
    link_to: MakeLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    matrix = EVERY_KIND[8] | {"is_required": True}
    link = link_to(NPS, item("why", "text", is_required=True, page=2), matrix)
    following = give_score(client, f"/s/{link.slug}/?lang=en", 3, lang="en")
    for form in ({}, {"way": "skip"}, {"item-why": "   "}):
        refused = client.post(following, form)
        assert refused.status_code == 400
        assert "Please answer this question." in refused.content.decode()
    assert only_response().answers.get().score == 3
    sent = client.post(following, {"item-why": "slow"})
    half = client.post(sent["Location"], {"item-parts.row.voice": "5"})
    assert "Please answer every row." in half.content.decode()
    rows = {"item-parts.row.voice": "5", "item-parts.row.data": "1"}
    assert client.post(sent["Location"], rows).status_code == 303
    assert only_response().completed_at is not None
