"""What the answer page refuses, and what it keeps but does not count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.listen.responses.conftest import stamp_of
from zhiyin.listen.programs.models import LinkTraffic, SurveyLink
from zhiyin.listen.programs.services.traffic import (
    FLAGGED_PER_SENDER,
    REFUSED_PER_SENDER,
)
from zhiyin.listen.responses.models import Response

GiveScore = Callable[..., str]
Only = Callable[[], Response]
Personal = Callable[..., str]

LIGHT_BYTES = 30_000


@pytest.mark.parametrize("score", ["11", "-1", "9.5", "", "abc", "９９９９９", None])
def test_score_off_the_scale_is_refused_with_a_message(
    client: Client,
    link: SurveyLink,
    score: str | None,
) -> None:
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    sent = {"stamp": stamp} | ({} if score is None else {"score": score})
    answered = client.post(f"/s/{link.slug}/?lang=en", sent)
    assert answered.status_code == 400
    assert 'role="alert"' in answered.content.decode()
    assert not Response.objects.exists()


def test_forged_stamp_is_asked_to_confirm_instead_of_saved(
    client: Client,
    link: SurveyLink,
) -> None:
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    answered = client.post(f"/s/{link.slug}/", {"score": 9, "stamp": stamp + "x"})
    assert answered.status_code == 400
    assert 'class="main" name="score" value="9"' in answered.content.decode()
    assert not Response.objects.exists()


def test_comment_of_more_than_5000_characters_is_refused_and_kept_in_the_form(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    following = give_score(client, f"/s/{link.slug}/?lang=en", 10, lang="en")
    long = "好" * 5001
    answered = client.post(following, {"item-why_promoter": long})
    text = answered.content.decode()
    assert answered.status_code == 400
    assert "At most 5000 characters can be sent; you wrote 5001." in text
    assert long in text
    assert only_response().comment == ""
    assert client.post(following, {"item-why_promoter": long[1:]}).status_code == 303
    assert only_response().comment == long[1:]


def test_choice_that_is_not_offered_is_refused(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    following = give_score(client, f"/s/{link.slug}/", 2)
    assert client.post(following, {"item-cause": "<b>"}).status_code == 400
    assert only_response().answers.count() == 1


def test_filled_trap_keeps_the_answer_out_of_numbers_but_keeps_it(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
    only_response: Only,
) -> None:
    give_score(client, f"/s/{link.slug}/", 10, website="http://spam.example")
    assert only_response().excluded == "suspected_spam"


def test_answer_faster_than_a_person_reads_is_kept_but_excluded(
    client: Client,
    link: SurveyLink,
    only_response: Only,
) -> None:
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    client.post(f"/s/{link.slug}/", {"score": 9, "stamp": stamp})
    assert only_response().excluded == "suspected_spam"


def test_flood_from_one_sender_is_flagged_then_refused(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
) -> None:
    give_score(client, f"/s/{link.slug}/", 9)
    LinkTraffic.objects.filter(count=1).update(count=FLAGGED_PER_SENDER)
    give_score(client, f"/s/{link.slug}/", 9)
    assert list(
        Response.objects.order_by("pk").values_list("excluded", flat=True),
    ) == ["", "suspected_spam"]
    LinkTraffic.objects.filter(count__gt=FLAGGED_PER_SENDER).update(
        count=REFUSED_PER_SENDER,
    )
    stamp = stamp_of(client.get(f"/s/{link.slug}/"))
    refused = client.post(f"/s/{link.slug}/", {"score": 9, "stamp": stamp})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "600"
    assert Response.objects.count() == 2


def test_no_address_is_stored_with_the_count(
    client: Client,
    link: SurveyLink,
    give_score: GiveScore,
) -> None:
    give_score(client, f"/s/{link.slug}/", 9)
    kept = [
        str(value) for row in LinkTraffic.objects.values() for value in row.values()
    ]
    assert kept
    assert not any("127.0.0.1" in value for value in kept)
