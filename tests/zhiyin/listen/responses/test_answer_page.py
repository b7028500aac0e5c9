"""The customer's page, through the addresses a customer opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.responses.conftest import stamp_of
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import Invitation, SurveyLink
from zhiyin.listen.programs.services import set_link_open
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.services import publish_version, start_draft

GiveScore = Callable[..., str]
Only = Callable[[], Response]
Personal = Callable[..., str]

LIGHT_BYTES = 30_000


@pytest.mark.requirement("R001-29")
def test_chinese_reader_is_asked_the_standard_question(
    client: Client,
    link: SurveyLink,
) -> None:
    page = client.get(f"/s/{link.slug}/", headers={"accept-language": "zh-CN"})
    assert "您有多大可能性将华星推荐给朋友或同事？" in page.content.decode()


@pytest.mark.requirement("R003-13")
def test_traditional_chinese_reader_is_asked_with_the_brand_in_its_slot(
    client: Client,
    link: SurveyLink,
) -> None:
    page = client.get(f"/s/{link.slug}/", headers={"accept-language": "zh-TW"})
    assert "您有多大可能會向親友或同事推薦华星？" in page.content.decode()


def test_language_chosen_on_the_page_wins_over_the_browser(
    client: Client,
    link: SurveyLink,
) -> None:
    page = client.get(
        f"/s/{link.slug}/?lang=en",
        headers={"accept-language": "zh-CN"},
    )
    text = page.content.decode()
    assert "How likely are you to recommend 华星" in text
    assert '<html lang="en">' in text


def test_invitation_decides_the_language_of_a_personal_link(
    client: Client,
    personal: Personal,
) -> None:
    page = client.get(personal(language="en"), headers={"accept-language": "zh-CN"})
    assert "How likely are you" in page.content.decode()


def test_touchpoint_question_reads_well_without_a_date(
    client: Client,
    hotline_link: SurveyLink,
) -> None:
    chinese = client.get(f"/s/{hotline_link.slug}/?lang=zh-hans").content.decode()
    english = client.get(f"/s/{hotline_link.slug}/?lang=en").content.decode()
    assert "基于您的客服热线体验，您有多大可能性" in chinese
    assert "Based on your hotline call, how likely" in english


def test_opening_the_page_saves_nothing_even_with_a_score_in_the_address(
    client: Client,
    link: SurveyLink,
    personal: Personal,
) -> None:
    for address in (f"/s/{link.slug}/?score=9", personal() + "?score=9"):
        page = client.get(address)
        assert page.status_code == 200
        assert "chosen" in page.content.decode()
        client.head(address)
    assert not Response.objects.exists()
    assert Invitation.objects.get().answered_at is None


@pytest.mark.requirement("R000-19")
@pytest.mark.parametrize(
    ("score", "question"),
    [
        (9, "最打动您的是什么"),
        (8, "您才会愿意推荐"),
        (6, "主要原因是什么"),
        (0, "主要原因是什么"),
    ],
)
def test_follow_up_depends_on_the_class_by_the_cuts_of_the_questionnaire(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    score: int,
    question: str,
) -> None:
    following = give_score(client, f"/s/{link.slug}/?lang=zh-hans", score)
    assert question in client.get(following).content.decode()


def test_score_is_saved_on_the_first_click_with_what_the_link_says(
    client: Client,
    hotline_link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    give_score(client, f"/s/{hotline_link.slug}/", 9, lang="en")
    response = only_response()
    answer = response.answers.get()
    assert (answer.score, answer.item, answer.is_primary) == (9, "nps", True)
    assert (answer.scale_min, answer.scale_max) == (0, 10)
    assert (answer.detractor_max, answer.promoter_min) == (6, 9)
    assert response.stream == "transactional"
    assert response.touchpoint == "TP_HOTLINE"
    assert response.channel == "sms"
    assert response.language == "en"
    assert response.instrument_version.number == 1
    assert response.excluded == ""


def test_comment_and_cause_arrive_as_an_update_of_the_same_answer(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    following = give_score(client, f"/s/{link.slug}/", 3)
    sent = client.post(
        following,
        {
            "item-cause": "NET",
            "item-why_detractor": "地下室没有信号\r\n已经反映两次",
            "item-contact": "yes",
        },
    )
    assert sent.status_code == 303
    thanks = client.get(sent["Location"]).content.decode()
    assert "谢谢您的回答" in thanks
    assert "我们会阅读每一条意见" in thanks
    response = only_response()
    assert response.comment == "地下室没有信号\n已经反映两次"
    given = {answer.item: answer for answer in response.answers.all()}
    assert given["cause"].choices == ["NET"]
    assert given["contact"].choices == ["yes"]
    assert given["nps"].score == 3


def test_answer_sent_again_edits_the_same_row(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    following = give_score(client, f"/s/{link.slug}/", 3)
    client.post(following, {"item-why_detractor": "慢", "item-cause": "NET"})
    again = following.replace("more/", "")
    give_score(client, again, 10)
    response = only_response()
    given = {answer.item: answer for answer in response.answers.all()}
    assert given["nps"].score == 10
    # Her words stay, under the question now asked; the cause is asked no more.
    assert given["why_promoter"].text == "慢"
    assert set(given) == {"nps", "why_promoter"}


def test_clicking_twice_on_one_public_form_makes_one_answer(
    client: Client,
    link: SurveyLink,
    patient: None,
    only_response: Only,
) -> None:
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    for score in (7, 8):
        client.post(f"/s/{link.slug}/", {"score": score, "stamp": stamp})
    assert only_response().answers.get().score == 8


def test_personal_link_takes_one_answer_which_may_be_changed(
    client: Client,
    personal: Personal,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    address = personal(attributes={"城市": "成都"})
    give_score(client, address, 5)
    give_score(client, address, 9)
    response = only_response()
    assert response.answers.get(is_primary=True).score == 9
    assert response.customer == Customer.objects.get()
    assert list(response.attributes.values()) == ["成都"]
    assert Invitation.objects.get().answered_at is not None


def test_answer_keeps_the_version_it_was_given_to(
    client: Client,
    link: SurveyLink,
    personal: Personal,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    address = personal()
    give_score(client, address, 5)
    publish_version(version=start_draft(instrument=link.instrument), has_read=True)
    give_score(client, address, 6)
    assert only_response().instrument_version.number == 1


def test_form_shown_before_a_new_version_is_saved_under_the_version_shown(
    client: Client,
    link: SurveyLink,
    patient: None,
    only_response: Only,
) -> None:
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    publish_version(version=start_draft(instrument=link.instrument), has_read=True)
    client.post(f"/s/{link.slug}/", {"score": 9, "stamp": stamp})
    assert only_response().instrument_version.number == 1


def test_closed_link_says_so_but_lets_who_began_finish(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    following = give_score(client, f"/s/{link.slug}/", 9)
    set_link_open(link=link, is_open=False)
    assert client.get(f"/s/{link.slug}/").status_code == 410
    assert client.post(following, {"item-why_promoter": "好"}).status_code == 303
    assert only_response().comment == "好"


def test_expired_personal_link_says_so(client: Client, personal: Personal) -> None:
    page = client.get(personal(expires_at=clock.now() - dt.timedelta(minutes=1)))
    assert page.status_code == 410
    assert "<main>" in page.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/s/nosuch/", "/s/nosuch/abc/", "/s/nosuch/" + "a" * 22 + "/", "/s/x/y/z"],
)
def test_unknown_address_is_answered_in_the_same_look(
    client: Client,
    db: None,
    address: str,
) -> None:
    page = client.get(address)
    assert page.status_code == 404
    assert "<main>" in page.content.decode()


def test_token_of_another_link_does_not_open_this_one(
    client: Client,
    hotline_link: SurveyLink,
    personal: Personal,
) -> None:
    token = personal().split("/")[3]
    assert client.get(f"/s/{hotline_link.slug}/{token}/").status_code == 404


def test_opting_out_takes_one_confirmation_and_holds(
    client: Client,
    personal: Personal,
    link: SurveyLink,
) -> None:
    address = personal()
    asked = client.get(address + "opt-out/")
    assert asked.status_code == 200
    assert Customer.objects.get().opted_out_at is None
    client.post(address + "opt-out/")
    assert Customer.objects.get().opted_out_at is not None
    after = client.get(address)
    assert "stamp" not in after.content.decode()


def test_privacy_notice_is_one_tap_away(
    client: Client,
    link: SurveyLink,
    personal: Personal,
) -> None:
    for address in (f"/s/{link.slug}/", personal()):
        assert f'href="{address}privacy/' in client.get(address).content.decode()
        assert client.get(address + "privacy/").status_code == 200


def test_every_page_is_light_sets_no_cookie_and_runs_no_script(
    client: Client,
    personal: Personal,
    give_score: GiveScore,
) -> None:
    address = personal()
    following = give_score(client, address, 2)
    for path in (address, following, address + "thanks/", address + "privacy/"):
        page = client.get(path)
        assert len(page.content) < LIGHT_BYTES
        assert b"<script" not in page.content
        assert b"src=" not in page.content
        assert not page.cookies
        assert "default-src 'none'" in page["Content-Security-Policy"]
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "no-referrer"
    assert not client.cookies


def test_answer_needs_no_csrf_cookie(link: SurveyLink, patient: None) -> None:
    client: Any = Client(enforce_csrf_checks=True)
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    sent = client.post(f"/s/{link.slug}/", {"score": 9, "stamp": stamp})
    assert sent.status_code == 303
